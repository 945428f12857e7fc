"""What more than one page asks for: who waits by owner or another field, and a page of the list."""

from components.shell import measures
from components.shell.frame import View
from lsq_api.client.asks import Asking, Groups, Page, Total
from lsq_api.contract.answer import ListAnswer
from lsq_api.contract.report import AggregateOutput, Function, ListOutput, NotContacted, Output
from lsq_api.question.listing import Listing
from lsq_api.question.question import Question

SCORE = "EngagementScore"
NONE = {"OwnerId": "No owner", "ProspectStage": "No stage", "Source": "No source"}
"""What the leads without a value of a field are called."""


def report(view: View, output: Output, question: Question | None = None) -> NotContacted:
    """The request for an output of the question."""
    question = question or view.question
    teams = {manager: view.source.team(manager) for manager in question.teams}
    return question.report(output, now=view.now, zone=view.zone, teams=teams)


def by(view: View, field: str) -> Asking[list[measures.Standing]]:
    """How many leads wait of how many, for each value of a lead field."""
    waiting, book = yield Groups(report(view, summed(field))), Groups(report(view, counted(field)).all_leads)

    def label(value: str | None) -> str:
        if value is None:
            return NONE.get(field, "No value")
        return view.directory.user_label(value) if field == "OwnerId" else value

    return measures.standings(waiting, book, label)


def by_owner(view: View) -> Asking[list[measures.Standing]]:
    """How many leads wait of how many, for each owner: what the sentence of every page needs."""
    return by(view, "OwnerId")


def listed(view: View, listing: Listing) -> Asking[tuple[Listing, ListAnswer]]:
    """A page of the list: one call; a second one, for the last page, only where leads left the list and it is empty."""
    whole = report(view, ListOutput(fields=listing.fields))
    whole = whole.model_copy(update={"sorting": listing.sorting(view.directory)})
    (found,) = yield (Page(whole.page(listing.page, listing.size)),)
    if found.rows or not found.total:
        return listing, found
    last = listing.on_a_page(found.total)
    (found,) = yield (Page(whole.page(last.page, last.size)),)
    return last, found


def total(view: View, question: Question) -> Total:
    """How many leads of a question wait."""
    return Total(report(view, ListOutput(fields=("ProspectID",)), question))


def counted(field: str) -> AggregateOutput:
    """How many leads, by a field."""
    return AggregateOutput(group_by=field, function=Function.COUNT, field=SCORE)


def summed(field: str) -> AggregateOutput:
    """Counts, and for owners the sum of the scores with them: one call for the bars and for the mean."""
    return AggregateOutput(group_by=field, function=Function.SUM if field == "OwnerId" else Function.COUNT, field=SCORE)
