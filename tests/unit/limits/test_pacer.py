"""The limit as the host sees it: every call that reached it is written down with its time."""

import json
import logging
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from lsq_api.cache.cache import Cache, Life
from lsq_api.client.client import Client, paced
from lsq_api.contract.errors import BudgetSpent, Busy, GivenUp, HostFailed, Throttled
from lsq_api.contract.report import ListOutput, NotContacted
from lsq_api.host.settings import Settings
from lsq_api.limits.bucket import BULK_EARLY, DAY, SCREEN_EARLY, Permit
from lsq_api.limits.pacer import BEHIND, Pacer, Use, how_early
from lsq_api.limits.queue import Caller
from lsq_api.limits.rate import Rate
from lsq_api.limits.retries import Retries
from tests.scripted import Asked, Says, ScriptedHost, error, host_at, leads

ROOT = Path(__file__).parents[3]
REPORT = NotContacted(output=ListOutput(fields=("ProspectStage",)))
QUICK = Rate(20, 1)
Span = tuple[float, float]
AT_ONCE = Retries(attempts=3, first_wait=0, most_wait=0, jitter=0)


def numbered(total: int) -> Callable[[Asked], Says]:
    """A host with so many leads, that is slow in a way of its own for each page."""

    def answer(asked: Asked) -> Says:
        index, size = asked.body["Paging"]["PageIndex"], asked.body["Paging"]["PageSize"]
        threading.Event().wait(0.02 * (index * 7 % 5))
        return leads(total, range((index - 1) * size, min(index * size, total)))

    return answer


def on_the_wire(client: Client) -> list[Span]:
    """When each call was sent at the earliest and answered at the latest: the host counted it in between."""
    return [(call.at.timestamp(), call.at.timestamp() + call.milliseconds / 1000) for call in client.ledger.recent()]


def windows_hold(calls: list[Span], rate: Rate) -> None:
    """However a window is laid, it holds no more calls than allowed.

    A call that was sent and answered within a window was counted within it, however busy the machine is.
    """
    assert len(calls) > 2 * rate.calls, "too few calls to tell"
    for start, _ in calls:
        held = sum(1 for sent, answered in calls if start <= sent and answered < start + rate.seconds)
        assert held <= rate.calls


def test_wire__no_window_holds_more_with_threads(tmp_path: Path):
    with (
        ScriptedHost(numbered(460)) as played,
        Client(played.host, pacer=Pacer([QUICK], tmp_path / "x.calls")) as client,
        ThreadPoolExecutor(4) as screens,
    ):
        for index in range(1, 9):
            screens.submit(client.page, REPORT.page(index, 7))
        rows = [row["ProspectID"] for page in client.every_page(REPORT, 10, expected=460) for row in page.rows]
        screens.shutdown()
        assert rows == [f"lead-{n}" for n in range(460)]
        assert len(played.asked) == 46 + 8
        windows_hold(on_the_wire(client), QUICK)


PROCESS = """
import json, sys
from pathlib import Path
from lsq_api.client.client import Client
from lsq_api.limits.pacer import Pacer
from tests.scripted import host_at
from tests.unit.limits.test_pacer import QUICK, REPORT, on_the_wire
with Client(host_at(sys.argv[1]), pacer=Pacer([QUICK], Path(sys.argv[2]))) as client:
    rows = sum(len(page.rows) for page in client.every_page(REPORT, int(sys.argv[3]), expected=300))
    print(json.dumps([rows, on_the_wire(client)]))
"""


def test_wire__no_window_holds_more_with_processes(tmp_path: Path):
    """Two that know of each other by the file alone."""
    with ScriptedHost(numbered(300)) as played:
        command = [sys.executable, "-c", PROCESS, played.url, str(tmp_path / "x.calls")]
        running = [
            subprocess.Popen([*command, str(size)], cwd=ROOT, stdout=subprocess.PIPE, text=True) for size in (9, 11)
        ]
        answers = [json.loads(process.communicate(timeout=60)[0]) for process in running]
        assert [rows for rows, _ in answers] == [300, 300]
        assert len(played.asked) == 34 + 28
        windows_hold([tuple(span) for _, spans in answers for span in spans], QUICK)


