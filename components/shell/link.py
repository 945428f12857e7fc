"""The link holds the whole view: filters and each page's choices are parameters of the URL, and change only here.

Widgets are filled from the link and write to it when the viewer commits. They are not bound to it, so that a link never
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
"""The parameters that belong to the question; all others belong to a page."""


def params() -> Params:
    """All parameters of the link, each with all its values."""
    return {key: st.query_params.get_all(key) for key in st.query_params}


def only(key: str, allowed: Sequence[str], default: str) -> str:
    """The value of a page's choice; `default` where the link has none, or one that is not allowed."""
    given = st.query_params.get(key, default)
    return given if given in allowed else default


def number(key: str, default: int = 1) -> int:
    """A whole number of at least 1; `default` where the link has none."""
    given = st.query_params.get(key, "")
    return int(given) if given.isascii() and given.isdigit() and 1 <= int(given) <= 10**9 else default


def go(changed: Mapping[str, Sequence[str] | None]) -> None:
    """Change parameters of the link; None or no values removes one. For callbacks, after which Streamlit reruns."""
    st.query_params.from_dict(with_(changed))


def with_(changed: Mapping[str, Sequence[str] | None]) -> Params:
    """The link's parameters with these changes made, for a link to another page."""
    return {key: list(values) for key, values in (params() | dict(changed)).items() if values}


def queries(key: str, values: Iterable[object]) -> list[str]:
    """The view's query string once for each of `values`, each time with `key` set to that value."""
    others = urlencode(with_({key: None}), doseq=True)
    return [f"{others}{'&' if others else ''}{urlencode({key: value})}" for value in values]


def address() -> str | None:
    """The view's whole URL; None where the browser has not sent its address."""
    if not st.context.url:
        return None
    here = urlsplit(st.context.url)
    return urlunsplit((here.scheme, here.netloc, here.path or "/", urlencode(params(), doseq=True), ""))


def show(question: Question, directory: Directory) -> None:
    """Make the question the link's. A page's own choices stay, but its table goes back to page 1. For callbacks."""
    go(dict.fromkeys([*QUESTION_KEYS, "page"]) | to_params(question, directory))
