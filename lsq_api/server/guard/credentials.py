"""The keys of a call, and how often wrong ones may be tried from one address.

Whoever tried too many is answered 429 for a while, right keys or not: an answer to a right guess would make guessing
worth while. An address that had the right keys before goes on being answered, so that nobody is locked out by a wrong
program on the same machine, or behind the same proxy.
"""

import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Final, TypeVar

from pydantic import SecretStr

from lsq_api.contract import errors
from lsq_api.server.guard.caller import caller
from lsq_api.server.query.refusal import Refusal

REMEMBERED: Final = 3600.0
"""Seconds for which an address that had the right keys is known."""
_ADDRESSES: Final = 10_000
"""Addresses that are kept of each kind; of more the oldest are forgotten."""
_WRONG: Final = "The API call was made with invalid access credentials. Check your AccessKey and SecretKey."
T = TypeVar("T")


@dataclass
class Credentials:
    """Checks keys. `tries` wrong ones are answered in any `seconds`; None: any number. `clock` returns seconds."""

    access: SecretStr
    secret: SecretStr
    tries: int | None
    seconds: float
    clock: Callable[[], float] = monotonic
    _wrong: dict[str, deque[float]] = field(default_factory=dict)
    _known: dict[str, float] = field(default_factory=dict)

    def check(self, host: str | None, access: str, secret: str) -> None:
        """Raises Refusal where the keys are not right, or too many wrong ones came from this address."""
        pairs = [(access, self.access), (secret, self.secret)]
        matches = [secrets.compare_digest(given.encode(), known.get_secret_value().encode()) for given, known in pairs]
        address, now = caller(host), self.clock()
        wait = self._wait(address, now)
        if all(matches):
            if not wait or now - self._known.get(address, -REMEMBERED) < REMEMBERED:
                _kept(self._known, address, now)
                return
        elif not wait:
            _kept(self._wrong, address, self._wrong.get(address, deque(maxlen=self.tries))).append(now)
            raise Refusal(401, errors.INVALID_ACCESS, _WRONG)
        said = f"Too many calls with wrong keys came from this address; try again in {wait} second(s)"
        raise Refusal(429, errors.RATE_LIMIT, said, {"Retry-After": str(wait)})

    def _wait(self, address: str, now: float) -> int:
        """The seconds until another try is answered; 0 where it is answered now."""
        tried = self._wrong.get(address)
        if self.tries is None or not tried or len(tried) < self.tries:
            return 0
        return max(0, int(tried[0] + self.seconds - now) + 1) if now - tried[0] < self.seconds else 0


def _kept(by_address: dict[str, T], address: str, value: T) -> T:
    """Note a value of an address as its newest."""
    by_address.pop(address, None)
    by_address[address] = value
    while len(by_address) > _ADDRESSES:
        del by_address[next(iter(by_address))]
    return value
