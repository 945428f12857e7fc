"""The extension that says who creates activities, held against plain counting; and leads of owners left out."""

from collections import Counter
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lsq_api.contract.makers import ENOUGH, MAKERS_CALL, ActivityMakers, Made
from lsq_api.contract.report import ListOutput
from lsq_api.question.directory import Directory, ListedUser
from lsq_api.question.question import Question
from tests.conftest import KEYS, Caller, Serve
from tests.contract.company import COMPANY, NOW
from tests.stores import Rows, activity, at

UTC_ZONE = ZoneInfo("UTC")


def done(by: str | None, code: int, hours: range, start: int) -> list[dict[str, Any]]:
    """More than enough activities of somebody, evenly over these hours of the days of a year."""
    return [
        activity(start + n, "p1", code, "2025-01-01 00:00:00", CreatedBy=by)
        | {"CreatedOn": at("2025-01-01 00:30:00") + timedelta(days=n, hours=hours[n % len(hours)])}
        for n in range(ENOUGH + 10)
    ]


@pytest.fixture(scope="module")
def machine(serve: Serve) -> Caller:
    activities = [
        *done("Robot", 3, range(24), 1_000),
        *done("Robot", 201, range(24), 2_000),
        *done("ann", 201, range(4, 14), 3_000),
        *done(None, 201, range(24), 4_000),
        activity(1, "p1", 22, "2025-01-01 03:00:00", CreatedBy="bo"),
    ]
    users = [{"UserId": name, "FirstName": name} for name in ("Robot", "ann", "bo", "cy")]
    types = [{"ActivityEvent": code, "ActivityEventName": f"Type {code}"} for code in (3, 22, 201)]
    return serve(Rows(leads=[{"ProspectID": "p1"}], activities=activities, users=users, types=types))


def test_makers__says_who_creates_what_and_who_never_rests(machine: Caller) -> None:
    answer = machine.get(MAKERS_CALL)
    assert answer.status_code == 200, answer.text
    found = ActivityMakers.read(answer.json())
    many = ENOUGH + 10
    assert {user: (one.count, one.at_all_hours, one.codes) for user, one in found.users.items()} == {
        "robot": (2 * many, True, (3, 201)),
        "ann": (many, False, ()),
        "bo": (1, None, ()),
    }
    assert found.codes == {3: Made(0, many, 0), 22: Made(1, 0, 0), 201: Made(many, many, many)}


def test_makers__of_the_small_company_are_as_counted(company: Caller) -> None:
    found = ActivityMakers.read(company.get(MAKERS_CALL).json())
    counted = [(row["ActivityEvent"], row.get("CreatedBy")) for row in COMPANY.activities]
    assert {code: sum(vars(one).values()) for code, one in found.codes.items()} == Counter(code for code, _ in counted)
    assert {user: one.count for user, one in found.users.items()} == Counter(by.lower() for _, by in counted if by)


def test_makers__is_no_call_under_strict(serve: Serve) -> None:
    assert serve(strict=True).get(MAKERS_CALL).status_code == 404


OWNERS = ("1", "12", "aaaa0000-0000-0000-0000-000000000001", "aaaa0000-0000-0000-0000-000000000002")


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("out", [(), OWNERS[:1], OWNERS[1:2], OWNERS[2:], OWNERS[2:3], OWNERS[:3], OWNERS])
def test_owners_left_out__and_nobody_else(serve: Serve, out: tuple[str, ...], strict: bool) -> None:
    """Leads without an owner stay; an ID that is part of another's takes nobody with it."""
    owners = [*OWNERS, None, OWNERS[0], " "]
    leads = [{"ProspectID": f"p{n}", "OwnerId": owner} for n, owner in enumerate(owners) if owner != " "]
    caller = serve(Rows(leads=leads), strict=strict)
    directory = Directory.build(users=[ListedUser(owner, owner) for owner in OWNERS])
    report = Question(owners_not=out).report(
        ListOutput(fields=("ProspectID",)), now=NOW, zone=UTC_ZONE, teams={}, directory=directory
    )
    for asked in (report, report.all_leads):
        answer = caller.http.post(asked.path, json=asked.wire(), params=KEYS)
        assert answer.status_code == 200, answer.text
        found = {row["ProspectID"] for row in answer.json()["Results"]}
        assert found == {lead["ProspectID"] for lead in leads if lead["OwnerId"] not in out}
