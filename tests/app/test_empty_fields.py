"""An account without names, sources and telephone numbers: its screens show what it has."""

from pathlib import Path

import pytest

from tests.app.screen import Open
from tests.stores import Rows, activity, at, make_store

CALL = {"ActivityEvent": 22, "ActivityEventName": "Outbound Phone Call Activity", "EventType": 1}


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    leads = [
        {
            "ProspectID": f"{n:03}",
            "ProspectStage": ["Open", "Closed"][n % 2],
            "OwnerId": "112",
            "CreatedOn": at("2026-01-01 00:00:00"),
            "mx_Case_Id": 173_000 + n,
            "mx_Town": f"Town {n % 3}",
        }
        for n in range(60)
    ]
    done = [activity(n, f"{n:03}", 22, "2026-01-02 00:00:00") for n in range(0, 60, 4)]
    columns = {"mx_Case_Id": "BIGINT", "mx_Town": "VARCHAR"}
    users = [{"UserId": "112", "FirstName": "112", "StatusCode": "0"}]
    rows = Rows(leads=leads, activities=done, users=users, types=[CALL], columns=columns)
    return make_store(tmp_path_factory.mktemp("bank") / "store", rows)


def test_list__has_no_column_that_is_empty_for_everybody(view: Open, bank: Path):
    listed = view(page="leads", data=bank).listed
    assert {"Phone", "EmailAddress", "Source", "EngagementScore"}.isdisjoint(listed.columns)
    assert {"mx_Case_Id", "mx_Town"} <= set(listed.columns)
    assert all(listed[name].notna().any() for name in listed.columns if name != "ProspectActivityDate_Max")
    named = view({"columns": ["Phone"]}, page="leads", data=bank).tables[0]
    assert "Phone" in named.columns, "who asks for it gets it"


def test_board__without_values_gives_way(view: Open, bank: Path):
    screen = view(data=bank)
    headings = [one.value for one in screen.test.subheader]
    assert "By source" not in headings
    assert "By stage" in headings
    spare = [one for one in headings if one not in {"By owner", "By age since they came in", "By stage"}]
    assert [one for one in spare if "town" in one.lower()]
    figure = next(chart.proto for chart in screen.test.get("plotly_chart") if "town" in chart.proto.alt.lower())
    assert figure.alt.count("Town ") == 3