def test_wire__the_check_tells_a_window_that_holds_more():
    with pytest.raises(AssertionError):
        windows_hold([(n * 0.04, n * 0.04 + 0.01) for n in range(50)], QUICK)


def test_pacer__a_screen_does_not_wait_for_the_end_of_a_file():
    with ScriptedHost(numbered(400)) as played, Client(played.host, pacer=Pacer([QUICK])) as client:
        pages = client.every_page(REPORT, 10, expected=400)
        next(pages)
        client.page(REPORT.page(1, 7))
        assert len(played.asked) < 40, "the file is not through yet"
        assert sum(len(page.rows) for page in pages) == 390


def test_pacer__a_file_comes_to_its_end_while_screens_ask_without_a_pause():
    over = threading.Event()

    def look(client: Client) -> None:
        index = 0
        while not over.is_set():
            index += 1
            client.page(REPORT.page(index, 7))

    with ScriptedHost(numbered(100)) as played, Client(played.host, pacer=Pacer([QUICK])) as client:
        viewers = [threading.Thread(target=look, args=[client]) for _ in range(8)]
        for viewer in viewers:
            viewer.start()
        try:
            assert sum(len(page.rows) for page in client.every_page(REPORT, 10, expected=100)) == 100
        finally:
            over.set()
            for viewer in viewers:
                viewer.join()


@pytest.mark.parametrize(
    ("bulk", "asked_for", "early"),
    [(False, 0, SCREEN_EARLY), (True, 0, BULK_EARLY), (True, BEHIND - 1, BULK_EARLY), (True, BEHIND, SCREEN_EARLY)],
)
def test_pacer__a_file_is_behind_the_screens_of_other_processes_for_a_while(bulk: bool, asked_for: float, early: float):
    """Screens that use up the limit in another process would starve it otherwise."""
    assert how_early(Caller(bulk=bulk), asked_for) == early


def test_pacer__a_retry_takes_a_permit_too(tmp_path: Path):
    with (
        ScriptedHost(Says(b"", 503), Says(b"", 503), leads(0, [])) as played,
        Client(played.host, pacer=Pacer([Rate(10, 60)], tmp_path / "x.calls"), retries=AT_ONCE) as client,
    ):
        client.page(REPORT)
        assert client.pacer is not None
        assert client.pacer.window == Use(3, 10, 60)


def test_pacer__equal_questions_take_one(tmp_path: Path):
    """Asked as the dashboard asks: through its cache."""
    cache, life = Cache(10, 10**6), Life(timedelta(minutes=5), timedelta(minutes=30))
    go_on = threading.Event()

    def answer(asked: Asked) -> Says:
        assert go_on.wait(60)
        return leads(0, [])

    with (
        ScriptedHost(answer) as played,
        Client(played.host, pacer=Pacer([Rate(10, 60)], tmp_path / "x.calls")) as client,
        ThreadPoolExecutor(6) as viewers,
    ):
        asking = [viewers.submit(cache.get, "first", life, lambda: client.page(REPORT)) for _ in range(6)]
        other = viewers.submit(cache.get, "second", life, lambda: client.page(REPORT.page(2, 5)))
        assert not other.done()
        go_on.set()
        answers = [one.result().answer for one in asking]
        assert other.result().answer.total == 0
        assert client.pacer is not None
        assert len(played.asked) == client.pacer.window.calls <= 3
    assert {answer.total for answer in answers} == {0}


def test_pacer__a_throttle_teaches_the_limit(tmp_path: Path):
    said = "API calls exceeded the limit of 4 in 60 second(s)"
    refused = Says({"Status": "Error", "ExceptionMessage": said}, 429, headers={"Retry-After": "0"})
    file = tmp_path / "x.calls"
    with (
        ScriptedHost(refused, leads(0, [])) as played,
        Client(played.host, pacer=Pacer([Rate(20, 60)], file), retries=AT_ONCE) as client,
    ):
        assert client.page(REPORT).total == 0
        assert client.pacer is not None
        assert client.pacer.window == Use(2, 4, 60)
    with Pacer([Rate(20, 60)], file) as later:
        assert later.window == Use(2, 4, 60), "another process, and after a restart"


