"""Which failures are worth another try, and how many tries and how much time they get.

Every call of the contract that is made here only reads, so none does harm when it is made twice.
Source: sections 8 and 9 of the wire notes.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import stamina

from lsq_api.contract.errors import Garbled, HostFailed, LeadSquaredError, NotAsked, Throttled, Unreachable

log = logging.getLogger(__name__)
# Says only that something is tried again; the line below says what, and why.
logging.getLogger("stamina").setLevel(logging.ERROR)

LONGEST_WAIT = 30.0
"""Seconds that a host may ask for before another try; where it asks for more, the failure is the answer."""

T = TypeVar("T")


@dataclass(frozen=True)
class Retries:
    """At most `attempts` tries, none begun later than `seconds` after the first.

    The wait between two begins at `first_wait` seconds and doubles up to `most_wait`; up to `jitter` seconds are added.
    """

    attempts: int = 3
    seconds: float = 60.0
    first_wait: float = 0.5
    most_wait: float = 8.0
    jitter: float = 0.5

    @property
    def patient(self) -> "Retries":
        """More tries and more time: for a file, where one page that fails costs all the others."""
        return replace(self, attempts=2 * self.attempts - 1, seconds=5 * self.seconds)

    def tried(self, call: str, once: Callable[[], T | LeadSquaredError]) -> T | LeadSquaredError:
        """The answer of `once`, or the failure of its last try: returned, as `once` returns its own, and not raised."""
        attempts = stamina.retry_context(
            worth_another_try,
            attempts=self.attempts,
            timeout=self.seconds,
            wait_initial=self.first_wait,
            wait_max=self.most_wait,
            wait_jitter=self.jitter,
        )
        try:
            for attempt in attempts:
                with attempt:
                    outcome = once()
                    if not isinstance(outcome, LeadSquaredError):
                        return outcome
                    if self.attempts > 1 and not isinstance(outcome, NotAsked):
                        kind = type(outcome).__name__
                        log.warning("try %d of %d at %s: %s: %s", attempt.num, self.attempts, call, kind, outcome)
                    raise outcome
        except LeadSquaredError as error:
            return error
        raise AssertionError("unreachable: the last attempt returns or raises")


NONE = Retries(attempts=1)
"""The first answer is the answer."""


def worth_another_try(error: Exception) -> bool | float:
    """Whether the same call can end otherwise; as a number, the seconds after which it may.

    After a throttle all calls pause in the pacer, so none waits here; a limit of a day is not free again soon. A
    failure of the host's own, a broken connection or half an answer may pass. What was wrong with the request, with
    the keys or with an answer's shape stays wrong.
    """
    match error:
        case Throttled():
            over_in = error.retry_after if error.retry_after is not None else error.limit[1] if error.limit else 0.0
            return over_in <= LONGEST_WAIT and 0.0
        case HostFailed(retry_after=float(seconds)):
            return seconds <= LONGEST_WAIT and seconds
        case Unreachable():
            return error.passing
        case _:
            return isinstance(error, HostFailed | Garbled)
