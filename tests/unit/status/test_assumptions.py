"""The assumptions as they are shown: complete, and each where it says it is."""

import importlib
import re
import tomllib
from pathlib import Path

import pytest

import lsq_api
from components.status.assumptions import ASSUMPTIONS

ROOT = Path(__file__).parents[3]


def test_assumptions__are_all_there_in_order():
    assert [one.number for one in ASSUMPTIONS] == list(range(1, 12))


@pytest.mark.parametrize("name", sorted({name for one in ASSUMPTIONS for name in one.where}))
def test_assumptions__each_is_where_it_says(name: str):
    """A module that is renamed must not leave a signpost to nowhere."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        file = ROOT.joinpath(*parts[:end])
        if file.with_suffix(".py").exists():
            found = importlib.import_module(".".join(parts[:end]))
            for attribute in parts[end:]:
                found = getattr(found, attribute)
            return
    pytest.fail(f"there is no {name}")


def test_version__is_that_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert lsq_api.__version__ == project["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", lsq_api.__version__)
