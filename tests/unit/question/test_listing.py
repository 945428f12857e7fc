"""A list of leads in its link: whatever the link holds, there is a list, and what was left out is said."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsq_api.contract.report import Sorting
from lsq_api.question.directory import Directory, ListedField
from lsq_api.question.listing import FIELDS, KEYS, SIZES, Listing, default_columns, read_listing

DIRECTORY = Directory.build(
    fields=[
        *(ListedField(name, name) for name in FIELDS),
        ListedField("mx_City", "City"),
        ListedField("OwnerIdName", "Name"),
    ]
)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ({}, Listing()),
        ({"columns": ["city", "MX_CITY", "Source"]}, Listing(columns=("mx_City", "Source"))),
        ({"sort": ["-city"]}, Listing(sort="-mx_City")),
        ({"sort": ["createdon"]}, Listing()),
        ({"size": ["1000"], "page": ["7"]}, Listing(size=1_000, page=7)),
        ({"size": [" 100 "], "stage": ["Prospect"]}, Listing(size=100)),
        ({"columns": [" "], "sort": [""], "size": [""], "page": [""]}, Listing()),
    ],
)
def test_read__takes_what_it_knows(link: dict[str, list[str]], expected: Listing):
    assert read_listing(link, DIRECTORY, can_sort=True) == (expected, ())


@pytest.mark.parametrize("link", [{}, {"sort": ["-CreatedOn"]}, {"sort": ["CreatedOn"]}, {"sort": ["x"]}])
def test_read__without_sorting_there_is_no_order(link: dict[str, list[str]]):
    found, notes = read_listing(link, DIRECTORY, can_sort=False)
    assert found.sorting(DIRECTORY) is None
    assert len(notes) == bool(link)


@given(st.dictionaries(st.sampled_from(KEYS), st.lists(st.text(max_size=12) | st.sampled_from(FIELDS), max_size=3)))
def test_read__never_fails_and_its_link_reads_the_same(link: dict[str, list[str]]):
    found, _ = read_listing(link, DIRECTORY, can_sort=True)
    assert found.columns
    assert found.size in SIZES
    assert found.page >= 1
    written = {key: values for key, values in found.params().items() if values}
    assert read_listing(written, DIRECTORY, can_sort=True) == (found, ())


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("CreatedOn", Sorting(field="CreatedOn")),
        ("-mx_City", Sorting(field="mx_City", descending=True)),
        ("OwnerId", Sorting(field="OwnerIdName")),
        ("", None),
    ],
)
def test_sorting__owners_go_by_their_names(sort: str, expected: Sorting | None):
    assert Listing(sort=sort).sorting(DIRECTORY) == expected


def test_sorting__owners_go_by_id_where_the_account_has_no_names():
    plain = Directory.build(fields=[ListedField("OwnerId", "Owner")])
    assert Listing(sort="-OwnerId").sorting(plain) == Sorting(field="OwnerId", descending=True)


def test_fields__hold_what_a_lead_is_called_by():
    assert Listing(columns=("Source", "LastName")).fields == ("Source", "LastName", "FirstName", "EmailAddress")


def test_default_columns__are_those_the_account_has():
    few = Directory.build(fields=[ListedField("Source", "Source"), ListedField("CreatedOn", "Created")])
    assert default_columns(few) == ("CreatedOn", "Source")
    assert default_columns(Directory.build()) == FIELDS
    assert default_columns(Directory.build(fields=[ListedField("x", "X")])) == ("ProspectID",)


@pytest.mark.parametrize(
    ("total", "size", "page", "shown"), [(0, 50, 3, 1), (1, 50, 1, 1), (50, 50, 2, 1), (51, 50, 9, 2), (101, 50, 2, 2)]
)
def test_page__past_the_end_is_the_last(total: int, size: int, page: int, shown: int):
    assert Listing(size=size, page=page).on_a_page(total).page == shown


def test_params__leave_out_what_is_usual():
    assert [value for value in Listing().params().values() if value] == []
    changed: Any = Listing(columns=("Source",), sort="-Source", size=100, page=2).params()
    assert changed == {"columns": ["Source"], "sort": ["-Source"], "size": ["100"], "page": ["2"]}
