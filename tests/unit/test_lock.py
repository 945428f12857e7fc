"""The locks are within the bounds beside them, and whole; the page of licences says what is locked."""

import os
import re
import subprocess
import sys

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house import ROOT

ENTRY = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^ \\;]+)(?P<rest>(?:.*\\\n)*.*)$", re.MULTILINE)


def locked(file: str) -> dict[str, dict[str, str]]:
    """By name: versions, of which markers choose, with what stands behind them."""
    found: dict[str, dict[str, str]] = {}
    for entry in ENTRY.finditer((ROOT / file).read_text("utf-8")):
        found.setdefault(canonicalize_name(entry["name"]), {})[entry["version"]] = entry["rest"]
    return found


def declared(file: str) -> list[Requirement]:
    lines = [line.partition("#")[0].strip() for line in (ROOT / file).read_text("utf-8").splitlines()]
    return [Requirement(line) for line in lines if line and not line.startswith("-r")]


@pytest.mark.parametrize(
    ("lock", "bounds"),
    [
        ("requirements.lock", "requirements.txt"),
        ("requirements-dev.lock", "requirements.txt"),
        ("requirements-dev.lock", "requirements-dev.txt"),
    ],
)
def test_lock__is_within_the_bounds(lock: str, bounds: str):
    """`make lock` writes it anew where they were changed."""
    found = locked(lock)
    outside = {
        one.name: versions
        for one in declared(bounds)
        if not (versions := found.get(canonicalize_name(one.name)))
        or not all(one.specifier.contains(version, prereleases=True) for version in versions)
    }
    assert outside == {}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_lock__names_the_sum_of_each(lock: str):
    found = locked(lock)
    assert len(found) > 40
    assert [name for name, of in found.items() for rest in of.values() if "--hash=sha256:" not in rest] == []


def test_lock__what_is_run_is_what_is_tested():
    run, tested = locked("requirements.lock"), locked("requirements-dev.lock")
    assert {name: of.keys() for name, of in run.items() if of.keys() != tested.get(name, {}).keys()} == {}


def test_licences__are_listed_for_all_that_is_locked():
    """`make licences` writes the page."""
    page = (ROOT / "docs" / "licences.md").read_text("utf-8")
    rows = re.findall(r"^\| ([^ |]+) \| ([^ |]+) \| ([^|]+) \|$", page, re.MULTILINE)
    listed = {(canonicalize_name(name), version) for name, version, _ in rows if name != "package"}
    assert listed == {(name, version) for name, of in locked("requirements.lock").items() for version in of}
    assert [name for name, _, licence in rows if licence.strip() in {"", "not declared"}] == []


def test_audit__goes_on_where_the_registry_does_not_answer():
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
    command = [sys.executable, str(ROOT / ".ci" / "audit.py")]
    run = subprocess.run(command, env=os.environ | nowhere, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "Not audited: the registry of vulnerabilities does not answer.\n")
