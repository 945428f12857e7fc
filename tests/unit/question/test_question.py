import pickle
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lsq_api.contract.conditions import LeadFilter, UserFilter
from lsq_api.contract.operators import LEAD_OPERATORS, Compares, FieldKind, Takes
from lsq_api.contract.report import AggregateOutput, ListOutput
from lsq_api.contract.wire import write_time
from lsq_api.question.directory import Directory, ListedField, ListedType, ListedUser
from lsq_api.question.link import read_params, to_params, write_where
from lsq_api.question.question import NOBODY, PARTS, Question
from lsq_api.question.sentence import chips_of
from lsq_api.question.spans import (
    AGE_CLASSES,
    ANY,
    LATEST,
    LEAD_TOKENS,
    QUIET_TOKENS,
    AgeClass,
    Between,
    Last,
    Older,
    cut,
)

KOLKATA = ZoneInfo("Asia/Kolkata")
NOW = datetime(2026, 3, 1, 8, 35, 17, tzinfo=UTC)
ANN, RAVI, OTHER_ANN, LEFT = (f"{letter * 8}-0000-4000-8000-{letter * 12}" for letter in "abcd")
UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # whole accounts are drawn
LIST = ListOutput(fields="ProspectID")
DIRECTORY = Directory.build(
    users=[
        ListedUser(ANN.upper(), "Ann Lee", "ann@example.com"),
        ListedUser(RAVI, "Ravi  Kumar", "ravi@example.com", manager_id=ANN.upper()),
        ListedUser(OTHER_ANN, "ann lee", None, manager_id=None),
        ListedUser(LEFT, "", "left@example.com", active=False, manager_id=RAVI),
    ],
    stages=["Prospect", "Qualified", "Invalid/ Junk", ""],
    sources=["Web", "Rösti ~ 100% 🧀", "نور"],
    fields=[
        ListedField("ProspectStage", "Lead Stage", "Select", ["Prospect"]),
        ListedField("mx_City", "City"),
        ListedField("Score", "Lead Score", "Number"),
        ListedField("mx_Visit", "Visit", "Date", render_type="Date"),
        ListedField("CreatedOn", "Created On", "Date", render_type="DateTime"),
        ListedField("OwnerId", "Owner", "ActiveUsers"),
        ListedField('x"; DROP TABLE leads; --', "Odd"),
    ],
    activity_types=[
        ListedType(22, "Outbound Phone Call Activity"),
        ListedType(21, "Inbound Phone Call Activity"),
        ListedType(30, "Sales Activity"),
        ListedType(201, "Visit"),
        ListedType(202, "Visit"),
        ListedType(203, "Visit (201)"),
    ],
    contacts={"Phone call": (21, 22), "Meeting": (201, 999), "Fax": (998,)},
)


EXTENSIONS = {row.extension for row in LEAD_OPERATORS.values() if row.extension}
"""What an account names whose host knows every operator."""


def read(directory: Directory = DIRECTORY, **params: list[str]) -> Question:
    question, notes = read_params(params, directory)
    assert notes == ()
    return question


def notes_of(directory: Directory = DIRECTORY, **params: list[str]) -> str:
    return " ".join(read_params(params, directory)[1])


# Strategies of directories, and of questions over a directory.

WORDS = st.text(min_size=1, max_size=12).filter(str.strip)
NAMES = st.sampled_from(["Ann Lee", "ann lee", " Ann  Lee", "Bo", "", "any", "(21)"]) | st.text(max_size=8)
USER_IDS = st.uuids().map(str)


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    ids = draw(st.lists(USER_IDS, unique=True, max_size=6))
    emails, heads = st.sampled_from(["", None, "a@x", "A@X ", "Bo"]), st.sampled_from(ids)
    users = [ListedUser(user_id, draw(NAMES), draw(emails), manager_id=draw(heads)) for user_id in ids]
    codes = draw(st.lists(st.integers(0, 30) | st.integers(200, 99999), unique=True, max_size=6))
    types = [ListedType(code, draw(NAMES | st.just("Phone call"))) for code in codes]
    kinds = st.sampled_from(["Text", "Number", "Date", "DateTime", "Select"])
    fields = [ListedField(name, draw(NAMES), draw(kinds)) for name in draw(st.lists(WORDS, max_size=4))]
    lists = st.lists(WORDS | st.sampled_from(["any", "Web", " web"]), max_size=4)
    contacts = {"Phone call": (21, 22), "Other": codes[:2]}
    return Directory.build(
        users=users, stages=draw(lists), sources=draw(lists), fields=fields, activity_types=types, contacts=contacts
    )


