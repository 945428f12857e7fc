"""A `pyspark://` URL as ibis has it: the folder as its path, Spark's settings as its query."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from lsq_api.contract.errors import NotConnected

MASTER: Final = "spark.master"
FOLDER: Final = "spark.sql.warehouse.dir"
_FORM: Final = (
    f"pyspark://?{MASTER}=spark://HOST:7077&{FOLDER}=FOLDER, "
    "where FOLDER is one that the cluster's workers read as well"
)
_USER: Final = re.compile(r"//[^/@]*@")
_MASTERS: Final = re.compile(r"[^:,\s]+:\d+")


@dataclass(frozen=True)
class SparkUrl:
    """A cluster and a folder. `str` has no other settings, since those may hold passwords."""

    folder: str = field(repr=False)
    settings: Mapping[str, str] = field(repr=False)

    @classmethod
    def read(cls, url: str) -> "SparkUrl":
        """Read a URL; raises NotConnected where it names no folder, or a setting that Spark does not have."""
        parts = urlsplit(url)
        if parts.netloc:
            raise NotConnected(f"pyspark:// takes no host before the path; the form is {_FORM}")
        settings = dict(parse_qsl(parts.query))
        for name in settings:
            if not name.startswith("spark."):
                raise NotConnected(f"pyspark:// takes settings that begin with spark., and not {name!r}; as in {_FORM}")
        # As ibis has it: after three slashes comes a relative path, after four an absolute one.
        folder = settings.pop(FOLDER, None) or (str(Path(parts.path[1:]).absolute()) if parts.path[1:] else "")
        if not folder:
            raise NotConnected(f"pyspark:// names no folder; the form is {_FORM}")
        return cls(folder, settings)

    @property
    def master(self) -> str | None:
        """The cluster's address; None where Spark's own configuration decides."""
        return self.settings.get(MASTER)

    @property
    def masters(self) -> list[tuple[str, int]]:
        """Host and port of each master of a standalone cluster; empty for any other cluster."""
        if not (self.master or "").startswith("spark://"):
            return []
        named = _MASTERS.findall((self.master or "").removeprefix("spark://"))
        return [(host, int(port)) for host, _, port in (one.rpartition(":") for one in named)]

    def __str__(self) -> str:
        master = f"{MASTER}={self.master}&" if self.master else ""
        return unnamed(f"pyspark://?{master}{FOLDER}={self.folder}")


def unnamed(text: str) -> str:
    """The text without user and password of URLs in it."""
    return _USER.sub("//", text)
