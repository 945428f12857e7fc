"""A PostgreSQL for the tests of what is its own; they run with `--engine postgres`."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.postgres_cluster import Cluster, cluster


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Not even read without it: psycopg need not be there."""
    return True if config.getoption("--engine") != "postgres" and collection_path.suffix == ".py" else None


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    with cluster() as started:
        yield started


@pytest.fixture(scope="session")
def places(server: Cluster) -> Iterator[str]:
    numbers = count()
    return (f"{server.url}/place_{number}" for number in numbers)


@pytest.fixture
def url(places: Iterator[str]) -> str:
    """A new, empty place."""
    return next(places)


@pytest.fixture
def always() -> Callable[[], float]:
    """A clock by which it is time for another look whenever it is read."""
    seconds = count(step=1000)
    return lambda: float(next(seconds))