def some(values: tuple) -> st.SearchStrategy[tuple]:
    return st.lists(st.sampled_from(values), max_size=4).map(tuple) if values else st.just(())


DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
INSTANTS = st.datetimes(datetime(1900, 1, 1), datetime(2100, 12, 31), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)
RANGES = st.one_of(
    (bounds := st.tuples(kind, kind).map(sorted)).map(lambda two: Between(*two))
    | bounds.map(lambda two: Between(two[0], None))
    | bounds.map(lambda two: Between(None, two[1]))
    for kind in (DAYS, INSTANTS)
)


AGES = st.tuples(st.integers(0, 2_000), st.none() | st.integers(1, 3_000)).map(
    lambda two: Older(timedelta(hours=two[0]), two[1] and timedelta(hours=two[0] + two[1]))
)


@st.composite
def conditions(draw: st.DrawFn, directory: Directory) -> LeadFilter:
    field = draw(st.sampled_from(directory.fields))
    moments = field.kind is FieldKind.MOMENT
    asked = [row for row in LEAD_OPERATORS.values() if row.offered_for]
    operator = draw(st.sampled_from([row for row in asked if not (moments and row.compares is Compares.TEXT)]))
    fitting = {
        FieldKind.NUMBER: st.integers(-(10**27), 10**27).map(str),
        FieldKind.DAY: DAYS.map(str),
        FieldKind.MOMENT: DAYS.map(str) | INSTANTS.map(write_time),
    }
    text = fitting.get(field.kind, WORDS | st.just("a~b%7E%"))
    most = {Takes.NONE: 0, Takes.ONE: 1, Takes.MANY: 5}[operator.takes]
    values = draw(st.lists(text, min_size=min(most, 1), max_size=most))
    return LeadFilter(field=field.schema_name, operator=operator.symbol, values=tuple(values))


@st.composite
def questions(draw: st.DrawFn, directory: Directory) -> Question:
    ids = tuple(user.id for user in directory.users)
    windows = {
        key: draw(st.just(ANY) | st.sampled_from([Last(token) for token in tokens]) | RANGES)
        for key, tokens in (("created", LEAD_TOKENS), ("modified", LEAD_TOKENS), ("quiet", QUIET_TOKENS))
    }
    assumed = directory.must_choose and draw(st.booleans())
    return Question(
        owners=draw(some(ids)),
        owners_not=draw(some(ids)),
        teams=draw(some(ids)),
        stages=draw(some(directory.stages)),
        sources=draw(some(directory.sources)),
        where=tuple(draw(st.lists(conditions(directory), max_size=3))) if directory.fields else (),
        older=draw(st.none() | AGES),
        activities=(not assumed and draw(some(directory.codes)))
        or draw(st.sampled_from([directory.default_activities, directory.codes])),
        assumed=assumed,
        **windows,
    )


DIRECTORIES_AND_QUESTIONS = directories().flatmap(lambda d: st.tuples(st.just(d), questions(d)))


@UNTIMED
@given(DIRECTORIES_AND_QUESTIONS)
def test_link__reads_back_as_the_same_question(both: tuple[Directory, Question]) -> None:
    """A shared link would show another screen than the one it was copied from."""
    directory, question = both
    params = to_params(question, directory)
    assert read_params(params, directory, EXTENSIONS) == (question, ())
    assert all(values and all(isinstance(value, str) for value in values) for values in params.values())


@UNTIMED
@given(DIRECTORIES_AND_QUESTIONS)
def test_link__reads_ids_and_codes_as_well_as_labels(both: tuple[Directory, Question]) -> None:
    directory, question = both
    ids = {user.id for user in directory.users}
    if ids.isdisjoint(map(str.casefold, directory.user_labels.values())):
        assert read_params(to_params(question), directory)[0].owners == question.owners


@UNTIMED
@given(directories())
def test_directory__labels_are_unique_and_lead_back(directory: Directory) -> None:
    labels = [label.casefold() for label in directory.user_labels.values()]
    assert len(set(labels)) == len(directory.users)
    assert all(directory.users_named(f" {label} ") == (i,) for i, label in directory.user_labels.items())
    assert all(directory.activities_named(label) == (code,) for code, label in directory.activity_labels.items())


@UNTIMED
@given(directories())
def test_directory__survives_a_cache(directory: Directory) -> None:
    assert directory.user_labels is not None
    assert pickle.loads(pickle.dumps(directory)) == directory
    assert hash(directory) == hash(pickle.loads(pickle.dumps(directory)))