def test_pacer__after_a_throttle_nobody_calls_for_a_window(tmp_path: Path):
    refused = error("MXAPIRateLimitExceededException", "API calls exceeded the limit of 20 in 30 second(s)", 429)
    file = tmp_path / "x.calls"
    with (
        ScriptedHost(refused) as played,
        Client(played.host, pacer=Pacer([Rate(20, 30)], file)) as client,
        Pacer([Rate(20, 30)], file) as other,
    ):
        with pytest.raises(Throttled):
            client.page(REPORT)
        for pacer in (client.pacer, other):
            assert pacer is not None
            with pytest.raises(Busy):
                pacer.take(Caller(patience=0.0))
        assert len(played.asked) == 1


def test_pacer__busy_where_others_use_up_the_limit():
    with Pacer([Rate(1, 60)]) as pacer:
        pacer.take(Caller())
        with pytest.raises(Busy, match=r"the next one is expected in (59|60)\.\d s"):
            pacer.take(Caller(patience=0.05))


def test_pacer__budget_of_the_day():
    with Pacer([Rate(20, 5), Rate(3, DAY // 1000)]) as pacer:
        for _ in range(3):
            pacer.take(Caller())
        with pytest.raises(
            BudgetSpent, match=r"3 of 3 calls of the last 24 hours are made; one is free again in 1440 min"
        ):
            pacer.take(Caller())
        assert pacer.day == Use(3, 3, 86_400)


def test_pacer__without_a_budget_of_the_day_there_is_none():
    with Pacer([Rate(20, 5)]) as pacer:
        assert pacer.day is None


def test_pacer__cancel_ends_the_waiting():
    cancelled = threading.Event()
    with Pacer([Rate(1, 60)]) as pacer, ThreadPoolExecutor(2) as pool:
        pacer.take(Caller())
        caller = Caller(bulk=True, patience=600, cancelled=cancelled.is_set)
        waiting = [pool.submit(pacer.take, caller) for _ in range(2)]
        cancelled.set()
        for one in waiting:
            with pytest.raises(GivenUp):
                one.result(60)


def test_pacer__a_call_that_is_given_up_is_not_made(tmp_path: Path):
    with ScriptedHost(leads(0, [])) as played, Client(played.host, pacer=Pacer([Rate(5, 60)])) as client:
        with pytest.raises(GivenUp):
            client.page(REPORT, Caller(cancelled=lambda: True))
        assert played.asked == []
        assert client.pacer is not None
        assert client.pacer.window.calls == 0


@pytest.mark.parametrize("how", ["cancelled", "closed"])
def test_client__no_call_after_a_file_is_given_up(how: str):
    """The calls come out of the account's limit: a file nobody wants must not go on asking."""
    cancelled = threading.Event()
    with ScriptedHost(numbered(200)) as played, Client(played.host, pacer=Pacer([Rate(6, 1)])) as client:
        pages = client.every_page(REPORT, 10, expected=200, cancelled=cancelled.is_set)
        next(pages)
        if how == "closed":
            pages.close()  # type: ignore[attr-defined]
        else:
            cancelled.set()
            with pytest.raises(GivenUp):
                list(pages)
        for thread in [thread for thread in threading.enumerate() if thread.name.startswith("page ")]:
            thread.join(60)
        assert len(played.asked) <= 6, "one window's worth was under way, of twenty pages"


@pytest.mark.parametrize("what", ["a folder", "not a database"])
def test_pacer__without_a_file_it_goes_on_alone_and_says_so(
    tmp_path: Path, what: str, caplog: pytest.LogCaptureFixture
):
    file = tmp_path / "x.calls"
    if what == "a folder":
        file.mkdir()
    else:
        file.write_bytes(b"no database at all, but long enough to be read as the head of one " * 20)
    with Pacer([Rate(2, 60)], file) as pacer:
        assert not pacer.shared
        pacer.take(Caller())
        pacer.take(Caller())
        with pytest.raises(Busy):
            pacer.take(Caller(patience=0.0))
    (said,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "other processes' calls are not counted" in said.getMessage()
    assert str(file) in said.getMessage()


def test_pacer__a_file_that_breaks_under_way_is_done_without(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    file = tmp_path / "x.calls"
    with Pacer([Rate(2, 60)], file) as pacer:
        pacer.take(Caller())
        for one in tmp_path.iterdir():
            one.write_bytes(b"\xff" * 5_000)
        pacer.take(Caller())
        assert not pacer.shared
    assert "cannot be used" in caplog.text


def test_pacer__of_an_account_is_a_private_file_without_secrets(tmp_path: Path):
    host = host_at("https://api.leadsquared.com")
    settings = Settings(host=host, state_dir=tmp_path / "state", rate_limit=Rate(10, 5), daily_limit=500)
    with paced(settings) as pacer:
        pacer.take(Caller())
        assert pacer.window == Use(1, 10, 5)
        assert pacer.day == Use(1, 500, 86_400)
        files = sorted((tmp_path / "state").iterdir())
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        kept = b"".join(file.read_bytes() for file in files) + b"".join(os.fsencode(file) for file in files)
    for key in (host.access_key, host.secret_key):
        assert key.get_secret_value().encode() not in kept


def test_pacer__a_folder_below_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = Settings(host=host_at("https://api.leadsquared.com"), state_dir=Path("~/state"))
    with paced(settings) as pacer:
        assert pacer.shared
    assert len(list((tmp_path / "state").glob("*.calls"))) == 1


def test_pacer__another_account_has_another_file(tmp_path: Path):
    for url in ("https://api.leadsquared.com", "https://api-in21.leadsquared.com"):
        with paced(Settings(host=host_at(url), state_dir=tmp_path)) as pacer:
            pacer.take(Caller())
            assert pacer.window.calls == 1


class Noting(Pacer):
    """Notes which calls it was told had gone out."""

    def __init__(self) -> None:
        super().__init__([Rate(9, 60)])
        self.noted: list[str] = []

    def sent(self, permit: Permit) -> None:
        self.noted.append(permit.name)
        super().sent(permit)


def test_client__tells_when_a_call_has_gone_out():
    pacer = Noting()
    answers = leads(0, []), Says(b"ProspectID\r\n", kind="text/csv")
    with ScriptedHost(*answers) as played, Client(played.host, pacer=pacer) as client:
        client.page(REPORT)
        assert len(pacer.noted) == 1
        list(client.csv(REPORT))
        assert len(set(pacer.noted)) == 2


def test_client__the_limit_holds_for_a_stream_too(tmp_path: Path):
    with (
        ScriptedHost(Says(b"", 503), Says(b"ProspectID\r\n1\r\n", kind="text/csv")) as played,
        Client(played.host, pacer=Pacer([Rate(5, 60)]), retries=AT_ONCE) as client,
    ):
        assert b"".join(client.csv(REPORT)) == b"ProspectID\r\n1\r\n"
        assert client.pacer is not None
        assert client.pacer.window.calls == len(played.asked) == 2


def test_client__without_retries_the_first_failure_is_the_answer(tmp_path: Path):
    with ScriptedHost(Says(b"", 503)) as played, Client(played.host) as client, pytest.raises(HostFailed):
        client.page(REPORT)
    assert len(played.asked) == 1


def test_client__closing_ends_what_waits_for_leave():
    """A call that asked for leave of a client that is gone would ask again and again, and take a processor with it."""
    with ScriptedHost(leads(0, [])) as played, ThreadPoolExecutor(1) as pool:
        client = Client(played.host, pacer=Pacer([Rate(1, 60)]))
        client.page(REPORT)
        waiting = pool.submit(client.page, REPORT)
        while client.pacer and not client.pacer.waiting:
            threading.Event().wait(0.001)
        client.close()
        with pytest.raises(GivenUp):
            waiting.result(60)
        with pytest.raises(GivenUp):
            client.page(REPORT)
        assert len(played.asked) == 1
