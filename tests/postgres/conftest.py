"""A PostgreSQL for the tests of what is its own; they run with `--engine postgres`."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from tests.postgres_cluster import Cluster, cluster


@pytest.fixture(autouse=True)
def asked_for(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--engine") != "postgres":
        pytest.skip("a PostgreSQL is started with --engine postgres alone")


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
