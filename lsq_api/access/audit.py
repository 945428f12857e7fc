"""The audit: who did what, one JSON object a line, in a file a day. No lead's data and no key is in it.

    {"at": "2026-11-28T09:14:03Z", "person": "ann@company.com", "what": "file", "result": "done", …}

Several processes may write into one folder: a line is appended by one write. Files of earlier days are never written
again, so that they can be shipped and removed; those older than `KEPT` are removed here.
"""

import logging
import os
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import structlog

KEPT: Final = timedelta(days=400)
"""How long files are kept: a year, and the time that a yearly review takes."""
FOLDER: Final = "audit"
"""The folder of the audit's files, within that of the state."""
NOBODY_ASKED: Final = "not signed in"
_NAME = re.compile(r"audit-(\d{4}-\d\d-\d\d)\.jsonl")
_HIDDEN: Final = frozenset({"where", "find", "lead"})
"""Parameters of a link whose values may be a lead's own."""
_LEFT_OUT: Final = "..."

log = logging.getLogger(__name__)


def shown(params: Mapping[str, Sequence[str]]) -> str:
    """A link's parameters as the audit has them: of a condition the field and operator, of a lead nothing."""
    said = {key: [_said(key, value) for value in values] for key, values in params.items()}
    return urlencode(said, doseq=True, safe="~:.")


def _rendered(line: dict[str, Any]) -> str:
    written = structlog.processors.JSONRenderer(default=str)(None, "info", line)
    return written if isinstance(written, str) else written.decode()


def _said(key: str, value: str) -> str:
    if key not in _HIDDEN:
        return value
    field, _, rest = value.partition("~")
    return f"{field}~{rest.partition('~')[0]}~{_LEFT_OUT}" if key == "where" and rest else _LEFT_OUT


class Audit:
    """Writes into a folder, which is made when first needed; files can be read by their owner alone."""

    def __init__(self, folder: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.folder, self._now = folder, now
        self._cleared: date | None = None

    def write(self, person: str, what: str, result: str, **more: Any) -> None:
        """Add one line. What cannot be written is said in the log, and raised: what is not recorded is not done."""
        now = self._now()
        line = {"at": f"{now:%Y-%m-%dT%H:%M:%SZ}", "person": person or NOBODY_ASKED, "what": what, "result": result}
        written = _rendered(line | {name: one for name, one in more.items() if one is not None})
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._clear(now.date())
            opened = os.open(self._file(now.date()), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(opened, f"{written}\n".encode())
            finally:
                os.close(opened)
        except OSError:
            log.exception("the audit cannot be written to %s", self.folder)
            raise

    def _file(self, day: date) -> Path:
        return self.folder / f"audit-{day}.jsonl"

    def _clear(self, today: date) -> None:
        """Remove what is too old, once a day."""
        if self._cleared == today:
            return
        self._cleared = today
        for file in self.folder.glob("audit-*.jsonl"):
            named = _NAME.fullmatch(file.name)
            if named and date.fromisoformat(named[1]) < today - KEPT:
                file.unlink(missing_ok=True)
