"""What a page is asked, made without a page: to fetch as pages do, and to hold doors against the server."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from components.shell import answers
from components.shell.frame import View
from components.shell.viewer import Viewer
from lsq_api.connection import LeadSquaredConnection
from lsq_api.question.link import read_params, to_params
from lsq_api.question.question import Question
from lsq_api.scoped import ScopedConnection

Link = Mapping[str, str | Sequence[str]]


@contextmanager
def asked(monkeypatch: pytest.MonkeyPatch, data: Path, link: Link | None = None) -> Iterator[View]:
    """The question of a link, over a store."""
    monkeypatch.setenv("LSQ_DATA", str(data))
    source = LeadSquaredConnection("leadsquared")
    directory = source.directory()
    given = {key: [values] if isinstance(values, str) else values for key, values in (link or {}).items()}
    account = source.account()
    question, notes = read_params(given, directory, account.extensions, account.coverage, source.left_out)
    assert notes == ()
    with closing(source):
        everybody = Viewer(source.settings)
        scoped = ScopedConnection(source)
        yield View(scoped, directory, question, ZoneInfo("Asia/Kolkata"), source.moment(), notes, everybody)


def opened(asked: View, question: Question) -> int:
    """How many leads a door opens: the question through a link and back, asked of the server."""
    account, params = asked.source.account(), to_params(question, asked.directory)
    again, notes = read_params(params, asked.directory, account.extensions, account.coverage, asked.source.left_out)
    assert notes == ()
    assert again == question, "a link holds all of the question"
    return asked.source.answer(answers.total(asked, again))
