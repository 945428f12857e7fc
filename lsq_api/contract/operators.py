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
    MANY = "one or more values"


class Compares(StrEnum):
    """What an operator holds its values against."""

    NOTHING = "nothing: whether there is a value"
    EQUALS = "the field's value, as equal: of the field's type"
    ORDER = "the field's value, as more or less: of the field's type"
    TEXT = "the field's value as text, whatever its type"


class FieldKind(StrEnum):
    """The kinds of lead fields that have operators of their own."""

    TEXT = "text"
    SELECT = "select"
    NUMBER = "number"
    DATE = "date"

    @classmethod
    def of(cls, data_type: str) -> "FieldKind":
        """The kind of a data type as LeadsMetaData.Get spells it; what it does not tell is text."""
        spelled = data_type.strip().lower()
        if spelled.startswith("date"):  # Date and DateTime
            return cls.DATE
        return {"select": cls.SELECT, "number": cls.NUMBER}.get(spelled, cls.TEXT)


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
        return bool(self.negates)

    def words_of(self, kind: FieldKind) -> str:
        """The words for a field of this kind."""
        return (kind is FieldKind.DATE and self.date_words) or self.words


_IN_TEXT = (FieldKind.TEXT, FieldKind.SELECT)
_ORDERED = (FieldKind.NUMBER, FieldKind.DATE)

# In the order of the vendor's page. For users the full list is not published: theirs is the working set of section 4.2.
TABLE = (
    Operator(
        symbol="=",
        words="is",
        compares=Compares.EQUALS,
        takes_blank=True,
        offered_for=(FieldKind.TEXT, FieldKind.NUMBER),
        rank=3,
        activities=True,
    ),
    Operator(
        symbol="<>",
        words="is not",
        compares=Compares.EQUALS,
        takes_blank=True,
        negates="=",
        offered_for=(FieldKind.TEXT, FieldKind.SELECT, FieldKind.NUMBER),
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
    rows = [row for row in lead_operators(extensions).values() if kind in row.offered_for]
    return sorted(rows, key=lambda row: row.rank)
