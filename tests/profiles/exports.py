"""Made-up exports of other systems, written as these write them, with what plain Python counts over the same rows.

The same for the same seed. Times are in UTC, so that an import that names no time zone reads them as they are meant.
"""

import csv
import io
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

LEADS = 1_000
OWNERS = (("Ann", "Lee"), ("Bob", "Roy"), ("Chloé", "Dürr"), ("Dan", "O'Neil"), ("Eva", "Ngo"), ("Gus", "Old"))
FIRST = ("Ann", "José", "Zoë", "Raj", "Mia", "Ümit", "Bo", "Søren", "Ann-Sophie", "Lee")
LAST = ("Sen", "Lee, Jr", 'O"Hara', "Núñez", "Smith", "d'Arc", "Müller", "Rao", "Çelik", "Poe")
STAGES = ("New", "Contacted", "Qualified", "Unqualified")
SOURCES = ("Web", "Referral", "Trade show", "Partner")
IN, OUT, EMAIL, MEETING, TODO = "in", "out", "email", "meeting", "todo"
CALLS = {IN: 21, OUT: 22}


@dataclass(frozen=True)
class Lead:
    """A lead before any system writes it; `gone` is deleted or converted, `owner` a position in OWNERS."""

    number: int
    first: str
    last: str
    stage: str | None
    source: str
    owner: int | None
    created: datetime
    modified: datetime
    amount: Decimal | None
    gone: str

    @property
    def email(self) -> str:
        return f"lead{self.number}@x.example"

    @property
    def phone(self) -> str:
        return f"+91-98{self.number:08}"


@dataclass(frozen=True)
class Act:
    """An activity of some leads, by number; 0 is a lead that no file has. Only what is `done` counts."""

    number: int
    leads: tuple[int, ...]
    kind: str
    on: datetime
    by: int
    done: bool


@dataclass(frozen=True)
class Export:
    """The files of one system, and what is right about them.

    `by_owner` and `by_stage` count the leads not contacted (no activity of codes 21 and 22), None being without.
    `values` has typed values by lead ID and schema name; `codes` the activities by code, 21 and 22 only;
    `left_out` the rows that are no leads.
    """

    name: str
    profile: str
    files: Mapping[str, bytes]
    leads: int
    left_out: int
    not_contacted: int
    by_owner: Mapping[str | None, int]
    by_stage: Mapping[str | None, int]
    codes: Mapping[int, int]
    activities_of_no_lead: int
    values: Mapping[str, Mapping[str, Any]]

    def write(self, folder: Path) -> list[Path]:
        """Its files in a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.files.items():
            (folder / name).write_bytes(content)
        return [folder / name for name in self.files]


@dataclass(frozen=True)
class World:
    """What all systems write, each in its way."""

    leads: Sequence[Lead]
    activities: Sequence[Act]

    @property
    def kept(self) -> list[Lead]:
        return [lead for lead in self.leads if not lead.gone]


def world(seed: int = 7, leads: int = LEADS, *, gone: bool = False) -> World:
    """Leads, and activities: half of the leads have no call. With `gone`, 2 % of the leads are."""
    rng = random.Random(seed)
    start = datetime(2024, 1, 1, tzinfo=UTC)
    made = []
    for number in range(1, leads + 1):
        created = start + timedelta(seconds=rng.randrange(300 * 86_400))
        cents = rng.choice([0, 0, 50, 25])
        made.append(
            Lead(
                number, rng.choice(FIRST), rng.choice(LAST), rng.choice([*STAGES, None]), rng.choice(SOURCES),
                rng.choice([*range(len(OWNERS)), None]), created, created + timedelta(hours=rng.randrange(1, 900)),
                rng.choice([None, Decimal(rng.randrange(-900, 5_000_000)) + Decimal(cents) / 100]),
                rng.choice(["deleted", "converted"]) if gone and rng.random() < 0.02 else "",
            )
        )  # fmt: skip
    # A day after the twelfth in every column of days: it says whether the day or the month comes first.
    created = datetime(2024, 4, 25, 13, 45, 10, tzinfo=UTC)
    made[0] = Lead(1, "Ann", "Lee", "New", "Web", 0, created, created + timedelta(days=1), Decimal("100000.50"), "")
    acts = []
    for _ in range(leads * 3 // 2):
        who = (rng.randint(1, leads),)
        if rng.random() < 0.03:
            who = rng.choice([(), (0,)])
        kind = rng.choice([IN, OUT, OUT, EMAIL, MEETING, TODO])
        on = start + timedelta(days=301, seconds=rng.randrange(200 * 86_400))
        acts.append(Act(len(acts) + 1, who, kind, on, rng.randrange(len(OWNERS)), rng.random() < 0.85))
    acts.append(Act(len(acts) + 1, (1,), EMAIL, datetime(2025, 4, 25, 15, 46, 21, tzinfo=UTC), 0, True))
    return World(made, acts)


def table(
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    quoting: Any = csv.QUOTE_MINIMAL,
    line: str = "\r\n",
    footer: str = "",
) -> bytes:
    """A file as text in an encoding."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=line)
    writer.writerow(headers)
    writer.writerows(rows)
    return (text.getvalue() + footer).encode(encoding)


