"""Numbers and dates as the viewer writes them: 1,284 or 1.284, 12,34,567 in India; 3 May, or May 3.

The words of the dashboard are English, its numbers follow the viewer's locale. The locale is a context variable set
around a run, since numbers occur in sentences, charts and labels alike.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import NumberPattern, format_decimal, parse_pattern

ENGLISH = Locale("en")
_locale: ContextVar[Locale] = ContextVar("locale", default=ENGLISH)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_FIRST = frozenset({"US", "PH", "BZ"})
"""Territories whose English writes the month before the day."""


@contextmanager
def of(locale: str | None) -> Iterator[None]:
    """Write numbers and dates by a locale such as `en-IN` inside the block; by English where it is not known."""
    token = _locale.set(_known(locale or ""))
    try:
        yield
    finally:
        _locale.reset(token)


def _known(name: str) -> Locale:
    try:
        return Locale.parse(name, sep="-")
    except (ValueError, UnknownLocaleError):
        return ENGLISH


def number(value: int | float | Decimal, digits: int = 0) -> str:
    """A number with separators, rounded to `digits` decimals."""
    return _written(value or 0, digits, _locale.get())  # -0.0 is equal to 0.0, and would be written for it


@lru_cache(maxsize=8_192, typed=True)
def _written(value: int | float | Decimal, digits: int, locale: Locale) -> str:
    """Cached, since a page writes hundreds of numbers, many of them again and again."""
    return format_decimal(value, format=_pattern(locale, digits), locale=locale)


@lru_cache(maxsize=256)
def _pattern(locale: Locale, digits: int) -> NumberPattern:
    """Cached, since parsing the pattern takes longer than using it."""
    whole = locale.decimal_formats[None].pattern.partition(".")[0]  # as the locale groups: lakhs and crores in India
    return parse_pattern(f"{whole}.{'0' * digits}" if digits else whole)


def day(value: date, *, year: bool = True) -> str:
    """A date: `3 May 2026`, or `May 3, 2026` where the locale writes the month first."""
    month = _MONTHS[value.month - 1]
    if _locale.get().territory in _MONTH_FIRST:
        return f"{month} {value.day}, {value.year}" if year else f"{month} {value.day}"
    return f"{value.day} {month} {value.year}" if year else f"{value.day} {month}"
