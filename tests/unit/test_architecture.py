"""Who may import whom, read from the source of every module; and that what is imported is declared."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import packages_distributions
from typing import NamedTuple

import pytest

from tests.house import (
    CODE,
    ROOT,
    Arrow,
    arrows,
    circles,
    floors,
    graph,
    imported,
    modules,
    packages,
    to_turn,
    twice,
    upwards,
)

REST = ("tests", "benchmarks")
REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(\[[a-z,]+\])?(?P<bounds>[<>=!~][^#]*)")


class Rule(NamedTuple):
    """What the modules of one package may import: packages of the house beside its own, and libraries of others."""

    house: tuple[str, ...] = ()
    others: frozenset[str] = frozenset()


CALLING = frozenset({"httpx", "pydantic", "orjson", "stamina", "platformdirs"})
ENGINE = frozenset({"duckdb", "ibis", "sqlglot", "pyarrow", "orjson"})
OF_OTHERS = frozenset({"psycopg", "psycopg_pool", "pyspark", "py4j"})
"""For engines that others run: imported by what `registry.SERVED` names, when such a URL is asked for."""
MODELS = frozenset({"pydantic", "orjson"})
DRAWN = frozenset({"streamlit", "pandas", "plotly"})

CONTRACT, QUESTION, WORK = (f"lsq_api.{name}" for name in ("contract", "question", "work"))
ACCESS = "lsq_api.access"
LIMITS, HOST = (f"lsq_api.{name}" for name in ("limits", "host"))
CACHE, EXPORT, CLIENT, RECENCY = (f"lsq_api.{name}" for name in ("cache", "export", "client", "recency"))
SERVER, STORE, FILES = "lsq_api.server", "lsq_api.server.store", "lsq_api.server.importing.files"
PROFILES = "lsq_api.server.importing.profiles"
API = ("lsq_api", ACCESS, CONTRACT, QUESTION, LIMITS, WORK, HOST, CACHE, EXPORT, CLIENT, RECENCY)
SHELL, PAGE, FILTERS, CHARTS, FILE = (f"components.{name}" for name in ("shell", "page", "filters", "charts", "export"))
OF_PAGES = tuple(
    f"components.{name}" for name in ("overview", "leads", "lead", "breakdown", "owners", "status", "add_data")
)

RULES = {
    CONTRACT: Rule(others=MODELS),
    QUESTION: Rule((CONTRACT,), frozenset({"babel", "pydantic"})),
    LIMITS: Rule((CONTRACT,), frozenset({"pyrate_limiter", "stamina"})),
    WORK: Rule((CONTRACT,)),
    ACCESS: Rule((CONTRACT, QUESTION), frozenset({"pydantic", "structlog"})),
    CACHE: Rule((CONTRACT, QUESTION, WORK)),
    EXPORT: Rule((CONTRACT, QUESTION, WORK), frozenset({"orjson"})),
    HOST: Rule((CONTRACT, LIMITS), frozenset({"httpx", "platformdirs", "pydantic", "pydantic_settings"})),
    f"{HOST}.embedded": Rule((HOST, SERVER)),
    f"{HOST}.added": Rule((CONTRACT, STORE, FILES, PROFILES, f"{SERVER}.importing")),
    CLIENT: Rule((CONTRACT, QUESTION, LIMITS, WORK, HOST), CALLING),
    RECENCY: Rule((CONTRACT, QUESTION, LIMITS, WORK, HOST, CLIENT)),
    "lsq_api": Rule((ACCESS, CONTRACT, QUESTION, LIMITS, WORK, HOST, CACHE, EXPORT, CLIENT, RECENCY), MODELS),
    "lsq_api.metrics": Rule((CACHE, CLIENT), frozenset({"prometheus_client"})),
    "lsq_api.connection": Rule(API, frozenset({"streamlit"})),
    STORE: Rule((CONTRACT,), ENGINE),
    f"{SERVER}.query": Rule((CONTRACT, STORE), ENGINE | MODELS),
    f"{SERVER}.engines": Rule((CONTRACT, STORE), ENGINE | OF_OTHERS),
    f"{SERVER}.demo": Rule((CONTRACT, STORE), ENGINE | {"faker"}),
    PROFILES: Rule((STORE,), MODELS),
    FILES: Rule((CONTRACT, STORE, PROFILES), ENGINE | {"charset_normalizer", "python_calamine"}),
    f"{SERVER}.importing": Rule((CONTRACT, STORE, FILES, PROFILES), ENGINE),
    f"{SERVER}.guard": Rule((CONTRACT, f"{SERVER}.query"), MODELS | {"anyio", "h11", "uvicorn"}),
    SERVER: Rule(
        (
            *(CONTRACT, STORE, FILES, PROFILES),
            *(f"{SERVER}.{name}" for name in ("query", "engines", "demo", "importing", "guard")),
        ),
        ENGINE | MODELS | {"starlette", "uvicorn", "pyrate_limiter", "prometheus_client", "structlog"},
    ),
    "components": Rule(),
    SHELL: Rule(API, DRAWN),
    CHARTS: Rule((SHELL, *API), DRAWN),
    FILTERS: Rule((SHELL, *API), DRAWN),
    "components.lead": Rule((SHELL, *API), DRAWN),
    "components.leads": Rule((SHELL, *API), DRAWN),
    "components.overview": Rule((SHELL, CHARTS, *API), DRAWN),
    PAGE: Rule((SHELL, FILTERS, *API), DRAWN),
    FILE: Rule((SHELL, PAGE, *API), DRAWN),
    "components.breakdown": Rule((SHELL, CHARTS, FILE, *API), DRAWN | {"squarify"}),
    "components.owners": Rule((SHELL, CHARTS, FILE, *API), DRAWN),
    "components.prefetch": Rule((SHELL, *OF_PAGES, *API), DRAWN),
    "components.status": Rule((SHELL, PAGE, "components.prefetch", *OF_PAGES, *API), DRAWN),
    "components.add_data": Rule((SHELL, *API), DRAWN),
    "pages": Rule((SHELL, PAGE, CHARTS, FILE, "components.prefetch", *OF_PAGES, *API), frozenset({"streamlit"})),
    "app": Rule((SHELL, PAGE, FILTERS), frozenset({"streamlit"})),
}
"""The longest prefix of a module's name decides which rule is its own. A package may import its own modules."""

