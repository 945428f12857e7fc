"""The choices of a breakdown: the field, the measure, how many groups are drawn, and as what."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st

from components.shell import link, widgets, words
from components.shell.measures import LEAST
from lsq_api.contract.operators import FieldKind
from lsq_api.contract.report import Function
from lsq_api.question.directory import Directory, ListedField
from lsq_api.question.formats import number
from lsq_api.question.phrases import quoted

PAGE, SHARE = "breakdown", "share"
FUNCTIONS = {"count": Function.COUNT, SHARE: Function.COUNT, "average": Function.AVERAGE, "sum": Function.SUM}
_MEASURES = {"count": "Leads", SHARE: "Share", "average": "Average", "sum": "Sum"}
_OF_LEADS = ("count", SHARE)
_LEASTS = (1, 5, 10, 20, 50, 100, 200, 500)
_TOPS = {"10": "10", "20": "20", "50": "50", "all": "All"}
_VIEWS = {
    "bar": ":material/bar_chart: Bars",
    "treemap": ":material/grid_view: Treemap",
    "table": ":material/table: Table",
}
SCORE = "EngagementScore"


@dataclass(frozen=True)
class Grouping:
    """A breakdown as chosen. `of` is the number field to average or sum (None: count); `top` groups (None: all).

    With `least` groups of at least so many leads are ranked by their share not contacted, the worst first.
    """

    by: ListedField
    function: Function
    of: ListedField | None
    top: int | None
    least: int | None = None

    def counted(self) -> "Grouping":
        """The same ranked by leads: where nobody can know who was contacted a share says nothing."""
        return replace(self, least=None)

    @property
    def bounded(self) -> bool:
        """Whether the field has few values by its nature: a list's options, or the account's users."""
        return bool(self.by.options) or self.by.kind is FieldKind.USER

    @property
    def ordered(self) -> bool:
        """Whether the field's values have an order of their own, as numbers and dates do."""
        return self.by.kind.ordered

    @property
    def of_moments(self) -> bool:
        """Whether the field's values are moments, of which nearly every lead has another."""
        return self.by.kind is FieldKind.MOMENT

    @property
    def measure(self) -> str:
        """The measure as a heading: `Leads not contacted`, `Average engagement score`."""
        if self.least is not None:
            return "Share not contacted"
        if self.of is None:
            return "Leads not contacted"
        return f"{_MEASURES[self.function.lower()]} {words.lower(self.of.display_name)}"


def ask(directory: Directory, given: Mapping[str, str]) -> tuple[Grouping | None, tuple[str, ...]]:
    """Draw the choices; `given` are the link's values. Returns the choice (None where the account has no lead fields)
    and a sentence for each value that could not be used.
    """
    fields = {field.schema_name: field for field in directory.fields}
    numbers = {name: field for name, field in fields.items() if field.kind is FieldKind.NUMBER}
    if not fields:
        return None, ()
    names = _named(fields)
    notes = [_note(given, key, known) for key, known in (("by", fields), ("of", numbers))]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        by = widgets.choice(PAGE, "by", "By", list(fields), _default(fields), names.__getitem__, width=220)
        measures = _MEASURES if numbers else {name: _MEASURES[name] for name in _OF_LEADS}
        measure = widgets.segments(PAGE, "measure", "Measure", measures, "count")
        of = None
        least = _least() if measure == SHARE else None
        if measure not in _OF_LEADS:
            first = SCORE if SCORE in numbers else next(iter(numbers))
            of = widgets.choice(PAGE, "of", "Of", list(numbers), first, names.__getitem__, width=220)
        top = widgets.segments(PAGE, "top", "Show", _TOPS, "10")
    most = None if top == "all" else int(top)
    chosen = Grouping(fields[by], FUNCTIONS[measure], numbers[of] if of else None, most, least)
    return chosen, tuple(note for note in notes if note)


def read(directory: Directory) -> Grouping | None:
    """The link's choice without drawing it; None where the account has no lead fields."""
    fields = {field.schema_name: field for field in directory.fields}
    numbers = {name: field for name, field in fields.items() if field.kind is FieldKind.NUMBER}
    if not fields:
        return None
    measure = link.only("measure", list(_MEASURES if numbers else _OF_LEADS), "count")
    first = SCORE if SCORE in numbers else next(iter(numbers), "")
    of = numbers[link.only("of", list(numbers), first)] if measure not in _OF_LEADS else None
    least = link.number("least", LEAST) if measure == SHARE else None
    return Grouping(fields[link.only("by", list(fields), _default(fields))], FUNCTIONS[measure], of, None, least)


def _least() -> int:
    given = link.number("least", LEAST)
    said = widgets.choice(
        PAGE,
        "least",
        "Of at least",
        [str(one) for one in sorted({*_LEASTS, given})],
        str(LEAST),
        lambda value: f"{number(int(value))} lead{'' if value == '1' else 's'}",
        width=130,
        why="A share of few leads says little: smaller groups are not ranked.",
    )
    return int(said)


def ask_view() -> str:
    """Choose bars, treemap or table; returns its value in the link."""
    return widgets.segments(PAGE, "view", "Shown as", _VIEWS, "bar", labelled=False)


def _named(fields: Mapping[str, ListedField]) -> dict[str, str]:
    """Display names by schema name; where fields share one, followed by the schema name."""
    shown = Counter(field.display_name.casefold() for field in fields.values())
    return {
        name: field.display_name + (f" ({name})" if shown[field.display_name.casefold()] > 1 else "")
        for name, field in fields.items()
    }


def _default(fields: Mapping[str, ListedField]) -> str:
    """The field of a breakdown by default: Source where it has options, else the first field with options."""
    lists = [name for name, field in fields.items() if field.options]
    return "Source" if "Source" in lists else next(iter(lists or fields))


def _note(given: Mapping[str, str], key: str, known: Mapping[str, ListedField]) -> str:
    value = given.get(key)
    if value is None or value in known:
        return ""
    what = "a lead field" if key == "by" else "a lead field with numbers"
    return f"{quoted(value)} is not known here as {what} and was left out."
