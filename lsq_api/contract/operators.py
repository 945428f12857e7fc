"""The operators of the contract, as rows of one table each: wire symbol, plain words, how many values.

Source: "Lead Filters" and "Activity Filters" of the report's page; "User Filter" follows User Advanced Search.
What an operator does to a column is the engine's business (`server/conditions.py`); what it is called is here.
"""

from dataclasses import dataclass
from enum import StrEnum


class Takes(StrEnum):
    """How many values an operator needs."""

    NONE = "no value"
    ONE = "exactly one value"
    MANY = "one or more values"


@dataclass(frozen=True)
class Operator:
    """One row: what goes over the wire, what a manager reads, and how many values it takes."""

    symbol: str
    words: str
    takes: Takes = Takes.ONE


def _table(*rows: Operator) -> dict[str, Operator]:
    return {row.symbol: row for row in rows}


LEAD_OPERATORS = _table(
    Operator("=", "is"),
    Operator(">", "is more than"),
    Operator("<", "is less than"),
    Operator(">=", "is at least"),
    Operator("<=", "is at most"),
    Operator("def", "has a value", Takes.NONE),
    Operator("ndef", "is empty", Takes.NONE),
    Operator("lik", "contains"),
    Operator("nlik", "does not contain"),
    Operator("in", "is one of", Takes.MANY),
)

ACTIVITY_OPERATORS = _table(
    Operator("=", "is"),
    Operator("<>", "is any but"),
    Operator("in", "is one of", Takes.MANY),
)

# The full list of User Advanced Search is not published: this is the working set (leadsquared.md, section 4.2).
# Each is a lead operator under another name; `eq` takes a comma list and then means "is one of".
USER_OPERATORS = {
    "eq": "in",
    "neq": "nin",
    "in": "in",
    "lik": "lik",
    "nlik": "nlik",
    "def": "def",
    "ndef": "ndef",
    "gt": ">",
    "lt": "<",
    "gteq": ">=",
    "lteq": "<=",
}
