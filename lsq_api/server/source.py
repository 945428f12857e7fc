"""The data that a server serves: demo data, a folder of files imported on start, a store file, or a store in an engine.

Also where a store is made: in a file, or in a temporary one that is then published into an engine.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from lsq_api.contract.errors import NotConnected
from lsq_api.server.demo.make import make_demo
from lsq_api.server.engines import registry
from lsq_api.server.importing.choices import Choices
from lsq_api.server.importing.importer import import_files
from lsq_api.server.store.folder import held, temporary
from lsq_api.server.store.store import Store

_PASSING: Final = "leads-store."
"""How the names of temporary folders begin that hold a store."""


@contextmanager
def opened(
    data: str | None, *, timezone: str = "UTC", progress: Callable[[str], None] | None = None
) -> Iterator[Store]:
    """The store at a path or URL, or demo data for None; what has to be made first is in a temporary folder.

    A folder of files is only read. Raises NotConnected or ImportFailed where it cannot be served.
    """
    path = registry.file(data) if data else None
    if data and path is None:
        yield from _held(Store.at(registry.opened(data)))
        return
    if path is not None and not path.exists():
        raise NotConnected(f"{path}: there is no such folder or store file")
    if path is not None and path.is_file():
        yield from _held(Store.open(path))
        return
    with passing() as made:
        if path is None:
            make_demo(made)
        else:
            report = import_files(path, made, Choices(timezone=timezone), progress)
            for line in report.lines():
                if progress:
                    progress(line)
        yield from _held(Store.open(made))


@contextmanager
def made(into: str, progress: Callable[[str], None] | None = None) -> Iterator[Path]:
    """The path at which to make the store file `into`; for a URL a temporary one, published when the block ends."""
    path = registry.file(into)
    if path is not None:
        yield path
        return
    registry.check(into)
    with passing() as file:
        yield file
        registry.publish(into, file, progress)


@contextmanager
def passing() -> Iterator[Path]:
    """The path of a store file in a temporary folder, removed at the end of the block.

    What a killed process left of that kind is removed first: it may be a copy of somebody's leads.
    """
    with held(temporary(), _PASSING) as folder:
        yield folder / "leads.store"


def _held(store: Store) -> Iterator[Store]:
    try:
        yield store
    finally:
        store.close()
