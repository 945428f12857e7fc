"""What a breakdown asks: the groups not contacted, the same groups of all leads, and for a mean how many have a value.

Of a field with very many values only the largest groups are read; the totals are asked for separately.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from components.breakdown.choice import Grouping, read
from components.breakdown.groups import Breakdown, Slice, added_up, most_first, worst_first
from components.shell import answers, fields, measures, words
from components.shell.frame import View
from lsq_api.client.asks import Asking, Groups, SomeGroups
from lsq_api.contract.answer import AggregateAnswer, Group
from lsq_api.contract.conditions import LeadFilter
from lsq_api.contract.report import AggregateOutput, Function, LeadDistribution, NotContacted, Sorting
from lsq_api.question.question import Question

READ = 200
"""Groups that are read of a field with too many values."""


def breakdown(view: View, choice: Grouping, whole: Slice) -> Asking[Breakdown]:
    """The breakdown of a choice; `whole` is all leads of the question as one slice.

    Its slices are empty where the field has too many values and the host cannot sort: ranking them would take a call
    for every 1,000 groups. A share is ranked over all groups: by the host where it can, else both whole groupings are
    read.
    """
    choice = choice if view.knows(whole.waiting, whole.book) else choice.counted()
    asking = _Asking(view, choice)
    return asking.breakdown(whole) if choice.least is None else asking.by_share(whole, choice.least)


@dataclass(frozen=True)
class _Asking:
    """The steps of asking for one breakdown."""

    view: View
    choice: Grouping

    def breakdown(self, whole: Slice) -> Asking[Breakdown]:
        (ranked,) = yield from self.groups(self.report(self.figure, self.having if self.mean else None))
        if _is_part(ranked):
            if not self.view.source.can_sort:
                return self.found((), ranked.total, whole)
            return (yield from self.largest(ranked, whole))
        of_all = self.report(answers.counted(self.field)).all_leads
        if self.mean:
            counted, book = yield from self.groups(self.report(self.count), of_all)
        else:
            counted, (book,) = ranked, (yield from self.groups(of_all))
        if _is_part(counted) or _is_part(book):
            return (yield from self.largest(ranked, whole))
        slices = self.slices(ranked.groups, counted.groups, book.groups)
        return self.found(slices, len(slices), added_up(slices, whole.label, self.choice.function))

    def by_share(self, whole: Slice, least: int) -> Asking[Breakdown]:
        """The groups of at least `least` leads by their share, ranked over all of them, never over a part."""
        if self.view.source.ranks_shares:
            output = answers.counted(self.field).model_copy(update={"least": least})
            asked = self.report(output).model_copy(update={"sorting": Sorting(field="Share", descending=True)})
            (found,) = yield (SomeGroups(asked),)
            slices = [self.slice(group, replace(group, count=group.all_leads or 0), None) for group in found.groups]
            return self.found(worst_first(slices, least), found.total, whole)
        of_all = self.report(answers.counted(self.field)).all_leads
        counted, book = yield from self.groups(self.report(self.count), of_all)
        if _is_part(counted) or _is_part(book):
            return self.found((), max(counted.total, book.total), whole)
        ranked = worst_first(self.slices(counted.groups, counted.groups, book.groups), least)
        return self.found(ranked, len(ranked), whole)

    @property
    def field(self) -> str:
        return self.choice.by.schema_name

    @property
    def mean(self) -> bool:
        return self.choice.function is Function.AVERAGE

    @property
    def count(self) -> AggregateOutput:
        """The count, exactly as other pages ask for it, so that one kept answer serves all."""
        return answers.summed(self.field)

    @property
    def figure(self) -> AggregateOutput:
        """The output that ranks the groups."""
        of = self.choice.of
        if of is None:
            return self.count
        return AggregateOutput(group_by=self.field, function=self.choice.function, field=of.schema_name)

    @property
    def having(self) -> Question:
        """The question limited to leads with a value of the field, so that the count beside a mean is its weight."""
        of = self.choice.of
        question = self.view.question
        return question.with_condition(LeadFilter(field=of.schema_name, operator="def")) if of else question

    def report(self, output: AggregateOutput, question: Question | None = None) -> NotContacted:
        return answers.report(self.view, output, question)

    def groups(self, *reports: NotContacted | LeadDistribution) -> Asking[list[AggregateAnswer]]:
        """Every group where the field's values are bounded; else all of not too many, or the first page."""
        if self.choice.bounded:
            found = yield tuple(Groups(report) for report in reports)
            return [AggregateAnswer(len(groups), groups) for groups in found]
        return list((yield tuple(SomeGroups(self.sorted(report)) for report in reports)))

    def sorted(self, report: NotContacted | LeadDistribution) -> NotContacted | LeadDistribution:
        """The same report, largest groups first where the host can sort."""
        if not self.view.source.can_sort or not isinstance(report.output, AggregateOutput):
            return report
        by_size = Sorting(field=report.output.function.value, descending=True)
        return report.model_copy(update={"sorting": by_size})

    def largest(self, ranked: AggregateAnswer, whole: Slice) -> Asking[Breakdown]:
        """The largest groups, with all leads of just these groups. The rest is the whole without them."""
        first = sorted(ranked.groups, key=self.size)[:READ]
        values = [group.value for group in first]
        counts = (yield from self.of_these(values, self.count, book=False)) if self.mean else first
        book = yield from self.of_these(values, answers.counted(self.field), book=True)
        slices = self.slices(first, counts, book)
        return self.found(slices, max(ranked.total, len(slices)), (yield from self.with_figure(whole)))

    def size(self, group: Group) -> Decimal:
        amount = Decimal(group.count) if self.choice.of is None else group.figure
        return -(amount if amount is not None else Decimal("-Infinity"))

    def of_these(self, values: Sequence[str | None], output: AggregateOutput, *, book: bool) -> Asking[list[Group]]:
        """The groups of these values. `in` cannot name the leads without a value (None): `ndef` asks for them."""
        named = tuple(value for value in values if value)
        conditions = [LeadFilter(field=self.field, operator="in", values=named)] if named else []
        if None in values:
            conditions.append(LeadFilter(field=self.field, operator="ndef"))
        reports = [self.report(output, self.view.question.with_condition(condition)) for condition in conditions]
        found = yield tuple(SomeGroups(report.all_leads if book else report) for report in reports)
        return [group for answer in found for group in answer.groups]

    def with_figure(self, whole: Slice) -> Asking[Slice]:
        """The whole with the sum or mean of all leads not contacted, added up over the owners, who are few."""
        of = self.choice.of
        if of is None:
            return whole
        output = AggregateOutput(group_by="OwnerId", function=Function.SUM, field=of.schema_name)
        (groups,) = yield (Groups(self.report(output, self.having)),)
        points = sum((group.figure for group in groups if group.figure is not None), Decimal(0))
        scored = sum(group.count for group in groups)
        if not scored:
            return whole
        return replace(whole, scored=scored, figure=points / scored if self.mean else points)

    def slices(self, ranked: Iterable[Group], counted: Iterable[Group], book: Iterable[Group]) -> list[Slice]:
        figures = {id(count): group for group, count in measures.joined(ranked, counted) if group and count}
        return [self.slice(count, all_, figures.get(id(count))) for count, all_ in measures.joined(counted, book)]

    def slice(self, count: Group | None, all_: Group | None, figure: Group | None) -> Slice:
        value = count.value if count else all_.value if all_ else None
        waiting = count.count if count else 0
        # A lead created between the two calls is in one answer only; a book must not be smaller than its part.
        found = Slice(value, self.label(value), waiting, max(all_.count if all_ else 0, waiting))
        if figure is None or self.choice.of is None:
            return found
        return replace(found, scored=figure.count if self.mean else 0, figure=figure.figure)

    def label(self, value: str | None) -> str:
        by = self.choice.by
        if value is None:
            return answers.NONE.get(by.schema_name, f"No {words.lower(by.display_name)}")
        return fields.readable(by, value, self.view.directory, self.view.zone)

    def found(self, slices: Iterable[Slice], groups: int, total: Slice) -> Breakdown:
        function, least = self.choice.function, self.choice.least
        ranked = tuple(slices) if least is not None else most_first(slices, function)
        return Breakdown(ranked, groups, total, function, self.choice.ordered, least)


def _is_part(answer: AggregateAnswer) -> bool:
    return len(answer.groups) < answer.total


def whole_of(owners: Iterable[measures.Standing]) -> Slice:
    """All leads of the question as one slice, added up over the owners."""
    slices = [Slice(one.value, one.label, one.waiting, one.book) for one in owners]
    return added_up(slices, "All", Function.COUNT)


def _breakdown(view: View) -> Asking[object]:
    owners = yield from answers.by_owner(view)
    choice = read(view.directory)
    return (yield from breakdown(view, choice, whole_of(owners))) if choice else None


ASKS = (("By owner", answers.by_owner), ("Breakdown", _breakdown))
"""What the page asks, by the title of the part that shows it, in the order of the screen."""
