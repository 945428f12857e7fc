"""Recency worked out from documented calls, held against the extension that answers it in one: over real sockets.

The same store is served twice, once with the extension and once strict; whatever is asked, both answer the same.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from lsq_api.client.client import Client
from lsq_api.contract.answer import Group
from lsq_api.contract.errors import Rejected
from lsq_api.contract.operators import lead_operators
from lsq_api.contract.report import AggregateOutput, Function, NotContacted
from lsq_api.recency.recency import Recency
from lsq_api.server.app import Options
from lsq_api.server.importing.importer import import_files
from lsq_api.server.thread import ServerThread
from tests import engines
from tests.contract.company import NOW
from tests.contract.test_oracle import CODES, NOW_UTC, TIMES, aggregates, filters, lists, odd_company, stores
from tests.contract.test_reference_answers import DATA, asked, questions
from tests.scripted import ACCESS_KEY, SECRET_KEY, host_at
from tests.stores import Rows, make_store

Both = tuple[Client, Recency]
Twice = Callable[..., Both]


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twice]:
    """A store behind two servers: a client of the one with the extension, and one that has to do without."""
    with ExitStack() as running:

        def serve(what: Rows | Path, now: datetime = NOW, **options: Any) -> Both:
            path = make_store(tmp_path_factory.mktemp("store") / "s", what) if isinstance(what, Rows) else what
            store = engines.opened(path)
            running.callback(store.close)
            given = {"rate_limit": None, "clock": lambda: now}
            keys = SecretStr(ACCESS_KEY), SecretStr(SECRET_KEY)
            hosts = [
                running.enter_context(ServerThread(store, Options(*keys, strict=strict, **given)))
                for strict in (False, True)
            ]
            whole = running.enter_context(Client(host_at(hosts[0].url)))
            return whole, Recency(running.enter_context(Client(host_at(hosts[1].url))), now=lambda: now, **options)

        yield serve


def changed_later(rows: Rows) -> Rows:
    """The same rows, some of whose activities were changed after they were made, in an account that names its types."""
    later = [timedelta(0), timedelta(seconds=1), timedelta(days=3), timedelta(days=40)]
    activities = [
        # What is ahead of now was made by a clock that is, and no change can be.
        one | {"ModifiedOn": max(one["CreatedOn"], min(one["CreatedOn"] + later[index % len(later)], NOW_UTC))}
        for index, one in enumerate(rows.activities)
    ]
    types = [{"ActivityEvent": code, "ActivityEventName": f"Type {code}"} for code in CODES]
    return Rows(leads=rows.leads, users=rows.users, activities=activities, types=types, columns=rows.columns)


def same_groups(found: list[Group], wanted: list[Group]) -> None:
    assert [group.count for group in found] == [group.count for group in wanted]
    figures = {group.value: (group.count, group.figure) for group in wanted}
    for group in found:
        count, figure = figures.pop(group.value)
        assert group.count == count
        assert (group.figure is None) == (figure is None)
        if group.figure is not None and figure is not None:
            assert abs(group.figure - figure) <= max(Decimal("0.000001"), abs(figure) * Decimal("1e-14"))
    assert not figures


def agree(both: Both, report: NotContacted) -> None:
    """Every verb of the dashboard answers the same."""
    extended, strict = both
    try:
        total = extended.total(report)
    except Rejected:
        with pytest.raises(Rejected):
            strict.total(report)
        return
    assert strict.total(report) == total
    if isinstance(report.output, AggregateOutput):
        same_groups(strict.every_group(report), extended.every_group(report))
        assert strict.some_groups(report).total == extended.some_groups(report).total
        assert strict.groups(report.page(2, 1)).total == extended.groups(report.page(2, 1)).total
        return
    assert strict.page(report) == extended.page(report)
    assert pages(strict, report) == pages(extended, report)


def pages(client: Client | Recency, report: NotContacted) -> list[dict[str, Any]]:
    return [row for page in client.every_page(report, 3) for row in page.rows]


DOCUMENTED = list(lead_operators(()))
"""The operators that both hosts know."""


@st.composite
def windowed(draw: st.DrawFn, outputs: st.SearchStrategy[dict[str, Any]]) -> NotContacted:
    """A report that looks at when activities were, sometimes in the future, sometimes nowhere.

    Without outcomes and tries, which only a host of ours tells.
    """
    body = draw(filters(DOCUMENTED)) | {"Output": draw(outputs)["Output"]}
    for one in body["ReportFilter"]["ActivityFilters"]:
        one.pop("Outcome", None)
    assume("ContactTries" not in str(body))
    ends = sorted([draw(st.sampled_from(TIMES)), draw(st.sampled_from(TIMES))])
    window = {"DateField": "ActivityCreatedOn", "FromDate": f"{ends[0]}", "ToDate": f"{ends[1]}"}
    return NotContacted.model_validate(body | {"DateFilter": [window, *body["DateFilter"]]})


reports = windowed(lists) | windowed(aggregates)


@pytest.fixture(scope="module")
def odd(twice: Twice) -> Both:
    return twice(changed_later(odd_company()), fresh=timedelta(0))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(report=reports)
def test_recency__agrees_with_the_extension(odd: Both, report: NotContacted) -> None:
    agree(odd, report)


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=stores(), some=st.lists(reports, min_size=5, max_size=5))
def test_recency__agrees_on_any_store(twice: Twice, rows: Rows, some: list[NotContacted]) -> None:
    both = twice(changed_later(rows))
    for report in some:
        agree(both, report)


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory, twice: Twice) -> Recency:
    if not DATA.is_dir():
        pytest.skip("../shared/data/bpic2012 is not beside this checkout")
    path = tmp_path_factory.mktemp("bank") / "bank.store"
    import_files(DATA, path)
    return twice(path, datetime.now(UTC), unasked=1_000)[1]


@pytest.mark.parametrize(("question", "answer"), [one for one in questions() if "activity_from" in one.values[0]])
def test_recency__answers_the_banks_questions(bank: Recency, question: dict[str, Any], answer: dict[str, Any]) -> None:
    """The reference answers about a bank's real leads, from a host that cannot be asked them."""
    listed = NotContacted.model_validate(asked(question, {"Type": "List", "IncludeCSV": "ProspectID"}))
    rows = pages(bank, listed)
    ids = sorted(row["ProspectID"] for row in rows)
    assert sha256("\n".join(ids).encode()).hexdigest() == answer["prospect_ids_sha256"]
    assert bank.total(listed) == answer["total"] == len(rows)
    assert bank.page(listed.page(2, 10)).rows == rows[10:20]
    for field, wanted in (("OwnerId", answer["by_owner"]), ("ProspectStage", answer["by_stage"])):
        output = AggregateOutput(group_by=field, function=Function.COUNT, field="EngagementScore")
        groups = bank.every_group(listed.model_copy(update={"output": output}))
        assert {group.value or "": group.count for group in groups} == wanted
    whole = bank.answering(listed.all_leads).total(listed.all_leads)
    assert whole == answer["leads_before_activity_test"]
