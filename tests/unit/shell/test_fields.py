"""A lead's fields as people read them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from components.shell import fields
from lsq_api.host import addresses
from lsq_api.question.directory import Directory, ListedField, ListedUser

INDIA = ZoneInfo("Asia/Kolkata")
ANN = "20000000-0000-4000-8000-000000000000"
DIRECTORY = Directory.build(
    users=[ListedUser(ANN, "Ann Lee")],
    fields=[
        ListedField("ProspectID", "Lead Id"),
        ListedField("FirstName", "First Name"),
        ListedField("Phone", "Phone Number", "Phone"),
        ListedField("OwnerId", "Owner", "ActiveUsers"),
        ListedField("CreatedOn", "Created On", "Date"),
        ListedField("Source", "Lead Source", "Select"),
        ListedField("EngagementScore", "Engagement Score", "Number"),
        ListedField("ProspectAutoId", "Lead Number", "Number"),
        ListedField("DoNotCall", "Do Not Call", "Select"),
        ListedField("mx_Budget", "Budget (₹)", "Number"),
        ListedField("mx_Close", "Expected Close", "Date"),
        ListedField("mx_Agent", "Agent", "ActiveUsers"),
        ListedField("mx_City", "City", "Select"),
        ListedField("TimeZone", "Time Zone"),
    ],
)


@pytest.mark.parametrize(
    ("field", "value", "group", "shown"),
    [
        ("FirstName", "Meera", "Contact", "First Name: Meera"),
        ("mx_City", "Pune", "Contact", "City: Pune"),
        ("OwnerId", ANN.upper(), "Lead", "Owner: Ann Lee"),
        ("OwnerId", "nobody", "Lead", "Owner: nobody"),
        ("ProspectAutoId", "103834", "Lead", "Lead Number: 103834"),
        ("DoNotCall", "0", "Lead", "Do Not Call: No"),
        ("Source", "Web", "Source", "Lead Source: Web"),
        ("CreatedOn", "2026-01-01 20:00:00.000", "Dates", "Created On: 2 Jan 2026 01:30"),
        ("CreatedOn", "soon", "Dates", "Created On: soon"),
        ("EngagementScore", "84", "Scores", "Engagement Score: 84"),
        ("mx_Budget", "1234567", "Custom", "Budget (₹): 1,234,567"),
        ("mx_Budget", "12.50", "Custom", "Budget (₹): 12.50"),
        ("mx_Close", "2026-01-01 00:00:00.000", "Custom", "Expected Close: 1 Jan 2026"),
        ("mx_Close", "2026-01-01", "Custom", "Expected Close: 1 Jan 2026"),
        ("mx_Close", "2026-01-01 08:00:00.000", "Custom", "Expected Close: 1 Jan 2026 13:30"),
        ("mx_Agent", ANN, "Custom", "Agent: Ann Lee"),
        ("mx_Unlisted", "5", "Custom", "mx_Unlisted: 5"),
        ("TimeZone", "IST", "Other", "Time Zone: IST"),
        ("Total", 7, "Other", "Total: 7"),
    ],
)
def test_fields__one_value(field: str, value: object, group: str, shown: str):
    ((found, values),) = fields.grouped({field: value}, DIRECTORY, INDIA)
    assert (found, [f"{one.label}: {one.text}" for one in values]) == (group, [shown])


def test_fields__only_those_with_a_value_in_the_order_of_the_groups():
    row = {"mx_Budget": "5", "Phone": None, "Source": " ", "CreatedOn": "2026-01-01 00:00:00", "FirstName": "Ann"}
    assert [group for group, _ in fields.grouped(row, DIRECTORY, UTC)] == ["Contact", "Dates", "Custom"]


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"FirstName": "Meera", "LastName": "Nair"}, "Meera Nair"),
        ({"FirstName": None, "LastName": " Nair\n II "}, "Nair II"),
        ({"FirstName": "", "EmailAddress": "m@x.org"}, "m@x.org"),
        ({"ProspectID": "0002835d-d289-4643-8753-c2ebda3a9cb3"}, "Lead 0002835d"),
    ],
)
def test_name__is_the_best_there_is(row: dict[str, object], name: str):
    assert fields.name(row) == name


@pytest.mark.parametrize(
    ("row", "links"),
    [
        ({"Phone": "+91-98765 43210"}, ["tel:+919876543210"]),
        ({"Phone": "020 123", "Mobile": "(020) 124"}, ["tel:020123", "tel:020124"]),
        ({"Phone": "none"}, []),
        ({"Phone": "1+2+3"}, []),
        ({"EmailAddress": "a.b+c@x.org"}, ["mailto:a.b+c@x.org"]),
        ({"EmailAddress": "a@x.org?subject=hi"}, ["mailto:a@x.org%3Fsubject%3Dhi"]),
        ({"EmailAddress": "a@x.org?bcc=all@x.org"}, []),
        ({"EmailAddress": "javascript:alert(1)"}, []),
        ({"EmailAddress": "a@x.org, b@x.org"}, []),
        ({}, []),
    ],
)
def test_contact__links_hold_one_number_or_address(row: dict[str, str], links: list[str]):
    assert [url for _, _, url in fields.ways_to_contact(row)] == links


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-01-05 10:20:30.000", datetime(2026, 1, 5, 10, 20, 30, tzinfo=UTC)),
        ("2026-01-05", datetime(2026, 1, 5, tzinfo=UTC)),
        (None, None),
        ("never", None),
    ],
)
def test_moment__of_a_value(value: object, moment: datetime | None):
    assert fields.moment_of(value) == moment


GUID = "0002835D-d289-4643-8753-c2ebda3a9cb3"


@pytest.mark.parametrize(
    ("app_url", "lead_id", "page"),
    [
        (
            "https://in21.leadsquared.com",
            GUID,
            f"https://in21.leadsquared.com/LeadManagement/LeadDetails?LeadID={GUID}",
        ),
        ("https://in21.leadsquared.com", "lead-1", None),
        ("https://in21.leadsquared.com", f"{GUID}&x=1", None),
        (None, GUID, None),
    ],
)
def test_lead_page__in_the_web_app(app_url: str | None, lead_id: str, page: str | None):
    assert addresses.lead_page(app_url, lead_id) == page
