"""The link is the view: every filter and every choice of a page lives in the URL, and changes through here alone.

Widgets are filled from the link and write to it when the viewer commits; nothing is bound to it, so that a link never
says what the screen does not show.
"""

from collections.abc import Mapping, Sequence

import streamlit as st

Params = dict[str, list[str]]


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
