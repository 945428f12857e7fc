"""Two users of one name are told apart wherever a name is shown or chosen; everybody else is called by the name."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from lsq_api.__main__ import main
from tests.app.screen import Open
from tests.stores import Rows, at, make_store

NORTH, SOUTH, BOB = (f"{n}0000000-0000-4000-8000-000000000000" for n in "123")
USERS: list[dict[str, Any]] = [
    {"UserId": NORTH, "FirstName": "Ann", "LastName": "Lee", "EmailAddress": "ann.north@x.example"},
    {"UserId": SOUTH, "FirstName": "Ann", "LastName": "LEE", "EmailAddress": "ann.south@x.example"},
    {"UserId": BOB, "FirstName": "Bob", "LastName": "Ray", "EmailAddress": "bob@x.example", "ManagerUserId": SOUTH},
]
LABELS = {NORTH: "Ann Lee (ann.north@x.example)", SOUTH: "Ann LEE (ann.south@x.example)", BOB: "Bob Ray"}
OWNERS = (NORTH, SOUTH, SOUTH, BOB)
COLUMNS = {"columns": ["ProspectID", "OwnerId", "OwnerIdName"]}


@pytest.fixture
def company(tmp_path: Path) -> Path:
    users = [user | {"StatusCode": "0"} for user in USERS]
    leads = [
        {"ProspectID": f"p{number}", "OwnerId": owner, "FirstName": f"L{number}", "CreatedOn": at("2026-01-01")}
        for number, owner in enumerate(OWNERS)
    ]
    # One more who was called, since without any call nobody is said to wait.
    leads.append({"ProspectID": "called", "OwnerId": BOB, "FirstName": "Called", "CreatedOn": at("2026-01-01")})
    call = {"RelatedProspectId": "called", "ActivityEvent": 22, "CreatedOn": at("2026-01-01")}
    return make_store(tmp_path / "s", Rows(leads=leads, users=users, activities=[call]))


def test_names__in_the_picker_of_owners_and_of_teams(view: Open, company: Path):
    screen = view(data=company)
    options = {box.label: box.options for box in screen.test.multiselect}
    assert sorted(options["Owners"]) == sorted(LABELS.values())
    assert options["Team of"] == [LABELS[SOUTH]]


def test_names__in_the_sentence_and_on_the_boards(view: Open, company: Path):
    screen = view(data=company)
    assert LABELS[SOUTH] in screen.sentence
    assert set(screen.bars("owners")) == {"Ann Lee (ann.north@x.exam…", "Ann LEE (ann.south@x.exam…", "Bob Ray"}
    assert LABELS[NORTH] in view({"owner": NORTH}, data=company).sentence


def test_names__in_the_table_of_owners(view: Open, company: Path):
    (shown,) = view({"system": "auto"}, page="owners", data=company).tables
    assert set(shown[shown.columns[0]][1:]) == set(LABELS.values())


def test_names__in_the_list_by_id_and_by_name(view: Open, company: Path):
    """The host sends the same name for both; the ID beside it says who is meant."""
    (shown,) = view(COLUMNS, page="leads", data=company).tables
    for column in ("OwnerId", "OwnerIdName"):
        assert list(shown[column]) == [LABELS[owner] for owner in OWNERS], column


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("OwnerId", {LABELS[NORTH]: 1, LABELS[SOUTH]: 2, LABELS[BOB]: 1}),
        ("OwnerIdName", {"Ann LEE (2 users)": 3, "Bob Ray": 1}),
    ],
)
def test_names__in_groups(view: Open, company: Path, by: str, groups: dict[str, int]):
    """Grouped by name the two are one group, as `=` finds them equal; it says that it is of two."""
    (shown,) = view({"by": by, "view": "table"}, page="breakdown", data=company).tables
    counts = dict(zip(shown[shown.columns[0]], shown[shown.columns[1]], strict=True))
    assert {name: counts[name] for name in groups} == groups


def test_names__of_one_lead(view: Open, company: Path):
    screen = view({"lead": "p1"}, page="lead", data=company)
    assert LABELS[SOUTH] in [str(one.value) for one in screen.test.main.text]


def test_names__in_a_condition_on_the_name(view: Open, company: Path):
    assert "is Ann Lee (2 users)" in view({"where": "OwnerIdName~=~Ann Lee"}, data=company).sentence
    assert "is Bob Ray" in view({"where": "OwnerIdName~=~Bob Ray"}, data=company).sentence


def test_names__in_files(company: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LSQ_DATA", str(company))
    link = "?columns=ProspectID&columns=OwnerIdName&columns=OwnerId&sort=ProspectID"
    for ending in ("csv", "json"):
        assert main(["report", "--link", link, "--format", ending, "--output", str(tmp_path / ending)]) == 0
    with (tmp_path / "csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row[1:] for row in csv.reader(file)][1:] == [[LABELS[owner]] * 2 for owner in OWNERS]
    found = json.loads((tmp_path / "json").read_bytes())
    assert [(lead["OwnerId"], lead["OwnerIdName"]) for lead in found] == [(owner, LABELS[owner]) for owner in OWNERS]
