from decimal import Decimal

import pytest

from lsq_api.contract.answer import AggregateAnswer, Group, ListAnswer
from lsq_api.contract.errors import UnexpectedAnswer

SAMPLE = {
    "TotalCount": "211507",
    "Results": [
        {
            "OwnerId": "a1af592d-d173-11e6-b172-023cca4497b9",
            "ProspectActivityDate_Max": None,
            "ProspectStage": "Opportunity",
            "ProspectID": "962db064-3031-4428-9ce6-5e1a23180d63",
        },
        {
            "ProspectID": "fc68c495-8e29-4db8-80d8-5c296b0ff2f1",
            "ProspectActivityDate_Max": "2019-08-08 18:30:30",
            "OwnerId": "c7b539c1-3f7f-11e6-bec9-22000aa5088d",
            "ProspectStage": "Opportunity",
        },
    ],
}


def test_list_answer__sample_of_the_vendor() -> None:
    answer = ListAnswer.read(SAMPLE)
    assert answer.total == 211_507
    assert answer.rows[0]["ProspectActivityDate_Max"] is None
    assert [row["ProspectID"][:4] for row in answer.rows] == ["962d", "fc68"]


@pytest.mark.parametrize(
    ("body", "total"),
    [
        ({"TotalCount": "0", "Results": []}, 0),
        ({"TotalCount": 7, "Results": []}, 7),
        ({"totalcount": "7", "results": []}, 7),
        ({"Results": [], "TotalCount": "7.0", "More": 1}, 7),
        ({"TotalCount": "211,507", "Results": []}, 211_507),
    ],
)
def test_list_answer__total_in_any_spelling(body: object, total: int) -> None:
    assert ListAnswer.read(body) == ListAnswer(total, [])


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "text",
        {},
        {"TotalCount": "7"},
        {"Results": []},
        {"TotalCount": "7", "Results": None},
        {"TotalCount": "7", "Results": {}},
        {"TotalCount": "7", "Results": ["row"]},
        {"TotalCount": "many", "Results": []},
        {"TotalCount": "-1", "Results": []},
        {"TotalCount": "1.5", "Results": []},
        {"TotalCount": "NaN", "Results": []},
        {"TotalCount": "Infinity", "Results": []},
        {"TotalCount": True, "Results": []},
        {"TotalCount": "", "Results": []},
    ],
)
def test_list_answer__unexpected(body: object) -> None:
    with pytest.raises(UnexpectedAnswer):
        ListAnswer.read(body)


@pytest.mark.parametrize(
    ("row", "group"),
    [
        ({"OwnerId": "a", "Count": "12"}, Group("a", 12)),
        ({"OwnerId": "a", "Count": 12, "Average": "34.5"}, Group("a", 12, Decimal("34.5"))),
        ({"Sum": "-7", "ownerid": "a", "COUNT": "12"}, Group("a", 12, Decimal(-7))),
        ({"OwnerId": "a", "TotalCount": "12", "AvgEngagementScore": 1.25}, Group("a", 12, Decimal("1.25"))),
        ({"OwnerId": "a", "TotalOfScore": "900", "Count": "12"}, Group("a", 12, Decimal(900))),
        ({"OwnerId": "a", "Count": "12", "EngagementScore": "9"}, Group("a", 12, Decimal(9))),
        ({"OwnerId": "a", "Count": "12", "Average": None}, Group("a", 12)),
        ({"OwnerId": None, "Count": "12"}, Group(None, 12)),
        ({"OwnerId": "", "Count": "12"}, Group(None, 12)),
        ({"OwnerId": 5, "Count": "0"}, Group("5", 0)),
    ],
)
def test_aggregate_answer__row(row: dict[str, object], group: Group) -> None:
    answer = AggregateAnswer.read({"TotalCount": "1", "Results": [row]}, "OwnerId")
    assert answer == AggregateAnswer(1, [group])


def test_aggregate_answer__grouped_by_a_field_named_like_a_count() -> None:
    answer = AggregateAnswer.read({"TotalCount": "1", "Results": [{"CountryCode": "91", "Count": "3"}]}, "CountryCode")
    assert answer.groups == [Group("91", 3)]


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"Count": "12"},
        {"OwnerId": "a"},
        {"OwnerId": "a", "Count": "secret-value"},
        {"OwnerId": "a", "Count": "1.5"},
        {"OwnerId": "a", "Count": "-1"},
    ],
)
def test_aggregate_answer__unexpected_names_keys_and_no_values(row: dict[str, object]) -> None:
    with pytest.raises(UnexpectedAnswer) as caught:
        AggregateAnswer.read({"TotalCount": "1", "Results": [row]}, "OwnerId")
    assert "secret-value" not in str(caught.value)
    assert all(key in str(caught.value) for key in row)
