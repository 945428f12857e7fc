"""The README's map and the page of directions show the house as it is."""

import ast
import re

import pytest

from tests.house import CODE, ROOT, arrows, modules, packages

README = (ROOT / "README.md").read_text("utf-8")
WHERE = (ROOT / "docs" / "where.md").read_text("utf-8")
EVERY = "".join(file.read_text("utf-8") for file in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))))
ROW = re.compile(r"(?P<indent> *)(?P<name>[a-z_]+)(?:/|\.py) +(?P<what>.*)")


def rows() -> list[tuple[str, str]]:
    """Dotted names of the map, in its order, with what it says of them."""
    drawn = README.partition("## The map of the house")[2].partition("```\n")[2].partition("```")[0]
    path: list[str] = []
    found = []
    for line in drawn.splitlines():
        row = ROW.fullmatch(line)
        if row and len(row["indent"]) <= 6:
            path = [*path[: len(row["indent"]) // 2], row["name"]]
            found.append((".".join(path), row["what"]))
    return found


def test_map__names_every_package_and_says_what_it_says_itself():
    sources = modules(*CODE)
    said = {}
    for name, what in rows():
        if name not in {"app", "pages", "benchmarks", "deploy", "tests", "lsq_api"}:
            own = (ast.get_docstring(ast.parse(sources[name])) or "").partition("\n")[0]
            said[name] = (what, own.rstrip(".")[:1].lower() + own.rstrip(".")[1:])
    assert {name: what for name, (what, own) in said.items() if what != own} == {}
    found = set(packages(sources).values()) - {"app", "pages"}
    assert found <= {name for name, _ in rows()}


def test_map__a_package_imports_packages_further_down_alone():
    sources = modules(*CODE)
    at = {name: place for place, (name, _) in enumerate(rows())}
    lies = packages(sources)
    of = {name: name if name in at and name != "lsq_api" else lies[name] for name in sources}
    assert {(of[a.user], of[a.used]) for a in arrows(sources) if at[of[a.user]] > at[of[a.used]]} == set()


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`([a-z][a-z_/]*/[a-z_.]*|[a-z_-]+\.(?:py|txt))`", EVERY))))
def test_directions__lead_to_files_that_are_there(path: str):
    assert (ROOT / path).exists()


@pytest.mark.parametrize(
    ("path", "name"), re.findall(r"`([a-z_/]+/[a-z_]+\.py)`[^`\n]{0,40}`([A-Z][A-Za-z_]+)`", WHERE)
)
def test_directions__lead_to_names_that_are_there(path: str, name: str):
    """`file.py`: `NAME`."""
    assert re.search(rf"\b{name}\b", (ROOT / path).read_text("utf-8"))
