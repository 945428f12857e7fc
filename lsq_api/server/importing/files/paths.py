"""Which files an import reads: those given, those of folders given, and each sheet of a workbook as one of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from lsq_api.server.importing.files import excel
from lsq_api.server.importing.files.source import ENDINGS
from lsq_api.server.importing.profiles.profile import TABLES
from lsq_api.server.store.faults import ImportFailed


@dataclass(frozen=True)
class Given:
    """A file, or a sheet of one; `table` is what its name says that it holds, where it does."""

    path: Path
    sheet: str | None = None

    @property
    def name(self) -> str:
        """The name of the sheet, or of the file without its ending, in lower case."""
        return (self.sheet or stem(self.path)).strip().lower()

    @property
    def table(self) -> str | None:
        """The table that the name says."""
        plain = self.name.replace(" ", "_")
        return plain if plain in TABLES else None


def stem(path: Path) -> str:
    """A file's name without the endings that are read; the name itself where it has another."""
    name = path.name.lower()
    return next((path.name[: -len(ending)] for ending in sorted(ENDINGS, key=len)[::-1] if name.endswith(ending)), "")


def given(paths: Iterable[Path], sheet: str | None = None) -> list[Given]:
    """The files at `paths` in their order; those of a folder by name. Raises ImportFailed where there is none to read.

    Files of a folder that are named for a table are taken alone where there are any, whatever lies beside them.
    `sheet` names the only sheet to read of workbooks.
    """
    found = [each for path in paths for each in ([path] if not path.is_dir() else _of_folder(path))]
    return [each for path in found for each in _sheets(path, sheet)]


def _of_folder(folder: Path) -> Sequence[Path]:
    seen = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith((".", "~$")))
    readable = [path for path in seen if stem(path)]
    named = [path for path in readable if Given(path).table]
    for first, second in pairwise(named):
        if Given(first).table == Given(second).table:
            raise ImportFailed(first, f"{second.name} is in the folder, too; leave one of them there")
    if not readable:
        names = ", ".join(path.name for path in seen[:20]) or "nothing"
        allowed = f"any name with {', '.join(ENDINGS)}"
        raise ImportFailed(str(folder), f"there is no file that can be read; allowed: {allowed}; seen: {names}")
    return named or readable


def _sheets(path: Path, sheet: str | None) -> list[Given]:
    if not path.exists():
        raise ImportFailed(str(path), "is not there; give a file, or a folder of files")
    if not stem(path):
        raise ImportFailed(path, f"is no file that can be read; allowed: {', '.join(ENDINGS)}")
    if path.suffix.lower() != ".xlsx":
        return [Given(path)]
    there = excel.sheets(path)
    if sheet is not None and sheet not in there:
        raise ImportFailed(path, f"has no sheet of that name; its sheets: {', '.join(there)}", value=sheet)
    if not there:
        raise ImportFailed(path, "is empty; the first row must name the columns")
    return [Given(path, each) for each in ([sheet] if sheet else there)]
