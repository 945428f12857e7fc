"""Numbers and dates as their reader writes them: 1,284 or 1.284, 12,34,567 in India; 3 May, or May 3.

The words of the dashboard are English; its figures are the viewer's. Whose they are is set around a run, as the
question is, since figures stand in sentences, charts and labels alike.
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
    """Inside, figures are written as in a locale such as `en-IN`; as in English where it is none that is known."""
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
    """A number with its separators, rounded to so many decimals."""
    return _written(value or 0, digits, _locale.get())  # -0.0 is equal to 0.0, and would be written for it


@lru_cache(maxsize=8_192, typed=True)
def _written(value: int | float | Decimal, digits: int, locale: Locale) -> str:
    """Kept: a page writes hundreds of figures, many of them again and again, and each takes a good while."""
    return format_decimal(value, format=_pattern(locale, digits), locale=locale)


@lru_cache(maxsize=256)
def _pattern(locale: Locale, digits: int) -> NumberPattern:
    """Read once: reading it takes longer than using it."""
    whole = locale.decimal_formats[None].pattern.partition(".")[0]  # as the locale groups: lakhs and crores in India
    return parse_pattern(f"{whole}.{'0' * digits}" if digits else whole)


def day(value: date, *, year: bool = True) -> str:
    """A day: `3 May 2026`, or `May 3, 2026` where that is the custom."""
    month = _MONTHS[value.month - 1]
    if _locale.get().territory in _MONTH_FIRST:
        return f"{month} {value.day}, {value.year}" if year else f"{month} {value.day}"
    return f"{value.day} {month} {value.year}" if year else f"{value.day} {month}"
