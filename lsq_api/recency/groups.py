"""Leads grouped here instead of by the host: just as the local server groups them. Pure.

Two leads are in one group where `=` finds their values equal: trimmed, in any case, numbers as numbers, IDs as text.
The largest group comes first, equals by their value, the leads without one last among them.
Source: decisions 6 and 7, section 2.7 of the wire notes.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation

from lsq_api.contract.answer import Group
from lsq_api.contract.report import Function

_NUMBER = re.compile(r"[+-]?[0-9]{1,28}(\.[0-9]{1,9})?")
_MEAN_DIGITS = 6
Value = str | None


def grouped(values: Iterable[tuple[Value, Value]], function: Function, *, is_id: bool) -> list[Group]:
    """Groups of pairs: the value to group by, and the one to average or sum; wire texts, None where there is none."""
    members: dict[str | None, list[tuple[str, Value]]] = {}
    for by, of in values:
        shown = (by or "").strip()
        members.setdefault(_key(shown, is_id=is_id), []).append((shown, of))
    ordered = sorted(members.items(), key=lambda one: (-len(one[1]), one[0] is None, one[0] or ""))
    return [
        Group(min(shown for shown, _ in found) or None, len(found), _figure(function, [of for _, of in found]))
        for _, found in ordered
    ]


def _key(shown: str, *, is_id: bool) -> str | None:
    """What equal values have in common; letter by letter, as the server folds, so that no letter becomes two."""
    if not shown:
        return None
    if not is_id and _NUMBER.fullmatch(shown):
        return f"{Decimal(shown) + 0:.9f}"
    return "".join(letter.lower() for letter in shown)


def _figure(function: Function, values: Sequence[Value]) -> Decimal | None:
    numbers = [number for number in map(_number, values) if number is not None]
    if function is Function.COUNT or not numbers:
        return None
    total = sum(numbers, Decimal(0))
    return total if function is Function.SUM else Decimal(str(round(float(total / len(numbers)), _MEAN_DIGITS)))


def _number(value: Value) -> Decimal | None:
    try:
        number = Decimal((value or "").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
