"""The contract's answers, read tolerantly: counts as text or number, keys in any case and order.

Source: "Response" of the report's page; sections 2.4 and 2.7 of the wire notes (the aggregate shape is ours, the
vendor publishes none).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from lsq_api.contract.errors import UnexpectedAnswer
from lsq_api.contract.lookups import ALL_LEADS
from lsq_api.contract.report import Function

TOTAL, RESULTS, COUNT = "TotalCount", "Results", "Count"
_FIGURE_KEYS = ("average", "avg", "sum")
_EXTREMES = (Function.MINIMUM.lower(), Function.MAXIMUM.lower())


@dataclass(frozen=True)
class ListAnswer:
    """One block of leads: `total` matches in all, `rows` of this page by schema name, values as text or None."""

    total: int
    rows: list[dict[str, Any]]

    @classmethod
    def read(cls, body: object) -> "ListAnswer":
        """From a decoded body; UnexpectedAnswer where it is not a list answer."""
        total, rows = _total_and_rows(body)
        return cls(total, rows)


@dataclass(frozen=True)
class Group:
    """One group: `value` of the grouping field (None: it has no value), `count` of leads, mean or sum as `figure`.

    `extreme` is the least or greatest value as wire text, `all_leads` how many there are, contacted or not; both only
    where they were asked for.
    """

    value: str | None
    count: int
    figure: Decimal | None = None
    extreme: str | None = None
    all_leads: int | None = None


@dataclass(frozen=True)
class AggregateAnswer:
    """One block of groups: `total` groups in all, `groups` of this page."""

    total: int
    groups: list[Group]

    @classmethod
    def read(cls, body: object, group_by: str) -> "AggregateAnswer":
        """From a decoded body; UnexpectedAnswer where a row has no group or no count."""
        total, rows = _total_and_rows(body)
        return cls(total, [_group(row, group_by) for row in rows])


def _total_and_rows(body: object) -> tuple[int, list[dict[str, Any]]]:
    if not isinstance(body, Mapping):
        raise UnexpectedAnswer(f"the answer is a {type(body).__name__}, not an object with {TOTAL} and {RESULTS}")
    named = {str(key).lower(): value for key, value in body.items()}
    rows = named.get(RESULTS.lower())
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UnexpectedAnswer(f"the answer has no list {RESULTS}; it has {_keys(body)}")
    total = _count(named.get(TOTAL.lower()))
    if total is None:
        raise UnexpectedAnswer(f"the answer has no whole number {TOTAL}; it has {_keys(body)}")
    return total, rows


def _group(row: dict[str, Any], group_by: str) -> Group:
    named = {str(key).lower(): value for key, value in row.items()}
    if group_by.lower() not in named:
        raise UnexpectedAnswer(f"a group has no {group_by}; it has {_keys(row)}")
    value = named.pop(group_by.lower())
    all_leads = _count(named.pop(ALL_LEADS.lower(), None))
    extreme = next((named.pop(key) for key in _EXTREMES if key in named), None)
    counts = sorted((key for key in named if key.startswith(("count", "total"))), key=len)
    count = _count(named.pop(counts[0])) if counts else None
    if count is None:
        raise UnexpectedAnswer(f"a group of {group_by} has no {COUNT}; it has {_keys(row)}")
    figures = [key for key in named if key.startswith(_FIGURE_KEYS)] or [k for k in named if _number(named[k])]
    figure = _number(named[figures[-1]]) if figures else None
    return Group(
        str(value) if value not in (None, "") else None,
        count,
        figure,
        None if extreme in (None, "") else str(extreme),
        all_leads,
    )


def _number(value: object) -> Decimal | None:
    try:
        number = Decimal(str(value).replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _count(value: object) -> int | None:
    number = _number(value)
    return int(number) if number is not None and number >= 0 and number == int(number) else None


def _keys(row: Mapping[str, Any]) -> str:
    return ", ".join(sorted(map(str, row))) or "no member at all"
