"""The tables of a store: what the importer and the demo data fill, and what every query reads.

    leads           one row per lead. Columns are lead fields by schema name; the core ones below are always there
                    (NULL where the file has none), any other field (`mx_*`, …) is there when the data has it.
                    Column types: VARCHAR, BIGINT, DECIMAL(p, s), DOUBLE, TIMESTAMP (UTC, whole seconds).
                    Columns that begin with `_` are no fields: the lead's number, its place in the order of the IDs,
                    and when it had its first and its last activity of the codes that most leads have, of any code,
                    and of any but the first's or last's; for a few codes also the first, last and longest of those
                    that were answered
    lead_fields     one row per column of leads that a caller may name: what LeadsMetaData.Get answers
    activities      one row per activity; its lead is in leads, its type in activity_types
    users           one row per user; every owner of a lead is here, listed in the files or not
    activity_types  one row per activity event code
    contacts        one row per activity, in the order of code and time: three numbers of it, whether it was answered
                    (NULL: not known) and how many seconds it took; looked up where the columns of leads cannot tell
    contact_codes   one row per activity event code that occurs: when it was first and last used, whether leads have
                    columns, how many activities there are, how many were answered, were not, and say how long they
                    took when they were, and whether leads have columns of answered ones
    store           one row: what this is

Blank text is NULL everywhere. IDs that are GUIDs are lower case. Source: sections 4 to 6 and 11 of the wire notes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

FORMAT: Final = 5
"""The version of this layout; a store of any other version is refused, with instructions to rebuild it."""


NUMBER: Final = "_number"
"""The column with the number of a lead, from 0, in no particular order."""
RANK: Final = "_rank"
"""The column with the position of a lead by ID, from 0."""
MOST_USED: Final = 32
"""The most codes with columns of leads; an account has 58 to 84 codes and uses fewer (section 6)."""
MOST_ANSWERED: Final = 8
"""The most codes with columns of answered activities: an account has a few types of calls."""


@dataclass(frozen=True)
class KnownCode:
    """An activity event code of a store: the times of its first and last activity, and whether leads have columns.

    `count` activities: so many `answered` and `unanswered`; so many of the answered ones are `timed`. `outcomes`:
    leads have columns of the answered ones.
    """

    earliest: datetime
    latest: datetime
    columns: bool
    count: int = 0
    answered: int = 0
    unanswered: int = 0
    timed: int = 0
    outcomes: bool = False


@dataclass(frozen=True)
class ContactColumns:
    """The columns of leads with one end of their activities: the first, or the last.

    `any` is the time for any code and `code` is the code it has; `other` is the time for all other codes.
    """

    any: str
    code: str
    other: str

    def of(self, code: int) -> str:
        """The column of one code."""
        return f"{self.any}_{code}"

    def answered(self, code: int) -> str:
        """The column of the answered activities of one code."""
        return f"{self.any}_{code}_answered"


UP_TO: Final = ContactColumns("_first", "_first_code", "_first_other")
SINCE: Final = ContactColumns("_last", "_last_code", "_last_other")


def longest(code: int) -> str:
    """The column of leads with the seconds of the longest answered activity of a code."""
    return f"_longest_{code}"


def hidden_of_leads(codes: Iterable[int], answered: Iterable[int] = ()) -> dict[str, str]:
    """The hidden columns of leads with their types; `codes` are those with columns, `answered` with further ones."""
    codes, answered = list(codes), list(answered)
    kinds = {NUMBER: "INTEGER", RANK: "INTEGER"} | {longest(code): "INTEGER" for code in answered}
    for seen in (UP_TO, SINCE):
        kinds |= {seen.any: "TIMESTAMP", seen.code: "INTEGER", seen.other: "TIMESTAMP"}
        kinds |= {seen.of(code): "TIMESTAMP" for code in codes}
        kinds |= {seen.answered(code): "TIMESTAMP" for code in answered}
    return kinds


def hidden(column: str) -> bool:
    """Whether a column is internal, and no field that a caller may name."""
    return column.startswith("_")


class DataType(StrEnum):
    """A lead field's `DataType` as LeadsMetaData.Get spells it (section 5). Import infers only the first four."""

    TEXT = "Text"
    NUMBER = "Number"
    DATE = "Date"  # a day without a clock
    DATETIME = "DateTime"
    SELECT = "Select"
    EMAIL = "Email"
    PHONE = "Phone"
    ACTIVE_USERS = "ActiveUsers"


@dataclass(frozen=True)
class StoredField:
    """A lead field: schema name, display name, type, and the options of a Select."""

    schema_name: str
    display_name: str
    data_type: DataType
    options: tuple[str, ...] = ()

    @property
    def custom(self) -> bool:
        """Whether it is the account's own field (`mx_…`)."""
        return self.schema_name.lower().startswith("mx_")


