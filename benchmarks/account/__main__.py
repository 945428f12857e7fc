"""All leads of a large account, as fast as its limit allows: `python -m benchmarks.account`.

211,507 leads match, a page holds 1,000, an answer takes 1.5 s, the account allows 25 calls in 5 s, and four dashboards
ask their questions beside it, each a process of its own. The floor is what the limit alone imposes on all these calls.
Exit code 1 where the aim is missed: 1.05 of the floor, no call refused, every lead once.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from pydantic import SecretStr

from benchmarks.account.asked import NEVER, counted
from benchmarks.account.host import ACCESS, SECRET, Arrived, Played, most_in_a_window, playing
from lsq_api.client.client import Client
from lsq_api.contract.report import ListOutput, NotContacted
from lsq_api.host.settings import Host, Settings
from lsq_api.limits.rate import Rate
from lsq_api.server.demo.make import make_demo

LEADS, PAGE, LATENCY = 211_507, 1_000, 1.5
RATE = Rate(25, 5)
AIM = 1.05
DASHBOARDS, QUESTIONS, EVERY = 4, ("OwnerId", "ProspectStage", "Source"), 15.0
SAMPLE = 20
LISTED = NotContacted(filter=NEVER, output=ListOutput(fields=("FirstName", "ProspectStage", "Source", "CreatedOn")))


def settings(host: Host, state: Path) -> Settings:
    """As an administrator would configure it."""
    return Settings(host=host, rate_limit=RATE, state_dir=state)


def dashboard(host: Host, state: Path, number: int, seconds: float) -> list[float]:
    """A viewer who looks at a few figures every now and then; how long each took to come."""
    took = []
    end = time.monotonic() + seconds
    with Client.of(settings(host, state)) as client:
        time.sleep(1 + number * EVERY / DASHBOARDS)
        while time.monotonic() < end:
            for field in QUESTIONS:
                begun = time.monotonic()
                client.groups(counted(field).page(1, PAGE))
                took.append(time.monotonic() - begun)
            time.sleep(EVERY)
    return took


def floor(calls: int, latency: float = LATENCY) -> float:
    """Seconds until so many calls are answered when as many go out at once as a window holds."""
    return (math.ceil(calls / RATE.calls) - 1) * RATE.seconds + latency


def measured(played: Played, state: Path, dashboards: int) -> tuple[float, list[Arrived], list[float]]:
    """Seconds for all leads, the calls that arrived meanwhile, and the seconds each dashboard waited for a figure."""
    arguments = [played.host.api_url, played.host.analytics_url, str(state)]
    command = [sys.executable, "-m", "benchmarks.account", "--dashboard"]
    beside = [
        subprocess.Popen([*command, str(n), *arguments], stdout=subprocess.PIPE, text=True)  # noqa: S603  our own module
        for n in range(dashboards)
    ]
    seen: set[str] = set()
    begun = time.monotonic()
    with Client.of(settings(played.host, state)) as client:
        for page in client.every_page(LISTED, PAGE, expected=LEADS):
            seen.update(row["ProspectID"] for row in page.rows)
        took = time.monotonic() - begun
    arrived = [one for one in played.arrived() if begun <= one.at <= begun + took]
    if len(seen) != LEADS:
        raise SystemExit(f"{len(seen):,} leads came, {LEADS:,} there are")
    waited = [seconds for process in beside for seconds in json.loads(process.communicate()[0])]
    return took, arrived, waited


def one_after_the_other(played: Played) -> float:
    """Seconds that a client takes which asks page after page, from as many pages as are worth waiting for."""
    begun = time.monotonic()
    with Client(played.host) as client:
        for index in range(1, SAMPLE + 1):
            client.page(LISTED.page(index, PAGE))
    return (time.monotonic() - begun) * math.ceil(LEADS / PAGE) / SAMPLE


def report(dashboards: int, played: Played, state: Path) -> tuple[bool, float]:
    """Measure, say so, and whether the aim is met; and the seconds it took."""
    took, arrived, waited = measured(played, state, dashboards)
    refused = sum(1 for one in arrived if one.status == 429)
    ratio = took / floor(len(arrived))
    print(
        f"{LEADS:,} leads in {took:.1f} s beside {dashboards} dashboards: {len(arrived)} calls, {refused} refused, "
        f"the limit's floor is {floor(len(arrived)):.1f} s, ratio {ratio:.3f}; "
        f"at most {most_in_a_window(arrived, RATE.seconds)} calls in any {RATE.seconds} s",
        flush=True,
    )
    if waited:
        print(
            f"  a dashboard's figure came in {median(waited):.1f} s (median), {max(waited):.1f} s at most", flush=True
        )
    return ratio <= AIM and not refused, took


def main() -> int:
    """Run it all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.account", description=__doc__)
    parser.add_argument("--dashboard", nargs=4, metavar=("NUMBER", "API", "ANALYTICS", "STATE"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.dashboard:
        number, api, analytics, state = asked.dashboard
        host = Host(api, analytics, None, SecretStr(ACCESS), SecretStr(SECRET))
        print(json.dumps(dashboard(host, Path(state), int(number), 40.0)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "account.store"
        make_demo(store, leads=LEADS, activities=LEADS, seed=7)
        with playing(store, latency=LATENCY, rate_limit="25/5") as played:
            alone, took = report(0, played, Path(folder) / "alone")
            time.sleep(RATE.seconds + 1)
            beside, _ = report(DASHBOARDS, played, Path(folder) / "beside")
            time.sleep(RATE.seconds + 1)
            slow = one_after_the_other(played)
        print(f"page after page: {slow:.0f} s (from {SAMPLE} pages), {slow / took:.1f} times as long")
    return 0 if alone and beside else 1


if __name__ == "__main__":
    sys.exit(main())
