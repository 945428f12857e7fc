"""The folder of a cluster that holds what was published: any that Hadoop's file systems know, shared, HDFS or a bucket.

    leads_not_contacted/
      tables/<generation>/<table>.parquet    one publication
      published/<number>.<generation>        an empty file: this publication is whole. The greatest number counts

An empty file is made in one step everywhere, where a rename over another file is not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lsq_api.contract.errors import NotConnected
from lsq_api.server.engines.spark.cluster import failures, said

_HOME: Final = "leads_not_contacted"
_TABLES: Final = "tables"
_PUBLISHED: Final = "published"
KEPT: Final = 2
"""Publications that stay: the newest, and the one before it for those who have just begun to read it."""


@dataclass(frozen=True)
class SparkFolder:
    """The folder, through the file system of a running SparkContext, which knows the cluster's settings."""

    context: Any
    folder: str

    @property
    def home(self) -> str:
        """Where everything is."""
        return f"{self.folder.rstrip('/')}/{_HOME}"

    def _path(self, *parts: str) -> Any:
        return self.context._jvm.org.apache.hadoop.fs.Path("/".join([self.home, *parts]))

    def _system(self) -> Any:
        return self._path().getFileSystem(self.context._jsc.hadoopConfiguration())

    def _names(self, *parts: str) -> list[str]:
        system, path = self._system(), self._path(*parts)
        return [found.getPath().getName() for found in system.listStatus(path)] if system.exists(path) else []

    def published(self) -> list[str]:
        """The publications that are whole, oldest first."""
        return sorted(self._names(_PUBLISHED))

    def newest(self) -> str | None:
        """The publication that counts; None where there is none."""
        return max(self.published(), default=None)

    def tables(self, published: str) -> dict[str, str]:
        """Where Spark finds the tables of a publication, by name."""
        generation = _generation(published)
        system = self._system()
        return {
            name.removesuffix(".parquet"): str(system.makeQualified(self._path(_TABLES, generation, name)).toString())
            for name in self._names(_TABLES, generation)
        }

    def bring(self, file: Path, generation: str) -> None:
        """Move a file of this machine into a publication that is being made."""
        here = self.context._jvm.org.apache.hadoop.fs.Path(file.absolute().as_uri())
        self._system().copyFromLocalFile(True, True, here, self._path(_TABLES, generation, file.name))

    def publish(self, generation: str, files: int) -> str:
        """Make a publication the one that counts. NotConnected where it is not whole."""
        there = len(self._names(_TABLES, generation))
        if there != files:
            raise NotConnected(
                f"{self.home}: {there} of {files} tables are there: another import has cleared them away"
            )
        before = self.newest()
        name = f"{1 + int(before.partition('.')[0]) if before else 1:012}.{generation}"
        self._system().mkdirs(self._path(_PUBLISHED))
        if not self._system().createNewFile(self._path(_PUBLISHED, name)):
            raise NotConnected(f"{self.home}: {name} is there already")
        return name

    def clear(self) -> None:
        """Delete old publications, and what an import left that did not come to its end."""
        for name in self._old():
            self._system().delete(self._path(_PUBLISHED, name), False)
        kept = {_generation(name) for name in self.published()}
        for generation in self._names(_TABLES):
            if generation not in kept:
                self._system().delete(self._path(_TABLES, generation), True)

    def _old(self) -> Iterator[str]:
        yield from self.published()[:-KEPT]


def _generation(published: str) -> str:
    return published.partition(".")[2]


def opened(context: Any, folder: str) -> SparkFolder:
    """NotConnected where there is no such file system, or it does not answer."""
    found = SparkFolder(context, folder)
    try:
        found.published()
    except failures() as error:
        raise NotConnected(f"{found.home}: cannot be read: {said(error)}") from None
    return found
