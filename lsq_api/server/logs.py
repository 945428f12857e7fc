"""The server's log: lines for people, or JSON lines for a collector; keys are in neither."""

import json
import logging
import sys
from collections.abc import Sequence
from typing import Any, Final

import structlog
from pydantic import SecretStr

FORMATS: Final = ("text", "json")
_HIDDEN: Final = "[hidden]"


def to_stderr(form: str, keys: Sequence[SecretStr] = ()) -> None:
    """Write all logs to stderr, in one of FORMATS. In JSON lines each of `keys` is replaced, wherever it may stand."""
    handler = logging.StreamHandler(sys.stderr)
    if form == "json":
        handler.setFormatter(_json([key.get_secret_value() for key in keys]))
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
    logging.basicConfig(handlers=[handler])
    logging.getLogger("lsq_api").setLevel(logging.INFO)


def _json(keys: Sequence[str]) -> logging.Formatter:
    def write(event: Any, **more: Any) -> str:
        written = json.dumps(event, **more)
        for key in keys:
            written = written.replace(json.dumps(key)[1:-1], _HIDDEN)
        return written

    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.format_exc_info,
            structlog.processors.EventRenamer("said"),
            structlog.processors.JSONRenderer(serializer=write, default=str),
        ],
        foreign_pre_chain=[
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.stdlib.ExtraAdder(),
        ],
    )
