"""Several readings at once, so that a slow host is waited for once rather than once for each."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

AT_ONCE = 4
"""Readings at once; the client itself keeps to the limit of calls."""

One = TypeVar("One")
Read = TypeVar("Read")
Step = Callable[[], None]


class _Stopped(Exception):
    """Another reading failed or was stopped."""


def together(ones: Sequence[One], read: Callable[[One, Step], Read], step: Step) -> list[Read]:
    """What `read` makes of each, in their order; `step` is called after every call, by one thread at a time.

    Raises what the first failing one raises; the others end after the call that is under way.
    """
    if len(ones) < 2:
        return [read(one, step) for one in ones]
    stop, turn = threading.Event(), threading.Lock()

    def stepping() -> None:
        with turn:
            if stop.is_set():
                raise _Stopped
            step()

    def reading(one: One) -> Read:
        try:
            if stop.is_set():
                raise _Stopped
            return read(one, stepping)
        except BaseException:
            stop.set()
            raise

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="reading") as pool:
        try:
            begun = [pool.submit(reading, one) for one in ones]
            raised = [found for found in (one.exception() for one in begun) if found]
        except BaseException:  # a stop from outside, such as Ctrl-C
            stop.set()
            raise
    failed = [error for error in raised if not isinstance(error, _Stopped)]
    if failed:
        raise failed[0]
    return [one.result() for one in begun]
