"""The server's options: keys, limits, and whether its extensions are on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import SecretStr

from lsq_api.server.guard.connections import ConnectionBounds


@dataclass(frozen=True)
class RateLimit:
    """So many calls in any window of so many seconds (section 9)."""

    calls: int = 25
    seconds: int = 5

    @classmethod
    def read(cls, text: str) -> "RateLimit | None":
        """Read `25/5`, or `off` as None; raises ValueError for anything else."""
        if text.strip().lower() == "off":
            return None
        calls, _, seconds = text.partition("/")
        if not (calls.strip().isdecimal() and seconds.strip().isdecimal() and int(calls) and int(seconds)):
            raise ValueError(f"{text!r} is not a limit; the form is CALLS/SECONDS, such as 25/5, or off")
        return cls(int(calls), int(seconds))


@dataclass(frozen=True)
class Options:
    """The server's options. `strict` switches off its extensions: activity dates, sorting, and `<>` on leads
    (decisions 2, 3 and 7).

    A question that takes longer than `time_limit` seconds is cancelled; the client waits 60 s for an answer. An address
    is answered 429 after so many calls with `wrong_keys` in a time; `bounds` are those of connections and of the time
    that a request may take to arrive.
    """

    access_key: SecretStr
    secret_key: SecretStr
    rate_limit: RateLimit | None = field(default_factory=RateLimit)
    strict: bool = False
    time_limit: float = 50.0
    wrong_keys: RateLimit | None = RateLimit(20, 60)
    bounds: ConnectionBounds = field(default_factory=ConnectionBounds)
    metrics: bool = False
    """Whether `/metrics` has figures for Prometheus, for callers of this machine."""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
