"""The questions that the vendor's page leaves open, how each was decided, and which code carries the decision out.

Source: the numbered decisions of the wire notes.
"""

from typing import NamedTuple


class Assumption(NamedTuple):
    """One decision: its number, its text, and the dotted names of the code that carries it out."""

    number: int
    says: str
    where: tuple[str, ...]


ASSUMPTIONS = (
    Assumption(
        1,
        "Whether an activity is absent is judged over all time; a date filter on creation or modification bounds the "
        "leads only.",
        ("lsq_api.contract.conditions.DateField", "lsq_api.server.query.compile"),
    ),
    Assumption(
        2,
        "A range of the activities' own dates (DateField ActivityCreatedOn) is an extension of the local server; "
        "a strict server, and LeadSquared, refuse it. There the same is worked out from Lead Distribution and from "
        "activities by code and last change, which is never before their creation.",
        (
            "lsq_api.contract.lookups.ACTIVITY_DATES",
            "lsq_api.server.query.lookups.EXTENSIONS",
            "lsq_api.recency.recency.Recency",
        ),
    ),
    Assumption(
        3,
        "Sorting is an extension of the local server; rows are always ordered by ProspectID last.",
        ("lsq_api.contract.report.Sorting", "lsq_api.contract.lookups.SORTING"),
    ),
    Assumption(
        4,
        "Without activity filters any activity counts as contact. The dashboard always names the codes.",
        ("lsq_api.question.directory.Directory.default_activities", "lsq_api.question.question.Question.report"),
    ),
    Assumption(
        5,
        "Activity filters name codes that count: “<> X” means every code but X, several filters mean any of theirs.",
        ("lsq_api.contract.conditions.ActivityFilter", "lsq_api.server.query.plan.contact_codes"),
    ),
    Assumption(
        6,
        "An aggregate answer has a row for each group, with its value, a Count, and an Average or a Sum. It is read "
        "tolerantly, since the vendor publishes no example.",
        ("lsq_api.contract.answer.AggregateAnswer",),
    ),
    Assumption(
        7,
        "LeadModifiedOn is ModifiedOn. Both ends of a range are included. Texts are compared trimmed and in any case, "
        "numbers as numbers where both sides are. On leads “<>”, an extension of the local server, finds just those "
        "that “=” does not, so also those without a value.",
        (
            "lsq_api.server.query.plan.DATE_COLUMNS",
            "lsq_api.server.query.operators.holds",
            "lsq_api.contract.operators.TABLE",
        ),
    ),
    Assumption(
        8,
        "An activity dated in the future never counts as contact.",
        ("lsq_api.server.query.compile", "components.lead.contact.is_contact"),
    ),
    Assumption(
        9,
        "A page past the end is empty and repeats the TotalCount. The local server refuses pages of more than 10,000.",
        ("lsq_api.contract.report.MAX_PAGE_SIZE", "lsq_api.client.paging.every_block"),
    ),
    Assumption(
        10,
        "Every mistake of the caller is answered 400 in the vendor's envelope. An MX body under another status is "
        "taken for what it says: validation is not tried again, throttling waits.",
        ("lsq_api.client.failures.failure", "lsq_api.server.query.refusal.Refusal"),
    ),
    Assumption(
        11,
        "A user filter bounds the lead's owner, not who made the activities.",
        ("lsq_api.contract.conditions.UserFilter", "lsq_api.question.question.Question.report"),
    ),
)
