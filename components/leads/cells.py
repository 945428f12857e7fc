"""Values of leads as the cells of the list show them: text, numbers and links. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from urllib.parse import quote

from components.shell import words
from lsq_api.export.columns import Value
from lsq_api.question import formats

SCHEMES = {"tel": r"^tel:(.*)$", "mailto": r"^mailto:(.*)$"}
"""What finds the text to show in a link made by `link`."""


def moment(value: Value, now: datetime) -> str | None:
    """A time with its age, `204 d · 3 May`; both naive and in the viewer's zone. Text that is no time is unchanged.

    The age comes first, since a narrow column cuts the rest. For today the time of day follows: `3 h · 14:05`.
    """
    if isinstance(value, datetime):
        shown = f"{value:%H:%M}" if value.date() == now.date() else day(value, now)
        return f"{_distance(value, now)} · {shown}"
    if isinstance(value, date):
        days = (now.date() - value).days
        age = "today" if not days else f"{formats.number(days)} d" if days > 0 else f"in {formats.number(-days)} d"
        return f"{age} · {day(value, now)}"
    return None if value is None else str(value)


def _distance(then: datetime, now: datetime) -> str:
    gone = words.age(min(then, now), max(then, now)).replace(" days", " d").replace(" day", " d")
    return gone if then - now < timedelta(minutes=1) else f"in {gone}"


def day(value: date, now: datetime) -> str:
    """A day; with its year where that is not the present one."""
    return formats.day(value, year=value.year != now.year)


def link(scheme: str, value: Value) -> str | None:
    """A `tel:` or `mailto:` link; None for blank text. The text is quoted, so that it cannot become any other link."""
    return f"{scheme}:{quote(str(value), safe='@')}" if value not in (None, "") else None


def numbers(values: Sequence[Value]) -> list[Value]:
    """The values as numbers; all as text where one of them is no number."""
    if any(isinstance(value, str) for value in values):
        return [None if value is None else str(value) for value in values]
    return list(values)


def distinct(names: Iterable[str], ids: Iterable[str]) -> list[str]:
    """The names; those shared by several leads are followed by the beginning of the ID, or all of it."""
    pairs = list(zip(names, ids, strict=True))
    shared = _shared(name for name, _ in pairs)
    longer = [(f"{name} ({lead_id[:8]})" if name in shared else name, lead_id) for name, lead_id in pairs]
    shared = _shared(name for name, _ in longer)
    return [f"{name} {lead_id}" if name in shared else name for name, lead_id in longer]


def _shared(names: Iterable[str]) -> set[str]:
    return {name for name, count in Counter(names).items() if count > 1}
