"""The id of a request, from the click that caused it to its line in the log: the caller's own, or a new one."""

import re
from typing import Final
from uuid import uuid4

HEADER: Final = "X-Request-Id"
_SAFE: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


def request_id(given: str | None) -> str:
    """The id that a caller gave, where it is safe to log and to send back; else one that is made for the request."""
    return given if given and _SAFE.fullmatch(given) else uuid4().hex
