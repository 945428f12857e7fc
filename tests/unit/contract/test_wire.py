from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lsq_api.contract.conditions import DateFilter, LeadFilter, UserConditionGroup
from lsq_api.contract.wire import CommaNames, Wire, explain, read_time, write_time

INDIA = timezone(timedelta(hours=5, minutes=30))


class Names(Wire):
    names: CommaNames


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2018-05-10 12:10:00", datetime(2018, 5, 10, 12, 10, tzinfo=UTC)),
        ("2018-05-10 00:00:00", datetime(2018, 5, 10, tzinfo=UTC)),
        ("2018-05-10 23:59:59", datetime(2018, 5, 10, 23, 59, 59, tzinfo=UTC)),
        (" 2024-02-29 01:02:03\t", datetime(2024, 2, 29, 1, 2, 3, tzinfo=UTC)),
    ],
)
def test_read_time__documented_form(text: str, moment: datetime) -> None:
    assert read_time(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2018-05-10",
        "2018-05-10T12:10:00",
        "2018-05-10 12:10",
        "2018-05-10 12:10:00.000",
        "2018-05-10 12:10:00Z",
        "10-05-2018 12:10:00",
        "18-05-10 12:10:00",
        "2018-5-10 12:10:00",
        "٢٠١٨-05-10 12:10:00",
        "2018-05-10 12:10:00\n; x",
        "",
    ],
)
def test_read_time__another_form(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date; the form is yyyy-MM-dd HH:mm:ss, in UTC"):
        read_time(text)


@pytest.mark.parametrize(
    "text",
    ["2018-13-10 12:10:00", "2018-02-29 12:10:00", "2018-05-10 24:00:00", "2018-05-10 12:60:00", "0000-01-01 00:00:00"],
)
def test_read_time__no_day_of_the_calendar(text: str) -> None:
    with pytest.raises(ValueError, match="is no date of the calendar"):
        read_time(text)


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1)))
def test_time__is_read_as_it_was_written(moment: datetime) -> None:
    whole = moment.replace(microsecond=0, tzinfo=UTC)
    assert read_time(write_time(whole)) == whole


def test_write_time__in_utc_and_without_fraction() -> None:
    assert write_time(datetime(2026, 1, 1, 0, 0, 0, 999_999, tzinfo=INDIA)) == "2025-12-31 18:30:00"


def test_moment__needs_a_time_zone() -> None:
    """A local time would silently be taken for UTC."""
    naive = datetime(2026, 1, 1)
    with pytest.raises(ValidationError, match="needs a time zone"):
        DateFilter(field="LeadCreatedOn", start=naive, end=naive)
    local = datetime(2026, 1, 1, tzinfo=INDIA)
    assert DateFilter(field="LeadCreatedOn", start=local, end=local).start.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("given_", "read"),
    [
        ("7", ("7",)),
        (["7"], ("7",)),
        (7, ("7",)),
        ([7, 1.5, "x"], ("7", "1.5", "x")),
        (None, ()),
        ([], ()),
        ([" ", "\u00a0"], (" ", "\u00a0")),
    ],
)
def test_values__text_number_or_array(given_: object, read: tuple[str, ...]) -> None:
    assert LeadFilter.model_validate({"LookUpName": "A", "SqlOperator": "def", "LookUpValues": given_}).values == read


@pytest.mark.parametrize("given_", [[True], [None], [{}], [["x"]], {"a": 1}])
def test_values__of_another_kind(given_: object) -> None:
    with pytest.raises(ValidationError) as caught:
        LeadFilter.model_validate({"LookUpName": "A", "SqlOperator": "in", "LookUpValues": given_})
    assert explain(caught.value) == (False, "LookUpValues[0]: must be a string")


@given(st.lists(st.sampled_from(["A", "a", " b", "B ", "mx_é", "", " "]), max_size=8))
def test_comma_names__first_spelling_in_first_place(names: list[str]) -> None:
    firsts: dict[str, str] = {}
    for name in names:
        if name.strip():
            firsts.setdefault(name.strip().lower(), name.strip())
    if not firsts:
        with pytest.raises(ValidationError, match="is mandatory"):
            Names.model_validate({"names": ",".join(names)})
    else:
        assert Names.model_validate({"names": ",".join(names)}).names == tuple(firsts.values())


def faults(model: type[Wire], given_: Any) -> tuple[bool, str]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(given_)
    return explain(caught.value)


def test_explain__missing_members_are_told_from_wrong_ones() -> None:
    missing, said = faults(LeadFilter, {})
    assert (missing, said) == (True, "LookUpName: is mandatory; SqlOperator: is mandatory")
    missing, said = faults(LeadFilter, {"LookUpName": 5})
    assert not missing
    assert said == "LookUpName: must be a string; SqlOperator: is mandatory"


def test_explain__names_the_first_three_faults() -> None:
    conditions = [{"LookupName": "UserID", "Operator": "eq"}] * 5
    _, said = faults(UserConditionGroup, {"Condition": conditions})
    assert said.split("; ") == [
        f"Condition[{index}]: LookupValue of UserID is mandatory for operator eq" for index in range(3)
    ]


def test_explain__a_wrong_element_is_not_called_an_empty_array() -> None:
    """Beside the real fault stood: Condition should have at least 1 item, not 0."""
    _, said = faults(UserConditionGroup, {"Condition": [{"LookupName": "UserID", "Operator": "eq"}]})
    assert said == "Condition[0]: LookupValue of UserID is mandatory for operator eq"
    assert faults(UserConditionGroup, {"Condition": []})[1] == "Condition: must not be empty"
