"""What a report must answer, worked out a second way: plain loops over plain rows, from the contract and not from SQL.

It reads the request as the wire carries it, and follows the decisions at the top of the wire notes and section 2.5:
NULL and blank are alike; text is trimmed of all Unicode white space and compared without regard to case; a number is
compared where both sides are one, else text; an ID is always text; blank is neither more nor less than anything.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.stores import Rows

IDS = {"ProspectID", "OwnerId", "UserId", "ManagerUserId", "TeamId"}
LEAD_DATES = {"LeadCreatedOn": "CreatedOn", "LeadModifiedOn": "ModifiedOn"}
Row = Mapping[str, Any]


ANSWERED = {"answered", "completed"}
NOT_ANSWERED = {"no answer", "missed"}
"""The words for an outcome that the tests' rows have; no other one says anything."""


class Refused(Exception):
    """The request is at fault: 400."""


def text(value: Any) -> str:
    """A value as the wire shows it; "" where there is none."""
    if value is None:
        return ""
    return value.strftime("%Y-%m-%d %H:%M:%S") if isinstance(value, datetime) else str(value)


def folded(value: Any) -> str:
    """Text as it is compared. Letter by letter, so that no letter becomes two."""
    return "".join(letter.lower() for letter in text(value).strip())


def number(value: Any) -> Decimal | None:
    """The number a value is, if it is one."""
    if isinstance(value, int | float | Decimal):
        return Decimal(str(value))
    plain = text(value).strip()
    return Decimal(plain) if re.fullmatch(r"[+-]?[0-9]{1,28}(\.[0-9]{1,9})?", plain) else None


def moment(given: str) -> datetime:
    """The value of a filter on a date: a time, or a day, which is its first second."""
    plain = given.strip()
    if re.fullmatch(r"\d{4}-\d\d-\d\d", plain, re.ASCII):
        plain += " 00:00:00"
    if not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", plain, re.ASCII):
        raise Refused(given)
    try:
        return datetime.strptime(plain, "%Y-%m-%d %H:%M:%S")
    except ValueError:
        raise Refused(given) from None


def day(given: str) -> date:
    """The value of a filter on a day: a day, alone or with its midnight."""
    plain = given.strip()
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(?:[ T]00:00:00(?:\.0+)?Z?)?", plain, re.ASCII):
        raise Refused(given)
    try:
        return datetime.strptime(plain[:10], "%Y-%m-%d").date()
    except ValueError:
        raise Refused(given) from None


READ: Mapping[str, Callable[[str], date]] = {"time": moment, "day": day}


@dataclass(frozen=True)
class Field:
    """A field by its name and kind: "id", "text", "number", "time" or "day"."""

    name: str
    kind: str


def order_of(field: Field, one: Any, other: Any) -> int:
    """-1, 0 or 1; neither is blank."""
    if field.kind in READ:
        one, other = (READ[field.kind](value) if isinstance(value, str) else value for value in (one, other))
        return (one > other) - (one < other)
    numbers = (None, None) if field.kind == "id" else (number(one), number(other))
    if numbers[0] is not None and numbers[1] is not None:
        return (numbers[0] > numbers[1]) - (numbers[0] < numbers[1])
    return (folded(one) > folded(other)) - (folded(one) < folded(other))


def equal(field: Field, one: Any, other: Any) -> bool:
    """What `=` finds, and what makes one group."""
    if not folded(one) or not folded(other):
        return folded(one) == folded(other)
    return order_of(field, one, other) == 0


def holds(field: Field, value: Any, operator: str, given: Sequence[str]) -> bool:
    """One condition on one value."""
    there = folded(value) != ""
    if operator in {"def", "ndef"}:
        return there == (operator == "def")
    if operator in {"lik", "nlik"}:
        return (folded(given[0]) in folded(value)) == (operator == "lik")
    if field.kind in READ:
        for one in given:
            if one.strip():
                READ[field.kind](one)
    if operator == "out":
        inside = there and order_of(field, value, given[0]) >= 0 and order_of(field, value, given[1]) < 0
        return not inside
    if operator in {"=", "<>", "in", "nin"}:
        return any(equal(field, value, one) for one in given) != (operator in {"<>", "nin"})
    result = order_of(field, value, given[0]) if there else None
    return result in {">": {1}, "<": {-1}, ">=": {0, 1}, "<=": {-1, 0}}[operator]