WORKBOOK = "xlsxwriter"
"""Allowed in one module, wherever that is: the one that writes Excel files."""


def within(name: str, *prefixes: str) -> bool:
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)


def ruled(module: str) -> str:
    """The package whose rule is a module's own."""
    return max((place for place in RULES if within(module, place)), key=len)


def violations(sources: Mapping[str, str]) -> list[str]:
    """`module imports name` for each import that no rule allows."""
    known = {**modules(*CODE, *REST), **sources}
    of = packages(known)
    found = []
    for module, source in sources.items():
        own, rule = ruled(module), RULES[ruled(module)]
        for name in imported(module, source, known):
            root = name.partition(".")[0]
            if root in sys.stdlib_module_names or root == WORKBOOK:
                continue
            if root not in CODE + REST:
                allowed = root in rule.others
            elif root in REST or name not in known:
                allowed = False
            else:
                mine = {own, of[module], *rule.house}
                allowed = of[name] in mine or name in mine
            if not allowed:
                found.append(f"{module} imports {name}")
    return found


def opened(circle: list[str], found: Iterable[Arrow], of: Mapping[str, str]) -> str:
    """What to do about a circle: the imports with the fewest names that open it."""
    turned = to_turn(circle, found, of)
    said = "; ".join(f"{arrow.user} imports {arrow.names} names of {arrow.used}" for arrow in turned)
    return f"{' and '.join(circle)} import each other. Fewest names to move: {said}."


