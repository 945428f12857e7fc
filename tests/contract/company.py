"""A company small enough to know by heart, for the contract tests: six users, ten leads, what was done on them."""

from datetime import UTC, datetime
from typing import Any

from tests.stores import Rows, activity, at

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
NBSP = "\u00a0"
CHANGED = at("2026-02-20 00:00:00")
"""When lead 1 was last changed; the others were not since they came in."""

BOSS, ANN, BOB, EVE = (f"{n}0000000-0000-4000-8000-000000000000" for n in "1234")
GONE = "90000000-0000-4000-8000-000000000000"
"""Owns a lead and is in no list of users."""

USERS: list[dict[str, Any]] = [
    {"UserId": BOSS, "FirstName": "Bo", "LastName": "Ss", "EmailAddress": "boss@x.org", "Role": "Sales_Manager"},
    {"UserId": ANN, "FirstName": "Ann", "LastName": "Lee", "EmailAddress": "ann@x.org", "ManagerUserId": BOSS},
    {"UserId": BOB, "FirstName": "Bob", "EmailAddress": "Bob@X.org", "ManagerUserId": ANN, "TeamId": "t-2"},
    {"UserId": EVE, "FirstName": "Eve", "LastName": "O'Hara", "StatusCode": "1", "Groups": "North, South"},
]
USERS = [{"StatusCode": "0", "Role": "Sales_User", "CreatedOn": at("2020-05-06 07:08:09")} | user for user in USERS]

TYPES = [
    {"ActivityEvent": 2, "ActivityEventName": "Page Visited on Website", "EventType": 0},
    {"ActivityEvent": 21, "ActivityEventName": "Inbound Phone Call Activity", "EventType": 1},
    {
        "ActivityEvent": 22,
        "ActivityEventName": "Outbound Phone Call Activity",
        "DisplayName": "Outbound Call",
        "EventType": 1,
    },
    {"ActivityEvent": 201, "ActivityEventName": "Meeting", "EventType": 2},
]


def _lead(number: int, stage: str | None, owner: str | None, created: str | None, **more: Any) -> dict[str, Any]:
    on = at(created) if created else None
    return {
        "ProspectID": f"lead-{number:02}",
        "ProspectStage": stage,
        "OwnerId": owner,
        "CreatedOn": on,
        "ModifiedOn": on,
        **more,
    }


LEADS = [
    _lead(
        1, "Prospect", ANN, "2026-01-01 00:00:00", EngagementScore=10, Source="Web", mx_City="Pune", ModifiedOn=CHANGED
    ),
    _lead(2, " prospect\t", ANN, "2026-01-31 23:59:59", EngagementScore=20, Source="web", mx_City=f"{NBSP}pune "),
    _lead(3, "PROSPECT", BOB, "2026-02-01 00:00:00", EngagementScore=31, Source="7", mx_City="100%"),
    _lead(4, "Opportunity", BOB, "2026-02-28 12:00:00", Source="007", mx_City="50_50", mx_Budget="5.50"),
    _lead(5, None, None, None, EngagementScore=-5, Source="7.0", mx_City=NBSP),
    _lead(6, 'We, "the" people;\r\nLtd', GONE, "2026-02-28 11:59:59", Source="Café 😀", mx_City="مرحبا"),
    _lead(7, "Opportunity", EVE, "2026-03-01 12:00:00", EngagementScore=0, Source="", mx_Budget="1234567.25"),
    _lead(
        8,
        "Customer",
        ANN,
        "2025-12-31 23:59:59",
        EngagementScore=9,
        mx_Visit=at("2026-02-10 08:00:00"),
        mx_Due=at("2026-02-11"),
    ),
    _lead(
        9,
        "Customer",
        BOB,
        "2026-01-15 10:00:00",
        EngagementScore=100,
        mx_Ratio=0.5,
        mx_Due=at("2026-01-31"),
        mx_Budget="0.25",
    ),
    _lead(10, "customer", ANN, "2026-03-01 12:00:01", Source="'; DROP TABLE leads; --", mx_Ratio=2.0),
]

# Lead 1 has nothing; 2 was called; 3 will be called; 4 only visited a page; 8 was called twice, 9 met and called in.
ACTIVITIES = [
    activity(
        1,
        "lead-02",
        22,
        "2026-02-01 10:00:00",
        CreatedBy=ANN,
        ActivityEvent_Note="Not reached",
        Status="Busy",
        Owner=BOB,
        mx_Custom_1="+91-98",
    ),
    activity(2, "lead-03", 21, "2026-03-01 12:00:01", CreatedBy=BOB),
    activity(3, "lead-04", 2, "2026-03-01 12:00:00"),
    activity(4, "lead-08", 22, "2026-01-05 09:00:00", CreatedBy=ANN),
    activity(5, "lead-08", 22, "2026-02-15 23:59:59", CreatedBy=ANN, ModifiedOn=at("2026-02-20 00:00:00")),
    activity(6, "lead-08", 2, "2026-02-16 00:00:00"),
    activity(7, "lead-09", 201, "2026-01-20 09:00:00", CreatedBy=BOB),
    activity(8, "lead-09", 21, "2026-02-01 10:00:00", CreatedBy=BOB),
]

COMPANY = Rows(
    leads=LEADS,
    activities=ACTIVITIES,
    users=USERS,
    types=TYPES,
    columns={
        "mx_City": "VARCHAR",
        "mx_Budget": "DECIMAL(18, 2)",
        "mx_Visit": "TIMESTAMP",
        "mx_Ratio": "DOUBLE",
        "mx_Due": "DATE",
    },
)
EVERYBODY = [lead["ProspectID"] for lead in LEADS]
