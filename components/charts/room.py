"""How much room a label takes in a chart, before a browser has drawn it. Pure."""

import unicodedata
from collections.abc import Iterable
from math import ceil

SIZE = 12
"""Pixels of a chart's text; Source Sans is its font."""
_EMS = {"ijlI.,:;'| ": 0.26, "frt-!()[]{}/\\": 0.36, 'aceksvxyzgFJLYV?*"_': 0.51, "DGHNOQU&": 0.67, "mwMW%@…": 0.95}
"""Widths in parts of the size, by letter; other letters of Latin are 0.6 and figures 0.5."""
_WIDTHS = {letter: width for letters, width in _EMS.items() for letter in letters} | dict.fromkeys("0123456789", 0.5)
_LATIN, _OTHER, _WIDE = 0.6, 0.8, 1.25


def widest(labels: Iterable[str]) -> int:
    """Pixels of the longest label: rather a few too many than one too few."""
    return ceil(SIZE * max((sum(map(_width, unicodedata.normalize("NFD", label))) for label in labels), default=0))


def _width(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0
    if unicodedata.east_asian_width(letter) in "WF":
        return _WIDE
    return _WIDTHS.get(letter, _LATIN if letter.isascii() else _OTHER)
