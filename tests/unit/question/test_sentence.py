from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsq_api.contract.conditions import LeadFilter
from lsq_api.question.directory import Directory, ListedField, ListedType, ListedUser
from lsq_api.question.phrases import folded, listing, share
from lsq_api.question.question import Question
from lsq_api.question.sentence import chips_of, sentence
from lsq_api.question.spans import AGE_CLASSES, Between, Last, Older

KOLKATA = ZoneInfo("Asia/Kolkata")
AS_OF = datetime(2026, 3, 1, 8, 35, 17, tzinfo=UTC)
DIRECTORY = Directory.build(
    users=[
        ListedUser("ann", "Ann Lee"),
        ListedUser("ravi", "Ravi Kumar"),
        ListedUser("bo", "Bo"),
        ListedUser("zed", "Zed"),
        ListedUser("noor", "نور"),
    ],
    stages=["Prospect", "Qualified", "Invalid/ Junk", "Won", "Lost"],
    sources=["Web", "Mail", "Fair", "Radio"],
    fields=[
        ListedField("mx_City", "City"),
        ListedField("Score", "Lead Score", "Number"),
        ListedField("mx_Visit", "Visit", "Date"),
        ListedField("CreatedOn", "Created On", "DateTime"),
        ListedField("OwnerId", "Owner", "ActiveUsers"),
    ],
    activity_types=[
        ListedType(21, "Inbound Phone Call Activity"),
        ListedType(22, "Outbound Phone Call Activity"),
        ListedType(30, "Sales Activity"),
        ListedType(200, "SMS sent"),
        ListedType(201, "Site visit"),
    ],
)
NO_DEFINITIONS = Directory.build(activity_types=DIRECTORY.activity_types, contacts={})
VISITS = Directory.build(activity_types=DIRECTORY.activity_types, contacts={"Visit": (201,)})
CALLS = (21, 22)


def said(question: Question, waiting: int = 12, matching: int = 40, directory: Directory = DIRECTORY) -> str:
    text = sentence(question, directory, waiting=waiting, matching=matching, top_owner=None, as_of=AS_OF, zone=KOLKATA)
    assert text.endswith(" As of 14:05 IST.")
    return text.removesuffix(" As of 14:05 IST.")


def owner_said(waiting: int, top: tuple[str, int, int], question: Question | None = None) -> str:
    text = sentence(
        question or Question(),
        DIRECTORY,
        waiting=waiting,
        matching=3377,
        top_owner=top,
        as_of=AS_OF,
        zone=KOLKATA,
    )
    return text.split(". ", 1)[1].removesuffix(" As of 14:05 IST.").removesuffix("As of 14:05 IST.")


def test_sentence__in_full() -> None:
    question = Question(created=Last("90d"), activities=CALLS, quiet=Last("30d"))
    text = sentence(
        question, DIRECTORY, waiting=1284, matching=3377, top_owner=("ann", 312, 760), as_of=AS_OF, zone=KOLKATA
    )
    assert text == (
        "1,284 of 3,377 leads (38 %) created in the last 90 days have had no phone call in the last 30 days. "
        "312 are with Ann Lee, 41 % of theirs. As of 14:05 IST."
    )


@pytest.mark.parametrize(
    ("waiting", "matching", "quiet", "text"),
    [
        (0, 0, Last("30d"), "There are no leads."),
        (0, 1, Last("30d"), "The only lead has had a phone call in the last 30 days."),
        (0, 5, Last("24h"), "All 5 leads have had a phone call in the last 24 hours."),
        (1, 1, Last("30d"), "The only lead has had no phone call in the last 30 days."),
        (1, 1, None, "The only lead has never had a phone call."),
        (5, 5, None, "All 5 leads have never had a phone call."),
        (1, 40, None, "1 of 40 leads (3 %) has never had a phone call."),
        (1, 4000, Last("3d"), "1 of 4,000 leads (under 1 %) has had no phone call in the last 3 days."),
        (3999, 4000, Last("3d"), "3,999 of 4,000 leads (over 99 %) have had no phone call in the last 3 days."),
        (9, 5, None, "All 9 leads have never had a phone call."),
    ],
)
def test_sentence__numbers(waiting: int, matching: int, quiet: Last | None, text: str) -> None:
    question = Question(activities=CALLS, **({"quiet": quiet} if quiet else {}))
    assert said(question, waiting, matching) == text