@dataclass(frozen=True)
class Oracle:
    """A store's rows and the moment that is now (UTC without a zone)."""

    rows: Rows
    now: datetime

    def field(self, name: str) -> Field:
        """A lead field by name in any case."""
        kinds = {"VARCHAR": "text", "TIMESTAMP": "time", "DATE": "day"}
        columns = self.rows.lead_columns | {"OwnerIdName": "VARCHAR", "OwnerIdEmailAddress": "VARCHAR", "LeadAge": "n"}
        columns |= {"ContactTries": "n"}
        spelled = {column.lower(): column for column in columns}
        if name.strip().lower() not in spelled:
            raise Refused(name)
        found = spelled[name.strip().lower()]
        return Field(found, "id" if found in IDS else kinds.get(columns[found], "number"))

    def leads(self) -> list[dict[str, Any]]:
        """Every lead with the columns that are worked out."""
        return [dict.fromkeys(self.rows.lead_columns) | dict(lead) | self._derived(lead) for lead in self.rows.leads]

    def _derived(self, lead: Row) -> dict[str, Any]:
        owner = next((user for user in self.rows.users if user["UserId"] == lead.get("OwnerId")), {})
        name = f"{owner.get('FirstName') or ''} {owner.get('LastName') or ''}".strip()
        created = lead.get("CreatedOn")
        mine = [a for a in self.rows.activities if a["RelatedProspectId"] == lead["ProspectID"]]
        last = max(mine, key=lambda a: (a["CreatedOn"], a["ActivityEvent"]), default=None)
        named = {t["ActivityEvent"]: t.get("ActivityEventName") for t in self.rows.types}
        return {
            "OwnerIdName": name or None,
            "OwnerIdEmailAddress": owner.get("EmailAddress"),
            "LeadAge": None if created is None else (self.now - created) // timedelta(days=1),
            "ProspectActivityDate_Max": last and last["CreatedOn"],
            "ProspectActivityDate_Min": min((a["CreatedOn"] for a in mine), default=None),
            "ProspectActivityName_Max": last and (named.get(last["ActivityEvent"]) or str(last["ActivityEvent"])),
        }

    def matching(self, body: Mapping[str, Any], *, contacted_too: bool = False) -> list[dict[str, Any]]:
        """The leads of a report, in no order; with `contacted_too` those of its sibling, Lead Distribution."""
        filters = body.get("ReportFilter") or {}
        found = [lead | {"ContactTries": len(self.tries(lead, body))} for lead in self.leads()]
        for one in filters.get("LeadFilters", []):
            field, given = self.field(one["LookUpName"]), one.get("LookUpValues", [])
            if field.kind in READ and one["SqlOperator"] in {"=", "<>", ">", "<", ">=", "<=", "in", "nin", "out"}:
                [READ[field.kind](value) for value in given if value.strip()]  # also where no lead is compared
            found = [lead for lead in found if holds(field, lead[field.name], one["SqlOperator"], given)]
        users = (filters.get("UserFilter") or {}).get("GroupConditions", [])
        if users:
            owners = {user["UserId"] for user in self.users() if fits(user, users)}
            found = [lead for lead in found if lead["OwnerId"] in owners]
        for window in body.get("DateFilter", []):
            if window["DateField"] in LEAD_DATES:
                found = [lead for lead in found if inside(lead[LEAD_DATES[window["DateField"]]], window)]
        return [lead for lead in found if contacted_too or not self.contacted(lead, body)]

    def users(self) -> list[Row]:
        """The users, and the owners whom no list of users names."""
        listed = {user["UserId"] for user in self.rows.users}
        gone = {lead.get("OwnerId") for lead in self.rows.leads} - listed - {None}
        return [*self.rows.users, *({"UserId": owner, "StatusCode": "0"} for owner in gone)]

    def tries(self, lead: Row, body: Mapping[str, Any]) -> list[Row]:
        """The activities on the lead of the codes and in the ranges that are asked for, whatever their outcome."""
        filters = (body.get("ReportFilter") or {}).get("ActivityFilters", [])
        windows = [window for window in body.get("DateFilter", []) if window["DateField"] == "ActivityCreatedOn"]
        return [
            activity
            for activity in self.rows.activities
            if activity["RelatedProspectId"] == lead["ProspectID"]
            and activity["CreatedOn"] <= self.now
            and all(inside(activity["CreatedOn"], window) for window in windows)
            and (not filters or any(counts(activity["ActivityEvent"], one) for one in filters))
        ]

    def contacted(self, lead: Row, body: Mapping[str, Any]) -> bool:
        """Whether any activity on the lead counts as contact."""
        filters = (body.get("ReportFilter") or {}).get("ActivityFilters", [])
        return any(
            not filters or any(counts(try_["ActivityEvent"], one) and ended(try_, one) for one in filters)
            for try_ in self.tries(lead, body)
        )

    def ordered(self, leads: list[dict[str, Any]], sorting: Row | None) -> list[dict[str, Any]]:
        """By the column asked for, what has no value last, and then by ID."""
        by_id = sorted(leads, key=lambda lead: lead["ProspectID"])
        if sorting is None:
            return by_id
        field = self.field(sorting["ColumnName"])
        filled = [lead for lead in by_id if folded(lead[field.name])]
        as_text = field.kind in {"text", "id"}
        # Sorting is stable both ways round, so equals stay in the order of their ID.
        filled.sort(
            key=lambda lead: folded(lead[field.name]) if as_text else lead[field.name],
            reverse=sorting["Direction"] == "1",
        )
        return [*filled, *(lead for lead in by_id if not folded(lead[field.name]))]

    def shown(self, leads: list[dict[str, Any]], body: Mapping[str, Any]) -> list[dict[str, str | None]]:
        """The page of a list report, as the wire shows it."""
        fields = [self.field(name).name for name in body["Output"]["IncludeCSV"].split(",")]
        found = page(self.ordered(leads, body.get("Sorting")), body)
        return [{name: None if lead[name] is None else text(lead[name]) for name in fields} for lead in found]

    def groups(self, leads: list[dict[str, Any]], by: Field) -> list[list[dict[str, Any]]]:
        """The leads in groups: two are together just when `=` finds them equal."""
        groups: list[list[dict[str, Any]]] = []
        for lead in leads:
            mine = next((group for group in groups if equal(by, group[0][by.name], lead[by.name])), None)
            if mine is None:
                groups.append([lead])
            else:
                mine.append(lead)
        return groups


