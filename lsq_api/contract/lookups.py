"""Rows of the look-ups: users, lead fields, activity types, activities, the account behind the keys.

The same thing is spelled differently from call to call (`ID`, `UserId`, `Id`; `0`, `"0"`; three forms of a time):
`members.py` reads them all. Source: sections 1, 4, 5 and 6 of the wire notes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self, TypeVar

from lsq_api.contract.coverage import COVERAGE, ActivityCoverage
from lsq_api.contract.errors import UnexpectedAnswer
from lsq_api.contract.members import Members, attributes
from lsq_api.contract.operators import FieldKind

Row = Mapping[str, Any]
T = TypeVar("T")

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def rows_of(body: object, read: Callable[[Row], T], within: str | None = None) -> list[T]:
    """The rows of a bare array, or of the member `within` of an object; none where that is absent or null."""
    listed = body if within is None else Members(body).first(within)
    if within and listed is None:
        return []
    if not isinstance(listed, list):
        raise UnexpectedAnswer(f"there is a {type(listed).__name__} where a list should be")
    return [read(row) for row in listed]


V2_PAGE_SIZE = 1_000
"""The most rows of a page of users or activities; a larger page is refused (sections 4.2 and 6)."""
ACTIVITY_DATES, SORTING = "ActivityCreatedOn", "Sorting"
"""Extensions of the local server (decisions 2 and 3), as its account names them; a real account names none. Those of
lead filters are named in the table of operators."""

LAST_CONTACT, WAITING_SINCE = "LastContactOn", "WaitingSince"
"""Fields of Leads Not Contacted alone, an extension named by the first: the last activity that counts as
contact, at any time up to now; and the same, or without one `CreatedOn`."""
EXTREMES, ALL_LEADS = "Minimum", "AllLeads"
"""Extensions of aggregate outputs: the least and greatest of a group, and its leads in all."""

INBOUND_CALL, OUTBOUND_CALL = 21, 22
CONTACT_DEFINITIONS: Mapping[str, tuple[int, ...]] = {"Phone call": (INBOUND_CALL, OUTBOUND_CALL)}
"""Named contact definitions where configuration gives none."""


@dataclass(frozen=True)
class User:
    """A user of the account: who owns leads and who posts activities."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    role: str = ""
    active: bool = True
    manager_id: str | None = None

    @property
    def name(self) -> str:
        """Both names, else the e-mail address, else the ID."""
        return f"{self.first_name} {self.last_name}".strip() or self.email or self.id

    @classmethod
    def read(cls, row: Row) -> Self:
        """From a row of Users.Get or of User/AdvancedSearch."""
        members = Members(row)
        return cls(
            id=members.needed("UserId", "ID"),
            first_name=members.text("FirstName"),
            last_name=members.text("LastName"),
            email=members.text("EmailAddress"),
            role=members.text("Role"),
            active=not members.number("StatusCode"),
            manager_id=members.text("ManagerUserId") or None,
        )


@dataclass(frozen=True)
class Account:
    """The account and user of the keys; `services` are the addresses the account gives for itself, as it names them."""

    user_id: str
    email: str = ""
    role: str = ""
    time_zone: str = ""
    organisation: str = ""
    services: Mapping[str, str] = field(default_factory=dict)
    extensions: frozenset[str] = frozenset()
    """What a local server offers beyond the vendor's page: `ACTIVITY_DATES`, `SORTING`, operators of lead filters."""
    coverage: ActivityCoverage | None = None
    """Which activities the host has; None for one that has them all, as a real account."""

    @classmethod
    def read(cls, body: object) -> Self:
        """From the answer of UserByAccessKey.Get, an object or an array of one."""
        members = Members(body[0] if isinstance(body, list) and body else body)
        services = members.first("LSQCommonServiceURLs")
        return cls(
            user_id=members.needed("Id", "UserId"),
            email=members.text("EmailAddress"),
            role=members.text("Role"),
            time_zone=members.text("TimeZone"),
            organisation=members.text("OrgDisplayName"),
            services={
                str(name): address
                for name, address in (services.items() if isinstance(services, Mapping) else ())
                if isinstance(address, str)
            },
            extensions=frozenset(str(name) for name in members.first("Extensions") or ()),
            coverage=ActivityCoverage.read(members.first(COVERAGE)),
        )


