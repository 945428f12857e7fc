"""What the person who imports files says of them; what is left open is found out from the files."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Choices:
    """How files are to be read.

    `profile` is the name of the system they come from ("auto": found from the headers). `maps` has the schema name that
    a header means; "" leaves its column out. `maps_of` has the same for single files, by name (of a sheet "NAME, sheet
    SHEET"), and goes before. `activity` is the code or name of all activities of files that name none.
    `date_order` is "dmy", "mdy" or "ymd", `decimal` is "point" or "comma". `timezone` is an IANA name (None: UTC, or
    that of the store appended to). `sheet` is the only sheet read of workbooks.
    """

    profile: str = "auto"
    maps: Mapping[str, str] = field(default_factory=dict)
    maps_of: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    activity: str | None = None
    date_order: str = ""
    decimal: str = ""
    timezone: str | None = None
    sheet: str | None = None
