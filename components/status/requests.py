"""The exact requests behind a screen: noted while the screen's own functions run on what is kept, none of them sent."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import streamlit as st

from components.breakdown import groups
from components.breakdown.answers import breakdown
from components.breakdown.choice import read as read_choice
from components.lead import card, contact, timeline
from components.owners.answers import books
from components.shell import answers, link
from components.shell.frame import View
from lsq_api.cache.cache import Fetched
from lsq_api.client import dry_run
from lsq_api.connection import Rehearsal
from lsq_api.contract.report import Function, NotContacted, Report
from lsq_api.question.listing import read_listing

Asks = tuple[tuple[str, Callable[[View], object]], ...]


def _by_owner(view: View) -> object:
    return answers.by(view, "OwnerId")


def _list(view: View) -> object:
    listing, _ = read_listing(link.params(), view.directory, can_sort=view.source.can_sort)
    return answers.listed(view, listing.on_a_page(sum(one.waiting for one in answers.by(view, "OwnerId"))))


def _breakdown(view: View) -> object:
    owners = (groups.Slice(o.value, o.label, o.waiting, o.book) for o in answers.by(view, "OwnerId"))
    choice = read_choice(view.directory)
    return choice and breakdown(view, choice, groups.together(owners, "All", Function.COUNT))


def _lead(view: View) -> object:
    lead_id = card.wanted()
    return lead_id and answers.lead(view, lead_id)


def _wait(view: View) -> object:
    lead_id, now = card.wanted(), datetime.now(UTC)
    found = answers.activities(view, lead_id, timeline.BLOCK) if lead_id else iter(())
    return contact.judged(found, view.question, came_in=None, now=now, zone=view.zone)


def _timeline(view: View) -> object:
    lead_id = card.wanted()
    return lead_id and timeline.read(view, lead_id)


SCREENS: dict[str, Asks] = {
    "overview": (
        ("By owner", _by_owner),
        ("Waiting longest", answers.waiting_longest),
        ("Never any activity", answers.without_activity),
        ("Mean engagement", answers.mean_engagement),
        ("By age", answers.by_age),
        ("By stage", lambda view: answers.by(view, "ProspectStage")),
        ("By source", lambda view: answers.by(view, "Source")),
    ),
    "leads": (("By owner", _by_owner), ("The list", _list)),
    "breakdown": (("By owner", _by_owner), ("Breakdown", _breakdown)),
    "owners": (
        ("By owner", _by_owner),
        ("Owners by age", lambda view: books(view, answers.by(view, "OwnerId"))),
    ),
    "lead": (("Lead", _lead), ("Whether it waits", _wait), ("Activities", _timeline)),
}
"""What each page asks, in its order. A test holds it against the calls that the page makes."""


@dataclass(frozen=True)
class Prefetch:
    """The answers of a page that are on their way: what was asked for each of its parts."""

    view: View
    of: Mapping[str, Sequence[dry_run.Verb]]

    def skeleton(self, height: int, *parts: str) -> AbstractContextManager[object]:
        """Around what draws some parts: a skeleton of so many pixels until their answers are there.

        None at all where they are: it is a thread and two messages, and takes as long as what it stands for.
        """
        wanted = (one for part in parts for one in self.of[part])
        there = all(self.view.source.fetched(one.verb, *one.about) for one in wanted)
        return nullcontext() if there else st.skeleton(height=height)


def ahead(view: View, screen: str) -> Prefetch:
    """Begin to ask for all that a page is about to show: its answers come side by side, not one after the other."""
    noted, of = Rehearsal(view.source), {}
    for part, ask in SCREENS[screen]:
        before = len(noted.noted)
        ask(replace(view, source=noted))
        of[part] = noted.noted[before:]
    view.source.ahead(noted.noted)
    return Prefetch(view, of)


@dataclass(frozen=True)
class AnswerShown:
    """One answer of the screen: what it is for, how it is asked, when it was (None: it is not kept)."""

    what: str
    call: dry_run.ShownCall
    fetched: Fetched | None


def of(view: View, screen: str) -> list[AnswerShown]:
    """Every request of a page of the present link, each once, in the order of the screen."""
    noted = Rehearsal(view.source)
    rehearsing = replace(view, source=noted)
    found: dict[dry_run.Verb, tuple[str, Fetched | None]] = {}
    for what, ask in SCREENS[screen]:
        before = len(noted.noted)
        ask(rehearsing)
        for one in noted.noted[before:]:
            fetched = view.source.fetched(one.verb, *one.about)
            for sent, label in _sent(view, one, what):
                found.setdefault(sent, (label, fetched))
    host = view.source.client().host
    labels = _numbered([label for label, _ in found.values()])
    return [
        AnswerShown(label, dry_run.call(host, sent), fetched)
        for (sent, (_, fetched)), label in zip(found.items(), labels, strict=True)
    ]


def _sent(view: View, one: dry_run.Verb, what: str) -> Iterator[tuple[dry_run.Verb, str]]:
    """What is sent for an answer: one request, or those that it is worked out from."""
    client, about = view.source.client(), one.about[0]
    if not isinstance(about, Report):
        yield one, what
    elif not client.works_out(about):
        yield one, f"{what}, {'not contacted' if isinstance(about, NotContacted) else 'all leads'}"
    else:
        for instead in client.asks(about):
            code = instead.about[0] if instead.verb == "activities" else None
            yield instead, "Leads" if code is None else f"Activities, {view.directory.activity_label(code)}"


def _numbered(labels: list[str]) -> list[str]:
    """Labels that are shared get numbers: `By age, not contacted (1 of 7)`."""
    of, seen = Counter(labels), Counter[str]()
    numbered = []
    for label in labels:
        seen[label] += 1
        numbered.append(f"{label} ({seen[label]} of {of[label]})" if of[label] > 1 else label)
    return numbered
