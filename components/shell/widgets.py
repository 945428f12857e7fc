"""Widgets for a page's own choices: filled from the link, and written back to it when the viewer commits."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import streamlit as st

from components.shell import link, words
from lsq_api.question.formats import number
from lsq_api.question.phrases import shortened

CLOSE: Literal["xxsmall"] = "xxsmall"
"""The gap between rows that belong together."""
_NAME = 150
_LONG = 400


def segments(
    page: str, name: str, label: str, options: Mapping[str, str], default: str, *, labelled: bool = True
) -> str:
    """Choose one of a few, side by side. `options` maps values of the link to labels; a default is not in the link."""
    value = link.only(name, list(options), default)
    st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        key=_filled(page, name, value),
        required=True,
        label_visibility="visible" if labelled else "collapsed",
        on_change=_commit,
        args=(page, name, default),
    )
    return value


def choice(
    page: str,
    name: str,
    label: str,
    options: Sequence[str],
    default: str,
    said: Callable[[str], str],
    *,
    width: int,
    why: str | None = None,
) -> str:
    """Choose one of many by typing; a value of the link that is not among `options` counts as the default."""
    value = link.only(name, options, default)
    st.selectbox(
        label,
        options,
        format_func=said,
        key=_filled(page, name, value),
        width=width,
        help=why,
        on_change=_commit,
        args=(page, name, default),
    )
    return value


def several(
    page: str,
    name: str,
    label: str,
    options: Sequence[str],
    chosen: Sequence[str],
    said: Callable[[str], str],
    *,
    why: str,
    nothing: str,
) -> None:
    """Choose any number of `options`; `chosen` are those that the link has now."""
    st.multiselect(
        label,
        options,
        format_func=said,
        key=_filled(page, name, list(chosen)),
        placeholder=nothing,
        help=why,
        on_change=_commit,
        args=(page, name, ""),
    )


def _filled(page: str, name: str, value: object) -> str:
    """The key of a widget whose state is now the link's. A viewer's change is in the link before the page runs."""
    key = f"{page}_{name}"
    st.session_state[key] = value
    return key


def _commit(page: str, name: str, default: str) -> None:
    value = st.session_state[f"{page}_{name}"]
    values = value if isinstance(value, list) else [value]
    link.go({name: None if values == [default] else values, "page": None})


def pair(label: str, text: str) -> None:
    """Draw a label in grey beside its text, which is folded where it is long."""
    with st.container(horizontal=True, gap="small"):
        st.caption(words.plain(shortened(label)), width=_NAME)
        with st.container(gap=None):
            folded(text, _LONG)


def folded(text: str, most: int) -> None:
    """Draw text as it is, never as Markdown; of more than `most` characters the whole text is behind a click."""
    if len(text) <= most:
        st.text(text)
        return
    st.text(f"{text[:most]}…")
    with st.expander(f"All {number(len(text))} characters"):
        st.text(text)
