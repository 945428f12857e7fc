"""The folder with the publications, in any file system that Hadoop knows: a shared folder, HDFS or a bucket.

    leads_not_contacted/
      tables/<generation>/<table>.parquet    one publication
      published/<number>.<generation>        an empty file: the publication is complete; the highest number is served

An empty file is made in one step in every file system, while a rename over another file is not.
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
"""Publications that are kept: the newest, and the one before it for those who have just begun to read it."""


@dataclass(frozen=True)
class SparkFolder:
    """The folder, through the file system of a running SparkContext, which has the cluster's settings."""

    context: Any
    folder: str

    @property
    def home(self) -> str:
        """The path that holds everything."""
        return f"{self.folder.rstrip('/')}/{_HOME}"

    def _path(self, *parts: str) -> Any:
        return self.context._jvm.org.apache.hadoop.fs.Path("/".join([self.home, *parts]))

    def _system(self) -> Any:
        return self._path().getFileSystem(self.context._jsc.hadoopConfiguration())

    def _names(self, *parts: str) -> list[str]:
        system, path = self._system(), self._path(*parts)
        return [found.getPath().getName() for found in system.listStatus(path)] if system.exists(path) else []

    def published(self) -> list[str]:
        """The complete publications, oldest first."""
        return sorted(self._names(_PUBLISHED))

    def newest(self) -> str | None:
        """The newest publication; None without one."""
        return max(self.published(), default=None)

    def tables(self, published: str) -> dict[str, str]:
        """The paths of a publication's tables, by table."""
        generation = _generation(published)
        system = self._system()
        return {
            name.removesuffix(".parquet"): str(system.makeQualified(self._path(_TABLES, generation, name)).toString())
            for name in self._names(_TABLES, generation)
        }

    def bring(self, file: Path, generation: str) -> None:
        """Move a local file into a publication that is being made."""
        here = self.context._jvm.org.apache.hadoop.fs.Path(file.absolute().as_uri())
        self._system().copyFromLocalFile(True, True, here, self._path(_TABLES, generation, file.name))

    def publish(self, generation: str, files: int) -> str:
        """Make a publication the current one; raises NotConnected where it has not all its files."""
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
        """Delete old publications, and files of imports that did not finish."""
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
    """The folder; raises NotConnected where its file system is unknown or does not answer."""
    found = SparkFolder(context, folder)
    try:
        found.published()
    except failures() as error:
        raise NotConnected(f"{found.home}: cannot be read: {said(error)}") from None
    return found