def circles_of(sources: Mapping[str, str]) -> list[str]:
    """A sentence about each circle, of modules and of packages."""
    found = arrows(sources)
    alone, packed = {name: name for name in sources}, packages(sources)
    return [opened(circle, found, of) for of in (alone, packed) for circle in circles(graph(found, of))]


def third_party(*places: str) -> dict[str, set[str]]:
    """Distribution names behind the imports of these places, with the modules that import them."""
    found: dict[str, set[str]] = {}
    known = modules(*CODE, *REST)
    installed = packages_distributions()
    for module, source in modules(*places).items():
        for name in imported(module, source, known):
            root = name.partition(".")[0]
            if root not in sys.stdlib_module_names and root not in CODE + REST:
                for distribution in installed.get(root, [root]):
                    found.setdefault(normal(distribution), set()).add(module)
    return found


def declared(file: str) -> dict[str, str]:
    """Bounds by name of the requirements of one file."""
    lines = [line.partition("#")[0].strip() for line in (ROOT / file).read_text("utf-8").splitlines()]
    rows = [REQUIREMENT.fullmatch(line) for line in lines if line and not line.startswith("-r")]
    assert all(rows), f"{file} has a line that is no bounded requirement"
    return {normal(row["name"]): row["bounds"] for row in rows if row}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_imports__every_module_keeps_the_rules():
    sources = modules(*CODE)
    assert len(sources) > 40, "the modules were not found"
    assert violations(sources) == []


def test_floors__no_package_and_no_module_is_part_of_a_circle():
    assert circles_of(modules(*CODE)) == []


def test_floors__every_package_has_one_and_imports_lower_ones_only():
    sources = modules(*CODE)
    of, found = packages(sources), arrows(sources)
    at = floors(graph(found, of))
    assert upwards(found, of) == []
    assert max(at, key=lambda name: at[name]) == "pages"
    assert at[CONTRACT] == 1


def test_names__no_class_of_two_modules_has_the_same():
    """One word for one thing: a name that means two of them has to be explained each time it is read."""
    assert twice(modules(*CODE)) == {}


@pytest.mark.parametrize(
    ("module", "line", "said"),
    [
        ("lsq_api.contract.wire", "from lsq_api.contract.report import Report", "lsq_api.contract.report"),
        ("lsq_api.limits.queue", "from lsq_api.client.ledger import Ledger", "lsq_api.limits.queue imports 1 names of"),
        (
            "lsq_api.question.question",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from lsq_api.question.sentence import Chip",
            "lsq_api.question.question imports 1 names of lsq_api.question.sentence",
        ),
        ("components.shell.words", "def late():\n    from components.page import notices", "components.shell.words"),
    ],
)
def test_floors__a_circle_is_told_with_the_import_to_turn_round(module: str, line: str, said: str):
    """Also one that is there for a type checker alone, or inside a function."""
    sources = modules(*CODE)
    (told, *_) = circles_of(sources | {module: f"{sources[module]}\n{line}\n"})
    assert said in told


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("app", "import pandas"),
        ("app", "from lsq_api.client.client import Client"),
        ("pages.leads", "import plotly.graph_objects as go"),
        ("pages.leads", "from lsq_api.server.store.store import Store"),
        ("components.shell.answers", "import httpx"),
        ("components.shell.answers", "from lsq_api import server"),
        ("components.shell.answers", "from pages import overview"),
        ("lsq_api.client.client", "import streamlit as st"),
        ("lsq_api.client.client", "import pandas as pd"),
        ("lsq_api.client.client", "from components.shell import words"),
        ("lsq_api.question.question", "from lsq_api.server.store.schema import LEADS"),
        ("lsq_api.question.question", "def late():\n    from ..server.store import schema"),
        ("lsq_api.connection", "import pandas"),
        ("lsq_api.connection", "from lsq_api.server.thread import ServerThread"),
        ("lsq_api.server.app", "from lsq_api.client.client import Client"),
        ("lsq_api.server.app", "from lsq_api.host import settings"),
        ("lsq_api.server.app", "from ..client import Client"),
        ("lsq_api.server.app", "import httpx"),
        ("lsq_api.server.app", "import pandas"),
        ("lsq_api.server.query.engine", "if True:\n    import streamlit"),
        ("components.shell.words", "from tests.stores import make_store"),
        ("lsq_api.client.client", "import a_library_nobody_declared"),
        ("lsq_api.contract.report", "from lsq_api.question.question import Question"),
        ("lsq_api.limits.pacer", "from lsq_api.host.settings import Settings"),
        ("lsq_api.server.store.store", "from lsq_api.server.query.plan import Plan"),
        ("components.overview.boards", "from components.owners import books"),
        ("components.leads.table", "from components.lead import card"),
        ("components.shell.words", "from components.page import notices"),
    ],
)
def test_imports__a_violation_is_caught(module: str, line: str):
    assert len(violations({module: line})) == 1


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("app", "from components.shell import frame"),
        ("pages.leads", "from lsq_api.question.question import Question"),
        ("components.charts.style", "import plotly.graph_objects as go"),
        ("lsq_api.host.embedded", "def late():\n    from lsq_api.server.thread import ServerThread"),
        ("lsq_api.server.app", "from lsq_api.contract import errors, wire\nfrom . import calls"),
        ("components.leads.table", "import pandas as pd\nfrom datetime import datetime"),
    ],
)
def test_imports__what_the_rules_allow_is_left_alone(module: str, line: str):
    assert violations({module: line}) == []


