"""One more condition on any lead field: the field, an operator that fits its type, a value that is checked first."""

import streamlit as st

from components import link
from lsq_api.directory import Directory, LeadField
from lsq_api.operators import LEAD_OPERATORS, Takes
from lsq_api.question import Question
from lsq_api.where import checked
from lsq_api.windows import BadLink

_TEXT = ("lik", "nlik", "=", "def", "ndef")
_OFFERED = {
    "select": ("in", "lik", "nlik", "def", "ndef"),
    "number": (">=", "<=", ">", "<", "=", "def", "ndef"),
    "date": (">=", "<=", ">", "<", "def", "ndef"),
    "datetime": (">=", "<=", ">", "<", "def", "ndef"),
}
_DATES = {">": "is after", "<": "is before", ">=": "is not before", "<=": "is not after"}


@st.fragment
def ask(question: Question, directory: Directory) -> None:
    """A button that opens the choice of a condition; Add makes it part of the link."""
    with st.popover("Add a condition", icon=":material/add:", width="stretch"):
        field = st.selectbox(
            "Lead field", directory.fields, format_func=lambda field: field.display_name, key="extra_field", index=None
        )
        if field is None:
            return
        kind = field.data_type.strip().lower()
        operator = st.selectbox(
            "Condition",
            _OFFERED.get(kind, _TEXT),
            format_func=lambda symbol: _words(symbol, kind),
            key=f"extra_is_{kind}",
        )
        values = _values(field, operator, kind)
        if st.button("Add", type="primary", key="extra_add"):
            _add(question, directory, field, operator, values)


def _words(symbol: str, kind: str) -> str:
    words = LEAD_OPERATORS[symbol].words
    return _DATES.get(symbol, words) if kind.startswith("date") else words


def _values(field: LeadField, operator: str, kind: str) -> list[str]:
    takes, key = LEAD_OPERATORS[operator].takes, f"extra_value_{field.schema_name}_{operator}"
    if takes is Takes.NONE:
        return []
    if takes is Takes.MANY and field.options:
        return st.multiselect("Values", field.options, key=key)
    if kind.startswith("date"):
        day = st.date_input("Day (UTC)", None, key=key)
        return [day.isoformat()] if day else []
    return [st.text_input("Value", key=key, placeholder="a number" if kind == "number" else "text")]


def _add(question: Question, directory: Directory, field: LeadField, operator: str, values: list[str]) -> None:
    try:
        condition = checked(field, operator, values)
    except BadLink as error:
        st.error(str(error), icon=":material/edit:")
        return
    link.show(question.with_condition(condition), directory)
    st.rerun()
