"""The requests behind a page, worked out from what the page declares that it asks; none of them is sent."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from components import prefetch
from components.shell.frame import View
from lsq_api.cache.cache import Fetched
from lsq_api.client import dry_run
from lsq_api.client.asks import Activities, Ask, OfReport
from lsq_api.contract.report import NotContacted


@dataclass(frozen=True)
class AnswerShown:
    """One request of a page: the part it is for, the call, and when it was asked (None: no answer is kept)."""

    what: str
    call: dry_run.ShownCall
    fetched: Fetched | None


def of(view: View, screen: str) -> list[AnswerShown]:
    """Every request of a page of the present link, each once, in the order of the screen."""
    found: dict[Ask[Any], tuple[str, Fetched | None]] = {}
    for part, asks in prefetch.asks(view, screen).items():
        for ask in asks:
            fetched = view.source.fetched(ask)
            for sent, label in _sent(view, ask, part):
                found.setdefault(sent, (label, fetched))
    host = view.source.host
    labels = _numbered([label for label, _ in found.values()])
    return [
        AnswerShown(label, dry_run.call(host, sent), fetched)
        for (sent, (_, fetched)), label in zip(found.items(), labels, strict=True)
    ]


def _sent(view: View, ask: Ask[Any], part: str) -> Iterator[tuple[Ask[Any], str]]:
    """The requests sent for one answer: its own, or those from which the answer is worked out."""
    if not isinstance(ask, OfReport):
        yield ask, part
    elif not view.source.works_out(ask.report):
        yield ask, f"{part}, {'not contacted' if isinstance(ask.report, NotContacted) else 'all leads'}"
    else:
        for instead in view.source.instead(ask.report):
            if isinstance(instead, Activities):
                yield instead, f"Activities, {view.directory.activity_label(instead.code)}"
            else:
                yield instead, "Leads"


def _numbered(labels: list[str]) -> list[str]:
    """The labels, those that occur several times numbered: `By age, not contacted (1 of 7)`."""
    of, seen = Counter(labels), Counter[str]()
    numbered = []
    for label in labels:
        seen[label] += 1
        numbered.append(f"{label} ({seen[label]} of {of[label]})" if of[label] > 1 else label)
    return numbered