def page(found: Sequence[Any], body: Mapping[str, Any]) -> Sequence[Any]:
    """The block that was asked for."""
    paging = body.get("Paging")
    if not paging:
        return found
    start = (paging["PageIndex"] - 1) * paging["PageSize"]
    return found[start : start + paging["PageSize"]]


def inside(value: datetime | None, window: Row) -> bool:
    """Whether a time lies in a range, both ends included."""
    return value is not None and moment(window["FromDate"]) <= value <= moment(window["ToDate"])


def counts(code: int, condition: Row) -> bool:
    """Whether an activity of this code is one that the condition names."""
    codes = {int(value) for value in condition["LookUpValues"]}
    return (code in codes) != (condition["SqlOperator"] == "<>")


def ended(activity: Row, condition: Row) -> bool:
    """Whether an activity has the outcome that the condition asks for, if it asks for one."""
    if "Outcome" not in condition:
        return True
    said, talked = (activity.get("Status") or "").lower(), talk_time(activity)
    answered = said in ANSWERED or (said not in NOT_ANSWERED and bool(talked))
    least = 0 if condition["Outcome"].lower() == "answered" else int(condition["Outcome"])
    return answered and (not least or (talked is not None and talked >= least))


def talk_time(activity: Row) -> int | None:
    """The seconds of an activity, which the tests' rows have as a number or as minutes and seconds."""
    given = activity.get("mx_Duration") or ""
    minutes, colon, rest = given.partition(":")
    if colon:
        return 60 * int(minutes) + int(rest)
    return int(given) if given.isdecimal() else None


def fits(user: Row, groups: Sequence[Row]) -> bool:
    """A user against condition groups; each join stands on the earlier of two neighbours."""
    return joined(
        groups, "GroupOperator", lambda group: joined(group["Condition"], "ConditionOperator", lambda c: _user(user, c))
    )


def joined(parts: Sequence[Row], member: str, holds_for: Callable[[Row], bool]) -> bool:
    """All or any of the parts."""
    results: Iterable[bool] = [holds_for(part) for part in parts]
    any_will_do = len(parts) > 1 and (parts[0].get(member) or "AND").upper() == "OR"
    return any(results) if any_will_do else all(results)


USER_OPERATORS = {
    "eq": "in",
    "neq": "nin",
    "in": "in",
    "lik": "lik",
    "nlik": "nlik",
    "def": "def",
    "ndef": "ndef",
    "gt": ">",
    "lt": "<",
    "gteq": ">=",
    "lteq": "<=",
}


def _user(user: Row, condition: Row) -> bool:
    name = "UserId" if condition["LookupName"] == "UserID" else str(condition["LookupName"])
    operator = USER_OPERATORS[condition["Operator"]]
    value = condition.get("LookupValue") or ""
    given = [part for part in value.split(",") if part.strip()] if operator in {"in", "nin"} else [value]
    return holds(Field(name, "id" if name in IDS else "text"), user.get(name), operator, given)


def utc(moment_: datetime) -> datetime:
    """An aware moment as the rows hold times."""
    return moment_.astimezone(UTC).replace(tzinfo=None)
