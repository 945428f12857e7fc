"""The list of leads as a link describes it: columns, order and page. Unusable values are left out, never an error.

columns=ProspectStage&columns=OwnerId   lead fields by schema or display name, in this order
sort=CreatedOn, sort=-EngagementScore   ascending, descending; only where the host can sort
                                        (a lead that waits longest comes first without it)
size=100&page=3                         rows a page, and the page index from 1
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from lsq_api.contract.lookups import LAST_CONTACT, WAITING_SINCE
from lsq_api.contract.outcomes import CONTACT_TRIES
from lsq_api.contract.report import Sorting
from lsq_api.question import formats
from lsq_api.question.directory import Directory, ListedField
from lsq_api.question.fill import NOTHING, Fill
from lsq_api.question.phrases import listing as said
from lsq_api.question.phrases import quoted
from lsq_api.question.question import Question
from lsq_api.question.spans import Always

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
CONTACT_FIELDS = {
    LAST_CONTACT.lower(): ListedField(LAST_CONTACT, "Last contact", "DateTime", render_type="DateTime"),
    WAITING_SINCE.lower(): ListedField(WAITING_SINCE, "Waiting since", "DateTime", render_type="DateTime"),
}
"""What a list shows of a lead's contact where its host can tell, by schema name in lower case."""
TRIES = ListedField(CONTACT_TRIES, "Tried", "Number")
"""How often a lead was tried, where its host can tell."""
_ALWAYS = frozenset(["ProspectStage", "OwnerId", "CreatedOn", "ProspectID", LAST_CONTACT])
_NAMES = frozenset(["FirstName", "LastName"])
_MOST_TELLING = 4
SIZES = (50, 100, 200, 500, 1_000)
KEYS = ("columns", "sort", "size", "page")
"""The parameters of a link that belong to a list."""
_SORTED_AS = {"OwnerId": "OwnerIdName"}


@dataclass(frozen=True)
class Usual:
    """The columns and the order of a list whose link names none."""

    columns: tuple[str, ...] = FIELDS
    sort: str = OLDEST_FIRST


@dataclass(frozen=True)
class Listing:
    """`sort` is a schema name, with a minus for descending; "" is the host's own order."""

    columns: tuple[str, ...] = FIELDS
    sort: str = OLDEST_FIRST
    size: int = SIZES[0]
    page: int = 1
    usual: Usual = Usual()

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that a page needs: the columns, those of the lead's name, and since when it waits."""
        sort = self.sort.removeprefix("-")
        waits = [sort] if sort.lower() in CONTACT_FIELDS else []
        return tuple(dict.fromkeys((*self.columns, *_NAMED_BY, *waits)))

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

    def params(self) -> dict[str, list[str] | None]:
        """The list as a link's parameters; None for what equals the default and is left out."""
        return {
            "columns": None if self.columns == self.usual.columns else list(self.columns),
            "sort": None if self.sort in (self.usual.sort, "") else [self.sort],
            "size": None if self.size == SIZES[0] else [str(self.size)],
            "page": None if self.page == 1 else [str(self.page)],
        }

    def on_a_page(self, total: int) -> Self:
        """The same list; on its last page where its page is beyond that."""
        return replace(self, page=min(self.page, self.pages(total)))


def default_columns(directory: Directory, fill: Fill = NOTHING, *, last_contact: bool = False) -> tuple[str, ...]:
    """The default columns: those of `FIELDS` that the account has, without the ones that no lead of it has a value of.

    In their place stand fields that tell its leads apart; with `last_contact` the last contact is one of them.
    """
    named = [name for name in FIELDS if not directory.fields or directory.field_named(name)] or list(FIELDS[-1:])
    kept = [name for name in named if name in _ALWAYS or not fill.empty(name)]
    gone = sum(1 for name in FIELDS if name not in kept and name not in _NAMES) if fill.leads else 0
    telling = [name for name in fill.telling(directory) if name not in FIELDS][: min(gone, _MOST_TELLING)]
    last = kept.index("ProspectID") if "ProspectID" in kept else len(kept)
    kept[last:last] = telling
    if last_contact:
        came_in = kept.index(OLDEST_FIRST) + 1 if OLDEST_FIRST in kept else len(kept)
        kept.insert(came_in, LAST_CONTACT)
    return tuple(kept)


def waits_since_contact(question: Question, *, last_contact: bool) -> bool:
    """Whether leads of a question wait since their last contact where they had one: those of a span that is not ever.

    `last_contact` is whether the host tells when that was.
    """
    return last_contact and not isinstance(question.quiet, Always)


def usual_list(question: Question, directory: Directory, fill: Fill = NOTHING, *, last_contact: bool) -> Usual:
    """The columns and the order of a list whose link names none: the leads that wait longest come first."""
    by_contact = waits_since_contact(question, last_contact=last_contact)
    columns = default_columns(directory, fill, last_contact=by_contact)
    return Usual(columns, WAITING_SINCE if by_contact else OLDEST_FIRST)


def read_listing(
    params: Mapping[str, Sequence[str]],
    directory: Directory,
    *,
    can_sort: bool,
    usual: Usual | None = None,
    last_contact: bool = False,
) -> tuple[Listing, tuple[str, ...]]:
    """The list of a link, and a sentence for each of its values that could not be used. Other keys are ignored.

    `usual` is what a link without columns and order means, `last_contact` whether the host tells of it.
    """
    notes: list[str] = []
    given = {key: [text.strip() for text in params.get(key, ()) if text.strip()] for key in KEYS}
    usual = usual or Usual(default_columns(directory))
    usual = usual if can_sort else replace(usual, sort="")

    def named(text: str) -> ListedField | None:
        return (CONTACT_FIELDS.get(text.lower()) if last_contact else None) or directory.field_named(text)

    found = Listing(
        columns=_columns(given["columns"], named, usual, notes),
        sort=_sort(given["sort"], named, usual, notes, can_sort=can_sort),
        size=_whole("size", given["size"], SIZES[0], notes, allowed=SIZES),
        page=_whole("page", given["page"], 1, notes),
        usual=usual,
    )
    return found, tuple(notes)


Named = Callable[[str], ListedField | None]


def _columns(given: Sequence[str], named: Named, usual: Usual, notes: list[str]) -> tuple[str, ...]:
    asked = {text: named(text) for text in given}
    untold = [text for text, field in asked.items() if field is None and text.lower() in CONTACT_FIELDS]
    unknown = [text for text, field in asked.items() if field is None and text not in untold]
    if unknown:
        are = "is not a lead field here and was" if len(unknown) == 1 else "are not lead fields here and were"
        notes.append(f"{said(map(quoted, unknown))} {are} left out of the columns.")
    if untold:
        notes.append(f"This account cannot tell {said(CONTACT_FIELDS[one.lower()].display_name for one in untold)}.")
    known = dict.fromkeys(field.schema_name for field in asked.values() if field)
    return tuple(known) or usual.columns


def _sort(given: Sequence[str], named: Named, usual: Usual, notes: list[str], *, can_sort: bool) -> str:
    if not given or given[0] == usual.sort:
        return usual.sort
    if not can_sort:
        notes.append("This account's report cannot sort; the leads are in its own order.")
        return usual.sort
    name = given[0].removeprefix("-")
    field = TRIES if name == CONTACT_TRIES else named(name)
    if field is None:
        notes.append(f"The list cannot be sorted by {quoted(given[0])}; the oldest leads come first.")
        return usual.sort
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
