"""Which engine the contract's tests run on, as `--engine` says; stores get there by the product's own code."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from lsq_api.server import spark, spark_publish
from lsq_api.server.store import Store
from tests import cluster

Opened = Callable[[Path], Store]
_ON: list[Opened] = [Store.open]


def opened(path: Path) -> Store:
    return _ON[-1](path)


@contextmanager
def running(engine: str) -> Iterator[None]:
    if engine != "spark":
        yield
        return
    with TemporaryDirectory() as folder, cluster.running(Path(folder)) as master:
        counter = iter(range(10**6))

        def on_spark(path: Path) -> Store:
            where = cluster.url(master, Path(folder) / f"store-{next(counter)}")
            spark_publish.published(where, path)
            return Store.at(spark.opened(where))

        _ON.append(on_spark)
        try:
            yield
        finally:
            _ON.pop()
            from pyspark import SparkContext

            SparkContext._active_spark_context and SparkContext._active_spark_context.stop()
