"""Questions that several pages ask: leads not contacted by owner or another field, and a page of the list."""

from collections.abc import Sequence

from components.shell import measures
from components.shell.frame import View
from lsq_api.client.asks import Asking, Groups, Page, Total
from lsq_api.contract.answer import ListAnswer
from lsq_api.contract.report import AggregateOutput, Function, ListOutput, NotContacted, Output
from lsq_api.question.barred import Apart, apart, barring
from lsq_api.question.listing import Listing
from lsq_api.question.question import Question
from lsq_api.question.reached import tries

SCORE = "EngagementScore"
NONE = {"OwnerId": "No owner", "ProspectStage": "No stage", "Source": "No source"}
"""The label of the leads that have no value, by lead field."""


def report(view: View, output: Output, question: Question | None = None) -> NotContacted:
    """The request for an output of `question` (None: the view's own); relative spans end at the view's `now`."""
    question = question or view.question
    teams = {manager: view.source.team(manager) for manager in question.teams}
    return question.report(output, now=view.now, zone=view.zone, teams=teams, directory=view.directory)


def by(view: View, field: str) -> Asking[list[measures.Standing]]:
    """For each value of a lead field: leads not contacted, and all leads of the question. Two calls."""
    waiting, book = yield Groups(report(view, summed(field))), Groups(report(view, counted(field)).all_leads)

    def label(value: str | None) -> str:
        if value is None:
            return NONE.get(field, "No value")
        return view.directory.user_label(value) if field == "OwnerId" else value

    return measures.standings(waiting, book, label)


def by_owner(view: View) -> Asking[list[measures.Standing]]:
    """For each owner: leads not contacted, and all leads of the question; every page's sentence needs it."""
    return by(view, "OwnerId")


def listed(view: View, listing: Listing) -> Asking[tuple[Listing, ListAnswer]]:
    """A page of the list as (the listing with the page that is shown, its leads).

    One call; a second one, for the last page, only where the page lies beyond the end because leads have left the list.
    """
    whole = report(view, ListOutput(fields=(*listing.fields, *beside(view))))
    whole = whole.model_copy(update={"sorting": listing.sorting(view.directory)})
    (found,) = yield (Page(whole.page(listing.page, listing.size)),)
    if found.rows or not found.total:
        return listing, found
    last = listing.on_a_page(found.total)
    (found,) = yield (Page(whole.page(last.page, last.size)),)
    return last, found


def counted_apart(view: View) -> Asking[tuple[int | None, int | None]]:
    """Of the leads not contacted, how many nobody tried and how many must not be called; None where not asked.

    Up to two calls. Where leads would have to be read once more for it, it is not asked.
    """
    asked = apart(view.question, view.directory)
    if view.source.works_out(report(view, ListOutput(fields=("ProspectID",)))):
        asked = Apart(None, None)
    counts = iter((yield tuple(total(view, one) for one in asked if one)))
    untried, barred = (next(counts) if one else None for one in asked)
    return untried, barred


def of_file(view: View, fields: Sequence[str]) -> tuple[str, ...]:
    """The fields of a file: those chosen, tries where these are asked, and beside numbers what bars them."""
    counted = tries(view.question.outcome, view.source.account().extensions)
    return tuple(dict.fromkeys((*fields, *counted, *barring(fields, view.directory))))


def beside(view: View) -> tuple[str, ...]:
    """The fields of a list beside those chosen: what forbids a call or an e-mail, and tries where these are asked."""
    return (*view.bars.fields, *tries(view.question.outcome, view.source.account().extensions))


def total(view: View, question: Question) -> Total:
    """The question how many leads of `question` are not contacted."""
    return Total(report(view, ListOutput(fields=("ProspectID",)), question))


def counted(field: str) -> AggregateOutput:
    """The output that counts leads by a field."""
    return AggregateOutput(group_by=field, function=Function.COUNT, field=SCORE)


def summed(field: str) -> AggregateOutput:
    """The output that counts leads by a field; by owner it also sums their scores, so one call serves bars and mean."""
    return AggregateOutput(group_by=field, function=Function.SUM if field == "OwnerId" else Function.COUNT, field=SCORE)
