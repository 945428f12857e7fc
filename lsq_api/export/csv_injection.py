"""Makes text safe for a spreadsheet, which would run some of it as a formula; numbers stay numbers.

    =1+1              an apostrophe goes in front: text that begins with a sign of a formula, also a wide, small or
                      raised one, also behind blanks or what nobody sees; and text that begins with a tab or a return
    +91-9876543210    a mark that nobody sees goes in front: Excel computes it, to -9876543119
    Called; =1+1      the mark goes behind the semicolon: where that parts cells, a new one would begin there
    -1,234.50         stays, as does everything else

Only for CSV, which has no types (section 2.8); a workbook has. Without apostrophe and marks the text is what it was.
"""

import re
import unicodedata

MARK = "\u200e"
"""Makes what follows text: no sign of a formula, nor a blank that some program takes away. No program draws it."""

_SIGNS = frozenset("=+-@\u2212")
_NEVER_FIRST = frozenset("\t\r")
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs without ink, beside the categories of blanks, controls and marks."""
_PARTS_CELLS = ";|\t\v\f\r\n\x85\u2028\u2029"
"""Where a spreadsheet may begin a new cell or row inside a text, since it takes another sign than our comma.

Quotes do not help there: they stand where a cell begins in our file, which is no beginning in theirs.
"""
_PLAIN = re.compile(rf"(?![=+@;|-])[!-~][^{_PARTS_CELLS}]*")
_AFTER = re.compile(rf"(?<=[{_PARTS_CELLS}])[^{_PARTS_CELLS}]+")
_NUMBER = re.compile(
    r"[+-] ?[$€£¥₹]? ?([0-9]{1,3}(,[0-9]{2,3})*,[0-9]{3}|[0-9]+)([.,][0-9]+)?([eE][+-]?[0-9]+)? ?%?"
    r"|- ?[$€£¥₹]? ?[0-9]{1,3}([. ][0-9]{3})+(,[0-9]+)? ?[€%]?"  # -1.234,50: as Germany and France write
)
_PHONE = re.compile(r"\+[0-9 ()./\u2010-\u2015-]*[0-9][0-9 ()./\u2010-\u2015-]*((ext\.?|x|#) ?[0-9]{1,6})?")
_APART = re.compile(r"[0-9] +\(|\) +[0-9]")
_OPERATOR = re.compile(r"[^0-9 ]+")
_GROUPED = re.compile(r"[0-9]{1,3}( [0-9]{3})+")
_LONGEST_NUMBER = 40


def neutral(text: str) -> str:
    """The text for a CSV: unchanged, or behind an apostrophe or `MARK`, with more of these where a cell may begin."""
    if _PLAIN.fullmatch(text):
        return text
    front = "'" if text[:1] in _NEVER_FIRST else {"formula": "'", "phone": MARK}.get(_meaning(text), "")
    return front + _AFTER.sub(_marked, text)


def _marked(piece: re.Match[str]) -> str:
    return piece[0] if _meaning(piece[0], quotes='"') == "text" else MARK + piece[0]


def _meaning(text: str, quotes: str = "") -> str:
    """What a spreadsheet makes of a cell with this text: `text` (or a number), a `formula`, or of a `phone` a sum.

    `quotes` are signs that it would take away in front.
    """
    begins = next((at for at, sign in enumerate(text) if sign not in quotes and not _unseen(sign)), None)
    if begins is None or unicodedata.normalize("NFKC", text[begins])[:1] not in _SIGNS:
        return "text"
    rest = text[begins:].rstrip()
    if len(rest) > _LONGEST_NUMBER:
        return "formula"
    seen = unicodedata.normalize("NFKC", rest).replace("\u2212", "-")
    if _NUMBER.fullmatch(seen):
        return "text"
    if not _PHONE.fullmatch(seen):
        return "formula"
    return "text" if _no_sum(seen) else "phone"


def _no_sum(phone: str) -> bool:
    """Whether nothing can compute it: +91 98765 43210, where no sign stands between numbers, nor are these groups."""
    parts = [part.strip() for part in _OPERATOR.split(phone)]
    return bool(_APART.search(phone)) or any(" " in part and not _GROUPED.fullmatch(part) for part in parts)


def _unseen(sign: str) -> bool:
    """Whether nothing is drawn for a sign: a blank, a control, a mark of direction, an accent without a letter."""
    return sign in _FILLERS or unicodedata.category(sign)[0] in "ZCM"
