"""Which of several limits matter: the configured ones, and those that hosts named.

Source: section 9 of the wire notes.
"""

from collections.abc import Iterable

from pyrate_limiter import Rate as Window  # a rate whose window has the margin

from lsq_api.limits.rate import Rate


def ruling(rates: Iterable[Rate], margin: int) -> list[Window]:
    """The rates that matter, as the library wants them: longer windows hold more calls, and none at a faster pace."""
    found: list[Window] = []
    for rate in sorted(rates, key=lambda rate: (rate.seconds, rate.calls)):
        length, calls = 1000 * rate.seconds + margin, rate.calls
        if found and found[-1].interval == length:
            continue
        if found:
            calls = min(calls, found[-1].limit * length // found[-1].interval)
        while found and found[-1].limit >= calls:
            found.pop()
        found.append(Window(calls, length))
    return found