@UNTIMED
@given(st.text(max_size=20), st.sampled_from([*PARTS, "created_from", "quiet_to"]), directories())
def test_link__never_fails_whatever_it_says(text: str, key: str, directory: Directory) -> None:
    """A stale or mistyped link must degrade with a word, never with an error on the screen."""
    question, notes = read_params({key: [text]}, directory)
    if question == Question(activities=directory.default_activities) and text.strip():
        assert notes or key == "activity" or text.strip().lower() in {"any", "ever"}
    assert all(note.endswith(".") and "\n" not in note for note in notes)
    assert read_params(to_params(question, directory), directory) == (question, ())


@pytest.mark.parametrize(
    "text", ["City~in~a~b", "mx_CITY ~ IN ~a~b", "Lead Score~=~x", "x", "~", "~~~", "Score~>=~1e5"]
)
def test_link__never_fails_on_a_condition(text: str) -> None:
    question, notes = read_params({"where": [text]}, DIRECTORY)
    assert len(question.where) + len(notes) == 1


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("mx_City~<>~Pune", LeadFilter(field="mx_City", operator="<>", values=("Pune",))),
        ("City ~ <> ~a~b", LeadFilter(field="mx_City", operator="<>", values=("a~b",))),
        ("Score~<>~ 1.50 ", LeadFilter(field="Score", operator="<>", values=("1.50",))),
    ],
)
def test_link__is_not_is_read_where_the_account_names_it(text: str, condition: LeadFilter) -> None:
    """On another host the whole request would be refused; without the condition other leads would seem to fit it."""
    question, notes = read_params({"where": [text]}, DIRECTORY, EXTENSIONS)
    assert (question.where, notes) == ((condition,), ())
    assert read_params(to_params(question, DIRECTORY), DIRECTORY, EXTENSIONS) == (question, ())
    question, (note,) = read_params({"where": [text]}, DIRECTORY, {"Sorting", "ActivityCreatedOn"})
    assert question == read()
    assert note.startswith(f"The condition “{text.strip()}” was left out. ")
    assert "is not an operator; there are =, >, <, " in note


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Score~<>~two", "Lead Score needs a number, not “two”."),
        ("mx_Visit~<>~soon", "Visit needs a day such as 2026-01-31, not “soon”."),
        ("mx_City~<>~", "“City is not” needs a value."),
        ("mx_City~!=~x", "“!=” is not an operator; there are =, <>, >, <"),
    ],
)
def test_link__is_not_is_checked_as_is_is(text: str, said: str) -> None:
    question, (note,) = read_params({"where": [text]}, DIRECTORY, EXTENSIONS)
    assert question == read()
    assert said in note


def test_directory__labels_say_more_where_names_are_shared() -> None:
    assert DIRECTORY.user_labels == {
        OTHER_ANN: "ann lee (cccccccc)",
        ANN: "Ann Lee (ann@example.com)",
        LEFT: "left@example.com",
        RAVI: "Ravi Kumar",
    }
    assert next(iter(DIRECTORY.user_labels)) == ANN
    assert DIRECTORY.user_label("nobody") == "nobody"
    assert DIRECTORY.managers == (ANN, RAVI)
    assert DIRECTORY.inactive == {LEFT}


@pytest.mark.parametrize(
    ("types", "default"),
    [((21, 22, 30), (21, 22)), ((22, 30), (22,)), ((5, 30), (5, 30)), ((), ())],
)
def test_directory__default_activities(types: tuple[int, ...], default: tuple[int, ...]) -> None:
    directory = Directory.build(activity_types=[ListedType(code, f"type {code}") for code in types])
    assert directory.default_activities == default
    assert read(directory).activities == default
    assert to_params(read(directory), directory) == {}


@pytest.mark.parametrize(
    ("given_", "codes"),
    [
        (["Outbound Phone Call Activity (22)"], (22,)),
        (["outbound phone call activity"], (22,)),
        ([" 22 "], (22,)),
        (["phone call"], (21, 22)),
        (["Meeting"], (201,)),
        (["Visit"], (201, 202)),
        (["Visit (201)"], (201,)),
        (["Visit (201) (203)"], (203,)),
        (["An older name (30)"], (30,)),
        (["ANY"], (21, 22, 30, 201, 202, 203)),
        (["30", "Sales Activity (30)", "21"], (21, 30)),
    ],
)
def test_link__reads_activities(given_: list[str], codes: tuple[int, ...]) -> None:
    assert read(activity=given_).activities == codes


