"""The Spark application of this process: started when first needed, and again when the cluster has ended it."""

import logging
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock, Timer
from typing import Any, Final
from uuid import uuid4

from lsq_api.contract.errors import NotConnected
from lsq_api.server.engines.spark.url import SparkUrl, unnamed

_DEFAULTS: Final = {
    "spark.app.name": "leads-not-contacted",
    "spark.scheduler.mode": "FAIR",  # a short question does not wait for a long one
    "spark.ui.enabled": "false",  # a page for everybody in the network, with every question on it
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
_FIXED: Final = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
}
"""Settings that statements rely on; a URL cannot change them."""
_REACHED_IN: Final = 5.0
"""Seconds to connect to a master."""
PATIENCE: Final = 60.0
"""Seconds for a cluster to do the little that opening asks of it."""
_LOCK: Final = Lock()


@dataclass(frozen=True)
class Cluster:
    """A cluster by its URL; `patience` is in seconds. A process has one Spark application, and so one cluster."""

    url: SparkUrl
    patience: float = field(default=PATIENCE)

    def context(self) -> Any:
        """The SparkContext, alive; raises NotConnected where Spark is not installed or the cluster does not answer."""
        with _LOCK:
            return self._context()

    def _context(self) -> Any:
        pyspark = _installed()
        _check_java()
        wanted = _DEFAULTS | dict(self.url.settings) | _FIXED
        there = pyspark.SparkContext._active_spark_context
        if there is not None and not alive(there):
            _put_away(there)
            there = None
        if there is None:
            self._check_reached()
        try:
            context = pyspark.SparkContext.getOrCreate(pyspark.SparkConf().setAll(list(wanted.items())))
        except failures() as error:
            raise NotConnected(f"{self.url}: Spark does not start: {said(error)}") from None
        if self.url.master not in {None, context.master}:
            raise NotConnected(
                f"{self.url}: this process is connected to {context.master}, and Spark allows one cluster"
            )
        return context

    def _check_reached(self) -> None:
        """Fail early and clearly: Spark itself would wait for a minute, with a vaguer message."""
        why = ""
        for master in self.url.masters:
            try:
                socket.create_connection(master, _REACHED_IN).close()
            except OSError as error:
                why = error.strerror or str(error)
            else:
                return
        if self.url.masters:
            raise NotConnected(f"{self.url}: no master takes a connection: {why}")

    @contextmanager
    def waiting(self, context: Any) -> Iterator[None]:
        """Cancel the block's jobs after `patience` seconds, as when the cluster has no worker."""
        tag, late = f"opening-{uuid4().hex}", Event()

        def end() -> None:
            late.set()
            context.cancelJobsWithTag(tag)

        timer = Timer(self.patience, end)
        timer.start()
        context.addJobTag(tag)
        try:
            yield
        except Exception:
            if late.is_set():
                raise NotConnected(
                    f"{self.url}: no worker did anything for {self.patience:g} seconds; are there any with free cores "
                    "and memory (spark.executor.memory)?"
                ) from None
            raise
        finally:
            timer.cancel()
            context.removeJobTag(tag)


def _installed() -> Any:
    try:
        import pyspark
    except ImportError:
        raise NotConnected(
            "pyspark:// needs pyspark, which is not installed: pip install -r requirements-engines.txt"
        ) from None
    # It would log every statement that fails, with the values in it.
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL + 1)
    return pyspark


def _check_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if shutil.which(os.path.join(home, "bin", "java") if home else "java") is None:  # noqa: PTH118 -- which takes text
        where = "JAVA_HOME has no bin/java" if home else "neither JAVA_HOME nor the path has one"
        raise NotConnected(f"pyspark:// needs Java 17 or newer: {where}")


def alive(context: Any) -> bool:
    """Whether a SparkContext answers: the cluster ends it when a master is lost, and its Java process may crash."""
    try:
        return context._jsc is not None and not context._jsc.sc().isStopped()
    except failures():
        return False


def _put_away(context: Any) -> None:
    """Stop the application, and a Java process that has crashed, to make room for new ones."""
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    try:
        context._jsc.sc().isStopped()
    except failures():
        SparkContext._gateway.proc.stdin.close()  # by which a Java process learns that nobody needs it any more
        SparkContext._active_spark_context = SparkContext._gateway = SparkContext._jvm = None
        SparkSession._instantiatedSession = None
    else:
        context.stop()


def failures() -> tuple[type[Exception], ...]:
    """The exceptions of Spark, of Java, and of the connection between them."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return (PySparkException, Py4JError, OSError)


def kind(error: Exception) -> str:
    """The kind of a failure, without the statement or its values."""
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import PySparkException

    if isinstance(error, PySparkException):
        return f"Spark says {error.getCondition() or type(error).__name__}"
    if isinstance(error, Py4JJavaError):
        return f"Spark says {error.java_exception.getClass().getName()}"
    return f"Spark does not answer: {type(error).__name__}"


def said(error: Exception) -> str:
    """The message of a Spark or Java error on one line, without passwords."""
    cause = getattr(error, "java_exception", None)
    text = str(cause.toString() if cause is not None else error).strip()
    return unnamed(text.splitlines()[0] if text else type(error).__name__)
