"""The table of operators: every row is used, said and opposed as it claims, and the views are those of the contract."""

import pytest

from lsq_api.contract.operators import (
    ACTIVITY_OPERATORS,
    LEAD_OPERATORS,
    OUT,
    TABLE,
    USER_OPERATORS,
    Compares,
    FieldKind,
    Operator,
    Takes,
    lead_operators,
    offered,
)
from tests import oracle

DOCUMENTED = ["=", ">", "<", ">=", "<=", "def", "ndef", "lik", "nlik", "in"]
"""Of lead filters, as the vendor's page lists them."""
by_symbol = pytest.mark.parametrize("row", TABLE, ids=lambda row: row.symbol)


def test_table__has_one_row_for_each_symbol() -> None:
    assert len({row.symbol for row in TABLE}) == len(TABLE)


def test_users__have_the_working_set_each_name_with_its_meaning() -> None:
    """Section 4.2 of the wire notes; `eq` with a comma list means "is one of"."""
    assert {name: row.symbol for name, row in USER_OPERATORS.items()} == oracle.USER_OPERATORS


def test_users__no_name_means_two_operators() -> None:
    assert len(USER_OPERATORS) == sum(len(row.users) for row in TABLE)


def test_leads__without_extensions_are_those_of_the_page() -> None:
    assert list(lead_operators(())) == DOCUMENTED
    assert list(lead_operators({"Sorting"})) == DOCUMENTED


def test_leads__each_extension_adds_its_own() -> None:
    extended = {row.extension: row for row in LEAD_OPERATORS.values() if row.extension}
    assert extended["LeadFilters <>"].symbol == "<>"
    for extension, row in extended.items():
        assert set(lead_operators({extension})) == {*DOCUMENTED, row.symbol}


@by_symbol
def test_row__is_in_a_view(row: Operator) -> None:
    assert row in [*LEAD_OPERATORS.values(), *ACTIVITY_OPERATORS.values(), *USER_OPERATORS.values()]


@by_symbol
def test_row__is_said(row: Operator) -> None:
    """A chip would read "City Pune", or a date "Created is more than 2026-01-01"."""
    assert row.words.strip()
    assert bool(row.date_words) == (row.compares is Compares.ORDER and row.takes is Takes.ONE)
    assert bool(row.few_words) == (row.takes is Takes.MANY)
    assert {row.words_of(kind) for kind in FieldKind if kind.dated} == {row.date_words or row.words}
    assert {row.words_of(kind) for kind in FieldKind if not kind.dated} == {row.words}


def test_leads__no_two_are_said_alike() -> None:
    for kind in FieldKind:
        words = [row.words_of(kind) for row in LEAD_OPERATORS.values()]
        assert len(set(words)) == len(words)


@by_symbol
def test_row__is_the_opposite_of_one_that_is_none_itself(row: Operator) -> None:
    if row.negates:
        (other,) = [one for one in TABLE if one.symbol == row.negates]
        assert not other.negates
        assert (other.takes, other.compares, other.takes_blank) == (row.takes, row.compares, row.takes_blank)


@by_symbol
def test_row__is_offered_where_a_lead_filter_may_have_it(row: Operator) -> None:
    """All but `out`, which days are turned into."""
    assert bool(row.offered_for) == (row.leads and row.symbol != OUT)
    assert row.leads or not row.extension
    assert bool(row.rank) == bool(row.offered_for)


@pytest.mark.parametrize(
    ("kind", "symbols"),
    [
        (FieldKind.TEXT, ["lik", "nlik", "=", "def", "ndef"]),
        (FieldKind.SELECT, ["in", "lik", "nlik", "def", "ndef"]),
        (FieldKind.NUMBER, [">=", "<=", ">", "<", "=", "def", "ndef"]),
        (FieldKind.DAY, [">=", "<=", ">", "<", "=", "def", "ndef"]),
        (FieldKind.MOMENT, [">=", "<=", ">", "<", "=", "def", "ndef"]),
        (FieldKind.USER, ["lik", "nlik", "=", "def", "ndef"]),
        (FieldKind.FLAG, ["lik", "nlik", "=", "def", "ndef"]),
    ],
)
def test_offered__the_likeliest_first(kind: FieldKind, symbols: list[str]) -> None:
    assert [row.symbol for row in offered(kind, ())] == symbols


@pytest.mark.parametrize("kind", FieldKind)
def test_offered__is_not_where_the_account_names_it(kind: FieldKind) -> None:
    """For a moment only where a stretch can be left out, too: a day is one."""
    found = [row.symbol for row in offered(kind, {"LeadFilters <>"})]
    assert ("<>" in found) == (kind is not FieldKind.MOMENT)
    assert "<>" in [row.symbol for row in offered(kind, {"LeadFilters <>", "LeadFilters out"})]
    assert [symbol for symbol in found if symbol != "<>"] == [row.symbol for row in offered(kind, ())]


@pytest.mark.parametrize(
    ("data_type", "render_type", "name", "kind"),
    [
        ("Text", "Textbox", "FirstName", FieldKind.TEXT),
        ("ActiveUsers", "", "mx_Agent", FieldKind.USER),
        ("Text", "", "OwnerId", FieldKind.USER),
        ("Email", "", "EmailAddress", FieldKind.EMAIL),
        ("Phone", "", "Phone", FieldKind.PHONE),
        ("Boolean", "CheckBox", "DoNotCall", FieldKind.FLAG),
        ("", "", "x", FieldKind.TEXT),
        (" select ", "Dropdown", "Source", FieldKind.SELECT),
        ("Number", "", "Score", FieldKind.NUMBER),
        ("Time", "Time", "mx_Time", FieldKind.TEXT),
        ("Date", "Date", "mx_Close", FieldKind.DAY),
        ("date ", " DATE", "LeadConversionDate", FieldKind.DAY),
        ("Date", "DateTime", "mx_Seen", FieldKind.MOMENT),
        ("DATETIME", "", "mx_Seen", FieldKind.MOMENT),
        ("DateTime", "DateTime", "LastVisitDate", FieldKind.MOMENT),
        ("Date", "", "mx_Close", FieldKind.DAY),  # it says neither: the account's own
        ("Date", "", "LastVisitDate", FieldKind.MOMENT),  # and the service's
        ("Date", "Date", "CreatedOn", FieldKind.MOMENT),
        ("Date", "", "prospectactivitydate_max", FieldKind.MOMENT),
    ],
)
def test_kind__of_what_an_account_says(data_type: str, render_type: str, name: str, kind: FieldKind) -> None:
    assert FieldKind.of(data_type, render_type, name) is kind
