"""Times that can be compared: contenders take turns, so that what else the machine does meets all of them."""

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter


def taking_turns(contenders: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of each contender over so many rounds, after one that does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds + 1):
        for name, run in contenders.items():
            began = perf_counter()
            run()
            if number:
                seconds[name].append(perf_counter() - began)
    return {name: median(measured) for name, measured in seconds.items()}
