"""The operators of the contract, one row each: what conditions on leads, activities and users say, and in which words.

    TABLE → LEAD_OPERATORS, ACTIVITY_OPERATORS, USER_OPERATORS    the three views, by what the wire writes

Everything that is known about an operator stands in its row but one thing: what it does to a column, which is the
engine's (`server/query/operators.py`). Source: "Lead Filters" and "Activity Filters" of the report's page; sections
2.2, 2.5 and 4.2 of the wire notes for users, blanks and comparisons.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Takes(StrEnum):
    """How many values an operator needs."""

    NONE = "no value"
    ONE = "exactly one value"
    TWO = "exactly two values"
    MANY = "one or more values"


class Compares(StrEnum):
    """What an operator holds its values against."""

    NOTHING = "nothing: whether there is a value"
    EQUALS = "the field's value, as equal: of the field's type"
    ORDER = "the field's value, as more or less: of the field's type"
    TEXT = "the field's value as text, whatever its type"


class FieldKind(StrEnum):
    """What a lead field holds: this alone decides how its values are compared, shown and written into files."""

    TEXT = "text"
    SELECT = "select"
    NUMBER = "number"
    DAY = "day"
    """A day of the calendar, the same in every time zone."""
    MOMENT = "moment"
    """A second, which is of another day in another zone."""
    USER = "user"
    EMAIL = "email"
    PHONE = "phone"
    FLAG = "flag"

    @classmethod
    def of(cls, data_type: str, render_type: str = "", schema_name: str = "") -> "FieldKind":
        """The kind by `DataType` and `RenderTypeTextValue` of LeadsMetaData.Get (section 5); in doubt it is text.

        An account may say "Date" of days and moments alike; then how it shows them decides. Where it does not say,
        a field that it made itself holds days, for moments have a DataType of their own, and one of the service's own
        holds moments. When a lead came in, was modified and was last active are moments whatever it says, and its
        owner is a user.
        """
        spelled, shown, name = (given.strip().lower() for given in (data_type, render_type, schema_name))
        if name == "ownerid":
            return cls.USER
        if spelled == "datetime" or shown == "datetime" or name in _MOMENTS:
            return cls.MOMENT
        if spelled == "date":
            own = not name or name.startswith("mx_")
            return cls.DAY if own or shown == "date" else cls.MOMENT
        return _KINDS.get(spelled, cls.TEXT)

    @property
    def dated(self) -> bool:
        """Whether it holds days or moments."""
        return self in {FieldKind.DAY, FieldKind.MOMENT}

    @property
    def ordered(self) -> bool:
        """Whether its values have an order of their own."""
        return self.dated or self is FieldKind.NUMBER


_KINDS = {
    "select": FieldKind.SELECT,
    "number": FieldKind.NUMBER,
    "activeusers": FieldKind.USER,
    "email": FieldKind.EMAIL,
    "phone": FieldKind.PHONE,
    "boolean": FieldKind.FLAG,
}
_MOMENTS = {"createdon", "modifiedon", "leadlastmodifiedon", "prospectactivitydate_max", "prospectactivitydate_min"}


@dataclass(frozen=True, kw_only=True)
class Operator:
    """One row of the table."""

    symbol: str
    """The operator in a filter on leads or activities, and in the engine."""
    words: str
    """What a manager reads between the field and the value."""
    date_words: str = ""
    """The words where the field is a date and they differ."""
    few_words: str = ""
    """The words where every value is written out after them, and they differ."""
    takes: Takes = Takes.ONE
    compares: Compares
    takes_blank: bool = False
    """A blank value may be given and stands for a field without a value; elsewhere it is refused."""
    negates: str = ""
    """The symbol of the operator that finds just the others, where this one is the opposite of another."""
    offered_for: tuple[FieldKind, ...] = ()
    """The kinds of lead fields for which the form offers it."""
    rank: int = 0
    """Its place among those offered: the likeliest first."""
    leads: bool = True
    """Whether a lead filter may have it."""
    activities: bool = False
    """Whether an activity filter may have it."""
    users: tuple[str, ...] = ()
    """Its names in a condition on users, where one that takes many values takes them as a comma list."""
    extension: str = ""
    """What the account of a host names whose lead filters know it beyond the vendor's page; off under `--strict`."""

    @property
    def by_type(self) -> bool:
        """Whether its values have to be of the field's type: numbers for a number, dates for a date."""
        return self.compares in {Compares.EQUALS, Compares.ORDER}

    @property
    def finds_blanks(self) -> bool:
        """Whether a field without a value is found, unless a blank value says otherwise: just the opposites find it."""
        return bool(self.negates) or self.symbol == OUT

    def words_of(self, kind: FieldKind) -> str:
        """The words for a field of this kind."""
        return (kind.dated and self.date_words) or self.words


