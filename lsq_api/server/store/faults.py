"""Why a file cannot be imported or a store cannot be made, in words that help to mend it."""

from pathlib import Path

from lsq_api.contract.errors import UnreadableData

_SHOWN = 80


class ImportFailed(UnreadableData):
    """A file cannot be imported; an existing store is unchanged.

    `file` is the file's name, `place` is "line 7" (the header is line 1) or, for Parquet, "row 6"; `column` is its
    header and `value` the value there. `why` says what is wrong and what is allowed.
    """

    def __init__(
        self,
        file: Path | str,
        why: str,
        *,
        place: str | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        self.file = file.name if isinstance(file, Path) else file
        self.why, self.place, self.column, self.value = why, place, column, value
        where = ", ".join(part for part in (self.file, place, f"column {column}" if column else None) if part)
        super().__init__(f"{where}: {shown(value)} {why}" if value is not None else f"{where}: {why}")


def shown(value: str) -> str:
    """A file's value for a message: quoted, on one line, at most 80 characters."""
    return repr(value) if len(value) <= _SHOWN else f"{value[:_SHOWN]!r}…"
