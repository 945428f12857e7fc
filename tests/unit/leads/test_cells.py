"""Cells of the list: ages, days as the viewer writes them, links, names that can be told apart."""

from datetime import date, datetime

import pytest

from components.leads import cells
from lsq_api.export.columns import Value

NOW = datetime(2026, 11, 23, 14, 5)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (datetime(2026, 5, 3, 10, 0), "204 d · 3 May"),
        (datetime(2025, 5, 3, 10, 0), "569 d · 3 May 2025"),
        (datetime(2026, 11, 23, 11, 0), "3 h · 11:00"),
        (datetime(2026, 11, 23, 14, 4, 30), "0 min · 14:04"),
        (datetime(2026, 11, 22, 23, 0), "15 h · 22 Nov"),
        (datetime(2026, 11, 22, 14, 0), "1 d · 22 Nov"),
        (datetime(2026, 12, 12, 15, 0), "in 19 d · 12 Dec"),
        (date(2026, 12, 12), "in 19 d · 12 Dec"),
        (date(2026, 11, 23), "today · 23 Nov"),
        (date(2020, 2, 29), "2,459 d · 29 Feb 2020"),
        ("soon", "soon"),
        (None, None),
    ],
)
def test_moment__says_the_age_first(value: Value, shown: str | None):
    assert cells.moment(value, NOW) == shown


def test_day__has_its_year_where_it_is_another():
    assert cells.day(date(2026, 5, 3), NOW) == "3 May"
    assert cells.day(date(2025, 5, 3), NOW) == "3 May 2025"


@pytest.mark.parametrize(
    ("scheme", "value", "expected"),
    [
        ("tel", "+91-9876543210", "tel:%2B91-9876543210"),
        ("tel", "javascript:alert(1)", "tel:javascript%3Aalert%281%29"),
        ("tel", "//evil.example/#x?y", "tel:%2F%2Fevil.example%2F%23x%3Fy"),
        ("mailto", "a.b+c@x.org", "mailto:a.b%2Bc@x.org"),
        ("mailto", "a@x.org?bcc=b@y.org&body=z", "mailto:a@x.org%3Fbcc%3Db@y.org%26body%3Dz"),
        ("tel", None, None),
        ("tel", "", None),
    ],
)
def test_link__is_of_its_scheme_whatever_the_text(scheme: str, value: Value, expected: str | None):
    assert cells.link(scheme, value) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [([1, None, 2.5], [1, None, 2.5]), ([1, None, "n/a"], ["1", None, "n/a"]), ([], [])],
)
def test_numbers__are_text_where_one_is_none(values: list[Value], expected: list[Value]):
    assert cells.numbers(values) == expected


def test_distinct__adds_what_tells_them_apart():
    names = ["Ann", "Bo", "Ann", "Ann", "Ann"]
    ids = ["11111111-a", "2", "33333333-a", "44444444-a", "44444444-b"]
    assert cells.distinct(names, ids) == [
        "Ann (11111111)",
        "Bo",
        "Ann (33333333)",
        "Ann (44444444) 44444444-a",
        "Ann (44444444) 44444444-b",
    ]