def person(position: int | None) -> str:
    """An owner's name, blank for nobody."""
    return "" if position is None else " ".join(OWNERS[position])


def mail(position: int) -> str:
    return f"user{position}@x.example"


def grouped(amount: Decimal, *, indian: bool = False, thousands: str = ",", point: str = ".", places: int = 2) -> str:
    """An amount with separators, 1,00,000.00 where they are Indian."""
    text = f"{abs(amount):.{places}f}"
    whole, _, rest = text.partition(".")
    head, tail = whole[:-3], whole[-3:]
    step = 2 if indian else 3
    parts = [head[max(0, end - step) : end] for end in range(len(head), 0, -step)][::-1]
    return thousands.join([*parts, tail]) + (point + rest if rest else "")


def signed(amount: Decimal, text: str) -> str:
    return f"-{text}" if amount < 0 else text


def export(
    name: str,
    profile: str,
    files: Mapping[str, bytes],
    seen: World,
    identity: Callable[[int], str],
    *,
    written: Callable[[Act], bool] = lambda act: True,
    created: Callable[[datetime], datetime] = lambda on: on,
    amount: str = "",
    gone_rows: bool = False,
    more: Callable[[Lead], Mapping[str, Any]] = lambda lead: {},
) -> Export:
    """Count in plain Python what the files hold: `written` are the activities that the files have and that count."""
    there = [act for act in seen.activities if act.done and written(act)]
    kept = {lead.number for lead in seen.kept}
    calls = [act for act in there if act.kind in CALLS]
    called = {number for act in calls for number in act.leads}
    missing = [lead for lead in seen.kept if lead.number not in called]
    return Export(
        name=name,
        profile=profile,
        files=files,
        leads=len(kept),
        left_out=len(seen.leads) - len(kept) if gone_rows else 0,
        not_contacted=len(missing),
        by_owner=Counter(person(lead.owner) or None for lead in missing),
        by_stage=Counter(lead.stage for lead in missing),
        codes=Counter(CALLS[act.kind] for act in calls for number in act.leads if number in kept),
        activities_of_no_lead=sum(not kept & set(act.leads) for act in there),
        values={
            identity(lead.number): {
                "FirstName": lead.first,
                "LastName": lead.last,
                "EmailAddress": lead.email,
                "ProspectStage": lead.stage,
                "CreatedOn": created(lead.created),
                **({amount: lead.amount} if amount else {}),
                **more(lead),
            }
            for lead in seen.kept
        },
    )


def to_minute(on: datetime) -> datetime:
    return on.replace(second=0)


def to_day(on: datetime) -> datetime:
    return on.replace(hour=0, minute=0, second=0)


# ---- LeadSquared ---------------------------------------------------------------------------------------------------


def leadsquared_web(seen: World) -> Export:
    """The web application: display names, days first with AM and PM, "Select" for nothing, thousands in numbers."""

    def on(moment: datetime) -> str:
        return f"{moment:%d/%m/%Y %I:%M:%S %p}"

    def identity(number: int) -> str:
        return f"p{number}"

    leads = [
        [
            identity(lead.number), str(lead.number), lead.first, lead.last, lead.email, lead.phone,
            lead.stage or "Select", lead.source, person(lead.owner), on(lead.created), on(lead.modified),
            grouped(Decimal(lead.number * 7), places=0), "Select" if lead.number % 3 else "Pune",
            "" if lead.amount is None else signed(lead.amount, f"₹ {grouped(lead.amount, indian=True)}"),
        ]
        for lead in seen.kept
    ]  # fmt: skip
    named = {IN: (21, "Inbound Phone Call Activity"), OUT: (22, "Outbound Phone Call Activity")}
    others = {EMAIL: (212, "Email Sent"), MEETING: (213, "Meeting"), TODO: (214, "Task done")}
    activities = [
        [f"a{act.number}", identity(lead), *map(str, (named | others)[act.kind]), on(act.on), person(act.by), "a, b\nc"]
        for act in seen.activities
        for lead in act.leads
        if act.done
    ]
    files = {
        "Leads_Export.csv": table(
            ["Prospect ID", "Lead Number", "First Name", "Last Name", "Email", "Phone Number", "Lead Stage",
             "Lead Source", "Owner", "Created On", "Modified On", "Engagement Score", "City", "Deal Value"],
            leads, encoding="utf-8-sig",
        ),
        "Activity_Export.csv": table(
            ["Activity Id", "Prospect Id", "Event Code", "Activity", "Activity Date", "Activity Added By", "Notes"],
            activities, encoding="utf-8-sig",
        ),
    }  # fmt: skip
    return export(
        "leadsquared_web", "leadsquared", files, seen, identity, amount="mx_Deal_Value",
        written=lambda act: bool(act.leads),
        more=lambda lead: {"EngagementScore": lead.number * 7, "mx_City": None if lead.number % 3 else "Pune"},
    )  # fmt: skip


