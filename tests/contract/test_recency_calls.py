"""What it costs to work recency out: which calls, how often, and that nothing dear begins unasked."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from lsq_api.client.client import Client
from lsq_api.contract.conditions import DateField, DateFilter, LeadFilter
from lsq_api.contract.errors import Costly, Rejected
from lsq_api.contract.report import AggregateOutput, Function, ListOutput, NotContacted, NotContactedFilter, Sorting
from lsq_api.limits.rate import DEFAULT_RATE, Rate
from lsq_api.recency.leads import PAGE
from lsq_api.recency.recency import Recency
from lsq_api.server.app import Options
from lsq_api.server.store.store import Store
from lsq_api.server.thread import ServerThread
from tests import engines
from tests.contract.company import ACTIVITIES, ANN, COMPANY, LEADS, NOW, TYPES, USERS
from tests.scripted import ACCESS_KEY, SECRET_KEY, host_at
from tests.stores import Rows, activity, make_store

LISTS, ACTIVITY_CALL = "/Leads/LeadDistribution/FilterByLeadField", "CustomActivity/RetrieveByActivityEvent"
DAY = timedelta(days=1)
IDS = ListOutput(fields=("ProspectID",))
BUSY = Rows(
    leads=LEADS,
    activities=[*ACTIVITIES, *(activity(100 + n, "lead-09", 22, "2026-02-20 10:00:00") for n in range(2_300))],
    types=TYPES,
    users=USERS,
    columns=COMPANY.columns,
)


class Asker:
    """Asks as the dashboard does: the host itself, or whoever works its answer out."""

    def __init__(self, recency: Recency) -> None:
        self.recency = recency

    def __getattr__(self, name: str) -> Any:
        if name not in {"total", "page", "every_page", "every_group"}:
            return getattr(self.recency, name)
        return lambda report: getattr(self.recency.answering(report), name)(report)


class Host:
    """A strict server over a company, and a clock that both sides read."""

    def __init__(self, running: ExitStack, store: Store) -> None:
        self.now, self._running = NOW, running
        options = Options(SecretStr(ACCESS_KEY), SecretStr(SECRET_KEY), None, strict=True, clock=lambda: self.now)
        self._url = running.enter_context(ServerThread(store, options)).url

    def client(self, unasked: int = 20, rate: Rate = DEFAULT_RATE) -> Asker:
        client = self._running.enter_context(Client(host_at(self._url)))
        return Asker(Recency(client, now=lambda: self.now, unasked=unasked, rate=rate))


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("store") / "s", BUSY)


@pytest.fixture
def host(busy: Path) -> Iterator[Host]:
    with ExitStack() as running:
        store = engines.opened(busy)
        running.callback(store.close)
        yield Host(running, store)


def made(client: Asker) -> Counter[str]:
    """The calls of a client so far, by the last part of their path."""
    return Counter(call.path.rpartition("svc/")[2] for call in client.client.ledger.recent())


def report(
    days: int = 30,
    now: datetime = NOW,
    *conditions: LeadFilter,
    output: AggregateOutput | ListOutput = IDS,
    dates: tuple[DateFilter, ...] = (),
) -> NotContacted:
    codes = {"activities": [{"LookUpName": "ActivityEvent", "SqlOperator": "in", "LookUpValues": ["21", "22"]}]}
    span = DateFilter(field=DateField.ACTIVITY, start=now - days * DAY, end=now)
    return NotContacted(filter=NotContactedFilter(leads=conditions, **codes), dates=(span, *dates), output=output)


def by(field: str, function: Function = Function.COUNT) -> AggregateOutput:
    return AggregateOutput(group_by=field, function=function, field="EngagementScore")


def created(start: datetime, end: datetime) -> DateFilter:
    return DateFilter(field=DateField.CREATED, start=start, end=end)


def test_screen__reads_leads_once_and_each_code_once(host: Host):
    """All that the Overview asks comes from the same leads and the same activities."""
    client = host.client()
    empty = LeadFilter(field="ProspectActivityDate_Max", operator="ndef")
    scored = LeadFilter(field="EngagementScore", operator="def")
    groups = client.every_group(report(output=by("OwnerId", Function.SUM)))
    assert {group.value: group.count for group in groups}[ANN] == 2
    first = made(client)
    assert first == {"UserByAccessKey.Get": 1, LISTS: 2, ACTIVITY_CALL: 7, "LeadsMetaData.Get": 1}
    assert client.total(report()) == 7
    assert client.total(report(30, NOW, empty)) == 5
    assert client.total(report(30, NOW, scored)) == 4
    assert client.total(report(dates=(created(NOW - 59 * DAY, NOW - 28 * DAY),))) == 1
    assert sum(group.count for group in client.every_group(report(output=by("Source")))) == 7
    assert made(client) == first


def test_screen__a_page_of_the_list_is_one_more_call(host: Host):
    client = host.client()
    listed = report(output=ListOutput(fields=("FirstName", "Phone", "mx_City")))
    client.total(listed)
    before = made(client)
    page = client.page(listed.page(2, 3))
    assert [row["ProspectID"] for row in page.rows] == ["lead-05", "lead-06", "lead-07"]
    assert {row["mx_City"] for row in page.rows} == {"\u00a0", "مرحبا", None}
    assert made(client) - before == {LISTS: 1}


def test_screen__a_field_that_was_not_read_is_read_with_the_others(host: Host):
    client = host.client()
    client.total(report())
    before = made(client)
    assert {group.value for group in client.every_group(report(output=by("mx_City")))} >= {"100%", None}
    assert made(client) - before == {LISTS: 1 + 1, "LeadsMetaData.Get": 1}
    again = made(client)
    client.every_group(report(output=by("ProspectStage")))
    client.every_group(report(output=by("mx_City", Function.AVERAGE)))
    assert made(client) == again
    client.renew()
    client.every_group(report(output=by("ProspectStage")))
    renewed = made(client)
    client.every_group(report(output=by("mx_City")))
    assert made(client) == renewed, "what is renewed keeps the fields that were added"


def test_screen__ranges_that_do_not_meet_ask_for_no_activity(host: Host):
    client = host.client()
    apart = DateFilter(field=DateField.ACTIVITY, start=NOW - 90 * DAY, end=NOW - 60 * DAY)
    assert client.total(report(dates=(apart,))) == len(LEADS)
    assert made(client)[ACTIVITY_CALL] == 0


def test_screen__a_wider_question_is_not_answered_from_a_narrower_one(host: Host):
    client = host.client()
    assert client.total(report(dates=(created(NOW - 59 * DAY, NOW - 28 * DAY),))) == 1
    narrow = LeadFilter(field="ProspectStage", operator="=", values=("customer",))
    assert client.total(report(30, NOW, narrow)) == 1
    assert client.total(report()) == 7
    assert client.total(report(dates=(created(NOW - 59 * DAY, NOW),))) == 4


def test_later__leads_and_today_are_read_anew_and_past_days_are_not(host: Host):
    client = host.client()
    client.total(report())
    before = made(client)
    host.now += timedelta(minutes=4)
    client.total(report())
    assert made(client) == before
    host.now += timedelta(minutes=1)
    client.total(report())
    assert made(client) - before == {LISTS: 1, ACTIVITY_CALL: 2}


def test_later__a_whole_screen_renews_the_leads_once(host: Host):
    """Its figures are asked anew by several threads at once, and all are about the same leads."""
    client = host.client()
    client.total(report())
    client.renew()
    before = made(client)
    ranges = [created(NOW - days * DAY, NOW) for days in range(1, 9)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda span: client.total(report(dates=(span,))), ranges))
    assert made(client) - before == {LISTS: 1, ACTIVITY_CALL: 2}


def test_later__leads_of_a_span_that_moved_are_not_kept_twice(host: Host):
    client = host.client()
    client.total(report(dates=(created(NOW - 59 * DAY, NOW),)))
    for _ in range(3):
        host.now += timedelta(minutes=5)
        client.total(report(30, host.now, dates=(created(host.now - 59 * DAY, host.now),)))
    assert client.kept == (7, 2_304)


def test_later__renewed_is_asked_anew(host: Host):
    client = host.client()
    client.total(report())
    before = made(client)
    client.renew()
    client.total(report())
    assert made(client) - before == {LISTS: 1, ACTIVITY_CALL: 2}


def test_costly__is_said_with_calls_and_seconds_before_it_begins(host: Host):
    client = host.client(unasked=2, rate=Rate(1, 5))
    with pytest.raises(Costly) as refused:
        client.total(report())
    assert (refused.value.calls, refused.value.seconds, refused.value.at_least) == (5, 25.0, False)
    assert made(client) == {"UserByAccessKey.Get": 1, LISTS: 1, ACTIVITY_CALL: 3}, "the whole was counted, not read"
    with pytest.raises(Costly):
        client.every_group(report(output=by("OwnerId")))
    assert made(client)[ACTIVITY_CALL] == 3, "and is not counted for every figure of a screen"


def test_costly__once_gathered_everything_of_the_screen_is_answered(host: Host):
    client = host.client(unasked=2)
    told: list[tuple[int, int]] = []
    with pytest.raises(Costly) as refused:
        client.total(report())
    before = made(client)
    client.gather(report(), lambda done, of: told.append((done, of)), refused.value.calls)
    assert told == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]
    assert sum((made(client) - before).values()) == 5
    assert client.total(report()) == 7
    assert client.total(report(dates=(created(NOW - 59 * DAY, NOW - 28 * DAY),))) == 1


def test_costly__renewing_what_was_agreed_to_is_not_asked_again(host: Host):
    client = host.client(unasked=0)
    client.gather(report())
    host.now += timedelta(hours=1)
    assert client.total(report(30, host.now)) == 6, "and a call that lay ahead is one now"
    with pytest.raises(Costly):
        client.total(report(30, host.now, LeadFilter(field="Source", operator="=", values=("web",))))


def test_costly__a_stop_ends_the_calls(host: Host):
    """Two codes are read side by side: when the second call is done, one more of the other code may be under way."""
    client = host.client(unasked=2)
    with pytest.raises(Costly):
        client.total(report())
    before = made(client)

    def stops(done: int, of: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        client.gather(report(), stops)
    after = made(client) - before
    assert after[ACTIVITY_CALL] <= 3
    assert LISTS not in after


def test_costly__many_codes_are_at_least_so_many_calls(host: Host):
    client = host.client()
    codes = [str(code) for code in range(200, 215)]
    every = NotContactedFilter(activities=[{"LookUpName": "ActivityEvent", "SqlOperator": "in", "LookUpValues": codes}])
    asked = report().model_copy(update={"filter": every})
    with pytest.raises(Costly) as refused:
        client.total(asked)
    assert (refused.value.calls, refused.value.at_least) == (31, True)
    assert made(client)[ACTIVITY_CALL] == 0


def test_export__all_rows_once_with_the_total_at_the_end(host: Host):
    client = host.client()
    listed = report(output=ListOutput(fields=("ProspectStage",)))
    found = list(client.every_page(listed))
    assert [row["ProspectID"] for page in found for row in page.rows] == [
        f"lead-{n:02}" for n in (1, 3, 4, 5, 6, 7, 10)
    ]
    assert found[-1].total == 7
    assert PAGE == 10_000


def test_other_reports__go_to_the_host_as_they_are(host: Host):
    client = host.client()
    without = report().model_copy(update={"dates": ()})
    assert client.total(without) == 7
    assert sum(group.count for group in client.every_group(report(output=by("OwnerId")).all_leads)) == 10
    assert made(client) == {"/Leads/NotContacted": 1, LISTS: 1}


def test_sorting__is_not_silently_left_out(host: Host):
    sorted_ = report().model_copy(update={"sorting": Sorting(field="CreatedOn")})
    with pytest.raises(TypeError, match="sort"):
        host.client().page(sorted_)


def test_mistakes__are_the_hosts_to_refuse(host: Host):
    with pytest.raises(Rejected, match="NoSuchField"):
        host.client().total(report(30, NOW, LeadFilter(field="NoSuchField", operator="def")))


def test_now__is_the_clock_unless_told(tmp_path_factory: pytest.TempPathFactory):
    """Without this a range that ends now would count what lies ahead."""
    soon = datetime.now(UTC).replace(tzinfo=None, microsecond=0) + timedelta(hours=2)
    rows = Rows(leads=LEADS, activities=[activity(1, "lead-01", 22, f"{soon}")], types=TYPES, columns=COMPANY.columns)
    with ExitStack() as running:
        store = engines.opened(make_store(tmp_path_factory.mktemp("store") / "s", rows))
        running.callback(store.close)
        options = Options(SecretStr(ACCESS_KEY), SecretStr(SECRET_KEY), None, strict=True)
        server = running.enter_context(ServerThread(store, options))
        client = Recency(running.enter_context(Client(host_at(server.url))))
        assert client.total(report(3, datetime.now(UTC) + DAY)) == len(LEADS)
