"""The server's error answers: a status, an MX type and a message that names the member.

Source: "HTTP Response Codes" of the report's page; section 8 of the wire notes; decision 10.
"""

import difflib
from collections.abc import Iterable, Mapping

from pydantic import ValidationError

from lsq_api.contract import errors, wire

_LISTED = 40
LONGEST_MESSAGE = 4_000
"""The most characters of a message, which may quote what the caller sent."""


class Refusal(Exception):
    """An answer with an error status; `envelope` is its body, `headers` go beside it."""

    def __init__(self, status: int, type_: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        said = message if len(message) <= LONGEST_MESSAGE else f"{message[:LONGEST_MESSAGE]}…"
        super().__init__(f"{status} {type_}: {said}")
        self.status, self.envelope, self.headers = status, errors.Envelope(type_, said), dict(headers or {})


def bad_input(message: str, headers: Mapping[str, str] | None = None) -> Refusal:
    """400 for a value that is not allowed."""
    return Refusal(400, errors.INVALID_INPUT, message, headers)


def bad_shape(error: ValidationError) -> Refusal:
    """400 for a body that does not have the documented shape."""
    missing, message = wire.explain(error)
    return Refusal(400, errors.MANDATORY_MISSING if missing else errors.INVALID_INPUT, message)


def unknown(member: str, name: str, allowed: Iterable[str], what: str = "a lead field") -> Refusal:
    """400 for an unknown field or attribute; names the allowed ones, or the most similar where they are many."""
    names = list(allowed)
    if len(names) > _LISTED:
        near = difflib.get_close_matches(name, names, n=5, cutoff=0.5)
        listed = f"closest: {', '.join(near) or 'none'}; LeadsMetaData.Get lists all {len(names)}"
    else:
        listed = f"allowed: {', '.join(names)}"
    return Refusal(400, errors.UNKNOWN_ATTRIBUTE, f"{member}: {name!r} is not {what}; {listed}")
