"""Our server in a process of its own, asked over HTTP as anybody would."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

import httpx
import orjson

from lsq_api.contract.report import NotContacted

KEYS = {"accessKey": "bench", "secretKey": "bench"}


class Server:
    """`python -m lsq_api.server serve` over a store; use it as a context."""

    def __init__(self, store: Path | str) -> None:
        command = [sys.executable, "-m", "lsq_api.server", "serve", "--data", str(store), "--port", "0"]
        command += ["--access-key", "bench", "--secret-key", "bench", "--rate-limit", "off"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # noqa: S603
        assert self.process.stdout is not None  # noqa: S101  asked for above
        said = re.search(r"http://\S+", self.process.stdout.readline())
        if said is None:
            raise SystemExit(f"the server did not start over {store}")
        self.url = said[0]
        self.http = self.client()

    def client(self) -> httpx.Client:
        """A caller of its own connection."""
        return httpx.Client(base_url=self.url, params=KEYS, timeout=600, trust_env=False)

    def ask(self, body: dict[str, Any], http: httpx.Client | None = None) -> dict[str, Any]:
        """A report's answer, parsed."""
        answer = (http or self.http).post(NotContacted.path, json=body)
        answer.raise_for_status()
        parsed: dict[str, Any] = orjson.loads(answer.content)
        return parsed

    def csv(self, body: dict[str, Any], into: Path) -> int:
        """A report as a CSV file; how many bytes."""
        with (
            self.http.stream("POST", NotContacted.path, json=body, params={"responseformat": "csv"}) as answer,
            into.open("wb") as file,
        ):
            answer.raise_for_status()
            return sum(file.write(chunk) for chunk in answer.iter_raw())

    def peak(self) -> float:
        """The most memory the process had at any time, in MiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024  # type: ignore[index]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        self.process.terminate()
        self.process.wait()


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0))