@pytest.mark.parametrize(
    ("codes", "never", "lately", "some"),
    [
        (CALLS, "never had a phone call", "had no phone call", "had a phone call"),
        ((22,), "never had an Outbound Phone Call", "had no Outbound Phone Call", "had an Outbound Phone Call"),
        ((30,), "never had a Sales Activity", "had no Sales Activity", "had a Sales Activity"),
        ((200,), "never had an SMS sent", "had no SMS sent", "had an SMS sent"),
        (
            (22, 30, 200),
            "never had an Outbound Phone Call, Sales Activity or SMS sent",
            "had no Outbound Phone Call, Sales Activity or SMS sent",
            "had an Outbound Phone Call, Sales Activity or SMS sent",
        ),
        (
            (21, 22, 30, 200),
            "never had any of Inbound Phone Call, Outbound Phone Call and 2 more types",
            "not had any of Inbound Phone Call, Outbound Phone Call and 2 more types",
            "had one of Inbound Phone Call, Outbound Phone Call and 2 more types",
        ),
        (DIRECTORY.codes, "never had any activity", "had no activity", "had an activity"),
        ((), "never had any activity", "had no activity", "had an activity"),
    ],
)
def test_sentence__contact(codes: tuple[int, ...], never: str, lately: str, some: str) -> None:
    assert said(Question(activities=codes)) == f"12 of 40 leads (30 %) have {never}."
    lasting = Question(activities=codes, quiet=Last("7d"))
    assert said(lasting) == f"12 of 40 leads (30 %) have {lately} in the last 7 days."
    assert said(lasting, 0) == f"All 40 leads have {some} in the last 7 days."


def test_sentence__two_types_share_the_end_of_their_names() -> None:
    text = said(Question(activities=CALLS, quiet=Last("7d")), directory=NO_DEFINITIONS)
    assert text.endswith("have had no Inbound or Outbound Phone Call in the last 7 days.")


