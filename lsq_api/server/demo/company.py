"""The company of the demo data: what it sells, where, to whom, and how often each thing happens.

It helps people to study abroad and to pay for it. Everything is invented; shares are relative, and need not add up.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from lsq_api.server.store.schema import DataType, StoredField

Shares = Mapping[str, int]
DIAL: Final = "+91-5550"
"""How a telephone number that nobody has begins: no Indian mobile number begins with 5."""
ZONE: Final = "Asia/Kolkata"
"""Where it is, and its account."""


class Home(NamedTuple):
    """Where leads live, the index of the team that looks after them, and how a number that nobody has begins there.

    Most leads of a place with an `origin` (a Faker locale of `people.ORIGINS`) have names from there.
    """

    share: int
    city: str | None
    state: str | None
    country: str
    language: str
    team: int
    dial: str = DIAL
    digits: int = 6
    origin: str | None = None


class LeadSource(NamedTuple):
    """How many leads come from it, how much more or less than others owners neglect them, and its campaigns."""

    share: int
    neglect: float = 1.0
    campaigns: Shares | None = None


class DemoType(NamedTuple):
    """An activity type: its LeadSquared code, name and EventType, and whether an owner's hands do it."""

    code: int
    name: str
    event_type: int  # 0 system, 1 sales, 2 custom
    by_hand: bool
    notes: tuple[str | None, ...] = (None,)


TEAMS: Final = ("Mumbai", "Delhi", "Bengaluru", "Chennai", "Hyderabad", "Global Desk")
# The share of leads a team’s usual owner never calls: the spread between teams, before that between owners.
TEAM_NEGLECT: Final = (0.20, 0.38, 0.25, 0.32, 0.17, 0.48)

PLACES: Final = (
    Home(120, "Mumbai", "Maharashtra", "India", "Hindi", 0),
    Home(70, "Pune", "Maharashtra", "India", "Marathi", 0),
    Home(22, "Nagpur", "Maharashtra", "India", "Marathi", 0),
    Home(45, "Ahmedabad", "Gujarat", "India", "Gujarati", 0),
    Home(24, "Surat", "Gujarat", "India", "Gujarati", 0),
    Home(10, "Panaji", "Goa", "India", "Konkani", 0),
    Home(110, "New Delhi", "Delhi", "India", "Hindi", 1),
    Home(40, "Gurugram", "Haryana", "India", "Hindi", 1),
    Home(26, "Chandigarh", "Punjab", "India", "Punjabi", 1),
    Home(28, "Jaipur", "Rajasthan", "India", "Hindi", 1),
    Home(30, "Lucknow", "Uttar Pradesh", "India", "Hindi", 1),
    Home(36, "Kolkata", "West Bengal", "India", "Bengali", 1),
    Home(105, "Bengaluru", "Karnataka", "India", "Kannada", 2),
    Home(14, "Mysuru", "Karnataka", "India", "Kannada", 2),
    Home(30, "Kochi", "Kerala", "India", "Malayalam", 2),
    Home(62, "Chennai", "Tamil Nadu", "India", "Tamil", 3),
    Home(26, "Coimbatore", "Tamil Nadu", "India", "Tamil", 3),
    Home(9, "Puducherry", "Puducherry", "India", "Tamil", 3),
    Home(80, "Hyderabad", "Telangana", "India", "Telugu", 4),
    Home(24, "Visakhapatnam", "Andhra Pradesh", "India", "Telugu", 4),
    Home(18, "Vijayawada", "Andhra Pradesh", "India", "Telugu", 4),
    Home(20, "Kathmandu", "Bagmati", "Nepal", "Nepali", 5, "+977-000", 7, "ne_NP"),
    Home(20, "Dubai", "Dubai", "United Arab Emirates", "English", 5, "+971-000", 6, "ar_AA"),
    Home(16, "Lagos", "Lagos", "Nigeria", "English", 5, "+234-000", 7, "yo_NG"),
    Home(14, "Nairobi", "Nairobi", "Kenya", "English", 5, "+254-000", 6, "sw"),
    Home(14, "Dhaka", "Dhaka", "Bangladesh", "Bengali", 5, "+880-000", 7, "bn_BD"),
    Home(8, "Singapore", None, "Singapore", "English", 5, "+65-0000", 4, "zh_CN"),
    Home(8, "London", "England", "United Kingdom", "English", 5, "+44-7700900", 3, "en_GB"),
    Home(6, "Newark", "New Jersey", "United States", "English", 5, "+1-20255501", 2, "es_ES"),
    Home(46, None, None, "India", "English", 1),
)

