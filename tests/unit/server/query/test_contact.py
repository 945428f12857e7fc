"""Where contact is looked up: columns only where they can tell, and then as the rows would."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from lsq_api.contract.report import NotContacted
from lsq_api.server.query.contact import ByColumns, ByRows, Contact, ContactRule, Span, contact, contact_codes, rules
from lsq_api.server.query.engine import Engine
from lsq_api.server.query.plan import Planner
from lsq_api.server.store.schema import MOST_USED, KnownCode
from lsq_api.server.store.store import Store
from tests.stores import Rows, activity, make_store

NOW = datetime(2026, 3, 1, 12)
DAY = timedelta(days=1)
KNOWN = {
    21: KnownCode(NOW - DAY, NOW - DAY, columns=True),
    22: KnownCode(NOW - DAY, NOW, columns=True),
    30: KnownCode(NOW - DAY, NOW + DAY, columns=True),
    900: KnownCode(NOW - 2 * DAY, NOW - 2 * DAY, columns=False),
    40: KnownCode(NOW - DAY, NOW, columns=True, count=9, answered=5, unanswered=3, timed=5, outcomes=True),
    41: KnownCode(NOW - DAY, NOW, columns=True, count=9, answered=5, unanswered=3),  # answered, but without columns
}
LONG_AGO = NOW - 30 * DAY


def looked_up(
    which: str, *codes: int, between: tuple[datetime, datetime] | None = None, least: int | None = None
) -> tuple[Contact, list[Any]]:
    values: list[Any] = []

    def note(value: Any) -> int:
        values.append(value)
        return len(values) - 1

    return contact(ContactRule(which, codes, between, least), KNOWN, NOW, note), values


@pytest.mark.parametrize(
    ("filters", "which", "codes"),
    [
        ([], "any", []),
        ([("in", "22", "21", "21")], "only", [21, 22]),
        ([("=", "21"), ("=", "22")], "only", [21, 22]),
        ([("<>", "21")], "but", [21]),
        ([("<>", "21"), ("<>", "21")], "but", [21]),
        ([("<>", "21"), ("<>", "22")], "any", []),
        ([("<>", "21"), ("=", "22")], "but", [21]),
        ([("<>", "21"), ("in", "21", "22")], "any", []),
    ],
)
def test_contact__union_of_the_codes(filters: list[tuple[str, ...]], which: str, codes: list[int]) -> None:
    given = [{"LookUpValues": values, "SqlOperator": operator} for operator, *values in filters]
    body = {
        "Output": {"Type": "List", "IncludeCSV": "ProspectID"},
        "ReportFilter": {"ActivityFilters": given},
    }
    assert contact_codes(NotContacted.model_validate(body).filter.activities) == (which, codes)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (("only", 22, 21), Contact(ByColumns((21, 22)))),
        (("only", 21, 77), Contact(ByColumns((21,)))),
        (("only", 77), Contact()),
        (("only", 900), Contact(rows=ByRows("only", (0,)))),
        (("only", 21, 900), Contact(ByColumns((21,)), ByRows("only", (0,)))),
        (("only", 21, 30), Contact(ByColumns((21, 30), ahead=True))),  # 30 was used of a day to come
        (("but", 21), Contact(ByColumns(but=0, ahead=True))),
        (("but", 30), Contact(ByColumns(but=0))),
        (("any",), Contact(ByColumns(ahead=True))),
    ],
)
def test_contact__up_to_now(asked: Any, found: Contact) -> None:
    assert looked_up(*asked)[0] == found


@pytest.mark.parametrize(
    ("asked", "least", "found", "noted"),
    [
        (("only", 40), 0, Contact(ByColumns((40,), answered=True)), []),
        (("only", 40), 60, Contact(ByColumns((40,), answered=True, longest=0)), [60]),
        (("only", 40, 22), 0, Contact(ByColumns((40,), answered=True)), []),  # no 22 was answered
        (("only", 40, 41), 0, Contact(ByColumns((40,), answered=True), ByRows("only", (0,), answered=True)), [41]),
        (("only", 41), 60, Contact(), []),  # no 41 says how long it took
        (("only", 22), 0, Contact(), []),
        (("any",), 0, Contact(rows=ByRows("any", answered=True)), []),
        (("but", 21), 60, Contact(rows=ByRows("but", (1,), answered=True, least=0)), [60, 21]),
    ],
)
def test_contact__with_an_outcome(asked: Any, least: int, found: Contact, noted: list[Any]) -> None:
    assert looked_up(*asked, least=least) == (found, noted)


def test_contact__with_an_outcome_within_a_span() -> None:
    until_now = (LONG_AGO, NOW)
    assert looked_up("only", 40, between=until_now, least=0)[0] == Contact(ByColumns((40,), since=0, answered=True))
    found, values = looked_up("only", 40, between=until_now, least=60)  # when the longest was, columns do not say
    assert found.columns is None
    assert found.rows == ByRows("only", (3,), Span(0, 1), answered=True, least=2)
    assert values == [LONG_AGO, NOW, 60, 40]


def test_rules__one_for_each_outcome() -> None:
    given = [("in", ["22", "21"], 0), ("in", ["203"], None), ("=", ["23"], 0), ("in", ["24"], 60)]
    filters = [
        {"SqlOperator": operator, "LookUpValues": values} | ({} if least is None else {"Outcome": least})
        for operator, values, least in given
    ]
    shown = {"Type": "List", "IncludeCSV": "ProspectID"}
    report = NotContacted.model_validate({"Output": shown, "ReportFilter": {"ActivityFilters": filters}})
    assert rules(report.filter.activities, None) == [
        ContactRule("only", (203,)),
        ContactRule("only", (21, 22, 23), least=0),
        ContactRule("only", (24,), least=60),
    ]
    assert rules((), None) == [ContactRule("any")]


def test_contact__columns_tell_a_span_that_nothing_comes_after() -> None:
    found, values = looked_up("only", 21, 22, between=(LONG_AGO, NOW))
    assert (found, values) == (Contact(ByColumns((21, 22), since=0)), [LONG_AGO])
    found, values = looked_up("only", 21, 900, between=(LONG_AGO, NOW))
    assert found == Contact(ByColumns((21,), since=0), ByRows("only", (2,), Span(0, 1)))
    assert values == [LONG_AGO, NOW - DAY, 900]


@pytest.mark.parametrize(
    ("asked", "end"),
    [
        (("only", 22), NOW - timedelta(seconds=1)),  # there is a later one
        (("only", 21, 30), NOW + 9 * DAY),  # a later one lies ahead, and counts only then
        (("any",), NOW + 9 * DAY),
        (("but", 21), NOW + 9 * DAY),
    ],
)
def test_contact__rows_tell_any_other_span(asked: Any, end: datetime) -> None:
    found, values = looked_up(*asked, between=(LONG_AGO, end))
    assert found.columns is None
    assert found.rows is not None
    assert found.rows.span is not None
    assert [values[found.rows.span.start], values[found.rows.span.end]] == [LONG_AGO, end]


CODES = [*range(100, 100 + MOST_USED + 8), 7]
"""More than leads have columns for; the last ones are rare."""
TIMES = [NOW - 40 * DAY, NOW - 20 * DAY, NOW - timedelta(seconds=1), NOW, NOW + timedelta(seconds=1), NOW + 40 * DAY]


def busy_rows() -> Rows:
    """Leads with one, two or three activities, of codes and at times that go round; the first lead has none."""
    done = []
    for lead in range(1, 160):
        for turn in range(lead % 4):
            code = CODES[(lead * 3 + turn * 5) % len(CODES)] if lead % 3 else CODES[turn]
            on = TIMES[(lead * (turn + 1) + lead // 7) % len(TIMES)]
            done.append(activity(len(done), f"lead-{lead:03}", code, str(on)))
    done += [activity(1000 + at, f"lead-{at:03}", CODES[at % 30], str(TIMES[0])) for at in range(1, 120)]
    return Rows(leads=[{"ProspectID": f"lead-{lead:03}"} for lead in range(160)], activities=done)


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Rows]]:
    rows = busy_rows()
    store = Store.open(make_store(tmp_path_factory.mktemp("busy") / "s", rows))
    yield store, rows
    store.close()


def expected(rows: Rows, asked: ContactRule, now: datetime) -> list[str]:
    start, end = asked.between or (datetime.min, now)
    contacted = {
        row["RelatedProspectId"]
        for row in rows.activities
        if asked.counts(row["ActivityEvent"]) and start <= row["CreatedOn"] <= min(now, end)
    }
    return [lead["ProspectID"] for lead in rows.leads if lead["ProspectID"] not in contacted]


def body(asked: ContactRule) -> dict[str, Any]:
    operator = {"only": "in", "but": "<>"}.get(asked.which)
    filters = [{"SqlOperator": operator, "LookUpValues": [str(code) for code in asked.codes]}] if operator else []
    dates = (
        [{"DateField": "ActivityCreatedOn", "FromDate": str(a), "ToDate": str(b)} for a, b in [asked.between or ()]]
        if asked.between
        else []
    )
    output = {"Type": "List", "IncludeCSV": "ProspectID"}
    return {"Output": output, "ReportFilter": {"ActivityFilters": filters}, "DateFilter": dates}


WHICH = [
    ("any", ()),
    ("but", (100,)),
    ("but", (7,)),
    ("only", (7,)),
    ("only", (100, 101)),
    ("only", (100, 135, 139, 7)),
]
SPANS = [None, *((start, end) for start, end in product(TIMES, TIMES) if start <= end)]


@pytest.mark.parametrize("which", WHICH, ids=str)
@pytest.mark.parametrize("now", [NOW, NOW + 50 * DAY, NOW - 30 * DAY], ids=["now", "after all", "early"])
def test_contact__every_span_and_clock_is_answered_as_the_activities_say(
    busy: tuple[Store, Rows], which: tuple[str, tuple[int, ...]], now: datetime
) -> None:
    store, rows = busy
    engine = Engine(store, lambda: now.replace(tzinfo=UTC))
    seen = set()
    for span in SPANS:
        asked = ContactRule(*which, span)
        report = NotContacted.model_validate(body(asked))
        _, found = engine.leads(report)
        assert [row["ProspectID"] for row in found] == expected(rows, asked, now), span
        plan = Planner(store, now).plan(report).contact
        assert plan is not None
        seen |= {plan.columns is not None, plan.rows is not None}
    assert seen == {True, False}, "both ways of looking were meant to be tried"


def test_contact__most_used_codes_have_columns(busy: tuple[Store, Rows]) -> None:
    store, _ = busy
    used = [code for code, known in store.codes.items() if known.columns]
    assert len(used) == MOST_USED
    assert not store.codes[7].columns
    assert 100 in used
