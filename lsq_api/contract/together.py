"""Several reports in one call, an extension of the local server: a screen asks many, and each trip has its price.

    {"Reports": [{"Path": "/Leads/NotContacted", "Request": {…}}, …]}  →  [{"Status": 200, "Answer": {…}}, …]

The answers come in the order of the requests, each as the report's own call would give it: with its status, and where
that is no success with the envelope of an error. Of CSV there is none.
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import Field

from lsq_api.contract.errors import UnexpectedAnswer
from lsq_api.contract.wire import Name, Wire

TOGETHER: Final = "Reports"
"""The extension as the account names it."""
TOGETHER_CALL: Final = "/Leads/Reports"
MOST: Final = 32
"""The most reports of one call."""


class OneOfSeveral(Wire):
    """One report: the path of its own call, and the body it would have there."""

    path: Name = Field(alias="Path")
    request: dict[str, Any] = Field(alias="Request")


class Several(Wire):
    """The body of the call: between one and `MOST` reports."""

    reports: tuple[OneOfSeveral, ...] = Field(alias="Reports", min_length=1, max_length=MOST)


def answers_of(body: object, expected: int) -> list[object | None]:
    """The decoded answers in order, None for each that is no success; UnexpectedAnswer unless there are `expected`."""
    if not isinstance(body, list) or len(body) != expected:
        raise UnexpectedAnswer(f"there are no {expected} answers to {expected} reports")
    return [one.get("Answer") if isinstance(one, Mapping) and one.get("Status") == 200 else None for one in body]
