"""The same question a few minutes later has the same key; another question never has."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lsq_api.cache.key import key_of
from lsq_api.contract.report import AggregateOutput, Function, ListOutput
from lsq_api.question.directory import Directory
from lsq_api.question.question import Question
from lsq_api.question.spans import AGE_CLASSES, LEAD_TOKENS, QUIET_TOKENS, Between, Last

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Kolkata")
IDS = ListOutput(fields=("ProspectID",))
QUESTION = Question(activities=(21, 22))


def key(question: Question, now: datetime = NOW) -> str:
    return key_of("total", question.report(IDS, now=now, zone=ZONE, teams={}, directory=Directory.build()), now)


def later(**parts: object) -> tuple[Question, Question]:
    question = Question(**({"activities": (21, 22)} | parts))  # type: ignore[arg-type]
    return question, question


@pytest.mark.parametrize(
    "parts",
    [
        {},
        *({"quiet": Last(token)} for token in QUIET_TOKENS),
        *({"created": Last(token)} for token in LEAD_TOKENS),
        {"created": Last("90d"), "modified": Last("7d"), "quiet": Last("24h")},
        {"created": Between(date(2026, 1, 5), date(2026, 1, 31))},
        {"created": Between(date(2026, 1, 5))},
    ],
    ids=str,
)
def test_key__stays_while_the_clock_moves(parts: dict[str, object]):
    question, _ = later(**parts)
    assert key(question) == key(question, NOW + timedelta(minutes=5))


@pytest.mark.parametrize("age", AGE_CLASSES, ids=lambda age: age.label)
@pytest.mark.parametrize("created", [None, Last("30d"), Last("365d")], ids=str)
def test_key__of_an_age_class_stays_too(age: object, created: Last | None):
    question, _ = later(**({"created": created} if created else {}))
    keys = set()
    for now in (NOW, NOW + timedelta(minutes=5)):
        narrowed = question.narrowed_to_age(age, now, ZONE)  # type: ignore[arg-type]
        keys.add(key(narrowed, now) if narrowed else "none")
    assert len(keys) == 1


def test_key__differs_for_every_other_question():
    questions = [QUESTION, *(Question(activities=(21, 22), quiet=Last(token)) for token in QUIET_TOKENS)]
    questions += [Question(activities=(21, 22), created=Last(token)) for token in LEAD_TOKENS]
    questions += [narrowed for age in AGE_CLASSES if (narrowed := QUESTION.narrowed_to_age(age, NOW, ZONE))]
    questions += [Question(activities=(21,)), Question(activities=(21, 22), stages=("Prospect",))]
    questions += [Question(activities=(21, 22), created=Between(date(2026, 1, day))) for day in (1, 2)]
    assert len({key(question) for question in questions}) == len(questions)


def test_key__exact_days_do_not_move():
    question = Question(activities=(21, 22), created=Between(date(2026, 1, 5), date(2026, 1, 31)))
    moved = Question(activities=(21, 22), created=Between(date(2026, 1, 6), date(2026, 2, 1)))
    assert key(question) != key(moved, NOW + timedelta(days=1))


def test_key__knows_the_output_the_page_and_the_verb():
    report = QUESTION.report(IDS, now=NOW, zone=ZONE, teams={}, directory=Directory.build())
    by = AggregateOutput(group_by="OwnerId", function=Function.COUNT, field="EngagementScore")
    others = [
        ("total", report),
        ("page", report),
        ("page", report.page(1, 50)),
        ("page", report.page(2, 50)),
        ("page", report.model_copy(update={"output": by})),
        ("page", report.all_leads),
    ]
    assert len({key_of(verb, one, NOW) for verb, one in others}) == len(others)
