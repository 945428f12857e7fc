"""Phrases for sentences: shares, lists, days and spans of time, and values of leads, which may hold anything.

Plain text, never Markdown or HTML. Long lists and values are shortened, and right-to-left text is isolated so that it
does not reorder the numbers beside it.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo

from lsq_api.question import formats
from lsq_api.question.spans import DAY, EARLIEST, HOUR, LATEST, Between, Last, Older, Window

FOLD_ABOVE = 3
"""Of more values than these a sentence names two and counts the rest."""
SET_APART, SET_BACK = "\u2068", "\u2069"
"""Unicode's isolates, set around right-to-left text."""
_UNITS = {"h": "hours", "d": "days"}


def span(window: Window, zone: tzinfo) -> str:
    """A window after a verb: `in the last 30 days`, `today`, `from 5 Jan 2026 to 31 Jan 2026`, `since …`."""
    match window:
        case Last(token="today"):
            return "today"
        case Last():
            return f"in the last {_length(window)}"
        case Between():
            return between(window, zone, "from {} to {}", "on {}")
    return "ever"


def _length(window: Last) -> str:
    return f"{window.token[:-1]} {_UNITS[window.token[-1]]}"


def ages(older: Older) -> str:
    """An age without "old": `at least 3 days`, `less than 1 hour`; whole days of a band as `1–3 days`."""
    young, old = older.youngest, older.oldest
    if old is None:
        return f"at least {_duration(young)}"
    if not young:
        return f"less than {_duration(old)}"
    if young % DAY or old % DAY:
        return f"at least {_duration(young)} and less than {_duration(old)}"
    first, last = young // DAY, old // DAY - 1  # in completed days: the last one ends where the next is complete
    return _duration(young) if first == last else f"{formats.number(first)}–{formats.number(last)} days"


def _duration(age: timedelta) -> str:
    count, unit = (age // HOUR, "hour") if age % DAY or age == DAY else (age // DAY, "day")
    return f"{formats.number(count)} {unit}{'' if count == 1 else 's'}"


def between(window: Between, zone: tzinfo, both: str, one: str) -> str:
    """A range of two dates in the form `both`, of a single day in the form `one`; without an end as `since …`."""
    if window.start is None or window.start == EARLIEST:
        return f"up to {day(window.end or LATEST, zone)}"
    if window.end is None or window.end == LATEST:
        return f"since {day(window.start, zone)}"
    start, end = day(window.start, zone), day(window.end, zone)
    return one.format(start) if start == end else both.format(start, end)


def day(bound: date, zone: tzinfo) -> str:
    """`5 Jan 2026`, for an instant `5 Jan 2026 14:05` in the zone."""
    local = bound.astimezone(zone) if isinstance(bound, datetime) else bound
    time = f" {local:%H:%M}" if isinstance(local, datetime) else ""
    return f"{formats.day(local)}{time}"


def clock(moment: datetime, zone: tzinfo) -> str:
    """`14:05 IST`; for a zone without an abbreviation its distance from UTC."""
    local = moment.astimezone(zone)
    name = local.tzname() or ""
    return f"{local:%H:%M} {name if name[:1].isalpha() else f'UTC{name}'}"


def share(part: int, whole: int) -> str:
    """A share in whole per cent, `38 %`; 0 % and 100 % are only written where they are exact."""
    if 0 < part < whole and 200 * part < whole:
        return "under 1 %"
    if 0 < part < whole and 200 * (whole - part) <= whole:
        return "over 99 %"
    return f"{(200 * part + whole) // (2 * whole)} %"


def folded(values: Sequence[str], nouns: str) -> str:
    """`A`, `A, B or C`; of more than three `A, B and 2 more stages`."""
    if len(values) <= FOLD_ABOVE:
        return joined(values, "or")
    return f"{values[0]}, {values[1]} and {formats.number(len(values) - 2)} more {nouns}".rstrip()


def listing(values: Iterable[str]) -> str:
    """`A, B and C`; of more than three `A, B and 2 more`."""
    known = list(values)
    return folded(known, "") if len(known) > FOLD_ABOVE else joined(known, "and")


def joined(values: Sequence[str], conjunction: str) -> str:
    """`A, B or C` for the conjunction "or"; "" for no values."""
    return f" {conjunction} ".join(filter(None, [", ".join(values[:-1]), *values[-1:]]))


def shortened(text: str, width: int = 60) -> str:
    """A value on one line, cut after `width` characters."""
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width - 1]}…"


def shortened_apart(texts: Sequence[str], width: int) -> list[str]:
    """Values on one line each, cut at the end; where that would make two alike, in the middle."""
    cut = [shortened(text, width) for text in texts]
    alike = Counter(cut)
    lines = [" ".join(text.split()) for text in texts]
    head = (width - 1) // 3
    return [
        f"{line[:head]}…{line[head + 1 - width :]}" if alike[short] > 1 and len(line) > width else short
        for line, short in zip(lines, cut, strict=True)
    ]


def shown(text: str) -> str:
    """A name or value for the middle of a sentence; right-to-left text is isolated."""
    short = shortened(text)
    turns = any(unicodedata.bidirectional(letter) in {"R", "AL", "AN", "RLE", "RLO", "RLI"} for letter in short)
    return f"{SET_APART}{short}{SET_BACK}" if turns else short


def quoted(text: str) -> str:
    """A value from a link, in quotation marks."""
    return f"“{shown(text)}”"
