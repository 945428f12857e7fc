"""A LeadSquared account to be measured against: the local server, strict, behind a network that is slow and limited.

`python -m benchmarks.account.host URL --latency 1.5 --rate-limit 25/5 [--faults 0.1]` stands before a running server
and answers on two ports of loopback, the API's and the analytics host's; it prints both addresses as one line of JSON.
`/wire` lists what arrived.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from pydantic import SecretStr
from pyrate_limiter import Limiter, Rate
from starlette.types import Receive, Scope, Send

from lsq_api.host.settings import Host
from lsq_api.server.app import RateLimit
from lsq_api.server.thread import Listening

ACCESS, SECRET = "u$rbenchmark0", "benchmark-secret"
WIRE = "/wire"
_PASSED = {b"content-type", b"x-lsq-accesskey", b"x-lsq-secretkey"}
_THROTTLE = (
    b'{"Status":"Error","ExceptionType":"MXAPIRateLimitExceededException",'
    b'"ExceptionMessage":"API calls exceeded the limit of %d in %d second(s)"}'
)


class Arrived(NamedTuple):
    """A call as it came to the host: when, of a clock that only goes on, with which path, and how it was answered."""

    at: float
    path: str
    status: int


class SlowNetwork:
    """What lies between the dashboard and the account, and counts the calls: a process of its own, since the account's
    clock must not wait for the work of its answers.

    Every answer takes `latency` seconds, of which a call takes up to `jitter` to arrive. With `faults`
    that share of the calls goes wrong in one of the ways of the fault table.
    """

    def __init__(self, account: str, limit: RateLimit, *, latency: float, jitter: float, faults: float) -> None:
        self.account = httpx.AsyncClient(base_url=account, timeout=60, trust_env=False)
        self.limit, self.latency, self.jitter, self.faults = limit, latency, jitter, faults
        self.limiter = Limiter(Rate(limit.calls, limit.seconds * 1000))
        self.arrived: list[Arrived] = []
        self.dice = random.Random(7)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One call, as ASGI has it."""
        if scope["type"] != "http":
            return
        if scope["path"] == WIRE:
            await _answer(send, 200, json.dumps(self.arrived).encode())
            return
        begun = time.monotonic()
        await asyncio.sleep(self.dice.uniform(0, self.jitter))
        if self.dice.random() < self.faults:
            await self._fail(scope, begun, send)
        elif self.limiter.try_acquire("calls", blocking=False):
            self.arrived.append(Arrived(time.monotonic(), scope["path"], 200))
            await self._pass_on(scope, receive, begun, send)
        else:
            self.arrived.append(Arrived(time.monotonic(), scope["path"], 429))
            await _answer(send, 429, self._refusal)

    async def _pass_on(self, scope: Scope, receive: Receive, begun: float, send: Send) -> None:
        body = bytearray()
        while (message := await receive())["type"] == "http.request":
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = [(name, value) for name, value in scope["headers"] if name in _PASSED]
        url = httpx.URL(path=scope["path"], query=scope["query_string"])
        # The work is spread over the time an answer takes: an account has more cores than this machine.
        await asyncio.sleep(self.latency * self.dice.uniform(0, 0.5))
        answer = await self.account.request(scope["method"], url, content=bytes(body), headers=headers)
        await asyncio.sleep(begun + self.latency - time.monotonic())
        await _answer(send, answer.status_code, answer.content)

    @property
    def _refusal(self) -> bytes:
        return _THROTTLE % (self.limit.calls, self.limit.seconds)

    async def _fail(self, scope: Scope, begun: float, send: Send) -> None:
        """One of the failures that pass. None of them is counted by the account: it never saw the call."""
        limited = self._refusal
        status, body, missing = self.dice.choice(
            [
                (429, limited, 0),
                (403, limited, 0),
                (200, limited, 0),
                (502, b"<html>Bad gateway</html>", 0),
                (503, b"", 0),
                (200, b"<html>Sign in</html>", 0),
                (200, b'{"TotalCount": "1", "Results": [{"Pros', 0),
                (200, b'{"TotalCount": "1", "Results": [', 500),
            ]
        )
        self.arrived.append(Arrived(time.monotonic(), scope["path"], -status))
        await asyncio.sleep(begun + self.latency * self.dice.uniform(0, 1) - time.monotonic())
        await _answer(send, status, body, missing, retry_after="0" if body is limited else None)


async def _answer(send: Send, status: int, body: bytes, missing: int = 0, retry_after: str | None = None) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body) + missing).encode())]
    headers += [(b"retry-after", retry_after.encode())] if retry_after else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": bool(missing)})


async def _serve(asked: argparse.Namespace) -> None:
    limit = RateLimit.read(asked.rate_limit) or RateLimit()
    network: Any = SlowNetwork(asked.account, limit, latency=asked.latency, jitter=asked.jitter, faults=asked.faults)
    urls: list[str] = []

    def announce(url: str) -> None:
        urls.append(url)
        if len(urls) == 2:
            print(json.dumps(urls), flush=True)

    await asyncio.gather(*(Listening(network, "127.0.0.1", 0, announce).serve() for _ in range(2)))


class Played(NamedTuple):
    """A running account: how to reach it, and what arrived there so far."""

    host: Host

    def arrived(self) -> list[Arrived]:
        """Every call that arrived, in its order."""
        rows = httpx.get(self.host.api_url + WIRE, timeout=60, trust_env=False).json()
        return sorted(Arrived(*row) for row in rows)


@contextmanager
def playing(store: Path, **options: float | str) -> Iterator[Played]:
    """An account, and the network before it, in processes of their own."""
    serve = ["lsq_api.server", "serve", "--data", str(store), "--strict", "--rate-limit", "off", "--port", "0"]
    # The network's clock goes first where that may be had: it is no part of what shares this machine's few cores.
    with _started(*serve, "--access-key", ACCESS, "--secret-key", SECRET) as line:
        arguments = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", str(value))]
        with _started("benchmarks.account.host", line.split()[-1], *arguments, nice=-10) as urls:
            api, analytics = json.loads(urls)
            yield Played(Host(api, analytics, None, SecretStr(ACCESS), SecretStr(SECRET)))


@contextmanager
def _started(*module: str, nice: int = 0) -> Iterator[str]:
    """A module of ours in a process of its own; the first line it prints."""
    command = ["nice", "-n", str(nice), sys.executable, "-m", *module]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:  # noqa: S603
        try:
            assert process.stdout is not None  # noqa: S101  it was asked for
            yield process.stdout.readline()
        finally:
            process.terminate()


def most_in_a_window(arrived: list[Arrived], seconds: float) -> int:
    """The most calls that any window holds of those the account counted, however it is laid."""
    at = [one.at for one in arrived if one.status == 200]
    return max((sum(1 for later in at[n:] if later - first < seconds) for n, first in enumerate(at)), default=0)


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.account.host", description=__doc__)
    parser.add_argument("account", metavar="URL", help="where the local server answers, without a limit of its own")
    parser.add_argument("--rate-limit", default="25/5")
    parser.add_argument("--latency", type=float, default=1.5, help="seconds an answer takes")
    parser.add_argument("--jitter", type=float, default=0.03, help="seconds a call takes to arrive at most")
    parser.add_argument("--faults", type=float, default=0.0, help="share of calls that go wrong")
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