@pytest.mark.parametrize("text", ["Ann Lee (ann@example.com)", ANN, ANN.upper(), " ANN@example.com "])
def test_link__reads_an_owner(text: str) -> None:
    assert read(owner=[text]).owners == (ANN,)
    assert read(team=[text]).teams == (ANN,)


def test_link__a_shared_name_means_all_who_have_it() -> None:
    question, notes = read_params({"owner": ["Ann Lee"]}, DIRECTORY)
    assert question.owners == (ANN, OTHER_ANN)
    assert notes == ("“Ann Lee” is the name of 2 users; all of them are included.",)


def test_link__is_readable() -> None:
    question = Question(
        owners=(RAVI,),
        stages=("Prospect",),
        where=(LeadFilter(field="mx_City", operator="in", values=("Pune", "a~b", "5%")),),
        created=Last("30d"),
        activities=(22,),
        quiet=Between(date(2026, 1, 5), date(2026, 1, 31)),
    )
    assert to_params(question, DIRECTORY) == {
        "owner": ["Ravi Kumar"],
        "stage": ["Prospect"],
        "where": ["mx_City~in~Pune~a%7Eb~5%25"],
        "created": ["30d"],
        "activity": ["Outbound Phone Call Activity (22)"],
        "quiet_from": ["2026-01-05"],
        "quiet_to": ["2026-01-31"],
    }


def test_link__leaves_defaults_out() -> None:
    assert to_params(Question(), DIRECTORY) == {}
    assert to_params(Question(activities=(22, 21)), DIRECTORY) == {}
    assert to_params(Question(activities=DIRECTORY.codes), DIRECTORY) == {"activity": ["any"]}


@pytest.mark.parametrize(
    ("params", "note"),
    [
        ({"owner": ["Tom Gray"]}, "“Tom Gray” is not known here as an owner and was left out."),
        ({"team": ["x", "y"]}, "“x” and “y” are not known here as heads of teams and were left out."),
        ({"stage": list("abcdef")}, "“a”, “b” and 4 more are not known here as stages and were left out."),
        ({"source": ["Radio"]}, "“Radio” is not known here as a source and was left out."),
        ({"activity": ["999"]}, "“999” is not known here as an activity type and was left out."),
        ({"where": ["Nope~=~1"]}, "The condition “Nope~=~1” was left out. There is no lead field “Nope”."),
        ({"where": ["Score~<>~1"]}, "“<>” is not an operator; there are =, >"),
        ({"where": ["Score"]}, "An operator is missing"),
        ({"where": ["Score~>"]}, "“Lead Score is more than” needs a value."),
        ({"where": ["Score~>~"]}, "“Lead Score is more than” needs a value."),
        ({"where": ["Score~in~1~two"]}, "Lead Score needs a number, not “two”."),
        ({"where": ["Score~=~1,284"]}, "Lead Score needs a number, not “1,284”."),
        ({"where": ["Score~=~٥"]}, "Lead Score needs a number"),
        ({"where": ["mx_Visit~>~31.01.2026"]}, "Visit needs a day such as 2026-01-31, not “31.01.2026”"),
        ({"where": ["mx_Visit~=~2026-02-30"]}, "Visit needs a day"),
        ({"where": ["mx_Visit~=~2026-02-01 10:00:00"]}, "Visit needs a day"),
        ({"where": ["CreatedOn~=~2026-02-30"]}, "Created On needs a day of the years 1900 to 2100"),
        ({"where": ["CreatedOn~<~2101-01-01"]}, "Created On needs a day of the years 1900 to 2100"),
        ({"where": ["CreatedOn~<~2026-02-01 25:00:00"]}, "Created On needs a day of the years 1900 to 2100"),
        ({"where": ["CreatedOn~lik~2026-01"]}, "Created On holds moments, not text: “contains” cannot be asked of it."),
        ({"where": ["CreatedOn~out~2026-01-01~2026-01-02"]}, "“out” is not an operator"),
        ({"where": ["CreatedOn~in~2026-01-01~2026-01-03"]}, "cannot be asked for days that do not follow each other"),
        ({"created": ["31d"]}, "The range of “created” was left out. “31d” is not a span"),
        (
            {"quiet_from": ["2026-02-01"], "quiet_to": ["2026-01-01"]},
            "The range of “quiet” was left out. The range beg",
        ),
        ({"modified_from": ["0001-01-01"]}, "not between 1900 and 2100"),
        ({"created": ["30d", "7d"]}, "says more than once when “created” is; the first was taken."),
        ({"created": ["30d"], "created_to": ["2026-01-01"]}, "says more than once when “created” is"),
    ],
)
def test_link__says_what_it_left_out(params: dict[str, list[str]], note: str) -> None:
    assert note in notes_of(**params)