def test_imports__one_module_writes_workbooks():
    known = modules(*CODE)
    writers = [module for module, source in known.items() if WORKBOOK in set(imported(module, source, known))]
    assert len(writers) <= 1, writers


def test_imports__files_are_served_without_what_other_engines_need():
    """Nothing that is imported before an engine is asked for needs what may not be installed."""
    loaded = "import sys, lsq_api.server.__main__; print([*sys.modules])"
    run = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True)
    found = set(ast.literal_eval(run.stdout))
    assert "duckdb" in found
    assert found & OF_OTHERS == set()


@pytest.mark.parametrize("place", REST)
def test_imports__tests_and_benchmarks_do_not_import_pages(place: str):
    """A page is a script: importing it would run it."""
    known = modules(*CODE, *REST)
    found = [m for m, source in modules(place).items() if any(within(n, "pages") for n in imported(m, source, known))]
    assert found == []


NEEDED_UNSEEN = {
    "tzdata": "zoneinfo reads it where the system has no time zones",
}
TOOLS = {
    "mypy": "run by make check",
    "oidc-provider-mock": "run by the tests of sign-in, as a process of its own",
    "pip-audit": "run by make audit",
    "pytest-xdist": "run by make test",
    "ruff": "run by make check",
    "uv": "run by make lock",
}
UNBOUNDED = {
    "tzdata": "its versions are dates, and the newest is always the right one",
}


def test_requirements__every_import_is_declared():
    known = declared("requirements.txt") | declared("requirements-engines.txt")
    missing = {name: users for name, users in third_party(*CODE).items() if name not in known}
    assert missing == {}


def test_requirements__every_import_of_the_tests_is_declared():
    known = declared("requirements.txt") | declared("requirements-engines.txt") | declared("requirements-dev.txt")
    assert {name: users for name, users in third_party(*REST).items() if name not in known} == {}


def test_requirements__every_declared_one_is_used():
    assert declared("requirements.txt").keys() - third_party(*CODE).keys() == NEEDED_UNSEEN.keys()
    assert declared("requirements-engines.txt").keys() <= third_party(*CODE).keys()
    assert declared("requirements-dev.txt").keys() - third_party(*REST).keys() == TOOLS.keys()


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-engines.txt", "requirements-dev.txt"])
def test_requirements__each_has_both_bounds(file: str):
    found = {name for name, bounds in declared(file).items() if not (">=" in bounds and "<" in bounds)}
    assert found <= UNBOUNDED.keys()
