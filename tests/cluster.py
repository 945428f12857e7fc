"""A Spark standalone cluster on loopback, of pip's pyspark: a master and two workers, each a process of its own."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

WORKERS = 2
READY = 60
"""Seconds for the master to be told of every worker."""


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The master's URL; everything has ended when the block has. `folder` takes what the workers write."""
    with ExitStack() as processes:
        port = free_port()
        master = f"spark://127.0.0.1:{port}"
        process = processes.enter_context(started(folder, "master.Master", "--port", str(port)))
        for number in range(WORKERS):
            work = str(folder / f"worker-{number}")
            processes.enter_context(
                started(folder, "worker.Worker", "--cores", "1", "--memory", "1g", "--work-dir", work, master)
            )
        registered = Thread(target=wait_for_workers, args=(process,), daemon=True)
        registered.start()
        registered.join(READY)
        assert not registered.is_alive(), f"the master heard of fewer than {WORKERS} workers in {READY} seconds"
        yield master


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
        if process.stderr:
            process.stderr.close()


def wait_for_workers(master: "subprocess.Popen[str]") -> None:
    """Read the master's log until every worker is there, and on to its end, for a full pipe would stop it."""
    assert master.stderr is not None
    there = 0
    for line in master.stderr:
        there += "Registering worker" in line
        if there == WORKERS:
            Thread(target=read_on, args=(master,), daemon=True).start()
            return


def read_on(master: "subprocess.Popen[str]") -> None:
    assert master.stderr is not None
    for _ in iter(lambda: master.stderr.read(1 << 16), ""):  # type: ignore[union-attr]
        pass


def home() -> Path:
    """Where pip put Spark."""
    found = find_spec("pyspark")
    assert found is not None and found.origin is not None, "pip install -r requirements-engines.txt"
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