def leadsquared_api(seen: World) -> Export:
    """Answers of the interface kept as files: schema names, no time as 0001-01-01, a category beside the code."""

    def on(moment: datetime) -> str:
        return f"{moment:%Y-%m-%d %H:%M:%S}.000"

    def identity(number: int) -> str:
        return f"00000000-0000-4000-8000-{number:012}"

    def user(position: int | None) -> str:
        return "" if position is None else f"aaaaaaaa-0000-4000-8000-{position:012}"

    leads = [
        [
            identity(lead.number).upper(), str(lead.number), lead.first, lead.last, lead.email, lead.phone,
            lead.stage or "", lead.source, user(lead.owner), on(lead.created),
            "0001-01-01 00:00:00" if lead.number % 5 == 0 else on(lead.modified),
            f"/Date({int(lead.modified.timestamp()) * 1000}+0000)/",
            "" if lead.amount is None else str(lead.amount), f"{lead.number:05}",
        ]
        for lead in seen.kept
    ]  # fmt: skip
    codes = {**CALLS, EMAIL: 212, MEETING: 213, TODO: 214}
    names = {
        21: "Inbound Phone Call Activity",
        22: "Outbound Phone Call Activity",
        212: "Mail",
        213: "Meeting",
        214: "To-do",
    }
    activities = [
        [
            f"bbbbbbbb-0000-4000-8000-{act.number:012}", str(codes[act.kind]), names[codes[act.kind]], "0", on(act.on),
            "3", identity(lead) if lead else "cccccccc-0000-4000-8000-000000000000", "0001-01-01 00:00:00",
        ]
        for act in seen.activities
        for lead in act.leads
        if act.done
    ]  # fmt: skip
    users = [
        [user(at), first, last, mail(at), "Sales_User", "1" if at == 5 else "0", "", ""]
        for at, (first, last) in enumerate(OWNERS)
    ]
    files = {
        "leads dump.csv": table(
            ["ProspectID", "ProspectAutoId", "FirstName", "LastName", "EmailAddress", "Phone", "ProspectStage",
             "Source", "OwnerId", "CreatedOn", "ModifiedOn", "LeadConversionDate", "mx_Deal_Value", "mx_Branch_Code"],
            leads, line="\n",
        ),
        "ProspectActivity_Retrieve.csv": table(
            ["Id", "EventCode", "EventName", "ActivityScore", "CreatedOn", "ActivityType", "RelatedProspectId",
             "ModifiedOn"],
            activities, line="\n",
        ),
        "Users.Get.csv": table(
            ["ID", "FirstName", "LastName", "EmailAddress", "Role", "StatusCode", "Tag", "IsPhoneCallAgent"], users
        ),
        "ActivityTypes.Get.csv": table(
            ["ActivityEvent", "ActivityEventName", "DisplayName", "EventType"],
            [[str(code), name, name, "2"] for code, name in names.items()],
        ),
    }  # fmt: skip
    return export(
        "leadsquared_api", "leadsquared", files, seen, identity, amount="mx_Deal_Value",
        written=lambda act: bool(act.leads),
        more=lambda lead: {
            "ModifiedOn": None if lead.number % 5 == 0 else lead.modified,
            "LeadConversionDate": lead.modified,
            "mx_Branch_Code": f"{lead.number:05}",
        },
    )  # fmt: skip


# ---- Zoho ----------------------------------------------------------------------------------------------------------


