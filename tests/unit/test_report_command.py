"""`python -m lsq_api report`: a link as a file, and honest exit codes."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import openpyxl
import pytest
from pydantic import SecretStr

from lsq_api.server.app import Options
from lsq_api.server.demo.make import make_demo
from lsq_api.server.store.store import Store
from lsq_api.server.thread import ServerThread
from tests.scripted import ACCESS_KEY, SECRET_KEY
from tests.stores import Rows, activity, at, make_store

ROOT = Path(__file__).parents[2]
CALLED = 'SELECT "RelatedProspectId" FROM activities WHERE "ActivityEvent" IN (21, 22)'


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "demo.store"
    make_demo(path, leads=1_500, activities=9_000, today=datetime.now(UTC))
    return path


def run(store: Path | None, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LSQ_")}
    data = {"LSQ_DATA": str(store)} if store else {}
    command = [sys.executable, "-m", "lsq_api", "report", *arguments]
    return subprocess.run(command, cwd=ROOT, env=clean | data | environment, capture_output=True, check=False)


@contextmanager
def writing(store: Path, temporary: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """The command while it writes to a pipe that nobody empties, with its file whole in the temporary folder."""
    command = [sys.executable, "-m", "lsq_api", "report", "--link", "?", "--format", "json"]
    environment = os.environ | {"LSQ_DATA": str(store), "TMPDIR": str(temporary)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout
        assert process.stdout.read(1) == b"["
        yield process
        process.kill()


def unfinished(temporary: Path) -> list[Path]:
    return [*temporary.glob("leads-of-*/report.json")]


def waiting(store: Path, where: str) -> set[str]:
    with duckdb.connect(str(store), read_only=True) as connection:
        rows = connection.execute(f'SELECT "ProspectID" FROM leads WHERE {where} AND "ProspectID" NOT IN ({CALLED})')
        return {row[0] for row in rows.fetchall()}


def test_report__csv_on_standard_output_holds_the_leads_of_the_link(store: Path) -> None:
    link = "https://leads.example/leads?stage=Prospect&columns=ProspectID&columns=Owner&page=7"
    ran = run(store, "--link", link, "--format", "csv")
    assert ran.returncode == 0, ran.stderr
    rows = list(csv.DictReader(io.StringIO(ran.stdout.decode("utf-8-sig"))))
    expected = waiting(store, "\"ProspectStage\" = 'Prospect'")
    assert {row["Lead Id"] for row in rows} == expected
    assert len(rows) == len(expected) > 0
    assert f"{len(expected):,} rows written" in ran.stderr.decode()


def test_report__json_and_xlsx_hold_the_same_leads(store: Path, tmp_path: Path) -> None:
    for ending in ("json", "xlsx"):
        ran = run(store, "--link", "?source=Website", "--format", ending, "--output", str(tmp_path / f"leads.{ending}"))
        assert ran.returncode == 0, ran.stderr
    expected = Counter(waiting(store, "\"Source\" = 'Website'"))
    listed = json.loads((tmp_path / "leads.json").read_bytes())
    assert Counter(lead["ProspectID"] for lead in listed) == expected
    sheet = openpyxl.load_workbook(tmp_path / "leads.xlsx").worksheets[0]
    header, *rows = sheet.iter_rows(values_only=True)
    assert Counter(row[header.index("Lead Id")] for row in rows) == expected


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("?stage=Nope", "“Nope” is not known here as a stage"),
        ("?where=Nope~=~1", "There is no lead field “Nope”"),
        ("?where=Source~!=~1", "“!=” is not an operator; there are =, <>, >"),
        ("?columns=Nope", "not a lead field"),
        ("?created_from=2026-02-30", "no date of the calendar"),
    ],
)
def test_report__a_link_that_cannot_be_answered_leaves_the_old_file(
    store: Path, tmp_path: Path, link: str, said: str
) -> None:
    output = tmp_path / "leads.csv"
    output.write_text("yesterday's")
    ran = run(store, "--link", link, "--format", "csv", "--output", str(output))
    assert ran.returncode == 1
    assert said in ran.stderr.decode()
    assert output.read_text() == "yesterday's"
    assert [path.name for path in tmp_path.iterdir()] == ["leads.csv"]


def test_report__is_not_holds_the_others_and_who_has_no_value(store: Path) -> None:
    ran = run(store, "--link", "?where=Source~<>~website", "--format", "json")
    assert ran.returncode == 0, ran.stderr
    expected = waiting(store, '("Source" IS NULL OR "Source" <> \'Website\')')
    assert {lead["ProspectID"] for lead in json.loads(ran.stdout)} == expected
    assert "whose Lead Source is not website" in ran.stderr.decode()


def test_report__a_host_without_an_answer_fails_without_its_keys(tmp_path: Path) -> None:
    keys = {"LSQ_ACCESS_KEY": "u$r0123456789abcdef", "LSQ_SECRET_KEY": "fedcba9876543210"}
    output = str(tmp_path / "leads.csv")
    ran = run(None, "--link", "?", "--format", "csv", "--output", output, LSQ_API_URL="http://127.0.0.1:9", **keys)
    assert ran.returncode == 1
    assert not list(tmp_path.iterdir())
    assert b"refused" in ran.stderr.lower()
    assert not any(key.encode() in ran.stderr + ran.stdout for key in keys.values())
    assert b"Traceback" not in ran.stderr


@pytest.mark.parametrize("arguments", [("--format", "csv"), ("--link", "?", "--format", "pdf"), ("--link", "?")])
def test_report__an_unreadable_command_is_2(store: Path, arguments: tuple[str, ...]) -> None:
    assert run(store, *arguments).returncode == 2


def test_report__not_contacted_lately_is_worked_out_where_the_host_cannot_tell(store: Path) -> None:
    served = Store.open(store)
    options = Options(SecretStr(ACCESS_KEY), SecretStr(SECRET_KEY), rate_limit=None, strict=True)
    with closing(served), ServerThread(served, options) as server:
        account = {"LSQ_API_URL": server.url, "LSQ_ACCESS_KEY": ACCESS_KEY, "LSQ_SECRET_KEY": SECRET_KEY}
        found = [run(None, "--link", "?quiet=30d&activity=21", "--format", "json", **account)]
    found.append(run(store, "--link", "?quiet=30d&activity=21", "--format", "json"))
    ids = [Counter(lead["ProspectID"] for lead in json.loads(one.stdout)) for one in found]
    assert ids[0] == ids[1]
    assert ids[0]
    assert b"Reading who was contacted: about 2 calls" in found[0].stderr
    assert b"2 of about 2 calls" in found[0].stderr
    assert b"Reading who was contacted" not in found[1].stderr


def test_report__says_what_is_known_where_that_is_not_all(tmp_path: Path) -> None:
    """On stderr, on a workbook's second sheet, and in each row for programs; a store that knows all says nothing."""
    leads = [{"ProspectID": "p1", "CreatedOn": at("2024-01-01 00:00:00")}, {"ProspectID": "p2"}]
    without = make_store(tmp_path / "without", Rows(leads=leads))
    later = make_store(tmp_path / "later", Rows(leads=leads, activities=[activity(1, "p1", 22, "2026-03-03 09:00:00")]))
    whole = make_store(tmp_path / "whole", Rows(leads=leads, activities=[activity(1, "p1", 22, "2024-01-01 09:00:00")]))
    for store, waiting, note in (
        (without, {"p1", "p2"}, "no activities were imported"),
        (later, {"p2"}, "activities are known since 3 Mar 2026"),
        (whole, {"p2"}, None),
    ):
        ran = run(store, "--link", "?columns=ProspectID", "--format", "json", "--timezone", "UTC")
        assert ran.returncode == 0, ran.stderr
        rows = json.loads(ran.stdout)
        assert {row["ProspectID"] for row in rows} == waiting
        assert {row.get("Evidence") for row in rows} == {note}
        sentence = next(line for line in ran.stderr.decode().splitlines() if " As of " in line)
        assert ("never had" in sentence) == (note is None)
        assert note is None or note in sentence
        ran = run(store, "--link", "?", "--format", "xlsx", "--timezone", "UTC", "--output", str(tmp_path / "x.xlsx"))
        assert ran.returncode == 0, ran.stderr
        facts = dict(openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets[1].iter_rows(values_only=True))
        assert facts.get("What is known") == (note and f"{note[:1].upper()}{note[1:]}.")
        assert (note or "never had") in facts["Question"]