def test_link__keeps_the_rest_of_what_it_says() -> None:
    question, notes = read_params({"stage": ["Gone", " prospect "], "created": ["x"], "page": ["2"]}, DIRECTORY)
    assert question == Question(stages=("Prospect",), activities=(21, 22))
    assert len(notes) == 2


def test_link__a_long_value_stays_a_short_note() -> None:
    assert len(notes_of(where=["Score~=~" + "x" * 5000])) < 200


def test_link__500_values_in_a_condition() -> None:
    values = tuple(f"value ~ {number}" for number in range(500))
    question = Question(where=(LeadFilter(field="mx_City", operator="in", values=values),), activities=(22,))
    assert read(**to_params(question, DIRECTORY)) == question
    assert len(question.report(LIST, now=NOW, zone=UTC, teams={}, directory=DIRECTORY).filter.leads[0].values) == 500


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("score~>~ 5.5 ", LeadFilter(field="Score", operator=">", values=("5.5",))),
        ("lead score~lik~5a", LeadFilter(field="Score", operator="lik", values=("5a",))),
        ("City~=~a~b", LeadFilter(field="mx_City", operator="=", values=("a~b",))),
        ("City~ndef~whatever", LeadFilter(field="mx_City", operator="ndef")),
        ("City~in~~a~ ~b", LeadFilter(field="mx_City", operator="in", values=("a", "b"))),
        ("mx_Visit~>~2026-01-31", LeadFilter(field="mx_Visit", operator=">", values=("2026-01-31",))),
        (
            "Created On~<=~2026-01-31 18:30:00",
            LeadFilter(field="CreatedOn", operator="<=", values=("2026-01-31 18:30:00",)),
        ),
        ("Created On~<=~ 2026-01-31", LeadFilter(field="CreatedOn", operator="<=", values=("2026-01-31",))),
        ("Visit~<=~2026-01-31 00:00:00.000", LeadFilter(field="mx_Visit", operator="<=", values=("2026-01-31",))),
        ("odd~=~' OR 1=1 --", LeadFilter(field='x"; DROP TABLE leads; --', operator="=", values=("' OR 1=1 --",))),
    ],
)
def test_link__reads_a_condition(text: str, condition: LeadFilter) -> None:
    assert read(where=[text]).where == (condition,)


def test_link__without_a_list_any_stage_is_one() -> None:
    assert read(Directory.build(), stage=["Anything"]).stages == ("Anything",)


def test_question__is_equal_whatever_the_order_of_the_picks() -> None:
    one = Question(owners=(RAVI, ANN, RAVI), stages=("b", "a"), activities=(22, 21))
    other = Question(owners=(ANN, RAVI), stages=("a", "b"), activities=(21, 22, 21))
    assert one == other
    assert len({one, other}) == 1


def test_question__refuses_a_span_no_link_can_carry() -> None:
    with pytest.raises(ValueError, match="not a span of quiet"):
        Question(quiet=Last("today"))


def test_report__is_the_whole_request() -> None:
    question = Question(
        owners=(RAVI,),
        teams=(ANN,),
        stages=("Prospect",),
        sources=("Web",),
        where=(LeadFilter(field="mx_City", operator="def"),),
        created=Last("90d"),
        modified=Between(date(2026, 1, 5), date(2026, 1, 31)),
        activities=(21, 22),
        quiet=Last("30d"),
    )
    output = AggregateOutput(group_by="OwnerId", function="Count", field="ProspectID")
    report = question.report(output, now=NOW, zone=KOLKATA, teams={ANN: frozenset({LEFT})}, directory=DIRECTORY)
    assert report.wire() == {
        "ReportFilter": {
            "UserFilter": {
                "GroupConditions": [
                    {"Condition": [{"LookupName": "UserID", "Operator": "eq", "LookupValue": f"{RAVI},{LEFT}"}]}
                ]
            },
            "LeadFilters": [
                {"LookUpName": "ProspectStage", "LookUpValues": ["Prospect"], "SqlOperator": "in"},
                {"LookUpName": "Source", "LookUpValues": ["Web"], "SqlOperator": "in"},
                {"LookUpName": "mx_City", "SqlOperator": "def"},
            ],
            "ActivityFilters": [{"LookUpName": "ActivityEvent", "LookUpValues": ["21", "22"], "SqlOperator": "in"}],
        },
        "DateFilter": [
            {"DateField": "LeadCreatedOn", "FromDate": "2025-12-01 08:35:00", "ToDate": "2026-03-01 08:35:00"},
            {"DateField": "LeadModifiedOn", "FromDate": "2026-01-04 18:30:00", "ToDate": "2026-01-31 18:29:59"},
            {"DateField": "ActivityCreatedOn", "FromDate": "2026-01-30 08:35:00", "ToDate": "2026-03-01 08:35:00"},
        ],
        "Output": {
            "Type": "Aggregate",
            "GroupBy": "OwnerId",
            "AggregateFunction": "Count",
            "AggregateField": "ProspectID",
        },
    }
    assert len(report.all_leads.wire()["DateFilter"]) == 2


