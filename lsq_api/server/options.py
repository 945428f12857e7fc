"""How the server behaves: keys, limits, and whether it goes beyond the vendor's page."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import SecretStr


@dataclass(frozen=True)
class RateLimit:
    """Calls allowed in any window of so many seconds."""

    calls: int = 25
    seconds: int = 5

    @classmethod
    def read(cls, text: str) -> "RateLimit | None":
        """`25/5`, or `off` for None; ValueError where it is neither."""
        if text.strip().lower() == "off":
            return None
        calls, _, seconds = text.partition("/")
        if not (calls.strip().isdecimal() and seconds.strip().isdecimal() and int(calls) and int(seconds)):
            raise ValueError(f"{text!r} is not a limit; the form is CALLS/SECONDS, such as 25/5, or off")
        return cls(int(calls), int(seconds))


@dataclass(frozen=True)
class Options:
    """How the server behaves. `strict` switches off the extensions: activity dates, sorting, and
    `<>` on leads (decisions 2, 3 and 7).

    A question that takes longer than `time_limit` seconds is ended; a caller waits 60 s for an answer.
    """

    access_key: SecretStr
    secret_key: SecretStr
    rate_limit: RateLimit | None = field(default_factory=RateLimit)
    strict: bool = False
    time_limit: float = 50.0
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
