"""`python -m benchmarks.attack [--requests 100000] [--seed 1]`: what came of each attack on a server of demo size."""

import argparse
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from benchmarks.attack.fuzz import Spoilt, requests
from benchmarks.server import KEYS, Server
from lsq_api.server.demo.make import make_demo

PATIENCE = 25.0
"""Seconds after which a request counts as one without an answer."""
CALLERS = 4


def fuzz(server: Server, seed: int, many: int) -> None:
    """Send spoilt requests; print how they were answered, and the slowest."""
    came: Counter[str] = Counter()
    slowest = 0.0

    def send(http: httpx.Client, spoilt: Spoilt) -> None:
        nonlocal slowest
        began = time.perf_counter()
        try:
            answer = http.request(
                spoilt.method, spoilt.path, params=spoilt.query | KEYS, headers=spoilt.headers, content=spoilt.content
            )
        except httpx.TimeoutException:
            came["no answer"] += 1
            print("no answer:", spoilt.method, spoilt.path, spoilt.query, (spoilt.content or b"")[:400])
            return
        slowest = max(slowest, time.perf_counter() - began)
        came[str(answer.status_code)] += 1
        if answer.status_code >= 500:
            print(
                answer.status_code, spoilt.method, spoilt.path, spoilt.query, (spoilt.content or b"")[:400], answer.text
            )

    def some(of: int) -> None:
        with httpx.Client(base_url=server.url, timeout=PATIENCE, trust_env=False) as http:
            for spoilt in requests(seed + of, many // CALLERS):
                send(http, spoilt)

    began = time.perf_counter()
    with ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(some, range(CALLERS)))
    took = time.perf_counter() - began
    print(
        f"{sum(came.values()):,} fuzzed requests in {took:,.0f} s: {dict(came.most_common())}; slowest {slowest:.1f} s"
    )


def main() -> None:
    """Run all attacks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        store = Path(folder) / "demo.store"
        make_demo(store)
        with Server(store) as server:
            fuzz(server, asked.seed, asked.requests)


if __name__ == "__main__":
    main()
