import csv
import re
import unicodedata
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.export.buttons import BOM, csv_text
from lsq_api.export.csv_injection import MARK, neutral

# What Excel makes of a cell of a CSV, which is what decides here:
#
#   begins with = + - @        a formula; it is computed, or stays text where it cannot be read as one
#   begins with a wide = or +  the same where Excel is set up for Chinese, Japanese or Korean
#   begins with a blank        blanks are taken away in front of numbers, and by some programs in front of formulas
#   begins with a mark of      text: such marks are neither blanks nor signs (as whoever has copied a date out of
#   direction (U+200E)         Windows' properties into Excel knows)
#   sums such as +91-98        a formula without names, computed at once: 91 - 98
#   numbers with a blank       no formula: nothing stands between them
#   the list separator         the comma, or where that stands in numbers, the semicolon; a file with commas is then cut
#                              at semicolons, and quotes inside of such a cell are letters

FORMULAS = [
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
    "\t12",
    "\r12",
    "-",
    "+",
    "@",
    "=",
    "+-",
    "@ann",
    "-12-34",
    "+1*2",
    "+1^9",
    # Written wide, small, raised, lowered, or as the sign of mathematics.
    "＝1+1", "＋A1", "－A1", "＠SUM(A1)", "﹦1+1", "﹢A1", "﹣A1", "﹫SUM(A1)",
    "⁼1", "⁺A1", "⁻A1", "₌1", "₊A1", "₋A1", "−A1", "−1+2",
    # Behind what is taken away or never seen.
    " =1+1", "\u00a0=1+1", "\u3000=1+1", "\u200b=1+1", "\u200e=1+1", "\ufeff=1+1", "\u2060+A1", "\u00ad=1+1",
    "\x00=1+1", "\x1f=1+1", "\u061c=1+1", "\u180e=1+1", "\ufe0f=1+1", "\u034f=1+1", "\u3164=1+1", "\u2800=1+1",
    "\U000e0020=1+1",
]  # fmt: skip
PHONES = [
    "+91-9876543210",
    "+91-98765",
    "+91(98)765-43210",
    "+49/30/123456",
    "+1.555.010.9999",
    "+46 123 456",
    "+1 555 010-9999",
    "+91-1800",
    "+91‑9876543210",
    "＋91－9876543210",
    "+91-9876543210 ext. 7",
    " +91-9876543210",
]
HARMLESS = [
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
    "-12,34,567.50",
    "-1.234,50",
    "-1 234,50",
    "-0.5",
    "-1e-07",
    "-2.5E+10",
    "-5 %",
    "-₹ 500",
    "−5",
    "+42",
    "+5.5",
    "+919876543210",
    "+91 98765 43210",
    "+44 20 7946 0958",
    "+91 98765-43210",
    "+1 (555) 010-9999",
    "+1 555 010 9999",
    "+49 (0)30/123456",
    "(555) 010-9999",
    "2026-03-01 12:00:00",
    "ann@example.org",
    "Wait, =1+1 is two",
    "– a dash is no minus",
    "first; second",
    "two; -3",
    "two;+91 98765 43210",
    "a\nb",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_neutral__what_a_spreadsheet_would_run_gets_an_apostrophe(text: str):
    assert bare(neutral(text).removeprefix("'")) == bare(text)
    assert neutral(text).startswith(f"'{text[:1]}")


@pytest.mark.parametrize("text", PHONES)
def test_neutral__a_phone_that_would_be_computed_reads_as_it_is(text: str):
    assert neutral(text) == f"{MARK}{text}"
    assert not computed(neutral(text))


@pytest.mark.parametrize("text", HARMLESS)
def test_neutral__numbers_phone_numbers_and_plain_text_stay_what_they_are(text: str):
    assert neutral(text) == text


@pytest.mark.parametrize("parts", [*";|\t\n\r\v\f\x85\u2028", "\r\n", "; ", ";;"])
@pytest.mark.parametrize(
    "formula", ["=1+1", "-A1", "@ann", '"=1+1', '""=1+1"', "\u200b=1", "＝1", "﹦1", "−A1", "+91-9876543210"]
)
def test_neutral__no_cell_begins_as_a_formula_where_other_signs_part_them(parts: str, formula: str):
    """A locale in which numbers have commas cuts the line at semicolons, whatever is quoted in it."""
    safe = neutral(f"Called{parts}{formula}")
    assert bare(safe) == bare(f"Called{parts}{formula}"), "it reads the same"
    line = csv_text(["Note"], [[f"Called{parts}{formula}"]]).partition("Note\r\n")[2]
    assert not any(computed(cell) for sign in set(f"{parts},") - {" "} for cell in line.rstrip("\r\n").split(sign)), (
        line
    )


def bare(text: str) -> str:
    return text.replace(MARK, "")


def computed(cell: str) -> bool:
    """Whether a program that takes blanks, quotes and invisible signs away, but our own mark, runs the cell."""
    if cell.lstrip('";| \t\v\f\r\n\x85\u2028').startswith(MARK):
        return False
    seen = "".join(sign for sign in unicodedata.normalize("NFKC", cell) if unicodedata.category(sign)[0] in "LNPS")
    seen = seen.lstrip('"\u3164\u1160\u2800')
    number = re.fullmatch(r"[+−-][$€£¥₹]?[0-9][0-9.,]*([eE][+-]?[0-9]+)?[€%]?", seen)
    return seen[:1] in {"=", "+", "-", "−", "@"} and not number


@given(st.text(st.sampled_from("=+-@\t\r\n;| 0159.,()/'\"aAeE!＝﹢−\u200b\u200e"), max_size=12))
def test_neutral__nothing_but_a_number_begins_as_a_formula(text: str):
    safe = neutral(text)
    assert bare(safe.removeprefix("'")) in (bare(text), bare(text).removeprefix("'")), "the text is never changed"
    cells = re.split(r"[;|\t\r\n]", safe)
    for cell in [cells[0].replace('"', "a"), *cells[1:]]:  # quotes of a cell that begins as ours does are read
        blanks_between = re.search(r"[0-9] +\(|[0-9)] +[0-9]", cell)
        assert not computed(cell) or blanks_between, (text, safe)


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
