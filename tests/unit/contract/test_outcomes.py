"""What words and talk times say about a call, and how an outcome is asked for on the wire."""

import pytest
from pydantic import ValidationError

from lsq_api.contract import outcomes
from lsq_api.contract.conditions import ActivityFilter
from lsq_api.contract.coverage import Outcomes
from lsq_api.contract.outcomes import CallOutcome
from lsq_api.contract.report import NotContacted
from lsq_api.contract.wire import explain


@pytest.mark.parametrize(
    ("status", "answered"),
    [
        ("Answered", True),
        ("ANSWERED ", True),
        ("Call Answered", True),
        ("connected", True),
        ("Completed", True),
        ("Attended Dialled", True),
        ("NotAnswered", False),
        ("No Answer", False),
        ("NO_ANSWER", False),
        ("no-answer", False),
        ("Unattended / Missed", False),
        ("CallFailure", False),
        ("Busy", False),
        ("Missed", False),
        ("Left voicemail", False),
        ("73a0d17f-1163-4015-bdd5-ec830791da20", False),  # HubSpot's "no answer"
        ("f240bbac-87c9-4f6e-bf70-924b57d47db7", True),
        ("", None),
        (None, None),
        ("Left", None),
        ("Not", None),
        ("unheard of", None),
    ],
)
def test_answered__is_said_by_words_in_any_spelling(status: str | None, answered: bool | None) -> None:
    assert outcomes.answered(status) is answered


@pytest.mark.parametrize(
    ("text", "unit", "seconds"),
    [
        ("75", 1_000, 75),
        (" 75.9 ", 1_000, 75),
        ("05:30", 1_000, 330),
        ("1:05:30", 1_000, 3930),
        ("65400", 1, 65),
        ("2", 60_000, 120),
        ("05:30", 60_000, 330),
        ("", 1_000, None),
        (None, 1_000, None),
        ("-5", 1_000, None),
        ("soon", 1_000, None),
        ("5:75", 1_000, None),
        ("٧", 1_000, None),
        ("999999999", 1_000, 86_400),
    ],
)
def test_seconds__of_numbers_and_clocks(text: str | None, unit: int, seconds: int | None) -> None:
    assert outcomes.seconds(text, unit) == seconds


NOTE = "Caller{=}+91-98{next}Duration{=}61{next}Status{=}Answered"


@pytest.mark.parametrize(
    ("code", "status", "note", "more", "found"),
    [
        (22, "Answered", "", {}, CallOutcome(True, None)),
        (22, "", NOTE, {}, CallOutcome(True, 61)),
        (22, "NotAnswered", NOTE, {}, CallOutcome(False, 61)),  # the status goes before the note
        (22, "", "", {"mx_custom_3": "34"}, CallOutcome(True, 34)),
        (201, "", "", {"mx_custom_3": "34"}, CallOutcome(None, None)),  # there it may mean anything
        (201, "", "", {"mx_duration": "01:00"}, CallOutcome(True, 60)),
        (22, "Voicemail", "", {"mx_duration": "34"}, CallOutcome(False, 34)),
        (22, "", "", {"mx_duration": "0"}, CallOutcome(None, 0)),  # many systems write 0 for not known
        (22, "", "", {"mx_duration": "?", "mx_duration_ms": "2000"}, CallOutcome(True, 2)),
        (22, "", "spoke for long, Duration of 5", {}, CallOutcome(None, None)),
    ],
)
def test_outcome__by_status_note_and_fields(
    code: int, status: str, note: str, more: dict[str, str], found: CallOutcome
) -> None:
    assert outcomes.outcome(code, status, note, more) == found


@pytest.mark.parametrize(
    ("found", "least", "meets"),
    [
        (CallOutcome(True, None), 0, True),
        (CallOutcome(True, None), 1, False),
        (CallOutcome(True, 60), 60, True),
        (CallOutcome(True, 59), 60, False),
        (CallOutcome(False, 90), 60, False),
        (CallOutcome(None, None), 0, False),
    ],
)
def test_meets__only_what_is_known_to(found: CallOutcome, least: int, meets: bool) -> None:
    assert found.meets(least) is meets


@pytest.mark.parametrize(("given", "least"), [("Answered", 0), ("answered", 0), ("60", 60), (60, 60), (" 5 ", 5)])
def test_filter__reads_and_writes_an_outcome(given: object, least: int) -> None:
    read = ActivityFilter.model_validate(body(given), context={"strict": False})
    assert read.outcome == least
    again = read.model_dump(by_alias=True, mode="json")
    assert again["Outcome"] == ("Answered" if least == 0 else str(least))
    assert ActivityFilter.model_validate(again, context={"strict": False}) == read


@pytest.mark.parametrize("given", ["reached", "0", "-1", "86401", "1.5", True, ["Answered"]])
def test_filter__refuses_another_outcome_and_says_which_there_are(given: object) -> None:
    with pytest.raises(ValidationError) as caught:
        ActivityFilter.model_validate(body(given), context={"strict": False})
    assert "Outcome: " in explain(caught.value)[1]
    assert "allowed: Answered, or seconds from 1 to 86400" in explain(caught.value)[1]


def test_filter__has_no_outcome_when_strict() -> None:
    with pytest.raises(ValidationError) as caught:
        ActivityFilter.model_validate(body("Answered"), context={"strict": True})
    said = explain(caught.value)[1]
    assert said == "Outcome: is not a member here; allowed: LookUpName, LookUpValues, SqlOperator"


def test_report__without_an_outcome_is_as_the_vendors_page_has_it() -> None:
    listed = {"Type": "List", "IncludeCSV": "ProspectID"}
    plain = {"ReportFilter": {"ActivityFilters": [body(None)]}, "Output": listed}
    wire = NotContacted.model_validate(plain, context={"strict": False}).wire()
    assert wire["ReportFilter"]["ActivityFilters"] == [
        {"LookUpName": "ActivityEvent", "LookUpValues": ["22"], "SqlOperator": "in"}
    ]


@pytest.mark.parametrize("part", ["IncludeCSV", "LeadFilters"])
def test_report__has_no_tries_when_strict(part: str) -> None:
    shown = "ProspectID, contacttries" if part == "IncludeCSV" else "ProspectID"
    tests = [{"LookUpName": "ContactTries", "SqlOperator": "=", "LookUpValues": ["0"]}]
    asked = {
        "Output": {"Type": "List", "IncludeCSV": shown},
        "ReportFilter": {"LeadFilters": tests if part == "LeadFilters" else []},
    }
    assert NotContacted.model_validate(asked, context={"strict": False})
    with pytest.raises(ValidationError, match=r"(?i)contacttries' is not a lead field"):
        NotContacted.model_validate(asked, context={"strict": True})


@pytest.mark.parametrize(
    ("known", "least", "tells"),
    [
        (Outcomes(100, 5, 5, 0), 0, True),
        (Outcomes(100, 5, 4, 0), 0, False),  # under a tenth
        (Outcomes(), 0, False),
        (Outcomes(100, 50, 50, 5), 60, True),
        (Outcomes(100, 50, 50, 4), 60, False),
        (Outcomes(100, 0, 100, 0), 0, True),
        (Outcomes(100, 0, 100, 0), 60, False),
    ],
)
def test_outcomes__tell_where_enough_is_known(known: Outcomes, least: int, tells: bool) -> None:
    assert known.tell(least) is tells


def body(outcome: object) -> dict[str, object]:
    """An activity filter of calls."""
    asked = {"LookUpName": "ActivityEvent", "SqlOperator": "in", "LookUpValues": ["22"]}
    return asked if outcome is None else asked | {"Outcome": outcome}
