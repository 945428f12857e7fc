"""A store on a Spark cluster: Parquet files in a folder that the cluster reads, queried through one Spark application.

Tables are read by path and not from a metastore: an embedded one (Derby) allows one process at a time, so that nobody
could serve during an import; and a company's own would have to be told of every import.
"""

import logging
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final

from lsq_api.contract.errors import NotConnected
from lsq_api.server.engines.spark import folder as published
from lsq_api.server.engines.spark.call import SparkCall
from lsq_api.server.engines.spark.cluster import Cluster, alive, failures, said
from lsq_api.server.engines.spark.dialect import SPARK
from lsq_api.server.engines.spark.folder import SparkFolder
from lsq_api.server.engines.spark.url import SparkUrl
from lsq_api.server.store import store
from lsq_api.server.store.dialect import Dialect

log = logging.getLogger("lsq_api.server")

LOOK_EVERY: Final = 2.0
"""Seconds between two checks for a newer publication."""
_KINDS: Final = {
    "string": "VARCHAR",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "double": "DOUBLE",
    "timestamp_ntz": "TIMESTAMP",
    "date": "DATE",
    "boolean": "BOOLEAN",
    "array<string>": "VARCHAR[]",
}


def opened(url: str, *, clock: Callable[[], float] = monotonic) -> "SparkBackend":
    """The newest publication; raises NotConnected where there is none, or the cluster cannot be reached."""
    return SparkBackend.opened(Cluster(SparkUrl.read(url)), clock)


@dataclass(eq=False)
class SparkBackend:
    """One publication, in a Spark session in which its tables have names. `clock` returns seconds."""

    cluster: Cluster
    identity: str
    clock: Callable[[], float]
    spark: Any = field(repr=False)
    seen: Hashable = None
    _looked: float = 0

    @classmethod
    def opened(cls, cluster: Cluster, clock: Callable[[], float]) -> "SparkBackend":
        """Open the newest publication."""
        context = cluster.context()
        folder = published.opened(context, cluster.url.folder)
        newest = folder.newest()
        if newest is None:
            raise NotConnected(
                f"{cluster.url}: no store was published there; make one with "
                f"`python -m lsq_api.server import FOLDER --into '{cluster.url}'`"
            )
        opened = cls(cluster, newest, clock, _session(cluster, folder, newest), newest, clock())
        opened.check()
        return opened

    def __str__(self) -> str:
        return str(self.cluster.url)

    @property
    def dialect(self) -> Dialect:
        """Spark's dialect."""
        return SPARK

    def check(self) -> None:
        """Raises NotConnected where no table tells the version; the rest is checked by `Store.at`."""
        for fault in store.faults_of_shape(self.columns(), []):
            if fault.startswith("store."):
                raise NotConnected(f"{self}: is no whole store: {fault}; make it anew with import --into")

    def look(self) -> Hashable:
        """The newest publication, as of at most `LOOK_EVERY` seconds ago."""
        if self.clock() - self._looked < LOOK_EVERY:
            return self.seen
        self._looked = self.clock()
        faults: tuple[type[Exception], ...] = (NotConnected, *failures())
        try:
            self.seen = SparkFolder(self.cluster.context(), self.cluster.url.folder).newest()
        except faults as error:
            # Whether there is something newer is not known: what is served is asked, and answers or fails itself.
            log.warning("%s: the folder does not answer: %s", self, said(error))
        return self.seen

    def columns(self) -> dict[str, dict[str, str]]:
        """DuckDB's type of each column, by table and column."""
        return {
            table.name: {column.name: _kind(column.dataType) for column in self.spark.table(table.name).schema}
            for table in self.spark.catalog.listTables()
        }

    @contextmanager
    def session(self) -> Iterator[SparkCall]:
        """A session for one call; reconnects where the cluster has ended the application."""
        context = self.cluster.context()
        if self.spark.sparkContext is not context:
            folder = SparkFolder(context, self.cluster.url.folder)
            self.spark = _session(self.cluster, folder, self.identity)
        call = SparkCall(self.spark)
        try:
            yield call
        finally:
            call.close()

    def renewed(self) -> "SparkBackend":
        """The newest publication, opened."""
        return self.opened(self.cluster, self.clock)

    def close(self) -> None:
        """Drop the tables' names. The application stays, for other connections of this process."""
        if alive(self.spark.sparkContext):
            for table in self.spark.catalog.listTables():
                self.spark.catalog.dropTempView(table.name)


def _session(cluster: Cluster, folder: SparkFolder, published: str) -> Any:
    """A Spark session in which the tables of a publication have names."""
    from pyspark.sql import SparkSession

    spark = SparkSession(folder.context).newSession()
    with cluster.waiting(folder.context):
        try:
            for table, path in folder.tables(published).items():
                spark.read.parquet(path).createOrReplaceTempView(table)
        except failures() as error:
            raise NotConnected(f"{cluster.url}: a table cannot be read: {said(error)}") from error
    return spark


def _kind(spark_type: Any) -> str:
    name: str = spark_type.simpleString()
    return _KINDS.get(name, name.upper())
