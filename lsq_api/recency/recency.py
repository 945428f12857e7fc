"""Answers for hosts whose report has no date filter on activities.

"Not contacted in the last 30 days" is worked out here: the leads of the question from Lead Distribution, without those
that have an activity of the codes created in the range. Methods and answers are those of the local server's extension.
Rows are in the host's own order, by `ProspectID`; `Sorting` and `csv` are not offered.

A method that would take many calls raises Costly instead; `gather` makes these calls and reports its progress.
Source: decision 2 and section 2.6 of the wire notes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any

from lsq_api.client.asks import Activities, Ask, Page
from lsq_api.client.client import LEAD_ID, SOME_GROUPS, Client, with_ids
from lsq_api.contract.answer import AggregateAnswer, Group, ListAnswer
from lsq_api.contract.conditions import DateField, LeadFilter
from lsq_api.contract.lookups import ACTIVITY_DATES, Account, LeadField
from lsq_api.contract.operators import FieldKind
from lsq_api.contract.report import (
    DEFAULT_PAGE_SIZE,
    DistributionFilter,
    LeadDistribution,
    ListOutput,
    NotContacted,
    Paging,
    Report,
)
from lsq_api.limits.queue import never
from lsq_api.limits.rate import DEFAULT_RATE, Rate
from lsq_api.question.directory import ListedField
from lsq_api.recency import cost, since
from lsq_api.recency.activities import Contacts
from lsq_api.recency.cost import UNASKED, Agreement, Estimate
from lsq_api.recency.groups import grouped
from lsq_api.recency.leads import BASE, PAGE, Candidates, Kept, unpaged
from lsq_api.recency.since import Since
from lsq_api.work.job import Progress

FRESH = timedelta(minutes=5)
"""How long leads and activities that were read count as those of now."""
BY_ID = 500
"""Leads asked for by ID in one call."""


class Recency:
    """Works out what an account's report cannot tell. Methods are those of `Client`, for reports that it `works_out`.

    `account`, `fields` and `codes` give the account, its lead fields and all activity event codes; without them the
    client is asked once. `rate` is the pace for estimates where calls are not limited.
    """

    def __init__(
        self,
        client: Client,
        *,
        account: Callable[[], Account] | None = None,
        fields: Callable[[], Iterable[LeadField | ListedField]] | None = None,
        codes: Callable[[], Iterable[int]] | None = None,
        rate: Rate = DEFAULT_RATE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        fresh: timedelta = FRESH,
        unasked: int = UNASKED,
    ) -> None:
        self.client, self._rate = client, rate
        self._account = account or cache(client.whoami)
        self._fields = fields or cache(partial(client.lead_fields, options=False))
        self._codes = codes or cache(lambda: [kind.code for kind in client.activity_types()])
        self._contacts = Contacts(client.activities, client.activity_count, now, fresh)
        self._candidates = Candidates(partial(client.every_page, size=PAGE), now, fresh)
        self._agreement = Agreement(unasked, now, fresh)

    def answering(self, report: Report) -> "Client | Recency":
        """What answers a report: the client where the host can, else this object."""
        return self if self.works_out(report) else self.client

    def works_out(self, report: Report) -> bool:
        """Whether a report is answered here, because its host cannot filter activities by date."""
        if not isinstance(report, NotContacted) or all(dates.field is not DateField.ACTIVITY for dates in report.dates):
            return False
        return ACTIVITY_DATES not in self._account().extensions

    def page(self, report: Report) -> ListAnswer:
        """One page of leads."""
        wanted, paging = since.listed(with_ids(report)), report.paging or Paging()
        kept, places = self._waiting(report)
        some = places[(paging.index - 1) * paging.size : paging.index * paging.size]
        if kept.has(wanted):
            return ListAnswer(len(places), [{name: kept.column(name)[place] for name in wanted} for place in some])
        return ListAnswer(len(places), self._named([str(kept.ids[place]) for place in some], wanted))

    def every_page(
        self,
        report: Report,
        size: int = PAGE,  # noqa: ARG002  as the client has it: leads are read by the largest page
        *,
        expected: int | None = None,  # noqa: ARG002  as the client has it: what is kept tells how many there will be
        cancelled: Callable[[], bool] = never,
    ) -> Iterator[ListAnswer]:
        """All leads, page by page; only the total of the last page is sure, that of earlier ones is the kept one."""
        _check(report)
        contacted = self._contacted(report)
        known = self._candidates.known(unpaged(since.leads(report)), BASE)
        total = len(known.places(unpaged(since.leads(report)), contacted)) if known else 0
        rows, waiting = 0, list[dict[str, Any]]()
        for page in self.client.every_page(since.leads(report), PAGE, cancelled=cancelled):
            if waiting:
                rows += len(waiting)
                yield ListAnswer(max(total, rows), waiting)
            waiting = [row for row in page.rows if row[LEAD_ID] not in contacted]
        yield ListAnswer(rows + len(waiting), waiting)

    def total(self, report: Report) -> int:
        """How many leads a report has."""
        return len(self._waiting(report)[1])

    def groups(self, report: Report) -> AggregateAnswer:
        """One page of groups."""
        found, paging = self.every_group(report), report.paging or Paging()
        return AggregateAnswer(len(found), found[(paging.index - 1) * paging.size : paging.index * paging.size])

    def every_group(self, report: Report) -> list[Group]:
        """Every group, each value once."""
        output = since.aggregate(report)
        kept, places = self._waiting(report)
        by, of = kept.column(output.group_by), kept.column(since.figured(output)[-1])
        pairs = ((by[place], of[place]) for place in places)
        return grouped(pairs, output.function, is_id=self._is_id(output.group_by))

    def some_groups(self, report: Report, size: int = DEFAULT_PAGE_SIZE) -> AggregateAnswer:
        """Every group where there are at most `SOME_GROUPS`; else the first page, and how many there are."""
        found = self.every_group(report)
        return AggregateAnswer(len(found), found if len(found) <= SOME_GROUPS else found[:size])

    def estimate(self, report: Report) -> Estimate:
        """The calls and seconds that an answer takes; leads that were read once are renewed without being counted."""
        contact, leads = self._since(report), unpaged(since.leads(report))
        gaps = self._contacts.gaps(contact.codes, contact.span) if contact.span else []
        known = self._candidates.known(leads, since.fields(report))
        return cost.of(self.client, gaps, None if known else leads, self._pace)

    @property
    def _pace(self) -> Rate:
        """The limit in force, which the host may have named itself."""
        window = self.client.pacer.window if self.client.pacer else None
        return Rate(window.of, window.seconds) if window else self._rate

    def subject(self, report: Report) -> object:
        """What reports have in common that need the same reading, whatever their output and the clock."""
        dated = frozenset(dates.field for dates in report.dates)
        return since.leads(report).filter, dated, self._since(report).codes

    def gather(self, report: Report, progress: Progress | None = None, expected: int = 0) -> None:
        """Read all that a report and narrower ones need, however many calls that takes."""
        made = 0

        def step() -> None:
            nonlocal made
            made += 1
            if progress:
                progress(made, max(made, expected))

        self._gathered(report, step)
        self._agreement.given(self.subject(report))

    def renew(self) -> None:
        """Read leads and today's activities anew at the next use; activities of past days stay."""
        self._contacts.renew()
        self._candidates.renew()

    @property
    def kept(self) -> tuple[int, int]:
        """How many leads and how many activities are kept."""
        return self._candidates.kept, self._contacts.kept

    def asks(self, report: Report) -> list[Ask[Any]]:
        """The questions asked in place of a report: a list of leads, and the activities of each code."""
        contact, leads = self._since(report), unpaged(since.leads(report))
        known = self._candidates.known(leads, since.fields(report))
        fields = tuple(dict.fromkeys((*BASE, *since.fields(report))))
        listed = (known.leads if known else leads).model_copy(update={"output": ListOutput(fields=fields)})
        windows = self._contacts.whole(contact.codes, contact.span) if contact.span else []
        return [Page(listed.page(1, PAGE)), *(Activities(*window) for window in windows)]

    def _waiting(self, report: Report) -> tuple[Kept, list[int]]:
        """The kept leads, and the indexes of those that the report has."""
        _check(report)
        self._agreement.needed(self.subject(report), lambda: self.estimate(report), report)
        kept, contacted = self._gathered(report, lambda: None)
        return kept, kept.places(unpaged(since.leads(report)), contacted)

    def _gathered(self, report: Report, step: Callable[[], None]) -> tuple[Kept, frozenset[str]]:
        contacted = self._contacted(report, step)
        return self._candidates.read(unpaged(since.leads(report)), since.fields(report), step), contacted

    def _contacted(self, report: Report, step: Callable[[], None] = lambda: None) -> frozenset[str]:
        contact = self._since(report)
        return self._contacts.contacted(contact.codes, contact.span, step) if contact.span else frozenset()

    def _named(self, ids: Sequence[str], fields: tuple[str, ...]) -> list[dict[str, Any]]:
        """Leads by ID, in this order; those that no longer exist are left out."""
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(ids), BY_ID):
            some = tuple(ids[start : start + BY_ID])
            which = DistributionFilter(leads=(LeadFilter(field=LEAD_ID, operator="in", values=some),))
            asked = LeadDistribution(filter=which, output=ListOutput(fields=fields))
            for page in self.client.every_page(asked, BY_ID):
                found |= {str(row[LEAD_ID]): row for row in page.rows}
        return [found[one] for one in ids if one in found]

    def _since(self, report: Report) -> Since:
        return since.read(report, self._every_code)

    def _every_code(self) -> frozenset[int]:
        return frozenset(self._codes())

    def _is_id(self, field: str) -> bool:
        users = {one.schema_name.lower() for one in self._fields() if one.kind is FieldKind.USER}
        return field.lower() == LEAD_ID.lower() or field.lower() in users


def _check(report: Report) -> None:
    if report.sorting:
        raise TypeError("this host's report cannot sort, and neither is it sorted here")
