"""What a server serves: demo data, a folder of files imported on the fly, or a store file."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lsq_api.errors import NotConnected
from lsq_api.server.demo import make_demo
from lsq_api.server.importer import import_folder
from lsq_api.server.store import Store


@contextmanager
def opened(
    data: str | None, *, timezone: str = "UTC", progress: Callable[[str], None] | None = None
) -> Iterator[Store]:
    """The store behind a path, or demo data for None; made in a folder of its own that goes with it.

    A folder of files is only read, never written into. NotConnected or ImportFailed where it cannot be served.
    """
    path = Path(data).expanduser() if data else None
    if data and "://" in data:
        raise NotConnected(
            f"{data.partition('://')[0]}:// is no kind of data here; give a folder of files or a store file"
        )
    if path is not None and not path.exists():
        raise NotConnected(f"{path}: there is no such folder or store file")
    if path is not None and path.is_file():
        yield from _held(Store.open(path))
        return
    made_in = Path(tempfile.mkdtemp(prefix="leads-not-contacted."))
    try:
        made = made_in / "leads.store"
        if path is None:
            make_demo(made)
        else:
            report = import_folder(path, made, timezone=timezone, progress=progress)
            for line in report.lines():
                if progress:
                    progress(line)
        yield from _held(Store.open(made))
    finally:
        shutil.rmtree(made_in)


def _held(store: Store) -> Iterator[Store]:
    try:
        yield store
    finally:
        store.close()
