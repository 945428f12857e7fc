"""Whether one lead waits, since when and by which rule: small timelines with what a person would say about them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from components.lead import contact
from lsq_api.contract.lookups import Activity
from lsq_api.question.directory import Directory, ListedType
from lsq_api.question.question import Question
from lsq_api.question.spans import EVER, Between, Last, Window

NOW = datetime(2026, 11, 23, 12, 0, 30, tzinfo=UTC)
CAME_IN = NOW - timedelta(days=204)
CALLS = (21, 22)
DIRECTORY = Directory.build(activity_types=[ListedType(code, f"Type {code}") for code in (2, 21, 22, 201, 202, 203)])


def timeline(*done: tuple[int, float]) -> list[Activity]:
    """Activities by code and age in days, newest first."""
    return [Activity(str(n), code, created_on=NOW - timedelta(days=age)) for n, (code, age) in enumerate(done)]


def judge(
    *done: tuple[int, float], quiet: Window = EVER, codes: tuple[int, ...] = CALLS, came_in: datetime | None = CAME_IN
) -> tuple[str, str]:
    question = Question(activities=codes, quiet=quiet)
    found = contact.judged(timeline(*done), question, came_in=came_in, now=NOW, zone=UTC)
    return contact.headline(found, NOW), contact.rule(found, question, DIRECTORY, now=NOW, zone=UTC)


JULY = Between(date(2026, 7, 1), date(2026, 7, 31))


@pytest.mark.parametrize(
    ("done", "quiet", "headline", "rule"),
    [
        ([], EVER, "Waiting 204 days", "came in 204 days ago; no phone call ever"),
        ([(2, 1), (201, 3)], EVER, "Waiting 204 days", "came in 204 days ago; no phone call ever"),
        ([(2, 1), (22, 41), (21, 60)], EVER, "Contacted", "last phone call 41 days ago"),
        (
            [(22, 41)],
            Last("30d"),
            "Waiting 41 days",
            "last phone call 41 days ago; none in the last 30 days",
        ),
        ([(22, 3)], Last("30d"), "Contacted", "last phone call 3 days ago; contacted in the last 30 days"),
        ([(22, -2)], EVER, "Waiting 204 days", "came in 204 days ago; no phone call ever"),
        ([(22, -2), (22, 50)], Last("30d"), "Waiting 50 days", "last phone call 50 days ago; none in the last 30 days"),
        ([(22, 3)], JULY, "Waiting 3 days", "last phone call 3 days ago; none from 1 Jul 2026 to 31 Jul 2026"),
        (
            [(22, 3), (21, 130)],
            JULY,
            "Contacted",
            "last phone call 3 days ago; contacted from 1 Jul 2026 to 31 Jul 2026",
        ),
        ([(22, 30)], Last("30d"), "Contacted", "last phone call 30 days ago; contacted in the last 30 days"),
        # Half a minute ago, in a minute that a window cut to the minute leaves out.
        ([(22, 1 / 8640)], Last("24h"), "Contacted", "last phone call 0 min ago; contacted in the last 24 hours"),
    ],
)
def test_wait__is_said_by_its_rule(done: list[tuple[int, float]], quiet: Window, headline: str, rule: str):
    assert judge(*done, quiet=quiet) == (headline, rule)


@pytest.mark.parametrize(
    ("codes", "rule"),
    [
        ((), "last activity of any type 5 days ago"),
        ((2, 21, 22, 201), "last of Type 2, Type 21 and 2 more types 5 days ago"),
        ((201,), "last Type 201 9 days ago"),
        ((202, 203), "no Type 202 or Type 203 ever"),
    ],
)
def test_wait__of_other_contact(codes: tuple[int, ...], rule: str):
    assert judge((2, 5), (201, 9), codes=codes, came_in=None)[1] == rule


def test_wait__nothing_is_known():
    assert judge(came_in=None) == ("Waiting", "no phone call ever")


def test_wait__reads_no_more_than_it_takes():
    """A lead with ten thousand activities must not be read whole to learn that it was called yesterday."""

    def endless() -> Iterator[Activity]:
        yield from timeline((22, 1))
        raise AssertionError("read on")

    question = Question(activities=CALLS)
    assert not contact.judged(endless(), question, came_in=None, now=NOW, zone=UTC).waiting


def test_wait__stops_at_the_start_of_the_window():
    def endless() -> Iterator[Activity]:
        yield from timeline((22, 40), (2, 41))
        raise AssertionError("read on")

    question = Question(activities=CALLS, quiet=Last("30d"))
    assert contact.judged(endless(), question, came_in=None, now=NOW, zone=UTC).waiting