@pytest.mark.parametrize(
    ("question", "which"),
    [
        (Question(), ""),
        (Question(stages=("Prospect",)), " in stage Prospect"),
        (Question(stages=("Won", "Prospect")), " in stage Prospect or Won"),
        (Question(stages=DIRECTORY.stages), " in Prospect, Qualified and 3 more stages"),
        (Question(sources=("Web", "Mail", "Fair")), " from source Web, Mail or Fair"),
        (Question(owners=("ann",)), " with Ann Lee"),
        (Question(owners=("ravi", "ann"), teams=("bo",)), " with Ann Lee, Ravi Kumar or the team of Bo"),
        (Question(owners=("ravi", "ann", "zed", "bo")), " with Ann Lee, Bo and 2 more owners"),
        (Question(teams=("bo",)), " with the team of Bo"),
        (Question(created=Last("today")), " created today"),
        (Question(created=Last("365d"), stages=("Won",)), " in stage Won, created in the last 365 days,"),
        (Question(modified=Between(date(2026, 1, 5), date(2026, 1, 31))), " modified from 5 Jan 2026 to 31 Jan 2026"),
        (Question(created=Between(date(2026, 1, 5), date(2026, 1, 5))), " created on 5 Jan 2026"),
        (Question(created=Between(date(2026, 1, 5), None)), " created since 5 Jan 2026"),
        (Question(created=Between(None, date(2026, 1, 5))), " created up to 5 Jan 2026"),
        (
            Question(created=Between(datetime(2026, 1, 5, 20, 0, 1, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC))),
            " created from 6 Jan 2026 01:30 to 6 Jan 2026 05:30",
        ),
        (Question().narrowed_to_age(AGE_CLASSES[1], AS_OF, UTC), " at least 1 hour and less than 24 hours old"),
        (Question(stages=("Won",)).narrowed_to_age(AGE_CLASSES[2], AS_OF, UTC), " in stage Won, 1–3 days old,"),
        (Question(older=Older(timedelta(days=3), timedelta(days=4))), " 3 days old"),
        (Question(older=Older(timedelta(days=1))), " at least 24 hours old"),
        (Question().narrowed_to_age(AGE_CLASSES[0], AS_OF, UTC), " less than 1 hour old"),
        (Question().narrowed_to_age(AGE_CLASSES[-1], AS_OF, UTC), " at least 91 days old"),
    ],
)
def test_sentence__which_leads(question: Question, which: str) -> None:
    assert said(question) == f"12 of 40 leads (30 %){which} have never had any activity."
    assert said(question, 0, 0) == f"There are no leads{which.rstrip(',')}."


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ([("mx_City", "=", "Pune")], "City is Pune"),
        ([("mx_City", "ndef")], "City is empty"),
        ([("mx_City", "in", "Pune")], "City is Pune"),
        ([("mx_City", "in", "Pune", "Delhi")], "City is Pune or Delhi"),
        ([("mx_City", "in", *map(str, range(500)))], "City is one of 0, 1 and 498 more"),
        (
            [("Score", ">=", "50"), ("mx_Visit", "<", "2026-01-05")],
            "Lead Score is at least 50 and Visit is before 5 Jan 2026",
        ),
        ([("OwnerId", "=", "ann")], "Owner is Ann Lee"),
        ([("OwnerId", "<>", "ann"), ("mx_City", "<>", "Pune")], "Owner is not Ann Lee and City is not Pune"),
        ([("mx_Gone", "lik", "x")], "mx_Gone contains x"),
        (
            [("mx_City", "=", "a"), ("Score", "=", "1"), ("Score", "=", "2"), ("Score", "=", "3")],
            "City is a, Lead Score is 1 and 2 more conditions hold",
        ),
        ([("mx_City", "=", "x" * 5000)], f"City is {'x' * 59}…"),
        ([("mx_City", "=", "two\n lines")], "City is two lines"),
    ],
)
def test_sentence__conditions(conditions: list[tuple[str, ...]], words: str) -> None:
    where = tuple(LeadFilter(field=f, operator=o, values=values) for f, o, *values in conditions)
    assert said(Question(where=where)) == f"12 of 40 leads (30 %) whose {words} have never had any activity."


@pytest.mark.parametrize(
    ("waiting", "top", "text"),
    [
        (1284, ("ann", 312, 760), "312 are with Ann Lee, 41 % of theirs."),
        (1284, ("ann", 1, 1), "1 is with Ann Lee, 100 % of theirs."),
        (5, ("ann", 5, 760), "All 5 are with Ann Lee, 1 % of theirs."),
        (1, ("ann", 1, 10), "It is with Ann Lee, 10 % of theirs."),
        (1284, ("ann", 312, 0), "312 are with Ann Lee."),
        (1284, ("Somebody Else", 2, 2), "2 are with Somebody Else, 100 % of theirs."),
        (1284, ("noor", 312, 760), "312 are with \u2068نور\u2069, 41 % of theirs."),
        (0, ("ann", 0, 10), ""),
        (4, ("ann", 5, 10), ""),
    ],
)
def test_sentence__top_owner(waiting: int, top: tuple[str, int, int], text: str) -> None:
    assert owner_said(waiting, top) == text


def test_sentence__does_not_name_the_only_owner_twice() -> None:
    assert owner_said(12, ("ann", 12, 40), Question(owners=("ann",))) == ""
    assert owner_said(12, ("ann", 12, 40), Question(owners=("ann",), teams=("bo",))) != ""


@pytest.mark.parametrize(
    ("zone", "clock"),
    [("Europe/Berlin", "09:35 CET"), ("America/Sao_Paulo", "05:35 UTC-03"), ("UTC", "08:35 UTC")],
)
def test_sentence__clock_of_the_viewer(zone: str, clock: str) -> None:
    text = sentence(Question(), DIRECTORY, waiting=1, matching=2, top_owner=None, as_of=AS_OF, zone=ZoneInfo(zone))
    assert text.endswith(f"As of {clock}.")