def zoho(seen: World) -> Export:
    """The data backup: IDs with a prefix that users' own do not have, converted leads, planned calls, "-None-"."""

    def identity(number: int) -> str:
        return f"53611600000{number:08}"

    def file_id(number: int) -> str:
        return f"zcrm_{identity(number)}"

    def user(position: int | None) -> str:
        return "" if position is None else file_id(90_000 + position)

    def call_time(moment: datetime) -> str:
        return f"{moment:%d/%m/%Y, %H:%M:%S}"

    leads = [
        [
            file_id(lead.number), user(lead.owner), person(lead.owner), lead.first, lead.last, "Acme", lead.email,
            lead.phone, lead.stage or "-None-", lead.source, "true" if lead.gone else "false",
            f"{lead.created:%d %b, %Y %H:%M:%S}", f"{lead.modified:%d %b, %Y %H:%M:%S}", f"{lead.created:%d-%b-%Y}",
            "" if lead.amount is None else signed(lead.amount, f"Rs. {grouped(lead.amount, indian=True)}"),
            "line one\nline two, with a comma",
        ]
        for lead in seen.leads
    ]  # fmt: skip
    calls = [
        [
            file_id(700_000 + act.number), f"Call {act.number}",
            ("Missed" if act.number % 4 == 0 else "Inbound") if act.kind == IN else "Outbound",
            call_time(act.on), "62", user(act.by), person(act.by),
            file_id(lead) if lead else "", "" if act.kind == IN else ("Completed" if act.done else "Scheduled"),
            call_time(act.on),
        ]
        for act in seen.activities
        if act.kind in CALLS and (act.done or act.kind == OUT)
        for lead in (act.leads or (0,))
    ]  # fmt: skip
    tasks = [
        [
            file_id(800_000 + act.number), "Follow up", "Completed" if act.done else "Not Started",
            f"{act.on:%d-%b-%Y}", file_id(lead) if lead else "", user(act.by), person(act.by),
            f"{act.on:%d %b, %Y %H:%M:%S}" if act.done else "", f"{act.on:%d %b, %Y %H:%M:%S}",
        ]
        for act in seen.activities
        if act.kind == TODO
        for lead in (act.leads or (0,))
    ]  # fmt: skip
    users = [
        [identity(90_000 + at), first, last, mail(at), "Sales", "Standard", "inactive" if at == 5 else "active"]
        for at, (first, last) in enumerate(OWNERS)
    ]
    files = {
        "Leads_001.csv": table(
            ["Record Id", "Lead Owner.id", "Lead Owner", "First Name", "Last Name", "Company", "Email", "Phone",
             "Lead Status", "Lead Source", "Is Converted", "Created Time", "Modified Time", "First Visit",
             "Deal Value", "Description"],
            leads,
        ),
        "Calls_001.csv": table(
            ["Record Id", "Subject", "Call Type", "Call Start Time", "Call Duration (in seconds)", "Call Owner.id",
             "Call Owner", "Related To.id", "Call Status", "Created Time"],
            calls,
        ),
        "Tasks_001.csv": table(
            ["Record Id", "Subject", "Status", "Due Date", "Related To.id", "Task Owner.id", "Task Owner",
             "Closed Time", "Created Time"],
            tasks,
        ),
        "Users_001.csv": table(["id", "First Name", "Last Name", "Email", "Role", "Profile", "Status"], users),
    }  # fmt: skip
    return export(
        "zoho", "zoho", files, seen, identity, amount="mx_Deal_Value", gone_rows=True,
        written=lambda act: act.kind in (IN, OUT, TODO),
    )  # fmt: skip


# ---- HubSpot -------------------------------------------------------------------------------------------------------


