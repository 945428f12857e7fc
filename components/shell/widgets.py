"""Widgets for a page's own choices: filled from the link, and written back to it when the viewer commits."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.shell import link, words
from lsq_api.question.formats import number
from lsq_api.question.phrases import shortened

CLOSE: Literal["xxsmall"] = "xxsmall"
"""The gap between rows that belong together."""
_NAME = 150
_LABELLED, _BARE = 70, 42
_EDGES, _PADDED, _LETTER, _ICON_WIDE, _PHONE = 4, 34, 7.4, 26, 358
"""Pixels: the height of a choice with a label and without; its edges, the blanks in each part, a letter, an icon; and
the room on a phone."""
_ICON = re.compile(r":material/\w+: ?")
_LONG = 400


def segments(
    page: str, name: str, label: str, options: Mapping[str, str], default: str, *, labelled: bool = True
) -> str:
    """Choose one of a few, side by side. `options` maps values of the link to labels; a default is not in the link."""
    value = link.only(name, list(options), default)
    key = _filled(page, name, value)
    with _still(_wide(options.values()), labelled=labelled):
        st.segmented_control(
            label,
            list(options),
            format_func=options.__getitem__,
            key=key,
            required=True,
            label_visibility="visible" if labelled else "collapsed",
            on_change=_commit,
            args=(page, name, default),
        )
    return value


def _still(width: int, *, labelled: bool = True) -> DeltaGenerator:
    """A place of fixed size for a choice, so that nothing moves while the browser loads what draws it.

    What is wider than a phone goes on in a second row there, so it is as tall as it has to be.
    """
    tall = _LABELLED if labelled else _BARE
    return st.container(width=width, height=tall if width <= _PHONE else "content", border=False)


def _wide(labels: Collection[str]) -> int:
    """The pixels of parts side by side; a label may begin with an icon."""
    icons = (len(_ICON.findall(label)) * _ICON_WIDE for label in labels)
    return round(_EDGES + sum(_PADDED + _LETTER * len(_ICON.sub("", label)) for label in labels) + sum(icons))


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
    key = _filled(page, name, value)
    with _still(width):
        st.selectbox(
            label,
            options,
            format_func=said,
            key=key,
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
