"""Engines that others run, by the scheme of a URL: which are served, and the package that does it.

A package is imported when its engine is asked for, since what it needs (`requirements-engines.txt`) need not be there
to serve files. Its `backend.py` has `opened(url) -> Backend`, its `publish.py` has `published(url, file, progress)`.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from lsq_api.contract.errors import NotConnected
from lsq_api.server.store.backend import Backend

SERVED: Final[Mapping[str, str]] = {"postgres": "postgres", "postgresql": "postgres", "pyspark": "spark"}
"""The package by scheme. The contract suite runs on each of these."""
FILE: Final = "duckdb"
_MARK: Final = "://"


def scheme(data: str) -> str | None:
    """The scheme of a URL in lower case; None for a path."""
    return data.partition(_MARK)[0].lower() if _MARK in data else None


def file(data: str) -> Path | None:
    """The path that `data` is, or that a URL of DuckDB's has in it; None for a URL of an engine."""
    if scheme(data) is None:
        return Path(data).expanduser()
    return Path(data.partition(_MARK)[2]).expanduser() if scheme(data) == FILE else None


def opened(url: str) -> Backend:
    """The store in an engine. NotConnected where there is none, or the engine is none of ours, and why."""
    found: Backend = _module(url, "backend").opened(url)
    return found


def publish(url: str, store: Path, progress: Callable[[str], None] | None = None) -> None:
    """Bring a store file's content into an engine, in place of what is there; those who read have the one or the other.

    NotConnected or ImportFailed say what is wrong; then the engine has what it had.
    """
    _module(url, "publish").published(url, store, progress)


def check(url: str) -> None:
    """NotConnected where nothing can be published there for want of a module: said before hours of an import."""
    _module(url, "publish")


def _module(url: str, part: str) -> Any:
    asked = scheme(url) or ""
    if asked not in SERVED:
        allowed = ", ".join(f"{name}{_MARK}" for name in (*SERVED, FILE))
        raise NotConnected(
            f"{asked}{_MARK} is no kind of data here; allowed: {allowed}, a folder of files or a store file"
        )
    try:
        return import_module(f"{__package__}.{SERVED[asked]}.{part}")
    except ModuleNotFoundError as error:
        if str(error.name).startswith(f"{__package__}."):
            raise
        raise NotConnected(
            f"{asked}:// needs the package {error.name}; `pip install -r requirements-engines.txt`"
        ) from None
