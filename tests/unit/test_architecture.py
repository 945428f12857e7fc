"""Who may import whom, read from the source of every module; and that what is imported is declared."""

import ast
import re
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import packages_distributions
from typing import NamedTuple

import pytest

from tests.house import CODE, ROOT, imported, modules

REST = ("tests", "benchmarks")
REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(\[[a-z,]+\])?(?P<bounds>[<>=!~][^#]*)")

SERVED = ("contract",)
"""What the server shares with the client: the contract, not the calling of it."""


class Rule(NamedTuple):
    """What the modules of one place may import of the house (by prefix, but for `never`) and of others."""

    house: tuple[str, ...]
    others: frozenset[str] = frozenset()
    never: tuple[str, ...] = ()


CALLING = frozenset(
    {"babel", "httpx", "pydantic", "pydantic_settings", "orjson", "stamina", "pyrate_limiter", "platformdirs"}
)
ENGINE = frozenset({"duckdb", "ibis", "sqlglot", "pyarrow", "orjson"})
OF_OTHERS = frozenset({"psycopg", "psycopg_pool", "pyspark", "py4j"})
"""For engines that others run: imported by the modules of `engines.SERVED`, and there when such a URL is asked for."""
SERVING = ENGINE | OF_OTHERS | {"starlette", "uvicorn", "pydantic", "pyrate_limiter", "structlog", "faker"}

RULES = {
    "app": Rule(("components", "lsq_api.connection"), frozenset({"streamlit"})),
    "pages": Rule(("components", "lsq_api"), frozenset({"streamlit"}), never=("lsq_api.server",)),
    "components": Rule(
        ("components", "lsq_api"), frozenset({"streamlit", "pandas", "plotly", "squarify"}), never=("lsq_api.server",)
    ),
    "lsq_api": Rule(("lsq_api",), CALLING, never=("lsq_api.server",)),
    "lsq_api.connection": Rule(("lsq_api",), CALLING | {"streamlit"}, never=("lsq_api.server",)),
    "lsq_api.host.embedded": Rule(("lsq_api",), CALLING),
    "lsq_api.server": Rule(("lsq_api.server", *(f"lsq_api.{name}" for name in SERVED)), SERVING),
}
"""The longest prefix of a module's name decides which rule is its own."""

WORKBOOK = "xlsxwriter"
"""Allowed in one module, wherever that is: the one that writes Excel files."""


def within(name: str, *prefixes: str) -> bool:
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)


def violations(sources: Mapping[str, str]) -> list[str]:
    """`module imports name` for each import that no rule allows."""
    known = {**modules(*CODE, *REST), **sources}
    found = []
    for module, source in sources.items():
        rule = RULES[max((place for place in RULES if within(module, place)), key=len)]
        for name in imported(module, source, known):
            root = name.partition(".")[0]
            if root in sys.stdlib_module_names or root == WORKBOOK:
                continue
            ours = root in CODE + REST
            allowed = within(name, *rule.house) and not within(name, *rule.never) if ours else root in rule.others
            if not allowed:
                found.append(f"{module} imports {name}")
    return found


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
        ("lsq_api.client.client", "from components import words"),
        ("lsq_api.question.question", "from lsq_api.server.store.schema import LEADS"),
        ("lsq_api.question.question", "def late():\n    from .server import tables"),
        ("lsq_api.connection", "import pandas"),
        ("lsq_api.connection", "from lsq_api.server.thread import ServerThread"),
        ("lsq_api.server.app", "from lsq_api.client.client import Client"),
        ("lsq_api.server.app", "from lsq_api import settings"),
        ("lsq_api.server.app", "from ..client import Client"),
        ("lsq_api.server.app", "import httpx"),
        ("lsq_api.server.app", "import pandas"),
        ("lsq_api.server.query.engine", "if True:\n    import streamlit"),
        ("components.shell.words", "from tests.stores import make_store"),
        ("lsq_api.client.client", "import a_library_nobody_declared"),
    ],
)
def test_imports__a_violation_is_caught(module: str, line: str):
    assert len(violations({module: line})) == 1


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("app", "from components import frame"),
        ("pages.leads", "from lsq_api.question.question import Question"),
        ("components.charts.style", "import plotly.graph_objects as go"),
        ("lsq_api.host.embedded", "def late():\n    from lsq_api.server.thread import ServerThread"),
        ("lsq_api.server.app", "from lsq_api.contract import errors, wire\nfrom . import run"),
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
    "ruff": "run by make check",
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