def hubspot(seen: World) -> Export:
    """Labels of properties, minutes, "No owner"; a call may be with several contacts."""

    def on(moment: datetime) -> str:
        return f"{moment:%Y-%m-%d %H:%M}"

    acts = [
        replace(act, leads=(*act.leads, act.leads[0] % LEADS + 1))
        if act.number % 50 == 0 and act.leads and act.leads[0] and act.kind in CALLS
        else act
        for act in seen.activities
    ]
    seen = World(seen.leads, acts)
    leads = [
        [
            str(lead.number), lead.first, lead.last, lead.email, lead.phone, person(lead.owner) or "No owner",
            (lead.stage or "").upper(), "lead", on(lead.created), on(lead.modified), lead.source,
            "" if lead.amount is None else signed(lead.amount, f"${grouped(lead.amount)}"), f"{lead.number % 101}%",
        ]
        for lead in seen.kept
    ]  # fmt: skip
    calls = [
        [
            str(act.number), "Call", "Inbound" if act.kind == IN else "Outbound", "Connected", on(act.on),
            person(act.by), ";".join(str(lead or 9_999_999) for lead in act.leads), "said, hello",
        ]
        for act in seen.activities
        if act.kind in CALLS and act.done
    ]  # fmt: skip
    meetings = [
        [
            str(act.number), "Demo", "Completed" if act.done else "Scheduled", on(act.on), person(act.by),
            ";".join(str(lead or 9_999_999) for lead in act.leads),
        ]
        for act in seen.activities
        if act.kind == MEETING
    ]  # fmt: skip
    files = {
        "hubspot-crm-exports-all-contacts-2025-06-01.csv": table(
            ["Record ID", "First Name", "Last Name", "Email", "Phone Number", "Contact owner", "Lead Status",
             "Lifecycle Stage", "Create Date", "Last Modified Date", "Original Source", "Deal Value", "Fit"],
            leads, quoting=csv.QUOTE_ALL,
        ),
        "hubspot-crm-exports-all-calls-2025-06-01.csv": table(
            ["Record ID", "Call title", "Call direction", "Call outcome", "Activity date", "Activity assigned to",
             "Associated Contact IDs", "Call notes"],
            calls, quoting=csv.QUOTE_ALL,
        ),
        "hubspot-crm-exports-all-meetings-2025-06-01.csv": table(
            ["Record ID", "Meeting name", "Meeting outcome", "Activity date", "Activity assigned to",
             "Associated Contact IDs"],
            meetings, quoting=csv.QUOTE_ALL,
        ),
    }  # fmt: skip
    upper = World([replace(lead, stage=lead.stage and lead.stage.upper()) for lead in seen.leads], seen.activities)
    return export(
        "hubspot", "hubspot", files, upper, str, created=to_minute, amount="mx_Deal_Value",
        written=lambda act: act.kind in (IN, OUT, MEETING),
        more=lambda lead: {"Fit": lead.number % 101},
    )  # fmt: skip


def hubspot_api(seen: World) -> Export:
    """Internal names, moments in milliseconds, owners by ID."""

    def on(moment: datetime) -> str:
        return str(int(moment.timestamp()) * 1000)

    def user(position: int | None) -> str:
        return "" if position is None else str(77_000 + position)

    leads = [
        [
            str(lead.number), lead.first, lead.last, lead.email, lead.phone, user(lead.owner), lead.stage or "",
            on(lead.created), on(lead.modified), lead.source, "" if lead.amount is None else str(lead.amount),
        ]
        for lead in seen.kept
    ]  # fmt: skip
    calls = [
        [
            str(act.number), "INBOUND" if act.kind == IN else "OUTBOUND", "COMPLETED", on(act.on), user(act.by),
            ";".join(str(lead or 9_999_999) for lead in act.leads),
        ]
        for act in seen.activities
        if act.kind in CALLS and act.done
    ]  # fmt: skip
    owners = [
        [user(at), mail(at), first, last, str(5_000 + at), "2023-01-01T00:00:00.000Z", "true" if at == 5 else "false"]
        for at, (first, last) in enumerate(OWNERS)
    ]
    files = {
        "contacts.csv": table(
            ["hs_object_id", "firstname", "lastname", "email", "phone", "hubspot_owner_id", "hs_lead_status",
             "createdate", "lastmodifieddate", "hs_analytics_source", "deal_value"],
            leads, line="\n",
        ),
        "calls.csv": table(
            ["hs_object_id", "hs_call_direction", "hs_call_status", "hs_timestamp", "hubspot_owner_id", "contact_id"],
            calls, line="\n",
        ),
        "owners.csv": table(["id", "email", "firstName", "lastName", "userId", "createdAt", "archived"], owners),
    }  # fmt: skip
    return export(
        "hubspot_api", "hubspot", files, seen, str, amount="deal_value", written=lambda act: act.kind in CALLS
    )


# ---- Salesforce ----------------------------------------------------------------------------------------------------


def _salesforce_id(prefix: str, number: int) -> str:
    """15 characters; two numbers that follow each other differ in the case of a letter alone."""
    letter = "a" if number % 2 else "A"
    return f"{prefix}5g0000{number // 2:05}{letter}"


