"""The list of leads as a link describes it: columns, order and page. Unusable values are left out, never an error.

columns=ProspectStage&columns=OwnerId   lead fields by schema or display name, in this order
sort=CreatedOn, sort=-EngagementScore   ascending, descending; only where the host can sort
size=100&page=3                         rows a page, and the page index from 1
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from lsq_api.contract.outcomes import CONTACT_TRIES
from lsq_api.contract.report import Sorting
from lsq_api.question import formats
from lsq_api.question.directory import Directory
from lsq_api.question.phrases import listing as said
from lsq_api.question.phrases import quoted

FIELDS = (
    "FirstName",
    "LastName",
    "ProspectStage",
    "OwnerId",
    "CreatedOn",
    "ProspectActivityDate_Max",
    "EngagementScore",
    "Source",
    "Phone",
    "EmailAddress",
    "ProspectID",
)
"""The columns of a list by default."""
_NAMED_BY = ("FirstName", "LastName", "EmailAddress")
OLDEST_FIRST = "CreatedOn"
SIZES = (50, 100, 200, 500, 1_000)
KEYS = ("columns", "sort", "size", "page")
"""The parameters of a link that belong to a list."""
_SORTED_AS = {"OwnerId": "OwnerIdName"}


@dataclass(frozen=True)
class Listing:
    """`sort` is a schema name, with a minus for descending; "" is the host's own order."""

    columns: tuple[str, ...] = FIELDS
    sort: str = OLDEST_FIRST
    size: int = SIZES[0]
    page: int = 1

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that a page needs: the columns, and those of the lead's name."""
        return tuple(dict.fromkeys((*self.columns, *_NAMED_BY)))

    def sorting(self, directory: Directory) -> Sorting | None:
        """The order for the request; owners sort by name where the account has a field for that."""
        if not self.sort:
            return None
        field = self.sort.removeprefix("-")
        named = _SORTED_AS.get(field, field)
        return Sorting(field=named if directory.field_named(named) else field, descending=self.sort[0] == "-")

    def pages(self, total: int) -> int:
        """How many pages `total` leads take; at least one."""
        return max(1, -(-total // self.size))

    def params(self, directory: Directory) -> dict[str, list[str] | None]:
        """The list as a link's parameters; None for what equals the default and is left out."""
        usual = Listing(default_columns(directory))
        return {
            "columns": None if self.columns == usual.columns else list(self.columns),
            "sort": None if self.sort in (usual.sort, "") else [self.sort],
            "size": None if self.size == usual.size else [str(self.size)],
            "page": None if self.page == usual.page else [str(self.page)],
        }

    def on_a_page(self, total: int) -> Self:
        """The same list; on its last page where its page is beyond that."""
        return replace(self, page=min(self.page, self.pages(total)))


def default_columns(directory: Directory) -> tuple[str, ...]:
    """The default columns that the account has."""
    return tuple(name for name in FIELDS if not directory.fields or directory.field_named(name)) or FIELDS[-1:]


def read_listing(
    params: Mapping[str, Sequence[str]], directory: Directory, *, can_sort: bool
) -> tuple[Listing, tuple[str, ...]]:
    """The list of a link, and a sentence for each of its values that could not be used. Other keys are ignored."""
    notes: list[str] = []
    given = {key: [text.strip() for text in params.get(key, ()) if text.strip()] for key in KEYS}
    found = Listing(
        columns=_columns(given["columns"], directory, notes),
        sort=_sort(given["sort"], directory, notes, can_sort=can_sort),
        size=_whole("size", given["size"], SIZES[0], notes, allowed=SIZES),
        page=_whole("page", given["page"], 1, notes),
    )
    return found, tuple(notes)


def _columns(given: Sequence[str], directory: Directory, notes: list[str]) -> tuple[str, ...]:
    asked = {text: directory.field_named(text) for text in given}
    unknown = [text for text, field in asked.items() if field is None]
    if unknown:
        are = "is not a lead field here and was" if len(unknown) == 1 else "are not lead fields here and were"
        notes.append(f"{said(map(quoted, unknown))} {are} left out of the columns.")
    known = dict.fromkeys(field.schema_name for field in asked.values() if field)
    return tuple(known) or default_columns(directory)


def _sort(given: Sequence[str], directory: Directory, notes: list[str], *, can_sort: bool) -> str:
    usual = OLDEST_FIRST if can_sort else ""
    if not given or given[0] == usual:
        return usual
    if not can_sort:
        notes.append("This account's report cannot sort; the leads are in its own order.")
        return usual
    if given[0].removeprefix("-") == CONTACT_TRIES:
        return given[0]
    field = directory.field_named(given[0].removeprefix("-"))
    if field is None:
        notes.append(f"The list cannot be sorted by {quoted(given[0])}; the oldest leads come first.")
        return usual
    return f"{'-' if given[0][0] == '-' else ''}{field.schema_name}"


def _whole(
    key: str, given: Sequence[str], usual: int, notes: list[str], *, allowed: Sequence[int] | None = None
) -> int:
    if not given:
        return usual
    text = given[0]
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
    if number >= 1 and (allowed is None or number in allowed):
        return number
    wanted = f"there are {', '.join(map(formats.number, allowed))}" if allowed else "pages count from 1"
    notes.append(f"{quoted(text)} is no {key} of this list ({wanted}); {usual} was taken.")
    return usual
