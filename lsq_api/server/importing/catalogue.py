"""LeadSquared's own activity types: their event codes and names (section 6 of the wire notes)."""

from typing import Final

NAMES: Final = {
    0: "Email Opened", 1: "Email Link Clicked", 2: "Page Visited on Website", 3: "Form Submitted on Website",
    4: "Tracking URL Clicked", 5: "Email Unsubscribed", 6: "Unsubscribe Link Clicked",
    8: "Email Preference Link Clicked",
    9: "Email Marked Spam", 10: "Email Bounced", 11: "View in Browser Link Clicked", 12: "Email Positive Response",
    13: "Email Negative Response", 14: "Email Neutral Response", 15: "Email Resubscribed",
    18: "Email Positive Inbound Email", 19: "Converted to Lead", 20: "Conversion Button Clicked",
    21: "Inbound Phone Call Activity", 22: "Outbound Phone Call Activity", 23: "Lead Capture",
    30: "Sales Activity", 31: "Cancelled Sales Activity", 97: "Dynamic Form Submission", 98: "Payment",
    103: "Had a Phone Conversation",
}  # fmt: skip
"""Names by code."""
_OTHER_NAMES: Final = {
    "inbound phone call": 21, "outbound phone call": 22, "phone call - inbound": 21, "phone call - outbound": 22,
}  # fmt: skip
CODES: Final = {name.casefold(): code for code, name in NAMES.items()} | _OTHER_NAMES
"""Codes by name in lower case, as accounts spell it."""
OWN: Final = 200
"""The first code that is given to a type of which only the name is known; the account's own types begin here."""
