"""Data that are added in the browser: files are looked at as a store of their own, which can then be kept.

    files → `look` → Look: the report, and a host that answers from the store → `keep`, or closed and gone

The only module beside `embedded` that reaches into the server's code.
"""

import logging
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from lsq_api.contract.errors import UnreadableData
from lsq_api.host.embedded import embedded
from lsq_api.host.settings import Host
from lsq_api.server.importing.catalogue import NAMES as USUAL_TYPES
from lsq_api.server.importing.choices import Choices
from lsq_api.server.importing.files.source import ENDINGS
from lsq_api.server.importing.importer import headers, import_files
from lsq_api.server.importing.profiles.profile import NAMES, TABLES, profiles
from lsq_api.server.importing.recognise import described
from lsq_api.server.importing.report import FileReport, ImportReport
from lsq_api.server.store import build, schema
from lsq_api.server.store.faults import ImportFailed

__all__ = [
    "ENDINGS", "TABLES", "USUAL_TYPES", "Choices", "FileReport", "ImportFailed", "ImportReport",
]  # fmt: skip

log = logging.getLogger(__name__)

_FOLDER: Final = "Added data"
"""Names the account, where the files do not."""


class Look:
    """Files that were read: the store made of them, its `report`, and a `host` that answers from it.

    All of it lies in a private folder, which is removed by `close`, or when the last reference is gone.
    """

    def __init__(self, store: Path, report: ImportReport, host: Host, held: ExitStack) -> None:
        self.store, self.report, self.host = store, report, host
        self.close = weakref.finalize(self, held.close)


class Unclear(Exception):
    """Files cannot be read as they are: `fault` says why, `headers` what they have, by file, where that is known."""

    def __init__(self, fault: UnreadableData, headers: Mapping[str, Sequence[str]]) -> None:
        super().__init__(str(fault))
        self.fault, self.headers = fault, headers
        self.fault_in = fault.file if isinstance(fault, ImportFailed) else ""
        """The name of the file with the fault, "" where it is in none alone."""


def look(
    files: Sequence[tuple[str, bytes]], choices: Choices, into: Path, progress: Callable[[str], None] = log.info
) -> Look:
    """Read files, given by name and content, as if they were kept at `into`, which stays as it is.

    Raises Unclear where they cannot be read, and ImportFailed where there is no room; nothing is left then.
    """
    with ExitStack() as held:
        folder = held.enter_context(build.beside(into))
        paths = _written(files, folder / _FOLDER)
        store = folder / "look"
        try:
            report = import_files(paths, store, choices, progress)
        except UnreadableData as error:
            fault = error
        else:
            host = held.enter_context(embedded(str(store), progress))
            return Look(store, report, host, held.pop_all())
        try:
            found = headers(paths, folder / "scratch")
        except UnreadableData:
            found = {}
        raise Unclear(fault, found)


def _written(files: Sequence[tuple[str, bytes]], folder: Path) -> list[Path]:
    folder.mkdir()
    paths = []
    for name, content in files:
        path = folder / Path(name).name
        if path in paths:
            raise Unclear(ImportFailed(path, "is there twice; give two files of that name one after the other"), {})
        path.write_bytes(content)
        paths.append(path)
    return paths


def keep(found: Look, into: Path) -> None:
    """Make the store of a look the one at `into`, in place of one that is there, and close the look.

    Raises NotConnected where another program is making that store, ImportFailed where it cannot be written.
    """
    build.put(found.store, into)
    found.close()


def systems() -> dict[str, str]:
    """The systems whose exports are known: their titles by name."""
    return {profile.name: profile.title for profile in profiles().values()}


def meanings(table: str) -> dict[str, str]:
    """What a column of a table can be: labels by schema name, those of core fields first."""
    core = schema.CORE_LEAD_FIELDS if table == "leads" else {}
    rest = {name: described(name, name)[0] for name in sorted(NAMES[table] - core.keys())}
    return {name: field.display_name for name, field in core.items()} | rest
