"""The audit: a line for what was done, without what a lead's own is, in a file a day that only its owner reads."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lsq_api.access.audit import KEPT, Audit, shown


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for file in sorted(folder.glob("*")) for line in file.read_text().splitlines()]


def test_line__says_when_who_what_and_how_it_ended(tmp_path: Path):
    now = datetime(2026, 11, 28, 9, 14, 3, tzinfo=UTC)
    Audit(tmp_path / "audit", lambda: now).write("ann@x.example", "file", "done", rows=12, why=None)
    assert lines(tmp_path / "audit") == [
        {"at": "2026-11-28T09:14:03Z", "person": "ann@x.example", "what": "file", "result": "done", "rows": 12}
    ]
    (file,) = (tmp_path / "audit").iterdir()
    assert file.name == "audit-2026-11-28.jsonl"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_files__are_one_a_day_and_old_ones_go(tmp_path: Path):
    clock = [datetime(2026, 1, 1, 23, 59, tzinfo=UTC)]
    audit = Audit(tmp_path, lambda: clock[0])
    (tmp_path / "audit-notes.txt").write_text("somebody's own")
    for after in (timedelta(0), timedelta(minutes=2), KEPT):
        clock[0] += after
        audit.write("", "signed in", "done")
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "audit-2026-01-02.jsonl",
        f"audit-{clock[0]:%Y-%m-%d}.jsonl",
        "audit-notes.txt",
    ]


def test_lines__of_many_writers_stay_whole(tmp_path: Path):
    now = datetime(2026, 11, 28, tzinfo=UTC)
    audits = [Audit(tmp_path, lambda: now) for _ in range(8)]
    with ThreadPoolExecutor(8) as writers:
        list(writers.map(lambda number: audits[number % 8].write("p", "file", "done", text="x" * 2000), range(400)))
    assert len(lines(tmp_path)) == 400


def test_link__hides_what_may_be_a_leads_own():
    said = shown(
        {"stage": ["Prospect"], "where": ["Phone~=~+91 98", "Source~ndef", "odd"], "lead": ["1"], "find": ["Ann"]}
    )
    assert said == "stage=Prospect&where=Phone~%3D~...&where=Source~ndef~...&where=...&lead=...&find=..."


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes anywhere")
def test_folder__that_cannot_be_written_is_an_error(tmp_path: Path):
    tmp_path.chmod(0o500)
    with pytest.raises(OSError, match="ermission"):
        Audit(tmp_path / "audit").write("p", "file", "done")


def test_folder__that_is_a_file_is_an_error(tmp_path: Path):
    (tmp_path / "audit").write_text("")
    with pytest.raises(OSError, match="audit"):
        Audit(tmp_path / "audit").write("p", "file", "done")