SOURCES: Final = {
    "Website": LeadSource(210),
    "Google Ads": LeadSource(180, 1.0, {
        "Search – Study in UK": 5, "Search – Education Loan": 4, "Search – GRE Coaching": 2}),
    "Facebook Ads": LeadSource(130, 1.25, {"September Intake": 5, "Scholarship Quiz": 3, "Loan in 48 Hours": 2}),
    "Instagram Ads": LeadSource(80, 1.35, {"Student Stories": 4, "September Intake": 3}),
    "Referral": LeadSource(85, 0.45),
    "Education Fair": LeadSource(75, 1.6, {
        "Global Education Fair Mumbai": 4, "Delhi Admissions Day": 3, "Hyderabad Loan Mela": 2}),
    "Partner College": LeadSource(60, 0.9, {"Campus Ambassadors": 1}),
    "Webinar": LeadSource(55, 1.1, {"Ask a Visa Officer": 3, "Fund Your Master's": 3, "IELTS in 30 Days": 2}),
    "WhatsApp": LeadSource(45, 0.8),
    "Walk-in": LeadSource(35, 0.3),
    "Inbound Call": LeadSource(30, 0.3),
}  # fmt: skip
# How many leads ask for a product, and what it costs as a rule, in rupees.
PRODUCTS: Final = {
    "Education Loan": (22, 2_500_000), "Study in UK": (17, 3_000_000), "Study in Canada": (14, 2_200_000),
    "Study in Germany": (11, 1_200_000), "Study in Australia": (9, 2_800_000), "IELTS Coaching": (10, 18_000),
    "GRE Coaching": (6, 30_000), "Online MBA": (6, 350_000), "Data Science Certificate": (5, 180_000),
    "Visa Assistance": (4, 25_000), "Student Insurance": (2, 20_000), "Forex Card": (2, 5_000),
}  # fmt: skip

# Stage: how far the sale has come, which drives scores and how much is done for the lead.
STAGES: Final[Mapping[str, int]] = {
    "Prospect": 0, "Contacted": 1, "Qualified": 2, "Demo Scheduled": 3, "Opportunity": 4, "Negotiation": 5,
    "Customer": 6, "Lost": 1, "Invalid/Junk": 0,
}  # fmt: skip
# Which stages leads are in that nobody called, and that were called, by their age.
STAGES_OF: Final[Mapping[str, Shares]] = {
    "not called": {"Prospect": 800, "Contacted": 80, "Qualified": 15, "Opportunity": 5, "Lost": 45, "Invalid/Junk": 55},
    "days": {"Prospect": 110, "Contacted": 480, "Qualified": 240, "Demo Scheduled": 110, "Opportunity": 20, "Lost": 20,
             "Invalid/Junk": 20},
    "weeks": {"Prospect": 40, "Contacted": 270, "Qualified": 240, "Demo Scheduled": 150, "Opportunity": 110,
              "Negotiation": 50, "Customer": 40, "Lost": 70, "Invalid/Junk": 30},
    "months": {"Prospect": 20, "Contacted": 150, "Qualified": 130, "Demo Scheduled": 60, "Opportunity": 90,
               "Negotiation": 60, "Customer": 190, "Lost": 250, "Invalid/Junk": 50},
}  # fmt: skip

