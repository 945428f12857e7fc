"""The house as its imports draw it: floors, circles, arrows upwards, and what else tells whether one can live in it.

`python -m tests.house [ROOT]` prints the figures of a checkout; `--click` adds the modules that one click passes.
Every import counts, wherever it stands in a module; `if TYPE_CHECKING:` is no way round.
"""

import argparse
import ast
import os
import statistics
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import combinations
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import networkx as nx

ROOT = Path(__file__).parents[1]
CODE = ("app", "pages", "components", "lsq_api")


class Arrow(NamedTuple):
    """One module imports another, by so many names."""

    user: str
    used: str
    names: int


def modules(*places: str, root: Path = ROOT) -> dict[str, str]:
    """Source by dotted name of every module in these places; a package's `__init__` bears the package's name."""
    files = [root / f"{place}.py" for place in places] + [
        file for place in places for file in sorted((root / place).rglob("*.py"))
    ]
    named = {".".join(file.relative_to(root).with_suffix("").parts): file for file in files if file.exists()}
    return {name.removesuffix(".__init__"): file.read_text("utf-8") for name, file in named.items()}


_tree = cache(ast.parse)


def imported(module: str, source: str, known: Mapping[str, str]) -> Iterator[str]:
    """Dotted names a module imports, wherever in it: `from a import b` is `a.b` where that is a module of ours."""
    for node in ast.walk(_tree(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = module.split(".")[: -node.level] if node.level else []
            origin = ".".join([*base, *filter(None, [node.module])])
            names = [f"{origin}.{alias.name}" for alias in node.names]
            yield from (name if name in known else origin for name in names)


def arrows(sources: Mapping[str, str]) -> list[Arrow]:
    """Every import of one of these modules by another; a package that is only named on the way is none."""
    counted = Counter(
        (module, name)
        for module, source in sources.items()
        for name in imported(module, source, sources)
        if name in sources and name != module
    )
    return [Arrow(user, used, names) for (user, used), names in counted.items()]


def packages(known: Iterable[str]) -> dict[str, str]:
    """Where each module lies: its folder. `app` stands for itself, and so does the face of a package."""
    names = set(known)
    faces = {parent for name in names for parent in _parents(name)} & names
    return {name: name if name == "app" or name in faces else name.rpartition(".")[0] for name in names}


def _parents(name: str) -> Iterator[str]:
    while name := name.rpartition(".")[0]:
        yield name


def graph(found: Iterable[Arrow], of: Mapping[str, str] | None = None) -> nx.DiGraph:
    """Who imports whom; with `of`, the packages of the modules instead of the modules."""
    where = of or {}
    ways = {(where.get(arrow.user, arrow.user), where.get(arrow.used, arrow.used)) for arrow in found}
    uses = nx.DiGraph()
    uses.add_nodes_from(name for way in ways for name in way)
    uses.add_edges_from((user, used) for user, used in ways if user != used)
    return uses


def circles(uses: nx.DiGraph) -> list[list[str]]:
    """Groups of names that import each other in a loop, largest first."""
    found = [sorted(circle) for circle in nx.strongly_connected_components(uses) if len(circle) > 1]
    return sorted(found, key=lambda circle: (-len(circle), circle))


def floors(uses: nx.DiGraph) -> dict[str, int]:
    """The floor of each name, 1 at the ground: one above the highest that it imports. Circles share one floor."""
    together = nx.condensation(uses)
    generations = nx.topological_generations(together.reverse())
    return {
        name: floor
        for floor, nodes in enumerate(generations, 1)
        for node in nodes
        for name in together.nodes[node]["members"]
    }


def to_turn(circle: Iterable[str], found: Iterable[Arrow], of: Mapping[str, str] | None = None) -> list[Arrow]:
    """The imports that, turned round or taken out, open a circle with the fewest names to move."""
    members = set(circle)
    where = of or {}
    inside = [a for a in found if {where.get(a.user, a.user), where.get(a.used, a.used)} <= members]
    inside = [a for a in inside if where.get(a.user, a.user) != where.get(a.used, a.used)]
    ways: dict[tuple[str, str], list[Arrow]] = defaultdict(list)
    for arrow in inside:
        ways[where.get(arrow.user, arrow.user), where.get(arrow.used, arrow.used)].append(arrow)
    by_cost = sorted(ways, key=lambda way: (sum(arrow.names for arrow in ways[way]), way))
    for size in range(1, 4):
        for cut in sorted(combinations(by_cost, size), key=lambda cut: sum(a.names for way in cut for a in ways[way])):
            left = [arrow for way, some in ways.items() if way not in cut for arrow in some]
            if not circles(graph(left, of)):
                return [arrow for way in cut for arrow in ways[way]]
    return inside


def upwards(found: Iterable[Arrow], of: Mapping[str, str]) -> list[Arrow]:
    """Imports of another package that is not on a lower floor."""
    known = list(found)
    at = floors(graph(known, of))
    return [a for a in known if of[a.user] != of[a.used] and at[of[a.user]] <= at[of[a.used]]]


def twice(sources: Mapping[str, str]) -> dict[str, list[str]]:
    """Names of classes that several modules define, with those modules; an underscore makes no other name."""
    where: dict[str, list[str]] = defaultdict(list)
    for module, source in sources.items():
        for node in _tree(source).body:
            if isinstance(node, ast.ClassDef):
                where[node.name.lstrip("_")].append(module)
    return {name: places for name, places in sorted(where.items()) if len(places) > 1}


def slivers(sources: Mapping[str, str], found: Iterable[Arrow], lines: int = 60) -> list[str]:
    """Modules under so many lines that only one other imports."""
    users: dict[str, set[str]] = defaultdict(set)
    of = packages(sources)
    for arrow in found:
        users[arrow.used].add(arrow.user)
    return [
        name
        for name, source in sources.items()
        if len(source.splitlines()) < lines and len(users[name]) == 1 and of[name] != name
    ]


def figures(root: Path) -> list[tuple[str, object]]:
    """What `main` prints, by name."""
    sources = modules(*CODE, root=root)
    found = arrows(sources)
    of = packages(sources)
    files = [name for name in sources if of[name] != name or name == "app"]
    rooms = Counter(of[name] for name in files if name != "app")
    short = [name for name in files if len(sources[name].splitlines()) < 60]
    by_module, by_package = graph(found), graph(found, of)
    return [
        ("modules (without packages' faces)", len(files)),
        ("lines", sum(len(source.splitlines()) for source in sources.values())),
        ("packages", len(rooms)),
        ("files a package: most, median", (max(rooms.values()), statistics.median(rooms.values()))),
        ("floors of modules", max(floors(by_module).values())),
        ("floors of packages", max(floors(by_package).values())),
        ("circles of modules", [len(circle) for circle in circles(by_module)]),
        ("circles of packages", circles(by_package)),
        ("imports upwards, between packages", len(upwards(found, of))),
        ("modules under 60 lines", len(short)),
        ("modules under 60 lines with one user", len(slivers(sources, found))),
        ("names of classes defined twice", len(twice(sources))),
        ("which are", ", ".join(twice(sources))),
    ]


def passed(root: Path) -> list[str]:
    """Modules whose functions run when somebody picks an owner and presses Apply: form, client, server, and back.

    Names, reports and whatever else is asked for the first time has been asked before: what runs is the click's own.
    """
    os.chdir(root)
    sys.path.insert(0, str(root))
    from streamlit.testing.v1 import AppTest

    seen: set[str] = set()
    noting = threading.Event()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and noting.is_set() and frame.f_code.co_name != "<module>":
            seen.add(frame.f_code.co_filename)

    threading.setprofile(note)  # before the server's threads begin
    app = AppTest.from_file(str(root / "app.py"), default_timeout=300).run()
    (owners,) = [one for one in app.multiselect if one.label in {"Owner", "Owners"}]
    owners.set_value([owners.options[len(owners.options) // 2]])
    next(one for one in app.button if one.label == "Apply").click()
    noting.set()
    app.run()
    noting.clear()
    threading.setprofile(None)  # type: ignore[arg-type]
    assert not app.exception
    files = {Path(name) for name in seen if name.startswith(str(root))}
    ours = [file.relative_to(root) for file in files if ".venv" not in file.parts]
    return sorted(str(file) for file in ours if file.parts[0] in {"app.py", *CODE})


def main() -> None:
    """Print the figures of a checkout."""
    parser = argparse.ArgumentParser(prog="python -m tests.house", description=__doc__)
    parser.add_argument("root", nargs="?", type=Path, default=ROOT)
    parser.add_argument("--click", action="store_true", help="the modules that a click on Apply passes, one a line")
    asked = parser.parse_args()
    if asked.click:
        found = passed(asked.root.resolve())
        print(*found, f"{len(found)} modules", sep="\n")
        return
    for name, figure in figures(asked.root):
        print(f"{name:42} {figure}")


if __name__ == "__main__":
    main()
