"""Last contact, waiting since, the least and greatest of a group, and groups with all their leads: extensions.

Held against plain loops over the rows of random stores, over HTTP, and refused under `--strict`.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lsq_api.contract.report import LeadDistribution
from tests import engines
from tests.conftest import NOT_CONTACTED, Caller, Serve
from tests.contract.company import COMPANY
from tests.contract.test_oracle import FIELDS, NOW_UTC, answers, filters, stores
from tests.oracle import Field, Oracle, Refused, counts, ended, folded, page, text
from tests.stores import Rows, make_store

LAST, SINCE = "LastContactOn", "WaitingSince"
DATED = ["CreatedOn", "mx_Seen", "mx_Due", "EngagementScore", LAST, SINCE]


def last_contact(oracle: Oracle, lead: Mapping[str, Any], body: Mapping[str, Any]) -> datetime | None:
    """The newest activity up to now that counts, whatever range the report asks about."""
    asked = (body.get("ReportFilter") or {}).get("ActivityFilters", [])
    return max(
        (
            one["CreatedOn"]
            for one in oracle.rows.activities
            if one["RelatedProspectId"] == lead["ProspectID"]
            and one["CreatedOn"] <= oracle.now
            and (not asked or any(counts(one["ActivityEvent"], which) and ended(one, which) for which in asked))
        ),
        default=None,
    )


def matching(oracle: Oracle, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The leads of a report, with both fields of their contact."""
    found = []
    for lead in oracle.matching(body):
        last = last_contact(oracle, lead, body)
        found.append(lead | {LAST: last, SINCE: last or lead["CreatedOn"]})
    return found


@st.composite
def lists(draw: st.DrawFn) -> dict[str, Any]:
    body = draw(filters()) | {"Output": {"Type": "List", "IncludeCSV": f"ProspectID,{LAST},{SINCE}"}}
    if draw(st.booleans()):
        body["Sorting"] = {"ColumnName": draw(st.sampled_from([LAST, SINCE])), "Direction": draw(st.sampled_from("01"))}
    return body


@st.composite
def extremes(draw: st.DrawFn) -> dict[str, Any]:
    output = {
        "Type": "Aggregate",
        "GroupBy": draw(st.sampled_from(FIELDS)),
        "AggregateFunction": draw(st.sampled_from(["Minimum", "Maximum", "maximum"])),
        "AggregateField": draw(st.sampled_from(DATED)),
    }
    return draw(filters()) | {"Output": output, "Paging": {"PageIndex": 1, "PageSize": 10_000}}


@st.composite
def shares(draw: st.DrawFn) -> dict[str, Any]:
    output = {
        "Type": "Aggregate",
        "GroupBy": draw(st.sampled_from(FIELDS)),
        "AggregateFunction": "Count",
        "AggregateField": "EngagementScore",
        "AllLeads": draw(st.integers(1, 4)),
    }
    body = draw(filters()) | {"Output": output}
    body["Sorting"] = {"ColumnName": draw(st.sampled_from(["Share", "AllLeads", "Count"])), "Direction": "1"}
    return body


def check(oracle: Oracle, body: Mapping[str, Any], status: int, answer: Any) -> None:
    try:
        leads = matching(oracle, body)
        everybody = oracle.matching(body, contacted_too=True)
    except Refused:
        assert status == 400, answer
        return
    assert status == 200, answer
    if body["Output"]["Type"] == "List":
        check_list(leads, body, answer)
    elif "AllLeads" in body["Output"]:
        check_shares(oracle, leads, everybody, body, answer)
    else:
        check_extremes(oracle, leads, body, answer)


def check_list(leads: list[dict[str, Any]], body: Mapping[str, Any], answer: Any) -> None:
    ordered = sorted(leads, key=lambda lead: lead["ProspectID"])
    if "Sorting" in body:
        name = body["Sorting"]["ColumnName"]
        filled = [lead for lead in ordered if lead[name] is not None]
        filled.sort(key=lambda lead: lead[name], reverse=body["Sorting"]["Direction"] == "1")
        ordered = filled + [lead for lead in ordered if lead[name] is None]
    wanted = [[lead["ProspectID"], text(lead[LAST]) or None, text(lead[SINCE]) or None] for lead in page(ordered, body)]
    assert [list(row.values()) for row in answer["Results"]] == wanted
    assert answer["TotalCount"] == str(len(leads))