def salesforce(seen: World) -> Export:
    """The data export: API names, all quoted, deleted and converted leads, open tasks, two files of activities."""

    def on(moment: datetime) -> str:
        return f"{moment:%Y-%m-%dT%H:%M:%S}.000+0000"

    def identity(number: int) -> str:
        return _salesforce_id("00Q", number) + "AAM"

    def user(position: int | None) -> str:
        return "" if position is None else _salesforce_id("005", position) + "AAK"

    def whom(act: Act) -> str:
        """A lead, a contact, or nobody."""
        return "".join(identity(lead) if lead else "0035g00000Xy1AAAZ" for lead in act.leads)

    leads = [
        [
            identity(lead.number), "true" if lead.gone == "deleted" else "false", lead.last, lead.first, "Acme",
            lead.email, lead.phone, lead.source, lead.stage or "", user(lead.owner),
            "true" if lead.gone == "converted" else "false", f"{lead.created:%Y-%m-%dT%H:%M:%S}.000Z",
            on(lead.modified), on(lead.modified), "" if lead.amount is None else str(lead.amount),
        ]
        for lead in seen.leads
    ]  # fmt: skip
    kinds = {IN: ("Call", "Inbound"), OUT: ("Call", "Outbound"), EMAIL: ("Email", ""), TODO: ("Task", "")}
    tasks = [
        [
            f"00T5g{act.number:010}AAE", whom(act), "", f"Subject, {act.number}", f"{act.on:%Y-%m-%d}",
            "Completed" if act.done else "Planned", "Normal", user(act.by), "false", *kinds[act.kind],
            "true" if act.done else "false", on(act.on - timedelta(days=3)), on(act.on) if act.done else "",
        ]
        for act in seen.activities
        if act.kind in kinds
    ]  # fmt: skip
    events = [
        [f"00U5g{act.number:010}AAE", whom(act), "Meeting", on(act.on), user(act.by), "false", on(act.on)]
        for act in seen.activities
        if act.kind == MEETING and act.done
    ]
    users = [
        [user(at), mail(at), last, first, " ".join((first, last)), mail(at), "false" if at == 5 else "true", "00e1"]
        for at, (first, last) in enumerate(OWNERS)
    ]
    every = csv.QUOTE_ALL
    files = {
        "Lead.csv": table(
            ["Id", "IsDeleted", "LastName", "FirstName", "Company", "Email", "Phone", "LeadSource", "Status",
             "OwnerId", "IsConverted", "CreatedDate", "LastModifiedDate", "SystemModstamp", "Deal_Value__c"],
            leads, quoting=every,
        ),
        "Task.csv": table(
            ["Id", "WhoId", "WhatId", "Subject", "ActivityDate", "Status", "Priority", "OwnerId", "IsDeleted",
             "TaskSubtype", "CallType", "IsClosed", "CreatedDate", "CompletedDateTime"],
            tasks, quoting=every,
        ),
        "Event.csv": table(
            ["Id", "WhoId", "Subject", "StartDateTime", "OwnerId", "IsDeleted", "CreatedDate"], events, quoting=every
        ),
        "User.csv": table(
            ["Id", "Username", "LastName", "FirstName", "Name", "Email", "IsActive", "ProfileId"], users, quoting=every
        ),
    }  # fmt: skip
    return export("salesforce", "salesforce", files, seen, identity, amount="Deal_Value__c", gone_rows=True)


def salesforce_report(seen: World) -> Export:
    """Reports saved as files: labels, months first, cp1252, a footer, IDs of 15 characters, "$1.00" and "($1.00)"."""

    def on(moment: datetime) -> str:
        return f"{moment.month}/{moment.day}/{moment.year}"

    def identity(number: int) -> str:
        return _salesforce_id("00Q", number)

    def money(amount: Decimal) -> str:
        text = f"${grouped(amount)}"
        return f"({text})" if amount < 0 else text

    footer = (
        '\r\n\r\n"Open leads"\r\n"Copyright (c) 2000-2025 salesforce.com, inc. All rights reserved."\r\n'
        '"Confidential Information - Do Not Distribute"\r\n"Generated By:  Ann Lee  6/1/2025 9:00 AM"\r\n"Acme"\r\n'
    )
    leads = [
        [
            identity(lead.number), lead.first, lead.last, "Acme", lead.email, lead.phone, person(lead.owner),
            lead.stage or "", lead.source, on(lead.created), on(lead.modified),
            "-" if lead.amount is None else money(lead.amount),
        ]
        for lead in seen.kept
    ]  # fmt: skip
    kinds = {IN: ("Call", "Inbound"), OUT: ("Call", "Outbound"), EMAIL: ("Email", ""), TODO: ("Task", "")}
    activities = [
        [
            f"00T5g{act.number:010}", "".join(identity(lead) if lead else "00Q5g0000999999" for lead in act.leads),
            f"Subject, {act.number}", person(act.by), "Completed" if act.done else "Not Started",
            *kinds[act.kind], on(act.on),
        ]
        for act in seen.activities
        if act.kind in kinds
    ]  # fmt: skip
    files = {
        "report1717232400000.csv": table(
            ["Lead ID", "First Name", "Last Name", "Company / Account", "Email", "Phone", "Lead Owner", "Lead Status",
             "Lead Source", "Create Date", "Last Activity", "Deal Value"],
            leads, encoding="cp1252", quoting=csv.QUOTE_ALL, footer=footer,
        ),
        "report1717232500000.csv": table(
            ["Activity ID", "Lead ID", "Subject", "Assigned", "Status", "Task Subtype", "Call Type", "Created Date"],
            activities, encoding="cp1252", quoting=csv.QUOTE_ALL, footer=footer,
        ),
    }  # fmt: skip
    return export(
        "salesforce_report", "salesforce", files, seen, identity, created=to_day, amount="mx_Deal_Value",
        written=lambda act: act.kind in kinds,
    )  # fmt: skip


