"""The demo data: exact, repeatable, possible in time, and worth looking at."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import duckdb
import pytest

from lsq_api.server.demo.make import make_demo
from lsq_api.server.store.store import Store

LEADS, ACTIVITIES = 5_000, 37_500
WORKING_DAY = datetime(2026, 3, 12, 10, 17, tzinfo=UTC)  # a Thursday, 15:47 in India
MOMENTS = {
    "afternoon": WORKING_DAY,
    "Sunday night": datetime(2026, 3, 15, 20, 0, tzinfo=UTC),  # 1:30 on Monday in India
    "Monday opening": datetime(2026, 3, 16, 4, 1, tzinfo=UTC),  # 9:31 in India: a minute's work since Saturday
    "new year, other zone": datetime(2026, 12, 31, 23, 59, 58, tzinfo=ZoneInfo("America/New_York")),
}
NOT_CONTACTED = """
    SELECT leads.*, NOT EXISTS (
        SELECT 1 FROM activities WHERE "RelatedProspectId" = "ProspectID" AND "ActivityEvent" IN (21, 22)
    ) AS waiting
    FROM leads
"""


@pytest.fixture(scope="module", params=MOMENTS.values(), ids=MOMENTS.keys())
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, datetime]]:
    """A store, and the naive UTC moment that it was made for."""
    path = tmp_path_factory.mktemp("demo") / "store"
    make_demo(path, leads=LEADS, activities=ACTIVITIES, today=request.param)
    store = Store.open(path)
    yield store, request.param.astimezone(UTC).replace(second=0, tzinfo=None)
    store.close()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store made on a working day."""
    path = tmp_path_factory.mktemp("demo") / "store"
    make_demo(path, leads=LEADS, activities=ACTIVITIES, today=WORKING_DAY)
    store = Store.open(path)
    yield store
    store.close()


def rows(store: Store, query: str, *values: Any) -> list[Any]:
    return store.backend.cursor().execute(query, values).fetchall()


def contents(path: Path) -> dict[str, list[Any]]:
    """Every row of a store, ordered, but for the moment it was made."""
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = ["leads", "activities", "users", "activity_types", "lead_fields"]
        return {table: connection.execute(f"FROM {table} ORDER BY ALL").fetchall() for table in tables}


