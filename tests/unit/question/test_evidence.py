"""What may be claimed of leads without contact, by what is known of activities."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsq_api.contract.coverage import ActivityCoverage, Covered
from lsq_api.question import evidence
from lsq_api.question.directory import Directory, ListedType
from lsq_api.question.evidence import WHOLE, Evidence, Extent
from lsq_api.question.question import Question
from lsq_api.question.sentence import sentence
from lsq_api.question.spans import DAY, EVER, Between, Last, Window

KOLKATA = ZoneInfo("Asia/Kolkata")
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
MARCH = datetime(2026, 3, 2, 20, tzinfo=UTC)  # the 3rd in India
OLDEST = datetime(2024, 1, 1, tzinfo=UTC)
DIRECTORY = Directory.build(
    activity_types=[
        ListedType(2, "Page Visited"),
        ListedType(21, "Inbound Phone Call Activity"),
        ListedType(22, "Outbound Phone Call Activity"),
        ListedType(200, "SMS Sent"),
        ListedType(201, "Site visit"),
    ]
)
CALLS = (21, 22)
NO_ACTIVITIES = "no activities were imported"
NO_CALLS = "none of the imported activities is a phone call (21, 22)"
NONE = ActivityCoverage(leads_since=OLDEST)
LATER = ActivityCoverage(9, {22: Covered(MARCH, NOW), 2: Covered(MARCH, NOW)}, OLDEST)
ALL = ActivityCoverage(9, {22: Covered(OLDEST, NOW), 2: Covered(OLDEST, NOW)}, OLDEST)
VISITS = ActivityCoverage(9, {2: Covered(OLDEST, NOW)}, OLDEST)


def known(coverage: ActivityCoverage | None, question: Question) -> Evidence:
    return evidence.of_question(coverage, question, DIRECTORY, now=NOW, zone=KOLKATA)


def said(coverage: ActivityCoverage | None, question: Question, waiting: int = 12, matching: int = 40) -> str:
    text = sentence(
        question,
        DIRECTORY,
        waiting=waiting,
        matching=matching,
        top_owner=("ann", 7, 9),
        as_of=NOW,
        zone=KOLKATA,
        evidence=known(coverage, question),
    )
    return text.removesuffix(" As of 17:30 IST.")


@pytest.mark.parametrize("coverage", [None, ALL], ids=["not said, as by a real account", "since the oldest lead"])
@pytest.mark.parametrize("quiet", [EVER, Last("30d"), Between(date(2025, 1, 1), date(2025, 2, 1))])
def test_evidence__where_all_is_known_nothing_is_said(coverage: ActivityCoverage | None, quiet: Window) -> None:
    question = Question(activities=CALLS, quiet=quiet)
    assert known(coverage, question) is WHOLE
    assert "known" not in said(coverage, question)


@pytest.mark.parametrize(
    ("coverage", "question", "extent", "note"),
    [
        (NONE, Question(activities=CALLS), Extent.NOTHING, NO_ACTIVITIES),
        (NONE, Question(), Extent.NOTHING, NO_ACTIVITIES),
        (
            VISITS,
            Question(activities=CALLS),
            Extent.NOTHING,
            "none of the imported activities is a phone call (21, 22)",
        ),
        (VISITS, Question(activities=(200,)), Extent.NOTHING, "none of the imported activities is an SMS Sent (200)"),
        (
            VISITS,
            Question(activities=(21, 22, 200, 201)),
            Extent.NOTHING,
            "none of the imported activities is one of Inbound Phone Call, Outbound Phone Call and 2 more types",
        ),
        (VISITS, Question(activities=DIRECTORY.codes), Extent.WHOLE, ""),
        (LATER, Question(activities=CALLS), Extent.PART, "activities are known since 3 Mar 2026"),
        (LATER, Question(activities=CALLS, quiet=Last("90d")), Extent.WHOLE, ""),
        (LATER, Question(activities=CALLS, created=Last("90d")), Extent.WHOLE, ""),
        (LATER, Question(activities=CALLS, created=Last("365d")), Extent.PART, "activities are known since 3 Mar 2026"),
        (LATER, Question(activities=CALLS, modified=Last("7d")), Extent.PART, "activities are known since 3 Mar 2026"),
        (
            LATER,
            Question(activities=CALLS, quiet=Between(date(2026, 2, 1), None)),
            Extent.PART,
            "activities are known since 3 Mar 2026",
        ),
        (
            LATER,
            Question(activities=CALLS, quiet=Between(date(2026, 1, 1), date(2026, 2, 1))),
            Extent.NOTHING,
            "activities are known since 3 Mar 2026",
        ),
    ],
)
def test_evidence__says_what_is_missing(
    coverage: ActivityCoverage, question: Question, extent: Extent, note: str
) -> None:
    found = known(coverage, question)
    assert (found.extent, found.note) == (extent, note)
    assert bool(found.advice) == (extent is Extent.NOTHING)
    assert len(found.brief) <= 18  # what a figure's note has room for on a phone


def test_evidence__a_file_that_ends_before_the_span_cannot_tell_about_it() -> None:
    ended = NOW - timedelta(days=40)
    coverage = ActivityCoverage(9, {22: Covered(OLDEST, ended)}, OLDEST)
    assert known(coverage, Question(activities=CALLS)) is WHOLE
    assert known(coverage, Question(activities=CALLS, quiet=Last("90d"))) is WHOLE
    assert said(coverage, Question(activities=CALLS, quiet=Last("30d")), 40) == (
        "All 40 leads have had no known phone call in the last 30 days; the newest known activity is of 18 Oct 2026. "
        "7 are with ann, 78 % of theirs."
    )
    assert known(coverage, Question(activities=CALLS, created=Last("30d"))).extent is Extent.PART


@pytest.mark.parametrize("hours", [-30, 0, 24])
def test_evidence__a_day_more_or_less_is_not_worth_a_word(hours: int) -> None:
    at = OLDEST + timedelta(hours=hours)
    assert known(ActivityCoverage(1, {22: Covered(at, NOW)}, OLDEST), Question()) is WHOLE


def test_evidence__a_type_that_begins_late_may_be_one_that_was_imported_late() -> None:
    """One file for each type, of different spans, is how the web application exports activities."""
    late = ActivityCoverage(9, {2: Covered(OLDEST, NOW), 22: Covered(MARCH, NOW)}, OLDEST)
    assert known(late, Question(activities=CALLS)).note == "the first known one is of 3 Mar 2026"
    assert known(late, Question(activities=DIRECTORY.codes)) is WHOLE
    soon = ActivityCoverage(9, {2: Covered(OLDEST, NOW), 22: Covered(OLDEST + 60 * DAY, NOW)}, OLDEST)
    assert known(soon, Question(activities=CALLS)) is WHOLE


def test_evidence__without_dates_of_leads_the_activities_may_begin_too_late() -> None:
    undated = ActivityCoverage(1, {22: Covered(MARCH, NOW)}, None)
    assert known(undated, Question()).note == "activities are known since 3 Mar 2026"
    assert known(undated, Question(quiet=Last("30d"))) is WHOLE


@pytest.mark.parametrize(
    ("came_in", "note"),
    [
        (datetime(2026, 4, 1, tzinfo=UTC), ""),
        (datetime(2026, 1, 1, tzinfo=UTC), "activities are known since 3 Mar 2026"),
        (None, "activities are known since 3 Mar 2026"),
    ],
)
def test_evidence__of_one_lead_goes_by_its_own_date(came_in: datetime | None, note: str) -> None:
    question = Question(activities=CALLS)
    assert evidence.of_lead(LATER, question, DIRECTORY, came_in, now=NOW, zone=KOLKATA).note == note
    assert evidence.of_lead(None, question, DIRECTORY, came_in, now=NOW, zone=KOLKATA) is WHOLE


@pytest.mark.parametrize(
    ("coverage", "question", "waiting", "matching", "text"),
    [
        (
            NONE,
            Question(),
            2,
            2,
            f"Which of the 2 leads have had an activity is not known: {NO_ACTIVITIES}.",
        ),
        (
            NONE,
            Question(),
            1,
            1,
            f"Whether the only lead has had an activity is not known: {NO_ACTIVITIES}.",
        ),
        (NONE, Question(), 0, 0, "There are no leads."),
        (
            VISITS,
            Question(activities=CALLS, created=Last("90d"), quiet=Last("30d")),
            40,
            40,
            "Which of the 40 leads created in the last 90 days have had a phone call in the last 30 days is not known: "
            "none of the imported activities is a phone call (21, 22).",
        ),
        (
            LATER,
            Question(activities=CALLS),
            12,
            40,
            "12 of 40 leads (30 %) have had no known phone call; activities are known since 3 Mar 2026. "
            "7 are with ann, 78 % of theirs.",
        ),
        (
            LATER,
            Question(activities=(2, 21, 22, 200)),
            40,
            40,
            "All 40 leads have had no known activity of Page Visited, Inbound Phone Call and 2 more types; "
            "activities are known since 3 Mar 2026. 7 are with ann, 78 % of theirs.",
        ),
        (LATER, Question(activities=CALLS), 0, 40, "All 40 leads have had a phone call."),
        # The answer is newer than what is known of activities: somebody was contacted after all.
        (NONE, Question(), 12, 40, "12 of 40 leads (30 %) have had no known activity. 7 are with ann, 78 % of theirs."),
    ],
)
def test_sentence__claims_no_more_than_is_known(
    coverage: ActivityCoverage, question: Question, waiting: int, matching: int, text: str
) -> None:
    assert said(coverage, question, waiting, matching) == text


MOMENTS = st.integers(0, 2_000).map(lambda hours: OLDEST + timedelta(hours=12 * hours))


@given(
    st.dictionaries(st.sampled_from(DIRECTORY.codes), st.tuples(MOMENTS, MOMENTS).map(sorted), max_size=4),
    st.none() | MOMENTS,
    st.sampled_from([(), CALLS, (200,), DIRECTORY.codes]),
    st.sampled_from([EVER, Last("24h"), Last("90d"), Between(date(2024, 6, 1), date(2025, 1, 1))]),
)
def test_evidence__never_is_claimed_only_of_what_the_activities_reach(
    spans: dict[int, Sequence[datetime]], leads_since: datetime | None, codes: tuple[int, ...], quiet: Window
) -> None:
    coverage = ActivityCoverage(len(spans), {code: Covered(*ends) for code, ends in spans.items()}, leads_since)
    question = Question(activities=codes, quiet=quiet)
    claims = "never" in said(coverage, question) or "known" not in said(coverage, question)
    within = question.quiet.resolve(NOW, KOLKATA)
    starts = [moment for moment in (leads_since, within and within.start) if moment]
    first = min((ends[0] for ends in spans.values()), default=None)
    occurs = any(code in (codes or DIRECTORY.codes) for code in spans)
    if claims:
        assert occurs
        assert first is not None
        assert starts
        assert first <= max(starts) + DAY
