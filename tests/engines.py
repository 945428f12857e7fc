"""Which engine the contract tests run on, as `--engine` says. A store gets there by the product's own publishing."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest

from lsq_api.server import engines
from lsq_api.server.store import Store

KNOWN: Final[Mapping[str, str]] = {"duckdb": "", "spark": "tests.cluster"}
"""The module of each that starts it on loopback: `running(folder)` gives what makes the URL of a new, empty place."""
_FRESH: Final[list[Callable[[], str]]] = []


def opened(path: Path) -> Store:
    """The store of a file, on the engine that is chosen."""
    if not _FRESH:
        return Store.open(path)
    url = fresh()
    engines.publish(url, path)
    return Store.at(engines.place(url))


def fresh() -> str:
    """The URL of a new, empty place on the engine that is chosen."""
    return _FRESH[-1]()


@contextmanager
def running(engine: str, folders: pytest.TempPathFactory) -> Iterator[None]:
    """The chosen engine, started where it must be."""
    if not KNOWN[engine]:
        yield
        return
    started: AbstractContextManager[Callable[[], str]] = import_module(KNOWN[engine]).running(folders.mktemp(engine))
    with started as make:
        _FRESH.append(make)
        try:
            yield
        finally:
            _FRESH.pop()