def test_report__of_the_default_question_names_the_calls_only() -> None:
    wire = read().report(LIST, now=NOW, zone=UTC, teams={}, directory=DIRECTORY).wire()
    assert wire["ReportFilter"].keys() == {"ActivityFilters"}
    assert "DateFilter" not in wire


@pytest.mark.parametrize(
    ("owners", "members", "asked"),
    [
        ((), frozenset(), (NOBODY,)),
        ((RAVI,), frozenset(), (RAVI,)),
        ((), frozenset({RAVI, LEFT}), (RAVI, LEFT)),
        ((RAVI,), frozenset({RAVI}), (RAVI,)),
    ],
)
def test_report__a_team_of_nobody_is_not_everybody(
    owners: tuple[str, ...], members: frozenset[str], asked: tuple[str, ...]
) -> None:
    report = Question(owners=owners, teams=(ANN,)).report(
        LIST, now=NOW, zone=UTC, teams={ANN: members}, directory=DIRECTORY
    )
    assert report.filter.users == UserFilter.by_id(asked)


def test_report__a_team_nobody_looked_up_is_an_error() -> None:
    with pytest.raises(KeyError):
        Question(teams=(ANN,)).report(LIST, now=NOW, zone=UTC, teams={}, directory=DIRECTORY)


@UNTIMED
@given(DIRECTORIES_AND_QUESTIONS, st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))
def test_report__of_any_question_is_a_valid_request(both: tuple[Directory, Question], now: datetime) -> None:
    directory, question = both
    teams = {user.id: frozenset() for user in directory.users}
    report = question.report(LIST, now=now, zone=KOLKATA, teams=teams, directory=DIRECTORY)
    assert all(span.start <= span.end for span in report.dates)
    assert type(report).model_validate(report.wire()) == report


@pytest.mark.parametrize(
    ("before", "field", "value", "after"),
    [
        (Question(), "ProspectStage", "Prospect", Question(stages=("Prospect",))),
        (Question(), "source", "Web", Question(sources=("Web",))),
        (Question(), "OwnerId", ANN, Question(owners=(ANN,))),
        (Question(owners=(ANN, RAVI)), "OwnerId", ANN, Question(owners=(ANN,))),
        (Question(owners=(LEFT,), teams=(RAVI,)), "OwnerId", ANN, Question(owners=(ANN,))),
        (Question(), "mx_City", "Pune", Question(where=(LeadFilter(field="mx_City", operator="=", values=("Pune",)),))),
        (Question(), "Source", None, Question(where=(LeadFilter(field="Source", operator="ndef"),))),
        (Question(), "OwnerId", " ", Question(where=(LeadFilter(field="OwnerId", operator="ndef"),))),
        (
            Question(stages=("Won",)),
            "ProspectStage",
            "Prospect",
            Question(stages=("Won",), where=(LeadFilter(field="ProspectStage", operator="=", values=("Prospect",)),)),
        ),
    ],
)
def test_narrowed__adds_one_condition(before: Question, field: str, value: str | None, after: Question) -> None:
    """The list behind a bar must hold what the bar counted: never more, never other leads."""
    assert before.narrowed(field, value) == after


def test_narrowed__a_value_the_account_does_not_list_survives_the_link() -> None:
    for field, value in (("ProspectStage", "Old stage"), ("OwnerId", "ffffffff-0000-4000-8000-000000000000")):
        question = Question(activities=(22,)).narrowed(field, value, DIRECTORY)
        assert question.where == (LeadFilter(field=field, operator="=", values=(value,)),)
        assert read(**to_params(question, DIRECTORY)) == question
    assert Question().narrowed("ProspectStage", "PROSPECT", DIRECTORY).stages == ("Prospect",)
    assert Question().narrowed("OwnerId", ANN.upper(), DIRECTORY).owners == (ANN,)


