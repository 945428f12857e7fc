"""The exact requests behind the screen: noted while the screen's own functions run, none of them sent."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from components import answers
from components.frame import Asked
from lsq_api import rehearsal
from lsq_api.connection import Rehearsal
from lsq_api.report import NotContacted, Report
from lsq_api.shelf import Fetched

_OVERVIEW: tuple[tuple[str, Callable[[Asked], object]], ...] = (
    ("By owner", lambda asked: answers.by(asked, "OwnerId")),
    ("Waiting longest", answers.waiting_longest),
    ("Never any activity", answers.without_activity),
    ("Mean engagement", answers.mean_engagement),
    ("By age", answers.by_age),
    ("By source", lambda asked: answers.by(asked, "Source")),
    ("By stage", lambda asked: answers.by(asked, "ProspectStage")),
)
"""What the Overview asks. A test holds it against the calls that the page makes."""


@dataclass(frozen=True)
class Request:
    """One answer of the screen: what it is for, how it is asked, when it was (None: it is not kept)."""

    what: str
    call: rehearsal.Call
    fetched: Fetched | None


def of_overview(asked: Asked) -> list[Request]:
    """Every request of the Overview of the present question, each once, in the order of the screen."""
    noted = Rehearsal(asked.source)
    rehearsing = replace(asked, source=noted)
    named: dict[tuple[str, Report], str] = {}
    for what, ask in _OVERVIEW:
        before = len(noted.noted)
        ask(rehearsing)
        for verb, report in noted.noted[before:]:
            which = "not contacted" if isinstance(report, NotContacted) else "all leads"
            named.setdefault((verb, report), f"{what}, {which}")
    host = asked.source.client().host
    labels = _numbered(list(named.values()))
    return [
        Request(label, rehearsal.call(host, verb, report), asked.source.fetched(verb, report))
        for (verb, report), label in zip(named, labels, strict=True)
    ]


def _numbered(labels: list[str]) -> list[str]:
    """Labels that are shared get numbers: `By age, not contacted (1 of 7)`."""
    of, seen = Counter(labels), Counter[str]()
    numbered = []
    for label in labels:
        seen[label] += 1
        numbered.append(f"{label} ({seen[label]} of {of[label]})" if of[label] > 1 else label)
    return numbered