# ---- Pipedrive -----------------------------------------------------------------------------------------------------


def pipedrive(seen: World) -> Export:
    """People and activities in a European's form: semicolons, decimal commas, days as 2024/04/25, to-dos among them."""

    def euros(amount: Decimal) -> str:
        return signed(amount, grouped(amount, thousands=".", point=",") + " €")

    def on(moment: datetime) -> str:
        return f"{moment:%Y-%m-%d %H:%M:%S}"

    leads = [
        [
            str(lead.number), f"{lead.first} {lead.last}", lead.first, lead.last, lead.email, lead.phone,
            person(lead.owner), lead.stage or "", f"{lead.created:%Y/%m/%d}", on(lead.modified),
            "" if lead.amount is None else euros(lead.amount), f"{lead.number // 2},{5 * (lead.number % 2)}",
            lead.source,
        ]
        for lead in seen.kept
    ]  # fmt: skip
    kinds = {IN: "Call", OUT: "Call", EMAIL: "Email", MEETING: "Meeting", TODO: "Task"}
    activities = [
        [
            str(act.number), kinds[act.kind], f"Subject; {act.number}", "Done" if act.done else "To do",
            f"{act.on:%Y-%m-%d}", on(act.on) if act.done else "", person(act.by),
            "".join(str(lead or 9_999_999) for lead in act.leads), on(act.on - timedelta(days=2)),
        ]
        for act in seen.activities
    ]  # fmt: skip
    files = {
        "people-1234567-89.csv": table(
            ["Person - ID", "Person - Name", "Person - First name", "Person - Last name", "Person - Email - Work",
             "Person - Phone - Work", "Person - Owner", "Person - Labels", "Person - Person created",
             "Person - Update time", "Person - Deal value", "Person - Rating", "Person - Source"],
            leads, delimiter=";", encoding="utf-8-sig",
        ),
        "activities-1234567-90.csv": table(
            ["Activity - ID", "Activity - Type", "Activity - Subject", "Activity - Done", "Activity - Due date",
             "Activity - Marked as done time", "Activity - Assigned to user", "Person - ID",
             "Activity - Activity created"],
            activities, delimiter=";", encoding="utf-8-sig",
        ),
    }  # fmt: skip
    outbound = [replace(act, kind=OUT if act.kind == IN else act.kind) for act in seen.activities]
    return export(
        "pipedrive", "pipedrive", files, World(seen.leads, outbound), str, created=to_day,
        amount="mx_Person_Deal_value", more=lambda lead: {"mx_Person_Rating": Decimal(lead.number) / 2},
    )  # fmt: skip


# ---- Freshsales ----------------------------------------------------------------------------------------------------


