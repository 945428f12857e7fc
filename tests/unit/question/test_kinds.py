"""What kind of contact an activity type is, by its name and code."""

import pytest

from lsq_api.question.directory import ListedType
from lsq_api.question.kinds import ContactKind, kind_of, not_done
from lsq_api.server.importing.catalogue import NAMES

CALL, MEETING, MESSAGE = ContactKind.CALL, ContactKind.MEETING, ContactKind.MESSAGE


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Outbound Phone Call Activity", CALL),
        ("Phone Call - Inbound", CALL),
        ("Called the lead back", CALL),
        ("Dialled", CALL),
        ("Video Call", CALL),
        ("W_Nabellen offertes (COMPLETE)", CALL),
        ("Teruggebeld", CALL),
        ("Rückruf", CALL),
        ("Telefonat", CALL),
        ("Llamada de seguimiento", CALL),
        ("Ligação", CALL),
        ("फ़ोन कॉल", CALL),
        ("Site Visit", MEETING),
        ("Meeting: at the branch", MEETING),
        ("Product demo", MEETING),
        ("Counselling Session", MEETING),
        ("Afspraak op kantoor", MEETING),
        ("WhatsApp Message", MESSAGE),
        ("E-mail sent", MESSAGE),
        ("SMS", MESSAGE),
        # What was planned, came to nothing, or is the work of a machine, is no contact.
        ("W_Nabellen offertes (SCHEDULE)", None),
        ("Meeting Cancelled", None),
        ("Missed Call", None),
        ("Call back requested", None),
        ("Email Opened", None),
        ("Email Link Clicked", None),
        ("Email Bounced", None),
        ("Page Visited on Website", None),
        ("Webinar Attended", None),
        ("Bulk SMS", None),
        ("Automated call", None),
        # The lead's own messages are no contact; a call is one in both directions.
        ("WhatsApp Reply Received", None),
        ("Incoming e-mail", None),
        ("Inbound call", CALL),
        # Parts of words tell nothing.
        ("Recalled shipment", None),
        ("Demography", None),
        ("A_ACCEPTED (COMPLETE)", None),
        ("W_Afhandelen leads (START)", None),
        ("", None),
    ],
)
def test_kind__by_name(name: str, kind: ContactKind | None):
    assert kind_of(ListedType(900, name)) is kind
    assert kind_of(ListedType(900, name.upper())) is kind


def test_kind__codes_with_a_meaning_need_no_name():
    assert [kind_of(ListedType(code, "?")) for code in (21, 22, 103, 20, 201)] == [CALL, CALL, CALL, None, None]
    assert [kind_of(ListedType(code, "Visit")) for code in (201, 21000, 3001)] == [MEETING, None, None]


def test_kind__of_leadsquareds_own_types_only_calls_are_contact():
    own = [ListedType(code, name) for code, name in NAMES.items()]
    assert {one.code for one in own if kind_of(one)} == {21, 22, 103} & {one.code for one in own}


@pytest.mark.parametrize(("name", "said"), [("Meeting (SCHEDULE)", True), ("Meeting planned", True), ("Plane", False)])
def test_not_done__by_name(name: str, said: bool):
    assert not_done(ListedType(900, name)) is said
