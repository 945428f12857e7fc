"""How many calls a plan allows. Source: section 9 of the wire notes."""

from typing import NamedTuple


class Rate(NamedTuple):
    """At most `calls` in any `seconds`."""

    calls: int
    seconds: int


DEFAULT_RATE = Rate(25, 5)
"""The limit that the vendor's page names; real plans allow less or more."""