@pytest.mark.parametrize(("mask", "before"), [(0o000, None), (0o022, 0o644)])
def test_report__a_file_of_leads_is_its_owners_alone(
    store: Path, tmp_path: Path, mask: int, before: int | None
) -> None:
    output = tmp_path / "leads.csv"
    if before:
        output.touch(before)
    old = os.umask(mask)
    try:
        ran = run(store, "--link", "?stage=Prospect&columns=ProspectID", "--format", "csv", "--output", str(output))
    finally:
        os.umask(old)
    assert ran.returncode == 0, ran.stderr
    assert (output.stat().st_mode & 0o777, output.stat().st_size > 0) == (0o600, True)
    assert [path.name for path in tmp_path.iterdir()] == ["leads.csv"]


@pytest.mark.parametrize("ended", [signal.SIGTERM, signal.SIGHUP])
def test_report__one_that_is_ended_leaves_no_lead_behind(store: Path, tmp_path: Path, ended: signal.Signals) -> None:
    with writing(store, tmp_path) as process:
        (made,) = unfinished(tmp_path)
        assert made.parent.stat().st_mode & 0o777 == 0o700
        process.send_signal(ended)
        assert process.wait(60) == 128 + ended
    assert [*tmp_path.glob("leads-of-*")] == []


def test_report__what_a_killed_one_left_is_removed_by_the_next(store: Path, tmp_path: Path) -> None:
    with writing(store, tmp_path) as process:
        process.kill()
        process.wait(60)
        assert len(unfinished(tmp_path)) == 1
    with writing(store, tmp_path) as process:
        assert len(unfinished(tmp_path)) == 1, "its own"


def test_report__a_secrets_file_that_others_may_read_is_said(store: Path, tmp_path: Path) -> None:
    secrets = tmp_path / ".streamlit" / "secrets.toml"
    secrets.parent.mkdir()
    secrets.write_text(f'[connections.leadsquared]\ndata = "{store}"\nrate_limit = "25/5"\n')
    secrets.chmod(0o644)
    command = [sys.executable, "-m", "lsq_api", "report", "--link", "?stage=Nope", "--format", "csv"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LSQ_")}
    ran = subprocess.run(
        command, cwd=tmp_path, env=clean | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert "others on this machine may use it (mode 644): chmod 600 .streamlit/secrets.toml" in ran.stderr
    assert "25/5" not in ran.stderr
