"""The link is the view: every filter and every choice of a page lives in the URL, and changes through here alone.

Widgets are filled from the link and write to it when the viewer commits; nothing is bound to it, so that a link never
says what the screen does not show.
"""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from lsq_api.question.directory import Directory
from lsq_api.question.link import to_params
from lsq_api.question.question import PARTS, Question

Params = dict[str, list[str]]
_WINDOWS = ("created", "modified", "quiet")
QUESTION_KEYS = frozenset(PARTS) | {f"{part}_{end}" for part in _WINDOWS for end in ("from", "to")}
"""The parameters of a link that belong to the question; others belong to a page."""


def params() -> Params:
    """The link's parameters, each with all its values."""
    return {key: st.query_params.get_all(key) for key in st.query_params}


def only(key: str, allowed: Sequence[str], default: str) -> str:
    """The one value of a page's choice; the default where the link has none or another."""
    given = st.query_params.get(key, default)
    return given if given in allowed else default


def number(key: str, default: int = 1) -> int:
    """A whole number from 1 on; the default where the link has none."""
    given = st.query_params.get(key, "")
    return int(given) if given.isascii() and given.isdigit() and 1 <= int(given) <= 10**9 else default


def go(changed: Mapping[str, Sequence[str] | None]) -> None:
    """Change parameters in place: None or no values takes one out. For callbacks; the rerun follows by itself."""
    st.query_params.from_dict(with_(changed))


def with_(changed: Mapping[str, Sequence[str] | None]) -> Params:
    """The parameters as they would be with these changes: for links to other pages."""
    return {key: list(values) for key, values in (params() | dict(changed)).items() if values}


def queries(key: str, values: Iterable[object]) -> list[str]:
    """The view's parameters as the query of an address, once for each value of one of them."""
    others = urlencode(with_({key: None}), doseq=True)
    return [f"{others}{'&' if others else ''}{urlencode({key: value})}" for value in values]


def address() -> str | None:
    """The whole link of the view, as another browser opens it; None where the browser has not said where it is."""
    if not st.context.url:
        return None
    here = urlsplit(st.context.url)
    return urlunsplit((here.scheme, here.netloc, here.path or "/", urlencode(params(), doseq=True), ""))


def show(question: Question, directory: Directory) -> None:
    """Make the question the link; a page's own choices stay, but for the number of its table page. For callbacks."""
    go(dict.fromkeys([*QUESTION_KEYS, "page"]) | to_params(question, directory))
