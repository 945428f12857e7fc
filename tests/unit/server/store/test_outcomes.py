"""What a store keeps of the outcomes of activities: the same as is said of each activity alone."""

from itertools import product
from pathlib import Path

import pytest

from lsq_api.contract import outcomes
from lsq_api.server.store.schema import MOST_ANSWERED
from lsq_api.server.store.store import Store
from tests.stores import Rows, activity, make_store

STATUSES = ["Answered", "no answer", "unheard of", "", None]
NOTES = [
    None,
    "Duration of 5 minutes",
    "Caller{=}1{next}Duration{=}61{next}Status{=}Missed",
    "Duration{=}01:30{next} Status{=} Answered ",
    "Status{=}{next}Duration{=}",
]
FIELDS = [
    {},
    {"mx_Custom_3": "34"},
    {"mx_Duration": "02:00", "mx_Custom_3": "1"},
    {"mx_Duration": "?", "mx_Duration_ms": "5000"},
    {"mx_Duration_Minutes": "2"},
    {"mx_Duration": "0"},
]
CODES = [21, 22, 201]


def test_contacts__have_the_outcome_of_each_activity(tmp_path: Path) -> None:
    told = list(product(CODES, STATUSES, NOTES, FIELDS))
    done = [
        activity(nth, f"lead-{nth:03}", code, "2026-01-01 10:00:00", Status=status, ActivityEvent_Note=note, **fields)
        for nth, (code, status, note, fields) in enumerate(told)
    ]
    leads = [{"ProspectID": f"lead-{nth:03}"} for nth in range(len(told))]
    store = Store.open(make_store(tmp_path / "s", Rows(leads=leads, activities=done)))
    try:
        query = 'SELECT "Answered", "Seconds" FROM contacts JOIN leads ON "_number" = "Lead" ORDER BY "ProspectID"'
        kept = store.backend.cursor().execute(query).fetchall()
    finally:
        store.close()
    wanted = [
        outcomes.outcome(code, status, note, {name.lower(): value for name, value in fields.items()})
        for code, status, note, fields in told
    ]
    assert kept == wanted
    assert {one.answered for one in wanted} == {True, False, None}, "every outcome was meant to be tried"


@pytest.mark.parametrize("columns", [[], ["mx_Custom_3"]])
def test_contacts__where_nothing_is_told_nothing_is_known(tmp_path: Path, columns: list[str]) -> None:
    more = dict.fromkeys(columns, "soon")
    rows = Rows(leads=[{"ProspectID": "l"}], activities=[activity(1, "l", 22, "2026-01-01 10:00:00", **more)])
    store = Store.open(make_store(tmp_path / "s", rows))
    try:
        known = store.codes[22]
        assert (known.count, known.answered, known.unanswered, known.timed) == (1, 0, 0, 0)
        assert not known.outcomes, "columns that would be empty"
    finally:
        store.close()


def test_columns__are_those_of_the_codes_that_are_answered_most(tmp_path: Path) -> None:
    codes = range(100, 100 + MOST_ANSWERED + 3)
    done = [
        activity(1000 * code + nth, "l", code, "2026-01-01 10:00:00", Status="Answered")
        for code in codes
        for nth in range(1 + code - codes[0])
    ]
    store = Store.open(make_store(tmp_path / "s", Rows(leads=[{"ProspectID": "l"}], activities=done)))
    try:
        assert [code for code, known in store.codes.items() if known.outcomes] == list(codes)[-MOST_ANSWERED:]
        assert [known.answered for known in store.codes.values()] == list(range(1, len(codes) + 1))
    finally:
        store.close()