@UNTIMED
@given(questions(DIRECTORY), st.sampled_from([("ProspectStage", "stage"), ("Source", "source"), ("mx_City", "where")]))
def test_narrowed__without_takes_it_back(question: Question, names: tuple[str, str]) -> None:
    field, part = names
    before = question.without(part)
    after = before.narrowed(field, "new value")
    assert after != before
    value = after.where[-1] if part == "where" else "new value"
    assert after.without(part, value) == before


@UNTIMED
@given(DIRECTORIES_AND_QUESTIONS)
def test_without__every_chip_can_be_removed_until_none_is_left(both: tuple[Directory, Question]) -> None:
    directory, question = both
    while chips := chips_of(question, directory):
        smaller = question.without(chips[0].part, chips[0].value)
        assert smaller != question
        question, notes = read_params(to_params(smaller, directory), directory, EXTENSIONS)
        assert not notes
    assert to_params(question, directory) == {}


def test_without__refuses_a_part_that_is_none() -> None:
    with pytest.raises(KeyError):
        Question().without("colour")


def test_narrowed_to_age__lies_within_the_window_of_creation() -> None:
    question = Question(created=Last("7d"), activities=(22,))
    narrowed = {age.label: question.narrowed_to_age(age, NOW, UTC) for age in AGE_CLASSES}
    assert [label for label, q in narrowed.items() if q is None] == ["8–30 d", "31–90 d", ">90 d"]
    span = narrowed["4–7 d"].report(LIST, now=NOW, zone=UTC, teams={}, directory=DIRECTORY).dates[0]
    assert (span.start, span.end) == (
        datetime(2026, 2, 22, 8, 35, tzinfo=UTC),
        datetime(2026, 2, 25, 8, 35, tzinfo=UTC),
    )


@UNTIMED
@given(DIRECTORIES_AND_QUESTIONS, st.sampled_from(AGE_CLASSES))
def test_narrowed_to_age__stays_relative_in_the_link(both: tuple[Directory, Question], age: AgeClass) -> None:
    directory, question = both
    narrowed = question.narrowed_to_age(age, NOW, KOLKATA)
    if narrowed:
        assert read_params(to_params(narrowed, directory), directory, EXTENSIONS) == (narrowed, ())
        assert narrowed.created == question.created, "an age is a condition of its own"
        later = NOW + timedelta(days=400)
        moved = narrowed.older.resolve(later)
        assert moved.end in {narrowed.older.resolve(NOW).end + timedelta(days=400), LATEST}


@UNTIMED
@given(AGES, AGES, st.sampled_from(AGE_CLASSES), RANGES | st.sampled_from([ANY, Last("7d"), Last("today")]))
def test_older__finds_the_leads_of_its_age_alone(older: Older, other: Older, age: AgeClass, created: object) -> None:
    """Held against each second near an end, by plain comparison."""
    question = Question(older=older, created=created)
    span = question.came_in(NOW, UTC)
    within, now = created.resolve(NOW, UTC), cut(NOW)
    ends = [now - end for one in (older, other) for end in (one.youngest, one.oldest) if end is not None]
    for at in {end + timedelta(seconds=off) for end in ends for off in (-1, 0, 1)}:
        old = now - at
        fits = (old >= older.youngest or not older.youngest) and (older.oldest is None or old < older.oldest)
        fits = fits and (within is None or within.start <= at <= within.end)
        assert (span.start <= at <= span.end) == fits
    narrowed = question.narrowed_to_age(age, NOW, UTC)
    both = None if narrowed is None else narrowed.came_in(NOW, UTC)
    for at in {end + timedelta(seconds=off) for end in ends for off in (-1, 0, 1)}:
        mine = age.resolve(NOW)
        expected = span.start <= at <= span.end and mine.start <= at <= mine.end
        assert (both is not None and both.start <= at <= both.end) == expected


def test_older__of_a_span_that_excludes_it_no_lead_is_asked_for() -> None:
    question = Question(created=Last("7d"), older=Older(timedelta(days=30)))
    (dates,) = question.report(LIST, now=NOW, zone=UTC, teams={}, directory=DIRECTORY).dates
    assert dates.start == dates.end == LATEST


def test_older__with_created_is_one_range() -> None:
    """The vendor's page does not say what two ranges of one field mean."""
    question = Question(created=Last("7d"), older=Older(timedelta(days=3)))
    (dates,) = question.report(LIST, now=NOW, zone=UTC, teams={}, directory=DIRECTORY).dates
    assert (dates.start, dates.end) == (cut(NOW) - timedelta(days=7), cut(NOW) - timedelta(days=3))


