"""No key in what a host says, however it is written there."""

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from lsq_api.host.keys import Keys
from lsq_api.host.redaction import HIDDEN, LONGEST_SAYING

Escape = Callable[[str], str]


def each(form: str, *, every: bool = False) -> Escape:
    """Escapes each sign by its number; `every` also letters and digits."""
    return lambda text: "".join(
        sign if sign.isascii() and sign.isalnum() and not every else form.format(ord(sign)) for sign in text
    )


ESCAPES: dict[str, Escape] = {
    "address": lambda text: quote(text, safe=""),
    "address that keeps /": quote,
    "address that keeps +": lambda text: quote(text, safe="/+:"),
    "address in small letters": each("%{:02x}"),
    "form": quote_plus,
    "JSON": lambda text: json.dumps(text)[1:-1],
    r"JSON with \/": lambda text: json.dumps(text)[1:-1].replace("/", r"\/"),
    r"JSON with \u0026": each(r"\u{:04x}"),
    r"JSON with \u0026 for every letter": each(r"\u{:04X}", every=True),
    r"\x26": each(r"\x{:02x}"),
    "HTML": html.escape,
    "HTML by number": each("&#{};"),
    "HTML by hexadecimal number": each("&#x{:X};"),
    "HTML by number for every letter": each("&#{:03};", every=True),
}
PACKED: dict[str, Escape] = {
    f"base64 {name} at {at}": lambda text, code=code, at=at: code(("." * at + text).encode()).decode().strip()
    for name, code in {
        "usual": base64.b64encode,
        "for addresses": base64.urlsafe_b64encode,
        "in lines": base64.encodebytes,
        "without its end": lambda raw: base64.b64encode(raw).rstrip(b"="),
    }.items()
    for at in range(3)
}
ALL = ESCAPES | PACKED
KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=48)


def hidden(said: str, access: str, secret: str = "another-Key-0123") -> str:
    return Keys(SecretStr(access), SecretStr(secret)).hide(said)


@st.composite
def ways(draw: st.DrawFn) -> list[str]:
    """Up to three ways of escaping, one after the other; base64 at any place among them, once."""
    chosen = draw(st.lists(st.sampled_from([*ESCAPES]), max_size=3))
    if draw(st.booleans()):
        chosen = chosen[:2]
        chosen.insert(draw(st.integers(0, len(chosen))), draw(st.sampled_from([*PACKED])))
    return chosen


@given(KEYS, ways())
def test_hide__a_key_is_found_in_every_way_of_writing(key: str, escaped: list[str]):
    said = key
    for way in escaped:
        said = ALL[way](said)
    assert hidden(f"Refused: ({said}) ", key) in (f"Refused: ({HIDDEN}) ", f"Refused: ({HIDDEN}…")


@pytest.mark.parametrize("way", ALL)
@pytest.mark.parametrize(
    "key", ["u$r1f3b7c+a/9d&0e%25=c", '"<5ecr3t>\\9b&amp;1d"', "aaaabbbbccccdddd0123456789abcdef" * 2]
)
def test_hide__each_way_alone_and_as_both_keys(way: str, key: str):
    said = ALL[way](key)
    assert hidden(f'{{"at": "https://x/y?accessKey={said}"}}', "another-Key-0123", key).count(HIDDEN) >= 1
    assert said not in hidden(f"a {said} b", "another-Key-0123", key)
    assert said not in hidden(f"a {said} b {said}", key, key)


@pytest.mark.parametrize("at", range(4))
def test_hide__base64_behind_letters_that_could_be_its_own(at: int):
    """The path of an address has nothing but letters of base64."""
    said = base64.b64encode(b"user:u$r1f3b7c+a/9d&0e").decode()
    assert said[4:-4] not in hidden(f"https://host/v2{'x' * at}/{said}", "u$r1f3b7c+a/9d&0e")


@given(st.text(st.sampled_from("abcXYZ012 %&#;\\u+/=-_.<>\"'"), max_size=200))
def test_hide__a_text_without_a_key_stays(said: str):
    assert hidden(said, "Q7-Q7-Q7-Q7", "Q8-Q8-Q8-Q8") == said


def test_hide__a_key_at_the_end_of_what_is_kept_is_not_cut_in_two():
    key = "u$r1f3b7c+a/9d&0e%25=c"
    for before in range(LONGEST_SAYING - 4 * len(key), LONGEST_SAYING + 1):
        said = "." * before + ALL["HTML by number for every letter"](key) + "." * 9_000
        shown = hidden(said, key)
        assert "&" not in shown
        assert len(shown) <= LONGEST_SAYING + 1
        assert shown.endswith("…")


@pytest.mark.parametrize(
    "said",
    [
        "accessKey=abc123", "secretKey: 'abc123'", "Access-Key=abc123", "accessKey%3Dabc123", "accessKey&#61;abc123",
        '{"access_key":"abc123"}', r'{\"accessKey\":\"abc123\"}',
        "&quot;secretKey&quot;:&quot;abc123&quot;", r"secretKey\u003dabc123",
    ],
)  # fmt: skip
def test_hide__what_is_named_a_key_is_hidden_unknown(said: str):
    """A host may know the keys by other values than were sent, such as a part of them."""
    shown = hidden(said, "another-Key-0123")
    assert "abc123" not in shown
    assert HIDDEN in shown