OUT = "out"
"""The symbol of the operator that leaves out a stretch of values: people ask for it as days that are not."""
_TEXTS = (FieldKind.TEXT, FieldKind.USER, FieldKind.EMAIL, FieldKind.PHONE, FieldKind.FLAG)
_IN_TEXT = (*_TEXTS, FieldKind.SELECT)
_ORDERED = tuple(kind for kind in FieldKind if kind.ordered)

# In the order of the vendor's page. For users the full list is not published: theirs is the working set of section 4.2.
TABLE = (
    Operator(
        symbol="=",
        words="is",
        compares=Compares.EQUALS,
        takes_blank=True,
        offered_for=(*_TEXTS, *_ORDERED),
        rank=3,
        activities=True,
    ),
    Operator(
        symbol="<>",
        words="is not",
        compares=Compares.EQUALS,
        takes_blank=True,
        negates="=",
        offered_for=(*_IN_TEXT, *_ORDERED),
        rank=3,
        activities=True,
        extension="LeadFilters <>",
    ),
    Operator(
        symbol=">",
        words="is more than",
        date_words="is after",
        compares=Compares.ORDER,
        offered_for=_ORDERED,
        rank=2,
        users=("gt",),
    ),
    Operator(
        symbol="<",
        words="is less than",
        date_words="is before",
        compares=Compares.ORDER,
        offered_for=_ORDERED,
        rank=2,
        users=("lt",),
    ),
    Operator(
        symbol=">=",
        words="is at least",
        date_words="is not before",
        compares=Compares.ORDER,
        offered_for=_ORDERED,
        rank=1,
        users=("gteq",),
    ),
    Operator(
        symbol="<=",
        words="is at most",
        date_words="is not after",
        compares=Compares.ORDER,
        offered_for=_ORDERED,
        rank=1,
        users=("lteq",),
    ),
    Operator(
        symbol="def",
        words="has a value",
        takes=Takes.NONE,
        compares=Compares.NOTHING,
        offered_for=tuple(FieldKind),
        rank=4,
        users=("def",),
    ),
    Operator(
        symbol="ndef",
        words="is empty",
        takes=Takes.NONE,
        compares=Compares.NOTHING,
        negates="def",
        offered_for=tuple(FieldKind),
        rank=4,
        users=("ndef",),
    ),
    Operator(
        symbol="lik",
        words="contains",
        compares=Compares.TEXT,
        offered_for=_IN_TEXT,
        rank=2,
        users=("lik",),
    ),
    Operator(
        symbol="nlik",
        words="does not contain",
        compares=Compares.TEXT,
        negates="lik",
        offered_for=_IN_TEXT,
        rank=2,
        users=("nlik",),
    ),
    Operator(
        symbol="in",
        words="is one of",
        few_words="is",
        takes=Takes.MANY,
        compares=Compares.EQUALS,
        takes_blank=True,
        offered_for=(FieldKind.SELECT,),
        rank=1,
        activities=True,
        users=("eq", "in"),
    ),
    Operator(
        symbol=OUT,
        words="is not from the first up to before the second of",
        takes=Takes.TWO,
        compares=Compares.ORDER,
        extension="LeadFilters out",
    ),
    Operator(
        symbol="nin",
        words="is none of",
        few_words="is not",
        takes=Takes.MANY,
        compares=Compares.EQUALS,
        takes_blank=True,
        negates="in",
        leads=False,
        users=("neq",),
    ),
)

LEAD_OPERATORS = {row.symbol: row for row in TABLE if row.leads}
"""Of lead filters, the extensions included."""
ACTIVITY_OPERATORS = {row.symbol: row for row in TABLE if row.activities}
"""Of activity filters."""
USER_OPERATORS = {name: row for row in TABLE for name in row.users}
"""Of conditions on users."""


def lead_operators(extensions: Collection[str]) -> dict[str, Operator]:
    """Those that a host knows in lead filters, by what its account names as extensions: none, those of the page."""
    return {symbol: row for symbol, row in LEAD_OPERATORS.items() if not row.extension or row.extension in extensions}


def offered(kind: FieldKind, extensions: Collection[str]) -> list[Operator]:
    """Those that a form offers for a kind of lead field, the likeliest first."""
    known = lead_operators(extensions)
    rows = [row for row in known.values() if kind in row.offered_for]
    if kind is FieldKind.MOMENT and OUT not in known:  # the day that it would be asked to leave out is a stretch
        rows = [row for row in rows if not row.negates or row.takes is Takes.NONE]
    return sorted(rows, key=lambda row: row.rank)