def freshsales(seen: World) -> Export:
    """Contacts and call logs: tabs, minutes with AM and PM, "--" for nothing, calls of deals."""

    def on(moment: datetime) -> str:
        return f"{moment:%Y-%m-%d %I:%M %p}"

    leads = [
        [
            str(lead.number), lead.first, lead.last, lead.email, lead.phone, person(lead.owner) or "--",
            lead.stage or "--", "Lead", lead.source, on(lead.created), on(lead.modified), str(lead.number % 100),
            "N/A" if lead.amount is None else signed(lead.amount, grouped(lead.amount)),
        ]
        for lead in seen.kept
    ]  # fmt: skip
    calls = [
        [
            str(act.number), "Incoming" if act.kind == IN else "Outgoing", "Contact" if act.leads else "Deal",
            "".join(str(lead or 9_999_999) for lead in act.leads) or "1", on(act.on), person(act.by), "1 min",
        ]
        for act in seen.activities
        if act.kind in CALLS and act.done
    ]  # fmt: skip
    files = {
        "Contacts export.tsv": table(
            ["ID", "First name", "Last name", "Emails", "Mobile", "Sales owner", "Status", "Lifecycle stage", "Source",
             "Created at", "Updated at", "Score", "Deal value"],
            leads, delimiter="\t",
        ),
        "Call logs.tsv": table(
            ["ID", "Call direction", "targetable_type", "targetable_id", "Created at", "User", "Call duration"],
            calls, delimiter="\t",
        ),
    }  # fmt: skip
    # A call of a deal is left out before leads are looked for.
    return export(
        "freshsales", "freshsales", files, seen, str, created=to_minute, amount="mx_Deal_value",
        written=lambda act: act.kind in CALLS and bool(act.leads),
        more=lambda lead: {"Score": lead.number % 100},
    )  # fmt: skip


# ---- Dynamics ------------------------------------------------------------------------------------------------------


def dynamics(seen: World) -> Export:
    """A list saved as Unicode text, months first; activities and users as the interface has them."""

    def on(moment: datetime) -> str:
        return f"{moment.month}/{moment.day}/{moment.year} {moment.hour % 12 or 12}:{moment:%M} {moment:%p}"

    def identity(number: int) -> str:
        return f"0f0e0d0c-1111-4000-8000-{number:012}"

    def user(position: int | None) -> str:
        return "" if position is None else f"0f0e0d0c-2222-4000-8000-{position:012}"

    leads = [
        [
            identity(lead.number).upper(), "kS8x+/==", on(lead.modified), "Interest", lead.first, lead.last,
            lead.email, lead.phone, person(lead.owner), lead.stage or "", lead.source, on(lead.created),
            "" if lead.amount is None else signed(lead.amount, f"${grouped(lead.amount)}"), "李 – ж",
        ]
        for lead in seen.kept
    ]  # fmt: skip
    kinds = {IN: "phonecall", OUT: "phonecall", EMAIL: "email", MEETING: "appointment", TODO: "task"}
    activities = [
        [
            f"0f0e0d0c-3333-4000-8000-{act.number:012}", kinds[act.kind],
            {IN: "false", OUT: "true"}.get(act.kind, ""),
            "".join(identity(lead) if lead else "0f0e0d0c-9999-4000-8000-000000000000" for lead in act.leads),
            user(act.by), "1" if act.done else "0", f"{act.on:%Y-%m-%dT%H:%M:%SZ}" if act.done else "",
            f"{act.on - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}", f"Subject\n{act.number}",
        ]
        for act in seen.activities
    ]  # fmt: skip
    users = [
        [user(at), " ".join(names), *names, mail(at), "true" if at == 5 else "false"] for at, names in enumerate(OWNERS)
    ]
    files = {
        "My Open Leads 6-1-2025.csv": table(
            ["(Do Not Modify) Lead", "(Do Not Modify) Row Checksum", "(Do Not Modify) Modified On", "Topic",
             "First Name", "Last Name", "Email", "Business Phone", "Owner", "Status Reason", "Lead Source",
             "Created On", "Deal Value", "Remark"],
            leads, delimiter="\t", encoding="utf-16",
        ),
        "activitypointers.csv": table(
            ["activityid", "activitytypecode", "directioncode", "_regardingobjectid_value", "_ownerid_value",
             "statecode", "actualend", "createdon", "subject"],
            activities,
        ),
        "systemusers.csv": table(
            ["systemuserid", "fullname", "firstname", "lastname", "internalemailaddress", "isdisabled"], users
        ),
    }  # fmt: skip
    return export(
        "dynamics", "dynamics", files, seen, identity, created=to_minute, amount="mx_Deal_Value",
        more=lambda lead: {"Remark": "李 – ж"},
    )  # fmt: skip


SYSTEMS: Mapping[str, Callable[[World], Export]] = {
    made.__name__: made
    for made in (
        leadsquared_web, leadsquared_api, zoho, hubspot, hubspot_api, salesforce, salesforce_report, pipedrive,
        freshsales, dynamics,
    )
}  # fmt: skip
"""What makes the files, by the name of the export."""
WITH_GONE = ("zoho", "salesforce")
"""Exports that hold leads that are none any more, and say so."""


def exported(name: str, seed: int = 7) -> Export:
    """One export of 1,000 rows of leads."""
    return SYSTEMS[name](world(seed, gone=name in WITH_GONE))
