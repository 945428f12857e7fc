"""Makes text safe for a spreadsheet, which would run some of it as a formula; numbers and phone numbers stay unchanged.

A cell that begins with one of `= + - @` (or their wide forms), also after blanks or invisible characters, or with a tab
or carriage return, gets an apostrophe in front. Only for CSV, which has no types (section 2.8); a workbook has.
"""

import re

_RUN = frozenset("=+-@＝＋－＠")
_NEVER_FIRST = frozenset("\t\r")
# Blanks and invisible characters: zero-width ones, marks of direction, the byte order mark.
_UNSEEN = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + (
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_NUMBER = re.compile(
    r"[+-]\s?[$€£¥₹]?\s?[0-9]+([.,\s][0-9]+)*([eE][+-]?[0-9]+)?\s?%?"  # -1,234.50, -5 %, -1e-07
    r"|\+[0-9\s()./-]+((ext\.?|x|#)\s?[0-9]{1,6})?"  # +91-9876543210, +49 (0)30/123456 ext. 7
)
_LONGEST_NUMBER = 40


def neutral(text: str) -> str:
    """The text for a CSV: unchanged, or behind an apostrophe."""
    if not text or text[0] in _NEVER_FIRST:
        return f"'{text}" if text else text
    seen = text.strip(_UNSEEN)
    if not seen or seen[0] not in _RUN:
        return text
    return text if _is_number(seen) else f"'{text}"


def _is_number(text: str) -> bool:
    return len(text) <= _LONGEST_NUMBER and bool(_NUMBER.fullmatch(text)) and any(sign.isdigit() for sign in text)