def check_extremes(oracle: Oracle, leads: list[dict[str, Any]], body: Mapping[str, Any], answer: Any) -> None:
    output = body["Output"]
    by, field = oracle.field(output["GroupBy"]), output["AggregateField"]
    name = output["AggregateFunction"].title()
    groups = oracle.groups(leads, by)
    assert answer["TotalCount"] == str(len(groups)) == str(len(answer["Results"]))
    for row in answer["Results"]:
        mine = group_of(by, row[by.name], groups)
        values = [lead[field] for lead in mine if lead[field] is not None]
        least = None if not values else min(values) if name == "Minimum" else max(values)
        assert row["Count"] == str(len(mine))
        assert row[name] == (text(least) or None)


def check_shares(
    oracle: Oracle,
    leads: list[dict[str, Any]],
    everybody: list[dict[str, Any]],
    body: Mapping[str, Any],
    answer: Any,
) -> None:
    by, least = oracle.field(body["Output"]["GroupBy"]), body["Output"]["AllLeads"]
    waiting = {lead["ProspectID"] for lead in leads}
    groups = [group for group in oracle.groups(everybody, by) if len(group) >= least]
    assert answer["TotalCount"] == str(len(groups))
    for row in answer["Results"]:
        mine = group_of(by, row[by.name], groups)
        assert row["AllLeads"] == str(len(mine))
        assert row["Count"] == str(sum(lead["ProspectID"] in waiting for lead in mine))
    found = [(sum(lead["ProspectID"] in waiting for lead in group), len(group)) for group in groups]
    measure = {"Share": lambda one: Fraction(*one), "AllLeads": lambda one: one[1], "Count": lambda one: one[0]}[
        body["Sorting"]["ColumnName"]
    ]
    shown = [(int(row["Count"]), int(row["AllLeads"])) for row in answer["Results"]]
    assert [measure(one) for one in shown] == page(sorted(map(measure, found), reverse=True), body)


def group_of(by: Field, label: str | None, groups: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The group that a row is about, by one of its spellings."""
    (mine,) = [
        group
        for group in groups
        if (label is None and not folded(group[0][by.name]))
        or (label is not None and label in {text(lead[by.name]).strip() for lead in group})
    ]
    return mine


@settings(max_examples=engines.fewer(40), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(rows=stores(), some=st.lists(lists() | extremes() | shares(), min_size=6, max_size=6))
def test_contact_fields__agree_with_the_oracle(rows: Rows, some: list[dict[str, Any]]) -> None:
    with TemporaryDirectory() as folder:
        store = engines.opened(make_store(Path(folder) / "s", rows))
        try:
            found = asyncio.run(answers(store, [(NOT_CONTACTED, body) for body in some]))
        finally:
            store.close()
    for body, answer in zip(some, found, strict=True):
        check(Oracle(rows, NOW_UTC), body, answer.status_code, answer.json())


SHARES = {"Type": "Aggregate", "GroupBy": "Source", "AggregateFunction": "Count", "AggregateField": "Score"}


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        (LeadDistribution.path, {"Output": {"Type": "List", "IncludeCSV": LAST}}, LAST),
        (LeadDistribution.path, {"Output": SHARES | {"AllLeads": 5}}, "AllLeads belongs to Leads Not Contacted"),
        (NOT_CONTACTED, {"Output": SHARES | {"AllLeads": 0}}, "AllLeads"),
        (NOT_CONTACTED, {"Output": SHARES | {"AllLeads": 5, "AggregateFunction": "Sum"}}, "AggregateFunction Count"),
        (NOT_CONTACTED, {"Output": SHARES | {"AggregateFunction": "Minimum", "AggregateField": "Source"}}, "Source"),
        (NOT_CONTACTED, {"Output": SHARES | {"GroupBy": LAST}}, LAST),
    ],
)
def test_contact_fields__what_makes_no_sense_is_refused(company: Caller, path: str, body: Any, said: str) -> None:
    answer = company.post(path, body)
    assert answer.status_code == 400
    assert said in answer.json()["ExceptionMessage"]


@pytest.mark.parametrize(
    "body",
    [
        {"Output": {"Type": "List", "IncludeCSV": f"ProspectID,{LAST}"}},
        {"Output": {"Type": "List", "IncludeCSV": SINCE.lower()}},
        {"Output": SHARES | {"AllLeads": 5}},
        {"Output": SHARES | {"AggregateFunction": "Minimum", "AggregateField": "CreatedOn"}},
    ],
)
def test_contact_fields__are_not_offered_under_strict(serve: Serve, body: Any) -> None:
    assert serve(COMPANY).post(NOT_CONTACTED, body).status_code == 200
    assert serve(COMPANY, strict=True).post(NOT_CONTACTED, body).status_code == 400
