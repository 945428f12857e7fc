"""Equal questions that are asked at the same time are asked once, and everybody gets the answer."""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar

T = TypeVar("T")


class Flights:
    """Questions under way. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[Hashable, Future[Any]] = {}

    def share(self, question: Hashable, ask: Callable[[], T]) -> T:
        """The answer of `ask`, or of whoever asks the same at this moment: it is one object for all, to be read only.

        Where that one was broken off by an exception, this one asks for itself.
        """
        while True:
            with self._lock:
                under_way = self._under_way.get(question)
                if under_way is None:
                    mine = self._under_way[question] = Future()
                    break
            try:
                answer: T = under_way.result()
            except CancelledError:
                continue
            return answer
        return self._asked(question, mine, ask)

    def _asked(self, question: Hashable, mine: Future[Any], ask: Callable[[], T]) -> T:
        answered = False
        try:
            answer = ask()
            answered = True
        finally:
            with self._lock:
                del self._under_way[question]
            if not answered:
                mine.cancel()
        mine.set_result(answer)
        return answer
