"""A Spark standalone cluster on loopback, of pip's pyspark: a master and two workers, each a process of its own."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import IO

from lsq_api.server.engines.spark.cluster import alive

WORKERS = 2
READY = 120
"""Seconds for a process to say its next word, on a machine with much else to do."""


@contextmanager
def running(folder: Path) -> Iterator[Callable[[], str]]:
    """What makes the URL of a new and empty folder; everything has ended when the block has."""
    assert shutil.which("java") or os.environ.get("JAVA_HOME"), "apt-get install openjdk-17-jre-headless"
    with ExitStack() as processes:
        processes.callback(disconnect)
        port = free_port()
        master = f"spark://127.0.0.1:{port}"
        log = Log(processes.enter_context(started(folder, "master.Master", "--port", str(port))))
        log.wait_for("New state: ALIVE")
        for number in range(WORKERS):
            work = str(folder / f"worker-{number}")
            options = ["--cores", "1", "--memory", "1g", "--work-dir", work, master]
            processes.enter_context(started(folder, "worker.Worker", *options))
        log.wait_for("Registering worker", times=WORKERS)
        numbers = count()
        yield lambda: url(master, folder / f"store-{next(numbers)}")


@contextmanager
def started(folder: Path, what: str, *arguments: str) -> "Iterator[subprocess.Popen[str]]":
    """One part of a cluster, with the executors that it starts."""
    command = [str(home() / "bin" / "spark-class"), f"org.apache.spark.deploy.{what}", "--host", "127.0.0.1"]
    log = subprocess.PIPE if what.startswith("master") else subprocess.DEVNULL
    process = subprocess.Popen(
        [*command, "--webui-port", "0", *arguments],
        cwd=folder,
        env=os.environ | {"SPARK_HOME": str(home()), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "256m"},
        stdout=subprocess.DEVNULL,
        stderr=log,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


class Log:
    """What a master says, read to its end in a thread, for a full pipe would stop it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._lines: Queue[str] = Queue()
        self._reader = Thread(target=self._read, args=(process.stderr,), daemon=True)
        self._reader.start()

    def _read(self, said: IO[str]) -> None:
        with said:
            for line in said:
                self._lines.put(line)

    def wait_for(self, text: str, times: int = 1) -> None:
        """Until it has said so. queue.Empty where it says nothing for too long."""
        while times:
            times -= text in self._lines.get(timeout=READY)


def home() -> Path:
    """Where pip put Spark."""
    found = find_spec("pyspark")
    assert found and found.origin, "pip install -r requirements-engines.txt"
    return Path(found.origin).parent


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


def url(master: str, folder: Path) -> str:
    """The ibis URL of a folder on the cluster, with what keeps Spark on loopback and small."""
    settings = {
        "spark.master": master,
        "spark.sql.warehouse.dir": str(folder),
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.executor.memory": "768m",
        "spark.sql.shuffle.partitions": "2",
    }
    return "pyspark://?" + "&".join(f"{name}={value}" for name, value in settings.items())


def disconnect() -> None:
    """End this process's application, which would look for its cluster for ever."""
    from pyspark import SparkContext

    if (context := SparkContext._active_spark_context) is not None and alive(context):
        context.stop()
