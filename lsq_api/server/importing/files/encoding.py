"""The encoding of a text file: UTF-8, UTF-16 with a byte order mark, or Windows' cp1252 (Western European)."""

import codecs
import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from charset_normalizer import from_bytes

from lsq_api.server.store.faults import ImportFailed

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_GZIP: Final = b"\x1f\x8b"
_BLOCK: Final = 1 << 20
_SAMPLE: Final = 64_000
ALLOWED: Final = "UTF-8, UTF-16 with a byte order mark, or cp1252 (Western European)"
# What names and notes in Western European languages are written with, beside ASCII.
_WESTERN: Final = re.compile(
    r"[ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿŒœŠšŽžŸ"
    r"€‚ƒ„…†‡ˆ‰‹‘’“”•–—˜™›\xa0¡¢£¥§¨©ª«¬®°±²³´µ¶·¸¹º»¼½¾¿×÷]"
)
# A sign between two letters, as other encodings read as cp1252 have them: "£ukasz", "Wroc³aw".
_TORN: Final = re.compile(r"[¢£¥¨©ª¬®¯°±²³´¶¸¹º¼½¾¿×÷](?=[a-zà-ÿ])|(?<=[a-zà-ÿ])[¢£¥¬®¯±²³¶¸¹¼½¾¿×÷]")
# Western languages put few accented letters one after another; other alphabets read as cp1252 are made of them.
_RUN: Final = re.compile(r"[À-ÿ]{3}")
# Letters of these languages and their quotes as UTF-8 has them: a file that is UTF-8 but for some bytes is not cp1252.
_UTF8: Final = re.compile(rb"[\xc2\xc3][\x80-\xbf]|\xe2\x80[\x80-\xbf]")


def encoding_of(path: Path) -> str:
    """Python's name of the encoding; raises ImportFailed that names what was found where it is none of `ALLOWED`."""
    with opened(path) as file:
        start = file.read(4)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    decoder = codecs.getincrementaldecoder("utf-8")()
    odd = bytearray()
    utf8 = True
    for block in _blocks(path):
        try:
            if utf8:
                decoder.decode(block)
        except UnicodeDecodeError:
            utf8 = False
        if len(odd) < _SAMPLE and not block.isascii():
            odd += b"\n".join(line for line in block.splitlines() if not line.isascii())[: _SAMPLE - len(odd)]
        if not utf8 and len(odd) >= _SAMPLE:
            break
    try:
        decoder.decode(b"", final=utf8)
    except UnicodeDecodeError:
        utf8 = False
    if utf8:
        return "utf-8"
    return _western(path, bytes(odd))


def _western(path: Path, odd: bytes) -> str:
    """cp1252, where the lines that are not ASCII read well in it; else ImportFailed."""
    guesses = from_bytes(odd)
    best = guesses.best()
    try:
        text = odd.decode("cp1252")
    except UnicodeDecodeError:
        text = ""
    strange = [letter for letter in text if not letter.isascii()]
    few = 2 * sum(letter.isalpha() for letter in strange) < sum(letter.isalpha() for letter in text)
    torn = _TORN.search(text) or _RUN.search(text) or _UTF8.search(odd)
    reads_well = bool(text) and few and not torn and all(map(_WESTERN.match, strange))
    if reads_well:
        return "cp1252"
    looks = f"it looks like {best.encoding}" if best else "what it is, is not clear"
    raise ImportFailed(path, f"is not in an encoding that can be read, {looks}; allowed: {ALLOWED}; save it as UTF-8")


def opened(path: Path) -> BinaryIO:
    """The bytes of a file, unpacked where it is `.gz`; ImportFailed where its name says otherwise than its bytes."""
    with path.open("rb") as raw:
        start = raw.read(2)
    zipped = path.suffix.lower() == ".gz"
    if zipped != (start == _GZIP) and start:
        why = "is no gzip file; name it .csv" if zipped else "is a gzip file; name it .csv.gz"
        raise ImportFailed(path, why)
    return gzip.open(path, "rb") if zipped else path.open("rb")  # type: ignore[return-value] # GzipFile reads bytes


def _blocks(path: Path) -> Iterator[bytes]:
    with opened(path) as file:
        try:
            while block := file.read(_BLOCK):
                yield block
        except (EOFError, gzip.BadGzipFile, zlib.error):
            return  # said, with its line, when the rows are read
