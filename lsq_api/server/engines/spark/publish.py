"""A store file brought to a Spark cluster: its tables as Parquet, table by table, and then all at once for readers."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final
from uuid import uuid4

import pyspark  # noqa: F401 -- where it is wanting, that is said before an import begins

from lsq_api.contract.errors import NotConnected
from lsq_api.server.engines.spark import folder as folders
from lsq_api.server.engines.spark.cluster import Cluster, failures, said
from lsq_api.server.engines.spark.folder import SparkFolder
from lsq_api.server.engines.spark.url import SparkUrl
from lsq_api.server.store.derive import quoted
from lsq_api.server.store.file import StoreFile
from lsq_api.server.store.store import Store

_AS_PARQUET: Final = "COPY (FROM {table}) TO $path (FORMAT parquet, COMPRESSION zstd)"


def published(url: str, file: Path, progress: Callable[[str], None] | None = None) -> None:
    """Publish a store file; readers see what was there until everything is. NotConnected where that fails, and why.

    What is no store is refused before anything is written. A table's file is made on this machine and brought to the
    folder in pieces, so that no table is ever in memory.
    """
    say = progress or (lambda _: None)
    where = SparkUrl.read(url)
    Store.open(file).close()
    store = StoreFile.open(file)
    try:
        folder = folders.opened(Cluster(where).context(), where.folder)
        try:
            _bring(store, folder, say)
        except failures() as error:
            raise NotConnected(f"{where}: cannot be written: {said(error)}") from error
    finally:
        store.close()


def _bring(store: StoreFile, folder: SparkFolder, say: Callable[[str], None]) -> None:
    generation = uuid4().hex
    found = sorted(store.columns())
    with tempfile.TemporaryDirectory(prefix="leads-not-contacted.") as made_in:
        for table in found:
            path = Path(made_in) / f"{table}.parquet"
            cursor = store.cursor()
            try:
                cursor.execute(_AS_PARQUET.format(table=quoted(table)), {"path": str(path)})
            finally:
                cursor.close()
            say(f"{table}: bringing {path.stat().st_size / 1e6:,.1f} MB to {folder.home}")
            folder.bring(path, generation)
    folder.publish(generation, len(found))
    folder.clear()
    say("published")