@dataclass(frozen=True)
class LeadField:
    """A lead field: `data_type` as LeadsMetaData.Get spells it (Text, Number, Date, Select, …)."""

    schema_name: str
    display_name: str
    data_type: str
    render_type: str = ""
    options: tuple[str, ...] = ()

    @property
    def kind(self) -> FieldKind:
        """What it holds."""
        return FieldKind.of(self.data_type, self.render_type, self.schema_name)

    @property
    def custom(self) -> bool:
        """Whether the account made it (`mx_…`) rather than LeadSquared."""
        return self.schema_name.lower().startswith("mx_")

    @classmethod
    def read(cls, row: Row) -> Self:
        """From a row of LeadsMetaData.Get."""
        members = Members(row)
        name = members.needed("SchemaName")
        return cls(
            schema_name=name,
            display_name=members.text("DisplayName") or name,
            data_type=members.text("DataType") or "Text",
            render_type=members.text("RenderTypeTextValue"),
            options=_options(members.first("Options")),
        )


def _options(given: object) -> tuple[str, ...]:
    """Values as they are stored, odd blanks included: a filter has to send them back unchanged."""
    listed = given if isinstance(given, list) else []
    values = (Members(option).first("Value") if isinstance(option, Mapping) else option for option in listed)
    return tuple(dict.fromkeys(str(value) for value in values if value not in (None, "")))


@dataclass(frozen=True)
class ActivityType:
    """An activity event code and what the account calls it; `event_type` is 0 system, 1 sales, 2 custom."""

    code: int
    name: str
    event_type: int | None = None

    @classmethod
    def read(cls, row: Row) -> Self:
        """From a row of ActivityTypes.Get."""
        members = Members(row)
        code = members.code("ActivityEvent")
        name = members.text("DisplayName", "ActivityEventName") or f"Activity {code}"
        return cls(code, name, members.number("EventType"))


@dataclass(frozen=True)
class Activity:
    """One activity on a lead, times in UTC; `more` holds its own fields, by lower-case name (`mx_custom_1`)."""

    id: str
    code: int
    lead_id: str | None = None
    name: str = ""
    note: str = ""
    status: str = ""
    created_on: datetime | None = None
    modified_on: datetime | None = None
    created_by: str | None = None
    created_by_name: str = ""
    more: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, row: Row) -> Self:
        """From a row of ProspectActivity.svc/Retrieve or of RetrieveByActivityEvent.

        A timeline has what is not common to all types in `Data` and in `ActivityFields`; the row itself goes before.
        """
        Members(row)
        fields = row.get("ActivityFields")
        own = {name: value for name, value in row.items() if value not in (None, "")}
        members = Members(
            {**attributes(row.get("Data"), "Key"), **(fields if isinstance(fields, Mapping) else {}), **own}
        )
        return cls(
            id=members.needed("ProspectActivityId", "Id"),
            code=members.code("ActivityEvent", "EventCode"),
            lead_id=members.text("RelatedProspectId") or None,
            name=members.text("EventName", "ActivityEventName"),
            note=members.text("ActivityEvent_Note", "Note", "NotableEventDescription"),
            status=members.text("Status"),
            created_on=members.moment("CreatedOn"),
            modified_on=members.moment("ModifiedOn"),
            created_by=members.text("CreatedBy") or None,
            created_by_name=members.text("CreatedByName"),
            more=members.starting("mx_"),
        )


@dataclass(frozen=True)
class Timeline:
    """A block of a lead's activities, newest first; `total` is how many it has, as far as the host says."""

    total: int
    activities: list[Activity]

    @classmethod
    def read(cls, body: object, offset: int) -> Self:
        """From the answer of ProspectActivity.svc/Retrieve to a request that skipped `offset` activities."""
        found = rows_of(body, Activity.read, "ProspectActivities")
        found.sort(key=lambda activity: activity.created_on or _LONG_AGO, reverse=True)
        return cls(max(Members(body).number("RecordCount") or 0, offset + len(found)), found)


def lead_row(row: Row) -> dict[str, Any]:
    """A lead by schema name, whether the row is flat or a list of attributes."""
    Members(row)
    return attributes(row.get("LeadPropertyList"), "Attribute") or dict(row)
