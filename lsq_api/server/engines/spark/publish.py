"""Publishes a store file to a Spark cluster: one Parquet file a table, made current for readers all at once."""

from collections.abc import Callable
from pathlib import Path
from typing import Final
from uuid import uuid4

import pyspark  # noqa: F401 -- so that a missing package is reported before an import begins

from lsq_api.contract.errors import NotConnected
from lsq_api.server.engines.spark import folder as folders
from lsq_api.server.engines.spark.cluster import Cluster, failures, said
from lsq_api.server.engines.spark.folder import SparkFolder
from lsq_api.server.engines.spark.url import SparkUrl
from lsq_api.server.store.derive import quoted
from lsq_api.server.store.file import StoreFile
from lsq_api.server.store.folder import held, temporary
from lsq_api.server.store.store import Store

_AS_PARQUET: Final = "COPY (FROM {table}) TO $path (FORMAT parquet, COMPRESSION zstd)"


def published(url: str, file: Path, progress: Callable[[str], None] | None = None) -> None:
    """Publish a store file; raises NotConnected where that fails. Readers see the old content until all is there.

    A file that is no store is refused before anything is written. Each table is written to a local file and copied in
    pieces, so that no table is ever in memory as a whole.
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
    with held(temporary(), "leads-publish.") as made_in:
        for table in found:
            path = made_in / f"{table}.parquet"
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
