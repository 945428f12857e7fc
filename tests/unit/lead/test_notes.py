"""Notes of activities, from the wire to what a person reads."""

import pytest

from components.lead import timeline
from lsq_api.contract.lookups import Activity

CALL = "Caller{=}+91-98{next}Duration{=}192{next}Status{=}Answered"


@pytest.mark.parametrize(
    ("note", "status", "shown"),
    [
        (CALL, "Answered", "Caller: +91-98 · Duration: 3 min 12 s · Status: Answered"),
        (CALL, "", "Caller: +91-98 · Duration: 3 min 12 s · Status: Answered"),
        ("Caller{=}1{next}Duration{=}9", "Missed", "Caller: 1 · Duration: 9 s · Status: Missed"),
        ("Duration{=}0{next}{next}Caller{=}", "", "Duration: 0 s"),
        ("Duration{=}a while{next}loose end", "", "Duration: a while · loose end"),
        ("Wants a *second* session", "", "Wants a *second* session"),
        ("  ", "Done", "Done"),
        ("Two\nlines", "Done", "Done\nTwo\nlines"),
        ("", "", ""),
        ("{next}", "", "{next}"),
    ],
)
def test_note__is_readable(note: str, status: str, shown: str):
    assert timeline.readable(Activity("1", 22, note=note, status=status)) == shown


def test_note__of_a_timeline_is_read_under_both_names():
    """Retrieve names it Note, RetrieveByActivityEvent ActivityEvent_Note: notes of timelines were lost."""
    row = {"Id": "a", "EventCode": 22, "Note": "there"}
    assert Activity.read(row).note == "there"
    assert Activity.read({**row, "ActivityEvent_Note": "here"}).note == "here"
