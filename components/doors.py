"""Every number is a door: ways from a figure to the leads behind it, the filter added and visible."""

from typing import NoReturn

import streamlit as st

from components import link
from lsq_api.directory import Directory
from lsq_api.question import Question

LEADS, LEAD = "pages/leads.py", "pages/lead.py"


def enter(question: Question, directory: Directory) -> NoReturn:
    """Go to the leads of a question, after a click on a chart, which cannot be a link."""
    st.switch_page(LEADS, query_params=question.to_params(directory))


def enter_lead(lead_id: str) -> NoReturn:
    """Go to a lead's page, after a click in a table; every choice of this screen goes with it, for the way back."""
    st.switch_page(LEAD, query_params=link.with_({"lead": [lead_id]}))


def opens(what: str, count: int) -> str:
    """The label of a door; `what` is escaped already."""
    return f"{what}: :primary[open **{count:,}** {'lead' if count == 1 else 'leads'}]"


def door(label: str, question: Question, directory: Directory) -> None:
    """A link to the leads of a question: for the keyboard, for a new tab, and Back returns from it exactly."""
    st.page_link(LEADS, label=label, icon=":material/arrow_forward:", query_params=question.to_params(directory))