@pytest.mark.parametrize(
    ("leads", "activities"), [(1, 0), (1, 1), (1, 400), (2, 1), (3, 1000), (500, 7), (1000, 0), (1234, 9876)]
)
def test_demo__has_exactly_so_many_leads_and_activities(tmp_path: Path, leads: int, activities: int) -> None:
    make_demo(tmp_path / "store", leads=leads, activities=activities, today=WORKING_DAY)
    found = contents(tmp_path / "store")
    assert (len(found["leads"]), len(found["activities"]), len(found["users"])) == (leads, activities, 60)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"leads": 0}, "at least 1 lead, not 0"),
        ({"leads": -5}, "at least 1 lead, not -5"),
        ({"activities": -1}, "cannot have -1 activities"),
        ({"today": datetime(2026, 3, 12)}, "no time zone"),
    ],
)
def test_demo__refuses_what_cannot_be_made(tmp_path: Path, asked: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make_demo(tmp_path / "store", **asked)
    assert not list(tmp_path.iterdir())


def test_demo__is_the_same_for_the_same_seed_and_minute(tmp_path: Path) -> None:
    first, again, other = (tmp_path / name for name in ("first", "again", "other"))
    make_demo(first, leads=3_000, activities=20_000, today=WORKING_DAY)
    make_demo(again, leads=3_000, activities=20_000, today=WORKING_DAY + timedelta(seconds=41))
    make_demo(other, leads=3_000, activities=20_000, today=WORKING_DAY, seed=8)
    assert contents(first) == contents(again)
    for table in ("leads", "activities", "users"):
        assert not {row[0] for row in contents(first)[table]} & {row[0] for row in contents(other)[table]}


def test_demo__replaces_the_store_that_was_there(tmp_path: Path) -> None:
    for leads in (20, 10):
        make_demo(tmp_path / "store", leads=leads, activities=0, today=WORKING_DAY)
    assert len(contents(tmp_path / "store")["leads"]) == 10
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_demo__nothing_is_before_its_lead_or_later_than_now(made: tuple[Store, datetime]) -> None:
    store, now = made
    impossible = rows(
        store,
        """
        SELECT leads."CreatedOn", activities."CreatedOn", activities."ModifiedOn", "ActivityEvent"
        FROM activities JOIN leads ON "RelatedProspectId" = "ProspectID"
        WHERE activities."CreatedOn" < leads."CreatedOn" OR activities."ModifiedOn" < activities."CreatedOn"
            OR activities."ModifiedOn" > ?
        """,
        now,
    )
    assert impossible == []
    query = 'SELECT "CreatedOn", "ModifiedOn" FROM leads WHERE "ModifiedOn" < "CreatedOn" OR "ModifiedOn" > ?'
    assert rows(store, query, now) == []


def test_demo__a_call_of_the_last_minute_is_not_saved_in_the_future(tmp_path: Path) -> None:
    """With so many calls some are still going on now, which the smaller stores seldom have."""
    make_demo(tmp_path / "store", leads=2_000, activities=200_000, today=WORKING_DAY)
    with duckdb.connect(str(tmp_path / "store"), read_only=True) as connection:
        found = connection.execute('SELECT max("CreatedOn"), max("ModifiedOn") FROM activities').fetchone()
    now = WORKING_DAY.replace(tzinfo=None)
    assert found is not None
    assert found[0] < now
    assert found[1] == now


def test_demo__owners_work_in_working_hours(made: tuple[Store, datetime]) -> None:
    store, _ = made
    calls = rows(store, 'SELECT "CreatedOn" FROM activities WHERE "ActivityEvent" IN (21, 22, 103, 203)')
    assert len(calls) > ACTIVITIES / 5
    indian = [on.replace(tzinfo=UTC).astimezone(ZoneInfo("Asia/Kolkata")) for (on,) in calls]
    assert {on.weekday() for on in indian} == {0, 1, 2, 3, 4, 5}
    assert all((9, 30) <= (on.hour, on.minute) < (18, 30) for on in indian)


def test_demo__leads_of_every_age_wait(made: tuple[Store, datetime]) -> None:
    """The age classes of the Overview, none of them empty at any hour of the week."""
    store, now = made
    hours = [0, 1, 24, 3 * 24, 7 * 24, 30 * 24, 90 * 24, 600 * 24]
    ages = [
        (now - created) / timedelta(hours=1)
        for (created,) in rows(store, f'SELECT "CreatedOn" FROM ({NOT_CONTACTED}) WHERE waiting')
    ]
    classes = [sum(a <= age < b for age in ages) for a, b in pairwise(hours)]
    assert sum(classes) == len(ages)
    assert all(classes), classes
    assert max(ages) > 500 * 24


def test_demo__every_key_is_known(store: Store) -> None:
    for table, column, other, key in (
        ("activities", "RelatedProspectId", "leads", "ProspectID"),
        ("activities", "CreatedBy", "users", "UserId"),
        ("activities", "ActivityEvent", "activity_types", "ActivityEvent"),
        ("leads", "OwnerId", "users", "UserId"),
        ("users", "ManagerUserId", "users", "UserId"),
    ):
        query = f'SELECT t."{column}" FROM {table} AS t ANTI JOIN {other} AS o ON t."{column}" = o."{key}"'
        query += f' WHERE t."{column}" IS NOT NULL'
        assert rows(store, query) == [], (table, column)
    for table, column in (("leads", "ProspectID"), ("activities", "ProspectActivityId"), ("users", "UserId")):
        ids = [found for (found,) in rows(store, f'SELECT "{column}" FROM {table}')]
        assert len(set(ids)) == len(ids)
        assert all(str(UUID(found)) == found and UUID(found).version == 4 for found in ids[:2000])
    assert rows(store, 'SELECT count(*) FROM activities WHERE "CreatedBy" IS NULL') == [(0,)]


def test_demo__managers_are_a_tree(store: Store) -> None:
    """Everybody but the system user reports up to the head of sales, in a chain without a circle."""
    found = rows(store, 'SELECT "UserId", "ManagerUserId", "Role", "Designation", "TeamId" FROM users')
    manager = {user: above for user, above, *_ in found}
    (head,) = (user for user, _, _, designation, _ in found if designation == "Head of Sales")
    (router,) = (user for user, _, _, designation, _ in found if designation == "System User")
    assert {user for user, above in manager.items() if above is None} == {head, router}
    for user in manager.keys() - {router}:
        chain = [user]
        while (above := manager[chain[-1]]) is not None:
            assert above not in chain
            chain.append(above)
        assert chain[-1] == head
    leaders = [(user, team) for user, above, role, _, team in found if above == head and role == "Sales_Manager"]
    assert len({team for _, team in leaders}) == len(leaders) == 6
    teams = {(above, team) for _, above, role, _, team in found if role == "Sales_User"}
    assert teams == set(leaders)


def test_demo__a_third_waits_and_owners_differ(store: Store) -> None:
    ((share, waiting, served, never),) = rows(
        store,
        f"""
        SELECT avg(waiting::INTEGER), avg("EngagementScore") FILTER (waiting),
            avg("EngagementScore") FILTER (NOT waiting), avg(("ProspectActivityDate_Max" IS NULL)::INTEGER)
        FROM ({NOT_CONTACTED})
        """,
    )
    assert 0.30 <= share <= 0.40
    assert waiting + 20 < served
    assert 0.01 < never < 0.1
    by_owner = rows(
        store,
        f"""
        SELECT "TeamId", avg(waiting::INTEGER) FROM ({NOT_CONTACTED}) JOIN users ON "UserId" = "OwnerId"
        WHERE "Role" = 'Sales_User' GROUP BY "UserId", "TeamId"
        """,
    )
    shares = [share for _, share in by_owner]
    assert len(shares) == 49
    assert min(shares) < 0.15
    assert 0.55 < max(shares) < 0.85
    of_team = {team: [share for other, share in by_owner if other == team] for team, _ in by_owner}
    means = sorted(sum(shares) / len(shares) for shares in of_team.values())
    assert means[-1] > 2 * means[0]


def test_demo__people_come_and_go_and_leads_wait_for_an_owner(store: Store) -> None:
    roles = {role for (role,) in rows(store, 'SELECT "Role" FROM users')}
    assert roles == {"Sales_User", "Sales_Manager", "Administrator", "Marketing_User"}
    left = """SELECT count(DISTINCT "OwnerId") FROM leads JOIN users ON "UserId" = "OwnerId" WHERE "StatusCode" = '1'"""
    assert rows(store, left) == [(5,)]
    pool = """SELECT count(*) > 50 FROM leads JOIN users ON "UserId" = "OwnerId" WHERE "Designation" = 'System User'"""
    assert rows(store, pool) == [(True,)]
    assert rows(store, 'SELECT count(*) BETWEEN 5 AND 60 FROM leads WHERE "OwnerId" IS NULL') == [(True,)]


def test_demo__addresses_and_numbers_reach_nobody(store: Store) -> None:
    mails = rows(store, 'SELECT "EmailAddress" FROM leads UNION SELECT "EmailAddress" FROM users')
    written = [mail for (mail,) in mails if mail is not None]
    assert len(written) > LEADS * 0.8
    assert [
        mail for mail in written if not re.fullmatch(r"[a-z0-9.]+@([a-z-]+\.example|example\.(com|org|net))", mail)
    ] == []
    phones = [phone for (phone,) in rows(store, 'SELECT "Phone" FROM leads WHERE "Phone" IS NOT NULL')]
    nobody = r"\+91-5550\d{6}|\+\d{2,3}-000\d+|\+44-7700900\d{3}|\+1-20255501\d{2}"
    assert [phone for phone in phones if not re.fullmatch(nobody, phone)] == []


def test_demo__names_are_of_many_origins(store: Store) -> None:
    names = {name for row in rows(store, 'SELECT "FirstName", "LastName" FROM leads') for name in row if name}
    assert any("'" in name for name in names)
    assert any(letter in name for name in names for letter in "éöşñ")
    assert any("\u0900" <= name[0] <= "\u097f" for name in names)
    assert any("\u0600" <= name[0] <= "\u06ff" for name in names)


def test_demo__a_call_is_noted_as_leadsquared_does(store: Store) -> None:
    calls = rows(
        store,
        'SELECT "ActivityEvent", "ActivityEvent_Note", "Status" FROM activities WHERE "ActivityEvent" IN (21, 22)',
    )
    seen = set()
    for code, note, status in calls:
        parts = dict(part.split("{=}") for part in note.split("{next}"))
        assert parts.keys() == {"Caller", "Duration", "Status"}
        assert parts["Status"] == status
        assert (int(parts["Duration"]) > 0) == (status == "Answered")
        seen.add((code, status))
    assert seen == {(22, "Answered"), (22, "NotAnswered"), (22, "CallFailure"), (21, "Answered"), (21, "Missed")}


def test_demo__fields_are_described(store: Store) -> None:
    for name, kind, options in (
        ("ProspectStage", "Select", 9),
        ("Source", "Select", 11),
        ("SourceCampaign", "Select", 14),
        ("mx_City", "Select", 29),
        ("mx_Product", "Select", 12),
        ("mx_Budget", "Number", 0),
        ("mx_Expected_Close", "Date", 0),
    ):
        field = store.fields[name.lower()]
        assert (field.data_type, len(field.options)) == (kind, options)
    blank = 'SELECT count("Source") < count(*), count("mx_City") < count(*), count("mx_Budget") < count(*) FROM leads'
    assert rows(store, blank) == [(True, True, True)]
    assert (store.demo, store.title, store.leads, store.activities) == (True, "Demo data", LEADS, ACTIVITIES)


def test_demo__more_is_done_for_later_stages(store: Store) -> None:
    done = dict(
        rows(
            store,
            """
            SELECT "ProspectStage", count("ProspectActivityId") / count(DISTINCT "ProspectID")
            FROM leads LEFT JOIN activities ON "RelatedProspectId" = "ProspectID" GROUP BY "ProspectStage"
            """,
        )
    )
    assert done["Prospect"] < done["Contacted"] < done["Qualified"] < done["Opportunity"] < done["Customer"]
