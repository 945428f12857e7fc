"""Four sessions export for minutes from an account that fails at random.

    python -m benchmarks.account.soak --minutes 10

Every file must hold each lead once, in the order of the account, and every figure must be right; the sessions are
processes of their own that share a limit. No key may be in what they log. Exit code 1 where anything of that is not so.
"""

import argparse
import csv
import io
import json
import logging
import subprocess
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
from pydantic import SecretStr

from benchmarks.account.asked import NEVER, counted
from benchmarks.account.host import ACCESS, SECRET, Arrived, most_in_a_window, playing
from lsq_api.client import names
from lsq_api.client.client import Client
from lsq_api.contract.errors import LeadSquaredError
from lsq_api.contract.report import ListOutput, NotContacted
from lsq_api.export.files import Export, write
from lsq_api.host.settings import Host, Settings
from lsq_api.limits.rate import Rate
from lsq_api.server.demo.make import make_demo

SESSIONS, LEADS, PAGE = 4, 12_000, 500
RATE = Rate(25, 5)
FAULTS, LATENCY = 0.05, 0.2
ID = "ProspectID"
REPORT = NotContacted(filter=NEVER, output=ListOutput(fields=(ID, "FirstName", "ProspectStage", "CreatedOn")))


class Inexact(Exception):
    """A file or a figure is not what the account holds."""


def session(host: Host, state: Path, seconds: float) -> dict[str, int]:
    """Export and ask until the time is over: how many files and figures were right."""
    said = io.StringIO()
    logging.basicConfig(stream=said, level=logging.DEBUG)
    done = {"files": 0, "figures": 0, "tries": 0}
    end = time.monotonic() + seconds
    expected = sorted(json.loads((state / "ids.json").read_text()))
    with Client.of(Settings(host=host, rate_limit=RATE, state_dir=state)) as client:
        export = Export.of((ID, "FirstName", "ProspectStage", "CreatedOn"), names.directory(client), ZoneInfo("UTC"))
        for ending in cycle(("csv", "json")):
            if time.monotonic() > end:
                break
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / f"leads.{ending}"
                written = write(lambda: client.every_page(REPORT, PAGE, expected=LEADS), path, ending, export)
                found = ids(path, ending)
                if written.rows != LEADS or found != expected:
                    raise Inexact(f"{ending}: {written.rows} rows said, {len(found)} there, {len(set(found))} distinct")
            done["files"] += 1
            figures = client.every_group(counted("ProspectStage"))
            if sum(group.count for group in figures) != LEADS:
                raise Inexact(f"figures add up to {sum(group.count for group in figures)}")
            done["figures"] += 1
        done["tries"] = sum(1 for call in client.ledger.recent() if call.failure)
    for key in (ACCESS, SECRET):
        if key in said.getvalue():
            raise Inexact("a key is in the log")
    return done


def ids(path: Path, ending: str) -> list[str]:
    """The leads of a file, in its order."""
    if ending == "json":
        return [lead[ID] for lead in json.loads(path.read_bytes())]
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row[0] for row in csv.reader(file)][1:]


def soak(minutes: float) -> bool:
    """Run the sessions; whether all of them were right."""
    with tempfile.TemporaryDirectory() as folder:
        store, state = Path(folder) / "account.store", Path(folder) / "state"
        make_demo(store, leads=LEADS, activities=LEADS, seed=7)
        state.mkdir()
        with duckdb.connect(str(store), read_only=True) as opened:
            rows = opened.execute('SELECT "ProspectID" FROM leads').fetchall()
        (state / "ids.json").write_text(json.dumps([str(row[0]) for row in rows]))
        with playing(store, latency=LATENCY, rate_limit="25/5", faults=FAULTS) as played:
            arguments = [played.host.api_url, played.host.analytics_url, str(state), str(60 * minutes)]
            command = [sys.executable, "-m", "benchmarks.account.soak", "--session", *arguments]
            running = [
                subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own module
                for _ in range(SESSIONS)
            ]
            answers = [process.communicate()[0] for process in running]
            arrived = played.arrived()
        right = [process.returncode == 0 for process in running]
    _say(minutes, [json.loads(answer) for answer, well in zip(answers, right, strict=True) if well], arrived)
    return all(right)


def _say(minutes: float, done: list[dict[str, int]], arrived: list[Arrived]) -> None:
    files, figures = (sum(one[name] for one in done) for name in ("files", "figures"))
    failed = sum(1 for one in arrived if one.status < 0)
    refused = sum(1 for one in arrived if one.status == 429)
    print(
        f"{minutes:g} minutes, {len(done)} of {SESSIONS} sessions without a fault of their own: {files} files of "
        f"{LEADS:,} leads and {figures} figures, all exact; {len(arrived)} calls, {failed} failed on purpose, "
        f"{refused} refused by the account; at most {most_in_a_window(arrived, RATE.seconds)} in any {RATE.seconds} s"
    )


def main() -> int:
    """Run it; 0 where everything was exact."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.account.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--session", nargs=4, metavar=("API", "ANALYTICS", "STATE", "SECONDS"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.session:
        api, analytics, state, seconds = asked.session
        host = Host(api, analytics, None, SecretStr(ACCESS), SecretStr(SECRET))
        try:
            print(json.dumps(session(host, Path(state), float(seconds))))
        except (Inexact, LeadSquaredError) as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            return 1
        return 0
    return 0 if soak(asked.minutes) else 1


if __name__ == "__main__":
    sys.exit(main())
