from decimal import Decimal

import pandas as pd
import pytest

from lsq_api import frames
from lsq_api.answer import Group
from lsq_api.errors import UnexpectedAnswer

FIELDS = [("CreatedOn", "Date"), ("Score", "Number"), ("FirstName", "Text"), ("mx_Fee", "Number")]


def test_leads__types_and_order() -> None:
    rows = [
        {"FirstName": "Ann", "Score": "12", "CreatedOn": "2019-08-08 18:30:30", "mx_Fee": "1.5", "Extra": "x"},
        {"mx_Fee": 2, "CreatedOn": "2019-08-08 18:30:30.000", "FirstName": 7, "Score": -3},
        {"FirstName": "", "Score": None, "CreatedOn": ""},
    ]
    table = frames.leads(rows, FIELDS)
    assert list(table.columns) == ["CreatedOn", "Score", "FirstName", "mx_Fee"]
    assert [str(dtype) for dtype in table.dtypes] == ["datetime64[us, UTC]", "Int64", "str", "Float64"]
    assert table["CreatedOn"][0] == table["CreatedOn"][1] == pd.Timestamp("2019-08-08 18:30:30", tz="UTC")
    assert list(table["Score"][:2]) == [12, -3]
    assert list(table["FirstName"][:2]) == ["Ann", "7"]
    assert list(table["mx_Fee"][:2]) == [1.5, 2.0]
    assert table.iloc[2].isna().all()


def test_leads__no_rows_have_the_same_columns() -> None:
    table = frames.leads([], FIELDS)
    assert table.shape == (0, 4)
    assert [str(dtype) for dtype in table.dtypes] == ["datetime64[us, UTC]", "Int64", "str", "Int64"]


def test_leads__no_fields_keep_the_rows() -> None:
    assert len(frames.leads([{"A": "1"}, {"A": "2"}], [])) == 2


def test_leads__names_in_any_case() -> None:
    table = frames.leads([{"notableeventdate": "2020-01-01"}], [("NotableEventdate", "DateTime")])
    assert table["NotableEventdate"][0] == pd.Timestamp("2020-01-01", tz="UTC")


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("0001-01-01 00:00:00", "0001-01-01 00:00:00"),
        ("9999-12-31 23:59:59", "9999-12-31 23:59:59"),
        ("2020-02-29T01:02:03Z", "2020-02-29 01:02:03"),
        (" 2020-02-29 01:02:03.123 ", "2020-02-29 01:02:03"),
    ],
)
def test_leads__times(value: str, read: str) -> None:
    found = frames.leads([{"A": value}], [("A", "Date")])["A"][0]
    assert found.strftime("%Y-%m-%d %H:%M:%S").rjust(19, "0") == read


def test_leads__large_numbers_stay_exact() -> None:
    table = frames.leads([{"A": "123456789012345678"}, {"A": "+91"}, {"A": " 007 "}], [("A", "Number")])
    assert list(table["A"]) == [123456789012345678, 91, 7]


@pytest.mark.parametrize(
    ("data_type", "value"),
    [
        ("Number", "secret"),
        ("Number", "1,5"),
        ("Number", "NaN"),
        ("Number", "inf"),
        ("Number", "1 2"),
        ("Number", " "),
        ("Date", "secret"),
        ("Date", "08/09/2019"),
        ("Date", "2019-02-30 00:00:00"),
        ("DateTime", "2019-02-28 25:00:00"),
        ("Date", "/Date(0)/"),
    ],
)
def test_leads__unreadable_value_names_the_column_only(data_type: str, value: str) -> None:
    with pytest.raises(UnexpectedAnswer, match="mx_Odd") as caught:
        frames.leads([{"mx_Odd": value}, {"mx_Odd": None}], [("mx_Odd", data_type)])
    assert "secret" not in str(caught.value)


def test_groups__columns() -> None:
    table = frames.groups([Group("a", 12, Decimal("34.5")), Group(None, 3)], "Owner")
    assert list(table.columns) == ["Owner", "count", "figure"]
    assert [str(dtype) for dtype in table.dtypes] == ["str", "Int64", "Float64"]
    assert list(table["count"]) == [12, 3]
    assert table["figure"][0] == 34.5
    assert table.iloc[1][["Owner", "figure"]].isna().all()


def test_groups__none() -> None:
    assert frames.groups([], "Owner").shape == (0, 3)


def test_groups__name_of_another_column() -> None:
    with pytest.raises(ValueError, match="count"):
        frames.groups([Group("a", 1)], "count")
