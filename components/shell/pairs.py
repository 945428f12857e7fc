"""What something is called, and what it is: two columns of plain text."""

from typing import Literal

import streamlit as st

from components.shell import words
from lsq_api.question.formats import number
from lsq_api.question.phrases import shortened

CLOSE: Literal["xxsmall"] = "xxsmall"
"""Room between pairs that belong together."""
_NAME = 150
_LONG = 400


def pair(label: str, text: str) -> None:
    """A name in grey before its text; a long text is folded."""
    with st.container(horizontal=True, gap="small"):
        st.caption(words.plain(shortened(label)), width=_NAME)
        with st.container(gap=None):
            folded(text, _LONG)


def folded(text: str, most: int) -> None:
    """Text as it is, never read as Markdown; beyond `most` characters the whole of it is behind a click."""
    if len(text) <= most:
        st.text(text)
        return
    st.text(f"{text[:most]}…")
    with st.expander(f"All {number(len(text))} characters"):
        st.text(text)
