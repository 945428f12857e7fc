"""The age classes of a screen, chosen once from its leads: where nearly all are old, classes that tell them apart."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from components.shell import answers
from components.shell.frame import View
from lsq_api.client.asks import Asking, Groups
from lsq_api.contract.answer import Group
from lsq_api.contract.report import AggregateOutput, Function
from lsq_api.contract.wire import read_time
from lsq_api.question.spans import AGE_CLASSES, OLD_CLASSES, OLDEST_CLASSES, AgeClass, stepped

T = TypeVar("T")
Classes = Sequence[AgeClass]
Counting = Callable[[Classes], Asking[list[T]]]
"""Asks for the leads of each class."""
_NEARLY_ALL = 0.9


def counted(view: View, counting: Counting[T], size: Callable[[T], int]) -> Asking[tuple[Classes, list[T]]]:
    """The classes and what `counting` found in each; `size` is how many leads that is.

    The usual classes are counted first. Where nearly all leads are in the oldest, classes of months and years follow;
    where all of them are, and the host tells the first and last creation, classes of equal length between the two.
    """
    found = yield from counting(AGE_CLASSES)
    sizes = [size(one) for one in found]
    if not sum(sizes) or sizes[-1] < _NEARLY_ALL * sum(sizes):
        return AGE_CLASSES, found
    if sizes[-1] == sum(sizes) and view.source.tells_extremes:
        first, last = yield _creation(view, Function.MINIMUM), _creation(view, Function.MAXIMUM)
        ends = [*_moments(first), *_moments(last)]
        if ends:
            classes = stepped(view.now - max(ends), view.now - min(ends))
            return classes, (yield from counting(classes))
    found = yield from counting(OLD_CLASSES)
    sizes = [size(one) for one in found]
    if sizes[-1] < _NEARLY_ALL * sum(sizes):
        return OLD_CLASSES, found
    return OLDEST_CLASSES, (yield from counting(OLDEST_CLASSES))


def _creation(view: View, function: Function) -> Groups:
    output = AggregateOutput(group_by="OwnerId", function=function, field="CreatedOn")
    return Groups(answers.report(view, output))


def _moments(groups: Sequence[Group]) -> list[datetime]:
    return [read_time(group.extreme) for group in groups if group.extreme]