# Core lead fields with their display names; the types are fixed, whatever a file holds.
CORE_LEAD_FIELDS: Final[Mapping[str, StoredField]] = {
    field.schema_name: field
    for field in (
        StoredField("ProspectID", "Lead Id", DataType.TEXT),
        StoredField("FirstName", "First Name", DataType.TEXT),
        StoredField("LastName", "Last Name", DataType.TEXT),
        StoredField("EmailAddress", "Email", DataType.EMAIL),
        StoredField("Phone", "Phone Number", DataType.PHONE),
        StoredField("ProspectStage", "Lead Stage", DataType.SELECT),
        StoredField("Source", "Lead Source", DataType.SELECT),
        StoredField("OwnerId", "Owner", DataType.ACTIVE_USERS),
        StoredField("CreatedOn", "Created On", DataType.DATETIME),
        StoredField("ModifiedOn", "Modified On", DataType.DATETIME),
        StoredField("EngagementScore", "Engagement Score", DataType.NUMBER),
        StoredField("Score", "Lead Score", DataType.NUMBER),
        StoredField("ProspectActivityDate_Max", "Last Activity Date", DataType.DATETIME),
        StoredField("ProspectActivityDate_Min", "First Activity Date", DataType.DATETIME),
        StoredField("ProspectActivityName_Max", "Last Activity", DataType.SELECT),
    )
}

# Derived by every query: they depend on the users table and on the clock. A stored field of the same name goes before.
DERIVED_LEAD_FIELDS: Final[Mapping[str, StoredField]] = {
    field.schema_name: field
    for field in (
        StoredField("OwnerIdName", "Owner Name", DataType.TEXT),
        StoredField("OwnerIdEmailAddress", "Owner Email", DataType.EMAIL),
        StoredField("LeadAge", "Lead Age (days)", DataType.NUMBER),
        StoredField("Groups", "Owner's Sales Groups", DataType.TEXT),
    )
}

CORE_COLUMN_TYPES: Final[Mapping[DataType, str]] = {
    DataType.TEXT: "VARCHAR",
    DataType.SELECT: "VARCHAR",
    DataType.EMAIL: "VARCHAR",
    DataType.PHONE: "VARCHAR",
    DataType.ACTIVE_USERS: "VARCHAR",
    DataType.DATE: "DATE",
    DataType.DATETIME: "TIMESTAMP",
    DataType.NUMBER: "BIGINT",  # where every value is whole; else DECIMAL(38, s), or DOUBLE from a Parquet double
}

# The other tables, column by column. `activities` may have further `mx_*` text columns.
ACTIVITIES: Final = {
    "ProspectActivityId": "VARCHAR",
    "RelatedProspectId": "VARCHAR",
    "ActivityEvent": "INTEGER",
    "CreatedOn": "TIMESTAMP",
    "ModifiedOn": "TIMESTAMP",
    "CreatedBy": "VARCHAR",  # a user's ID
    "ActivityEvent_Note": "VARCHAR",
    "Status": "VARCHAR",
    "Owner": "VARCHAR",  # a user's ID
    "_Lead": "INTEGER",  # the number of its lead
}
USERS: Final = {
    "UserId": "VARCHAR",
    "FirstName": "VARCHAR",
    "LastName": "VARCHAR",
    "EmailAddress": "VARCHAR",
    "Role": "VARCHAR",
    "StatusCode": "VARCHAR",  # '0' active, '1' inactive
    "AssociatedPhoneNumbers": "VARCHAR",
    "PhoneMain": "VARCHAR",
    "PhoneMobile": "VARCHAR",
    "TeamId": "VARCHAR",
    "ManagerUserId": "VARCHAR",
    "Groups": "VARCHAR",  # comma list
    "EmployeeId": "VARCHAR",
    "Department": "VARCHAR",
    "Designation": "VARCHAR",
    "CreatedOn": "TIMESTAMP",
}
ACTIVITY_TYPES: Final = {
    "ActivityEvent": "INTEGER",
    "ActivityEventName": "VARCHAR",
    "DisplayName": "VARCHAR",
    "EventType": "INTEGER",  # as LeadSquared numbers them: 0 system, 1 sales, 2 custom
}
LEAD_FIELDS: Final = {
    "Position": "INTEGER",
    "SchemaName": "VARCHAR",
    "DisplayName": "VARCHAR",
    "DataType": "VARCHAR",
    "Options": "VARCHAR[]",  # NULL unless a Select
}
CONTACTS: Final = {
    "ActivityEvent": "INTEGER",
    "CreatedOn": "TIMESTAMP",
    "Lead": "INTEGER",
    "Answered": "BOOLEAN",  # NULL: not known
    "Seconds": "INTEGER",  # of talk time; NULL: not known
}
CONTACT_CODES: Final = {
    "ActivityEvent": "INTEGER",
    "Earliest": "TIMESTAMP",
    "Latest": "TIMESTAMP",
    "Columns": "BOOLEAN",
    "Activities": "BIGINT",
    "Answered": "BIGINT",
    "NotAnswered": "BIGINT",
    "Timed": "BIGINT",
    "Outcomes": "BOOLEAN",
}
STORE: Final = {
    "Format": "INTEGER",
    "Title": "VARCHAR",  # "Demo data", or the name of the imported folder
    "Demo": "BOOLEAN",
    "MadeOn": "TIMESTAMP",
    "Leads": "BIGINT",
    "Activities": "BIGINT",
    "Timezone": "VARCHAR",  # the IANA name of the zone that the files' times were in, and that days are shown in
}
FIXED: Final = {
    "activities": ACTIVITIES,
    "users": USERS,
    "activity_types": ACTIVITY_TYPES,
    "lead_fields": LEAD_FIELDS,
    "contacts": CONTACTS,
    "contact_codes": CONTACT_CODES,
    "store": STORE,
}
"""All tables but leads."""
