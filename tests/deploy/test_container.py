"""The Containerfile, read: what it copies is there, and what runs is nobody in particular."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE = (ROOT / "deploy" / "Containerfile").read_text("utf-8")
STEPS = [
    step.replace("\\\n", " ").split(maxsplit=1) for step in re.findall(r"^[A-Z]+ (?:.*\\\n)*.*$", FILE, re.MULTILINE)
]
LET_IN = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}


def of(kind: str) -> list[str]:
    return [" ".join(rest.split()) for name, rest in STEPS if name == kind]


def test_container__copies_what_is_there_and_nothing_else_gets_in():
    copied = {source for step in of("COPY") if "--from" not in step for source in step.split()[:-1]}
    assert {source for source in copied if not (ROOT / source).exists()} == set()
    assert copied == LET_IN
    assert not any("secrets" in source or source in {".", "*"} for source in copied)
    code = {place.name for place in ROOT.iterdir() if place.is_dir() and (place / "__init__.py").exists()} | {"pages"}
    assert code - {"tests", "benchmarks"} <= copied, "all packages of the house"


def test_container__runs_as_nobody_and_says_how_it_is():
    names = [name for name, _ in STEPS]
    last = names.index("USER")
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", of("USER")[-1])
    assert not {"RUN", "COPY"} & set(names[last:]), "nothing belongs to the user of the process"
    assert "/_stcore/health" in of("HEALTHCHECK")[0]
    assert "--require-hashes" in " ".join(of("RUN"))
    assert "FORWARDED_ALLOW_IPS= " in of("ENV")[0], "else the web server hides the proxy's own address"
