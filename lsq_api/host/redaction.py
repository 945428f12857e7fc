"""Keeps secrets out of a text, however they are written in it: as they are, escaped, or escaped several times over.

The text is read back: each way of escaping that can be undone is undone, several deep and in any order, and every
letter of what comes of it knows where it stood. A secret that is found there is hidden where it stood.
"""

import base64
import html
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple, Self

HIDDEN: Final = "•••"
LONGEST_SAYING = 500
"""The most characters kept of a host's text; some gateways answer with whole pages."""

_DEEP = 3
"""How many ways of escaping are undone one after the other: JSON in HTML in an address are three."""
_WIDEST = 216
"""Characters that one of a secret takes at most, escaped so often: `\u0026`, each of its six letters so, and theirs."""
_SHORT = 8
"""A shorter secret is taken for a whole word only, or it would hide any text."""
_QUOTE = r"""(?:["']|&quot;|&\#0*3[49];|%22|\\u0022|\\)*"""
_NAMED = re.compile(
    rf"((?:access|secret)[_-]?key{_QUOTE}\s*(?:[=:]|%3[ad]|&\#0*6[01];|\\u003[ad])\s*{_QUOTE})"
    r"""(?:\\[^"'nrt]|&(?:amp|\#[0-9]+);|[^&\s"'<>,;)}\\])+""",
    re.IGNORECASE,
)
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_STANDARD = str.maketrans("-_", "+/")


class _Text(NamedTuple):
    """A text of which each letter knows the span that it has in the first one."""

    letters: str
    spans: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, text: str) -> Self:
        return cls(text, tuple((at, at + 1) for at in range(len(text))))

    def replaced(self, pieces: re.Pattern[str], read: Callable[[str], str]) -> Self:
        """The text with each piece read back; all letters of a piece have the whole of its span."""
        letters: list[str] = []
        spans: list[tuple[int, int]] = []
        done = 0
        for piece in pieces.finditer(self.letters):
            begin, end = piece.span()
            inner = read(piece[0])
            letters += [self.letters[done:begin], inner]
            spans += [*self.spans[done:begin], *[(self.spans[begin][0], self.spans[end - 1][1])] * len(inner)]
            done = end
        return type(self)("".join((*letters, self.letters[done:])), (*spans, *self.spans[done:]))

    def where(self, secret: str) -> Iterator[tuple[int, int]]:
        """Where the secret stands in the first text."""
        pattern = re.escape(secret) if len(secret) >= _SHORT else rf"(?<!\w){re.escape(secret)}(?!\w)"
        for found in re.finditer(pattern, self.letters, re.IGNORECASE):
            yield self.spans[found.start()][0], self.spans[found.end() - 1][1]


def _of_json(piece: str) -> str:
    if piece[1] in "ux":
        return chr(int(piece[2:], 16))
    return _ESCAPES.get(piece[1], piece[1])


def _of_base64(run: str, skipped: int) -> str:
    """The letters of a run that begins `skipped` letters late; what is no text is a hole."""
    plain = run[skipped:].replace("\r", "").replace("\n", "").rstrip("=").translate(_STANDARD)
    plain = plain[: len(plain) - (len(plain) % 4 == 1)]
    read = base64.b64decode(plain + "=" * (-len(plain) % 4))
    return read.decode("latin-1")


class _Undo(NamedTuple):
    """A way of escaping: its pieces, and what each means."""

    pieces: re.Pattern[str]
    read: Callable[[str], str]


_ADDRESS = r"%[0-9a-f]{2}"


def _of_address(piece: str) -> str:
    return " " if piece == "+" else chr(int(piece[1:], 16))


_UNDO: Sequence[_Undo] = (
    _Undo(re.compile(_ADDRESS, re.IGNORECASE), _of_address),
    _Undo(re.compile(rf"\+|{_ADDRESS}", re.IGNORECASE), _of_address),
    _Undo(re.compile(r"\\(?:u[0-9a-f]{4}|x[0-9a-f]{2}|[^ux])", re.IGNORECASE), _of_json),
    _Undo(re.compile(r"&(?:\#[0-9]{1,7}|\#x[0-9a-f]{1,6}|[a-z]{2,8});?", re.IGNORECASE), html.unescape),
)
_RUN = re.compile(r"[A-Za-z0-9+/_-](?:[A-Za-z0-9+/_-]|\r?\n(?=[A-Za-z0-9+/_-]))+={0,2}")


def redacted(text: str, secrets: Sequence[str]) -> str:
    """The text, at most `LONGEST_SAYING` characters and a mark, with `HIDDEN` for secrets and what is named as one."""
    head = text[: LONGEST_SAYING + _WIDEST * max(map(len, secrets), default=0)]
    spans = sorted({span for view in _views(_Text.of(head), secrets) for one in secrets for span in view.where(one)})
    said, at = "", 0
    for begin, end in spans:
        if begin >= LONGEST_SAYING:
            break
        if end > at:
            said += head[at : max(begin, at)] + ("" if begin < at else HIDDEN)
            at = end
    said = _NAMED.sub(rf"\1{HIDDEN}", said + head[at : max(at, LONGEST_SAYING)])
    whole = len(said) <= LONGEST_SAYING and len(text) <= max(at, LONGEST_SAYING)
    return said if whole else said[:LONGEST_SAYING] + "…"


def _views(text: _Text, secrets: Sequence[str]) -> Iterator[_Text]:
    """The text, and all that can be read out of it."""
    least = min(map(len, secrets), default=0)
    seen, new = {text.letters}, [(text, False)]
    yield text
    for _ in range(_DEEP):
        found: list[tuple[_Text, bool]] = []
        for view, packed in new:
            for next_view, more in _undone(view, packed, min(least, _SHORT)):
                if len(next_view.letters) >= least and next_view.letters not in seen:
                    seen.add(next_view.letters)
                    found.append((next_view, more))
                    yield next_view
        new = found


def _undone(view: _Text, packed: bool, least: int) -> Iterator[tuple[_Text, bool]]:
    """Each way undone; base64 once only, since any word can be read as such."""
    for way in _UNDO:
        yield view.replaced(way.pieces, way.read), packed
    if packed:
        return
    readable = re.compile(rf"[!-~]{{{max(least, 1)},}}")
    for skipped in range(4):
        # Where the run begins is not known: what stands before it may have been letters as well.
        def read(run: str, skipped: int = skipped) -> str:
            inner = _of_base64(run, skipped)
            return inner if readable.search(inner) else run

        yield view.replaced(_RUN, read), True
