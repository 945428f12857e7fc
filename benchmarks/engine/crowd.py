"""Many clients at once against one alone: what the server gets done, and how long each waits."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter

from benchmarks.engine.questions import Question
from benchmarks.server import Server


@dataclass(frozen=True)
class Waits:
    """Seconds that each call took, and all of them together."""

    each: Sequence[float]
    whole: float

    @property
    def throughput(self) -> float:
        """Calls answered in a second."""
        return len(self.each) / self.whole

    @property
    def median(self) -> float:
        """Half of the calls took less."""
        return median(self.each)

    @property
    def p95(self) -> float:
        """One call of twenty took longer."""
        return quantiles(self.each, n=20)[-1]


def asked(server: Server, mix: Sequence[Question], clients: int, calls: int, *, alike: bool) -> Waits:
    """`calls` calls of the mix, in turn, by so many clients at once; any error ends the benchmark.

    Where they are not alike, no two clients ask the same: each has a page size of its own.
    """

    def one(client: int) -> list[float]:
        seconds = []
        with server.client() as http:
            for call in range(calls // clients):
                began = perf_counter()
                body = mix[(client + call) % len(mix)].body
                server.ask(body if alike else body | {"Paging": {"PageIndex": 1, "PageSize": 100 + client}}, http)
                seconds.append(perf_counter() - began)
        return seconds

    with ThreadPoolExecutor(clients) as pool:
        began = perf_counter()
        each = [second for some in pool.map(one, range(clients)) for second in some]
    return Waits(each, perf_counter() - began)
