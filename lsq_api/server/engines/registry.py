"""The engines that are served, by the scheme of a URL, and the package of each.

A package is imported only when its engine is used, since its requirements (`requirements-engines.txt`) are optional.
Its `backend.py` has `opened(url) -> Backend`, its `publish.py` has `published(url, file, progress)`.
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
    """The path that `data` is, or that its `duckdb:` URL has; None for the URL of an engine."""
    if scheme(data) is None:
        return Path(data).expanduser()
    return Path(data.partition(_MARK)[2]).expanduser() if scheme(data) == FILE else None


def opened(url: str) -> Backend:
    """The store in an engine; raises NotConnected where there is none, or the engine is not supported."""
    found: Backend = _module(url, "backend").opened(url)
    return found


def publish(url: str, store: Path, progress: Callable[[str], None] | None = None) -> None:
    """Replace the store in an engine by that of a store file; readers have the old or the new content.

    Raises NotConnected or ImportFailed; the engine's content is then unchanged.
    """
    _module(url, "publish").published(url, store, progress)


def check(url: str) -> None:
    """Raises NotConnected where a module for publishing is missing, so that it is known before an hour-long import."""
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