KINDS: Final = (
    DemoType(0, "Email Opened", 0, False, ("Your study abroad checklist", "Loan offers compared", "Last call: intake")),
    DemoType(1, "Email Link Clicked", 0, False, ("Book a session", "Check eligibility")),
    DemoType(
        2, "Page Visited on Website", 0, False, ("/study-in-uk", "/education-loan", "/fees", "/contact", "/ielts")
    ),
    DemoType(3, "Form Submitted on Website", 0, False, ("Request a call back", "Download brochure")),
    DemoType(10, "Email Bounced", 0, False),
    DemoType(21, "Inbound Phone Call Activity", 0, True),
    DemoType(22, "Outbound Phone Call Activity", 0, True),
    DemoType(23, "Lead Capture", 0, False),
    DemoType(30, "Sales Activity", 1, True, ("Enrolled", "Loan disbursed")),
    DemoType(97, "Dynamic Form Submission", 0, False, ("Eligibility form", "Document checklist")),
    DemoType(98, "Payment", 0, False, ("Application fee", "Coaching fee")),
    DemoType(103, "Had a Phone Conversation", 2, True, ("Wants a call next week", "Discussing with parents")),
    DemoType(200, "SMS Sent", 2, False, ("Reminder", "Offer")),
    DemoType(
        201, "WhatsApp Message", 2, True, ("Shared the brochure", "Asked for marksheets", "Sent the fee structure")
    ),
    DemoType(202, "WhatsApp Reply Received", 2, False, ("Interested", "Please call after 6 pm", "Not now")),
    DemoType(203, "Meeting", 2, True, ("At the branch", "With parents")),
    DemoType(204, "Field Visit", 2, True, ("Home visit", "Campus visit")),
    DemoType(205, "Demo Done", 2, True, ("Liked the portal", "Wants a second session")),
    DemoType(206, "Document Collection", 2, True, ("Marksheets received", "Income proof pending", "All documents in")),
    DemoType(207, "Quotation Sent", 2, True, ("Valid for 15 days", "Revised after discount")),
    DemoType(208, "Webinar Attended", 2, False, ("Stayed to the end", "Left early")),
    DemoType(209, "Counselling Session", 2, True, ("Shortlisted three universities", "Undecided on the country")),
    DemoType(210, "Application Submitted", 2, True, ("Two universities", "Lender portal")),
    DemoType(211, "Loan Eligibility Check", 2, False, ("Eligible", "Co-applicant needed")),
    DemoType(212, "Video Call", 2, True, ("Screen shared", "Short connection loss")),
    DemoType(213, "Lead Reassigned", 2, False),
)
CALL_STATUS: Final[Mapping[str, Shares]] = {
    "21": {"Answered": 80, "Missed": 20},
    "22": {"Answered": 47, "NotAnswered": 46, "CallFailure": 7},
}

# What happens to a lead after its capture and first call, by its habit: nobody's hands ("web"), never a call ("quiet"),
# called and early in the sale, or late in it. Codes are of KINDS.
_WEB: Final = {"0": 26, "1": 6, "2": 34, "3": 8, "10": 4, "97": 3, "200": 11, "208": 4, "211": 4}
HABITS: Final[Mapping[str, Shares]] = {
    "web": _WEB,
    "quiet": {**_WEB, "201": 24, "202": 5, "103": 2, "213": 3},
    "early": {"22": 430, "21": 60, "103": 40, "201": 120, "202": 50, "200": 60, "0": 90, "1": 20, "2": 80, "3": 10,
              "10": 6, "208": 12, "209": 20, "211": 12, "212": 8, "213": 10},
    "late": {"22": 300, "21": 80, "103": 50, "201": 130, "202": 70, "200": 30, "0": 60, "1": 25, "2": 60, "3": 8,
             "30": 12, "97": 12, "98": 14, "203": 40, "204": 18, "205": 35, "206": 50, "207": 30, "208": 12, "209": 45,
             "210": 30, "211": 20, "212": 30},
}  # fmt: skip

LEAD_FIELDS: Final = (
    StoredField("ProspectAutoId", "Lead Number", DataType.NUMBER),
    StoredField("Company", "Company", DataType.TEXT),
    StoredField("SourceCampaign", "Source Campaign", DataType.SELECT),
    StoredField("DoNotCall", "Do Not Call", DataType.SELECT),
    StoredField("mx_City", "City", DataType.SELECT),
    StoredField("mx_State", "State", DataType.SELECT),
    StoredField("mx_Country", "Country", DataType.SELECT),
    StoredField("mx_Product", "Product", DataType.SELECT),
    StoredField("mx_Budget", "Budget (₹)", DataType.NUMBER),
    StoredField("mx_Preferred_Language", "Preferred Language", DataType.SELECT),
    StoredField("mx_Expected_Close", "Expected Close", DataType.DATE),
)
