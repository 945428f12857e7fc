import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.export.buttons import BOM, csv_text
from lsq_api.export.csv_injection import neutral

RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("http://evil.example","click")',
        "=cmd|' /C calc'!A0",
        "+cmd|' /C calc'!A0",
        "-cmd|' /C calc'!A0",
        "@SUM(A1:A9)",
        "+1+cmd|' /C calc'!A0",
        "-1+2",
        "-A1",
        "+A1",
        "\t=1+1",
        "\r=1+1",
        "\t12",
        "\r12",
        "-",
        "+",
        "@",
        "=",
        "+-",
        "@ann",
        "-1\n=1+1",
    ],
)
def test_neutral__what_a_spreadsheet_would_run_gets_an_apostrophe(text: str):
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ann Lee",
        "a=b",
        "'quoted'",
        "3-1",
        "مرحبا",
        "😀",
        "-5",
        "-1234.50",
        "-1,234.50",
        "-0.5",
        "-1e-07",
        "-2.5E+10",
        "+42",
        "+91-9876543210",
        "+91 98765 43210",
        "+1 (555) 010-9999",
        "+49 (0)30/123456",
        "(555) 010-9999",
        "2026-03-01 12:00:00",
    ],
)
def test_neutral__numbers_phone_numbers_and_plain_text_stay_what_they_are(text: str):
    assert neutral(text) == text


@given(st.text(st.sampled_from("=+-@\t\r\n 0159.,()/'aAeE|!"), max_size=12))
def test_neutral__nothing_but_a_number_begins_as_a_formula(text: str):
    safe = neutral(text)
    assert safe in (text, f"'{text}"), "the text itself is never changed"
    if safe.startswith(RUN_BY_SPREADSHEETS):
        assert safe[0] in "+-"
        assert any(sign.isdigit() for sign in safe)
        assert not set(safe) & set("=@|!aA'"), "neither a cell, a function nor a command is named"


def read(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text.removeprefix(BOM), newline="")))


def test_csv__begins_with_a_byte_order_mark_and_has_one_row_each():
    text = csv_text(["Name", "Score"], [["Zoë", "5"], [None, ""]])
    assert text.encode().startswith(b"\xef\xbb\xbf")
    assert text.count(BOM) == 1
    assert read(text) == [["Name", "Score"], ["Zoë", "5"], ["", ""]]


@pytest.mark.parametrize(
    "value", ['say "hi"', "a,b", "two\nlines", "two\r\nlines", "semi;colon", " blanks ", "x" * 5000]
)
def test_csv__values_come_back_as_they_were(value: str):
    assert read(csv_text(["Note"], [[value]])) == [["Note"], [value]]


def test_csv__headings_and_values_are_neutral():
    """A field's display name is free text too."""
    assert read(csv_text(["=1+1"], [["@x"], ["-7"]])) == [["'=1+1"], ["'@x"], ["-7"]]


@given(st.lists(st.lists(st.text(max_size=8) | st.none(), min_size=3, max_size=3), max_size=4))
def test_csv__every_row_and_column_survives(rows: list[list[str | None]]):
    found = read(csv_text(["a", "b", "c"], rows))
    assert found[1:] == [[neutral(value or "") for value in row] for row in rows]
