from datetime import date
from decimal import Decimal

import pytest

from lsq_api.question import formats


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en-IN", "12,34,567"),
        ("hi", "12,34,567"),
        ("en-US", "1,234,567"),
        ("de-DE", "1.234.567"),
        ("fr-FR", "1\u202f234\u202f567"),
        ("zh-Hant-TW", "1,234,567"),
        (None, "1,234,567"),
        ("", "1,234,567"),
        ("xx-YY", "1,234,567"),
        ("en-IN-u-nu-latn", "1,234,567"),
        ("<b>", "1,234,567"),
    ],
)
def test_number__is_grouped_as_its_reader_does(locale: str | None, expected: str):
    with formats.of(locale):
        assert formats.number(1_234_567) == expected
        assert formats.number(-7) == "-7"


def test_number__has_the_decimals_asked_for():
    with formats.of("de-DE"):
        assert formats.number(Decimal("1284.5"), 2) == "1.284,50"
    assert formats.number(41.26, 1) == "41.3"
    assert formats.number(0) == "0"


def test_of__ends_with_its_block():
    with formats.of("de-DE"), formats.of("en-IN"):
        assert formats.number(100_000) == "1,00,000"
    assert formats.number(100_000) == "100,000"


@pytest.mark.parametrize(
    ("locale", "short", "whole"),
    [
        ("en-GB", "3 May", "3 May 2025"),
        ("de-DE", "3 May", "3 May 2025"),
        ("en-US", "May 3", "May 3, 2025"),
        ("es-US", "May 3", "May 3, 2025"),
        (None, "3 May", "3 May 2025"),
    ],
)
def test_day__is_written_as_the_viewer_does(locale: str | None, short: str, whole: str):
    with formats.of(locale):
        assert formats.day(date(2025, 5, 3), year=False) == short
        assert formats.day(date(2025, 5, 3)) == whole


def test_number__nothing_has_no_sign():
    """Figures are kept by their value, and -0.0 is equal to 0.0."""
    assert [formats.number(value) for value in (-0.0, 0.0, -0.0, 0)] == ["0"] * 4


def test_number__is_each_readers_own_though_it_is_kept():
    for locale, expected in (("en-US", "1,234.50"), ("de-DE", "1.234,50"), ("en-US", "1,234.50")):
        with formats.of(locale):
            assert formats.number(Decimal("1234.5"), 2) == expected
    assert formats.number(1234.5) == "1,234"
