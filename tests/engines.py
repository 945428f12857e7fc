"""Which engine the contract tests run on, as `--engine` says. A store gets there by the product's own publishing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest

from lsq_api.server.engines import registry
from lsq_api.server.query.statement import Statement
from lsq_api.server.store.store import Store

KNOWN: Final[Mapping[str, str]] = {"duckdb": "", "postgres": "tests.postgres_cluster", "spark": "tests.spark_cluster"}
"""The module of each that starts it on loopback: `running(folder)` gives what makes the URL of a new, empty place."""
WITHOUT_NUL: Final = ("postgres",)
"""Engines whose text cannot hold the letter NUL."""
_CHOSEN: Final[list[str]] = ["duckdb"]
SLOW: Final = {"spark": 8}
"""Engines that take their time over each statement, however small, and how many times fewer are asked there."""
_PACE: Final[list[int]] = [1]
_FRESH: Final[list[Callable[[], str]]] = []


def opened(path: Path) -> Store:
    """The store of a file, on the engine that is chosen."""
    if not _FRESH:
        return Store.open(path)
    url = fresh()
    registry.publish(url, path)
    return Store.at(registry.opened(url))


def fresh() -> str:
    """The URL of a new, empty place on the engine that is chosen."""
    return _FRESH[-1]()


def choose(engine: str) -> None:
    """Before any test is read: how many questions there will be."""
    _PACE.append(SLOW.get(engine, 1))


def fewer(examples: int) -> int:
    """How many examples to try, where so many are tried on an engine that is quick."""
    return max(1, examples // _PACE[-1])


def more(questions: int) -> int:
    """How many questions to ask of each of those examples."""
    return questions * min(4, _PACE[-1])


def some(values: Sequence[str], start: int) -> Sequence[str]:
    """As few of the values; another start gives others."""
    return values[start % _PACE[-1] :: _PACE[-1]]


def counting(rows: int) -> Statement:
    """A statement of the chosen engine that looks at so many rows, one after the other."""
    made = "(SELECT generate_series(1, {}))" if _CHOSEN[-1] == "postgres" else "range({})"
    return Statement(f"SELECT count(*) FROM {made.format(rows)} AS t(n) WHERE n % 3 = 1", ())


def storable(texts: Sequence[str]) -> list[str]:
    """Those of the texts that the chosen engine can keep."""
    return [text for text in texts if "\0" not in text or _CHOSEN[-1] not in WITHOUT_NUL]


@contextmanager
def running(engine: str, folders: pytest.TempPathFactory) -> Iterator[None]:
    """The chosen engine, started where it must be."""
    if not KNOWN[engine]:
        yield
        return
    started: AbstractContextManager[Callable[[], str]] = import_module(KNOWN[engine]).running(folders.mktemp(engine))
    with started as make:
        _FRESH.append(make)
        _CHOSEN.append(engine)
        try:
            yield
        finally:
            _FRESH.pop()
            _CHOSEN.pop()
