"""Drill-through: from a figure to the leads behind it, with the filter added to the link and visible."""

import streamlit as st

from components.shell.link import Params, with_
from lsq_api.question.directory import Directory
from lsq_api.question.formats import number
from lsq_api.question.link import to_params
from lsq_api.question.question import Question

LEADS, LEAD = "pages/leads.py", "pages/lead.py"
_OPENED = "drill_opened"
# Streamlit 1.67: `st.switch_page` first puts the new question on the old page, as a step of its own in the browser's
# history, so Back would stop at a view that nobody has seen. A link leaves none, so a click on a chart presses one.
_press = st.components.v2.component(
    "drill",
    js=f"""export default () => {{
        document.querySelector(".st-key-{_OPENED} a")?.click()
    }}""",
)


def open(question: Question, directory: Directory) -> None:
    """Open the leads of a question after a click on a chart, which cannot be a link. Back returns in one step."""
    _press_link(LEADS, to_params(question, directory))


def open_lead(lead_id: str) -> None:
    """Open a lead's page after a click in a table; the view's parameters go with it, for the way back."""
    _press_link(LEAD, with_({"lead": [lead_id]}))


def label(what: str, count: int) -> str:
    """The Markdown text of a link to `count` leads, such as `Prospect: open 12 leads`; `what` is escaped already."""
    return f"{what}: :primary[open **{number(count)}** {'lead' if count == 1 else 'leads'}]"


def link(text: str, question: Question, directory: Directory) -> None:
    """Draw a link to the leads of a question; unlike a chart it works by keyboard and opens in a new tab, too."""
    st.page_link(LEADS, label=text, icon=":material/arrow_forward:", query_params=to_params(question, directory))


def _press_link(page: str, params: Params) -> None:
    """Draw a link that a script presses at once; without scripts it stays to be pressed by hand."""
    with st.container(key=_OPENED):
        st.page_link(page, label="Opening …", icon="spinner", query_params=params)
        _press(key="drill_press")