def test_clauses__one_for_each_removable_value() -> None:
    question = Question(
        owners=("ann",),
        teams=("bo",),
        stages=("Won", "Prospect"),
        sources=("Web",),
        where=(LeadFilter(field="mx_City", operator="=", values=("Pune",)),),
        created=Last("30d"),
        modified=Between(date(2026, 1, 5), date(2026, 1, 31)),
        activities=(22, 30),
        quiet=Last("24h"),
    )
    assert chips_of(question, DIRECTORY) == (
        ("owner: Ann Lee", "owner", "ann"),
        ("team: Bo", "team", "bo"),
        ("stage: Prospect", "stage", "Prospect"),
        ("stage: Won", "stage", "Won"),
        ("source: Web", "source", "Web"),
        ("City is Pune", "where", question.where[0]),
        ("created: 30 days", "created", None),
        ("modified: 5 Jan 2026 – 31 Jan 2026", "modified", None),
        ("contact: Outbound Phone Call", "activity", 22),
        ("contact: Sales Activity", "activity", 30),
        ("quiet: 24 hours", "quiet", None),
    )


@pytest.mark.parametrize(
    ("directory", "codes", "labels"),
    [
        (DIRECTORY, CALLS, []),
        (DIRECTORY, (), []),
        (DIRECTORY, DIRECTORY.codes, ["contact: any activity"]),
        (DIRECTORY, (21, 22, 30, 200), ["contact: Inbound Phone Call, Outbound Phone Call and 2 more types"]),
        (VISITS, (201,), ["contact: visit"]),
    ],
)
def test_clauses__contact(directory: Directory, codes: tuple[int, ...], labels: list[str]) -> None:
    assert [chip.label for chip in chips_of(Question(activities=codes), directory)] == labels


@given(st.integers(0, 10**7), st.integers(1, 10**7))
def test_share__only_none_is_0_and_only_all_is_100(part: int, whole: int) -> None:
    part = min(part, whole)
    said_ = share(part, whole)
    assert (said_ == "0 %") == (part == 0)
    assert (said_ == "100 %") == (part == whole)


@pytest.mark.parametrize(
    ("values", "either", "both"),
    [
        ([], "", ""),
        (["a"], "a", "a"),
        (["a", "b"], "a or b", "a and b"),
        (["a", "b", "c"], "a, b or c", "a, b and c"),
        (["a", "b", "c", "d"], "a, b and 2 more stages", "a, b and 2 more"),
    ],
)
def test_folded__and_listing(values: list[str], either: str, both: str) -> None:
    assert folded(values, "stages") == either
    assert listing(values) == both


@given(st.text(max_size=30).filter(str.strip), st.text(max_size=30))
def test_sentence__any_name_stays_on_one_line_of_plain_words(name: str, stage: str) -> None:
    directory = Directory.build(users=[ListedUser("x", name)], stages=[stage], activity_types=[ListedType(5, name)])
    question = Question(owners=("x",), stages=directory.stages, activities=(5,))
    text = sentence(question, directory, waiting=1, matching=2, top_owner=("x", 1, 1), as_of=AS_OF, zone=UTC)
    assert len(text.splitlines()) == 1


def test_sentence__says_that_nobody_chose_what_counts() -> None:
    """Of an account without the usual calls nothing is said to be well by events of systems."""
    question = Question(activities=(30, 200), assumed=True)
    account = Directory.build(activity_types=[ListedType(30, "Sales Activity"), ListedType(200, "SMS sent")])
    assert said(question, 0, directory=account) == (
        "All 40 leads have had an activity of any type (system events included). "
        "What counts as contact is not chosen yet."
    )
    assert said(question, 12, directory=account) == (
        "12 of 40 leads (30 %) have never had an activity of any type (system events included). "
        "What counts as contact is not chosen yet."
    )
    lately = Question(activities=(30, 200), assumed=True, quiet=Last("7d"))
    assert said(lately, 12, directory=account).startswith(
        "12 of 40 leads (30 %) have had no activity of any type (system events included) in the last 7 days. "
    )


def test_sentence__says_whose_leads_are_left_out() -> None:
    question = Question(activities=CALLS, owners_not=("ann",), stages=("Won",))
    assert (
        said(question) == "12 of 40 leads (30 %) in stage Won, without those of Ann Lee, have never had a phone call."
    )
    assert "without owner: Ann Lee" in [chip.label for chip in chips_of(question, DIRECTORY)]
