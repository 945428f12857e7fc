"""The units of `deploy/systemd`: systemd reads them without a word, and rates what they leave open as little."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
MOST_OPEN = 2.0
"""Of ten; that of a unit without a word about it is 9.6."""


def said(*arguments: str) -> str:
    program = shutil.which("systemd-analyze")
    if program is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("there is no systemd-analyze on the PATH")
    run = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    return run.stdout + run.stderr


@pytest.mark.parametrize("unit", sorted(UNITS.iterdir()), ids=lambda unit: unit.name)
def test_unit__is_read_and_leaves_little_open(unit: Path, tmp_path: Path):
    # What it starts is not installed here: another program stands for it, as systemd asks whether it is there.
    there = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(), flags=re.MULTILINE)
    (tmp_path / unit.name).write_text(there)
    assert said("verify", "--man=no", str(tmp_path / unit.name)) == ""
    rated = re.search(r"exposure level for \S+: ([0-9.]+)", said("security", "--offline=yes", str(unit)))
    assert rated
    assert float(rated[1]) <= MOST_OPEN
