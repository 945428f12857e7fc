"""The groups of a breakdown: leads by the values of a field, counted, averaged or summed. Pure.

All groups are read, or the largest of very many; those that are not drawn are added up as "others", so that a chart
always adds up to the whole.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from lsq_api.contract.report import Function
from lsq_api.question.formats import number


@dataclass(frozen=True)
class Slice:
    """One group, or several added up: `waiting` leads not contacted of `book` leads, and the figure asked for.

    `value` is None for the leads that have none. `scored` is how many of the leads not contacted have a value of the
    averaged field; `figure` is their mean, or the sum over the leads not contacted; None for a count, and where no
    lead has a value.
    """

    value: str | None
    label: str
    waiting: int
    book: int
    scored: int = 0
    figure: Decimal | None = None


@dataclass(frozen=True)
class Breakdown:
    """A breakdown: the `slices` that were read of `groups` groups, and `total`, all groups as one.

    `ordered` groups have an order of their own (numbers, dates). With `least` the groups of at least so many leads are
    ranked by the share not contacted, and `groups` counts these.
    """

    slices: tuple[Slice, ...]
    groups: int
    total: Slice
    function: Function
    ordered: bool = False
    least: int | None = None

    @property
    def whole(self) -> bool:
        """Whether every group was read."""
        return len(self.slices) >= self.groups

    @property
    def single(self) -> bool:
        """Whether nearly every lead has a value to itself, so that groups say nothing."""
        living = sum(1 for one in self.slices if one.waiting) if self.whole else self.groups
        return living >= 30 and living * 2 > self.total.waiting


@dataclass(frozen=True)
class Drawn:
    """What is drawn: the first groups in their order, and all others as one (None: there are none)."""

    shown: tuple[Slice, ...]
    others: Slice | None
    folded: int
    """How many groups the others are."""

    @property
    def rows(self) -> tuple[Slice, ...]:
        """All slices to draw, the others last."""
        return (*self.shown, self.others) if self.others else self.shown


def most_first(slices: Iterable[Slice], function: Function) -> tuple[Slice, ...]:
    """The slices by the figure asked for, largest first; those without one last."""

    def size(one: Slice) -> tuple[bool, Decimal, int, int, str]:
        amount = Decimal(one.waiting) if function is Function.COUNT else one.figure
        return (amount is None, -(amount or Decimal(0)), -one.waiting, -one.book, one.label.casefold())

    return tuple(sorted(slices, key=size))


def worst_first(slices: Iterable[Slice], least: int) -> tuple[Slice, ...]:
    """The slices of at least `least` leads, largest share first; exact, so that equal shares go by their leads."""
    large = [one for one in most_first(slices, Function.COUNT) if one.book >= max(least, 1)]
    return tuple(sorted(large, key=lambda one: -Fraction(one.waiting, one.book)))


def drawn(found: Breakdown, most: int) -> Drawn:
    """The `most` largest groups; numbers and dates in their own order, leads without a value last.

    Ranked by share, all other leads are together, those of smaller groups among them.
    """
    if found.least is not None:
        first = found.slices[:most]
        rest = replace(_others(found, first, 1), label="All others")
        return Drawn(first, rest if rest.book else None, max(found.groups - len(first), 0))
    keep = len(found.slices) if len(found.slices) == found.groups == most + 1 else most
    shown = found.slices[:keep]
    folded = found.groups - len(shown)
    others = _others(found, shown, folded) if folded > 0 else None
    return Drawn(_in_order(shown) if found.ordered else shown, others, max(folded, 0))


def _in_order(shown: Iterable[Slice]) -> tuple[Slice, ...]:
    def place(one: Slice) -> tuple[bool, Decimal, str]:
        value = (one.value or "").strip()
        try:
            return (one.value is None, Decimal(value), "")
        except ArithmeticError:
            return (one.value is None, Decimal(0), value)

    return tuple(sorted(shown, key=place))


def _others(found: Breakdown, shown: Sequence[Slice], folded: int) -> Slice:
    """The whole minus what is shown. The two may have been counted at different moments, so counts are at least 0."""
    label = f"{number(folded)} others" if folded > 1 else "1 other"
    drawn_ = added_up(shown, label, found.function)
    total = found.total
    left = Slice(
        None,
        label,
        max(total.waiting - drawn_.waiting, 0),
        max(total.book - drawn_.book, total.waiting - drawn_.waiting, 0),
        max(total.scored - drawn_.scored, 0),
    )
    if found.function is Function.COUNT or total.figure is None:
        return left
    if found.function is Function.SUM:
        return replace(left, figure=total.figure - (drawn_.figure or 0))
    points = total.figure * total.scored - (drawn_.figure or 0) * drawn_.scored
    return replace(left, figure=points / left.scored if left.scored else None)


def added_up(slices: Iterable[Slice], label: str, function: Function) -> Slice:
    """Several slices as one; a mean is weighted by the leads that have a value, which makes it the mean of them all."""
    known = list(slices)
    figures = [one for one in known if one.figure is not None]
    scored = sum(one.scored for one in known)
    figure = None
    if function is Function.SUM and figures:
        figure = sum((one.figure or Decimal(0) for one in figures), Decimal(0))
    if function is Function.AVERAGE and scored:
        figure = sum(((one.figure or Decimal(0)) * one.scored for one in figures), Decimal(0)) / scored
    return Slice(None, label, sum(one.waiting for one in known), sum(one.book for one in known), scored, figure)