@pytest.mark.parametrize(
    ("text", "older"),
    [
        ("3d", Older(timedelta(days=3))),
        (" 24H ", Older(timedelta(days=1))),
        ("3d-7d", Older(timedelta(days=3), timedelta(days=7))),
        ("0h-1h", Older(timedelta(0), timedelta(hours=1))),
    ],
)
def test_older__is_read_from_the_link(text: str, older: Older) -> None:
    assert read(older_than=[text]).older == older


@pytest.mark.parametrize("text", ["3", "d", "-3d", "3d-", "7d-3d", "3d-3d", "3w", "36501d", "٣d", "9999999d", "any"])
def test_older__what_is_no_age_is_left_out_with_a_note(text: str) -> None:
    question, notes = read_params({"older_than": [text]}, DIRECTORY)
    assert question == read()
    assert [note for note in notes if "The age “older_than” was left out." in note] == list(notes) != []


def test_narrowed_to_age__classes_of_any_question_add_up() -> None:
    spans = [Question().narrowed_to_age(age, NOW, UTC).came_in(NOW, UTC) for age in AGE_CLASSES]
    assert [(one.start - other.end).total_seconds() for one, other in pairwise(spans)] == [1] * 6


def test_write_where__escapes_its_separator_in_field_and_value() -> None:
    assert write_where(LeadFilter(field="a~b", operator="=", values=("%7E~",))) == "a%7Eb~=~%257E%7E"


NO_CALLS = Directory.build(activity_types=[ListedType(201, "Visit"), ListedType(202, "Page opened")])


def test_link__says_whether_somebody_chose_what_counts() -> None:
    """Any activity by default and any activity by choice are the same numbers, and not the same claim."""
    assert read(NO_CALLS) == Question(activities=(201, 202), assumed=True)
    assert read(NO_CALLS, activity=["any"]) == Question(activities=(201, 202))
    assert to_params(read(NO_CALLS), NO_CALLS) == {}
    assert to_params(read(NO_CALLS, activity=["any"]), NO_CALLS) == {"activity": ["any"]}
    unknown, notes = read_params({"activity": ["Fax"]}, NO_CALLS)
    assert unknown.assumed
    assert notes == ("“Fax” is not known here as an activity type and was left out.",)
    assert not read().assumed
    assert not read(Directory.build(activity_types=[ListedType(201, "Visit")])).assumed, "there is nothing to choose"


def test_question__counts_by_codes_and_keeps_any_activity_where_that_was_chosen() -> None:
    asked = read(NO_CALLS)
    assert asked.counting((201,), NO_CALLS) == Question(activities=(201,))
    assert asked.counting((), NO_CALLS) == asked
    assert Question(activities=(201,)).counting((), NO_CALLS) == asked
    any_chosen = asked.counting(NO_CALLS.codes, NO_CALLS)
    assert any_chosen == Question(activities=(201, 202)) == any_chosen.counting((), NO_CALLS)
    assert Question(activities=(201,)).counting((), DIRECTORY) == Question(activities=(21, 22))


def test_link__leaves_out_owners_by_name() -> None:
    assert read(owner_not=["Ravi Kumar"]).owners_not == (RAVI,)
    assert to_params(Question(owners_not=(RAVI,), activities=(21, 22)), DIRECTORY) == {"owner_not": ["Ravi Kumar"]}
    assert notes_of(owner_not=["Nobody"]) == "“Nobody” is not known here as an owner and was left out."
    assert Question(owners_not=(RAVI, ANN)).without("owner_not", RAVI).owners_not == (ANN,)


@pytest.mark.parametrize(
    ("where", "kept", "said"),
    [
        (["Lead Stage~=~x"] * 2_000, 0, "The link has 2,000 conditions, more than the 30 that can be asked at once"),
        (["City~in" + "~x" * 1_000], 1, ""),
        (["City~in" + "~x" * 2_000], 0, "“City is one of” takes at most 1,000 values."),
        (["City~in" + "~x" * 600, "City~in" + "~y" * 600], 1, "The conditions of a link take at most 1,000 values"),
    ],
)
def test_link__with_more_than_can_be_asked_is_not_asked_and_says_so(where: list[str], kept: int, said: str) -> None:
    question, notes = read_params({"where": where}, DIRECTORY)
    assert len(question.where) == kept
    assert bool(notes) == bool(said)
    assert all(said in note and len(note) < 500 for note in notes)


def test_link__a_name_given_again_and_again_is_one() -> None:
    assert read_params({"stage": ["Prospect"] * 25_000}, DIRECTORY)[0].stages == ("Prospect",)
