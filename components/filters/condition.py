"""One more condition on any lead field: the field, an operator that fits its type, a value that is checked first."""

from collections.abc import Collection
from contextlib import suppress
from datetime import date

import streamlit as st

from components.shell import link
from lsq_api.contract.conditions import LeadFilter
from lsq_api.contract.operators import LEAD_OPERATORS, FieldKind, Takes, offered
from lsq_api.question.directory import Directory, ListedField
from lsq_api.question.link import checked
from lsq_api.question.question import Question
from lsq_api.question.spans import FIRST_YEAR, LAST_YEAR, BadLink

_OPEN = "extra_open"


def ask(question: Question, directory: Directory, extensions: Collection[str]) -> None:
    """The choice of a condition, folded; Add makes it part of the link with what is chosen so far, and it closes.

    Operators beyond the vendor's page are offered where the account names them among its `extensions`.
    """
    panel = st.expander("Add a condition", icon=":material/add:", key=_OPEN, on_change="rerun")
    if not panel.open:
        return
    with panel:
        field = st.selectbox(
            "Lead field", directory.fields, format_func=lambda field: field.display_name, key="extra_field", index=None
        )
        if field is None:
            return
        kind = field.kind
        operator = st.selectbox(
            "Condition",
            [row.symbol for row in offered(kind, extensions)],
            format_func=lambda symbol: LEAD_OPERATORS[symbol].words_of(kind),
            key=f"extra_is_{kind}",
        )
        _ask_value(field, operator, kind)
        if st.button(
            "Add", type="primary", key="extra_add", on_click=_add, args=(question, directory, field, operator)
        ):
            _explain(field, operator)


def _ask_value(field: ListedField, operator: str, kind: FieldKind) -> None:
    row, key = LEAD_OPERATORS[operator], _key(field, operator)
    if row.takes is Takes.NONE:
        return
    if row.takes is Takes.MANY and field.options:
        st.multiselect("Values", field.options, key=key)
    elif kind is FieldKind.SELECT and row.by_type and field.options:
        st.selectbox("Value", field.options, index=None, key=key)
    elif kind.dated:
        st.date_input("Day", None, key=key, min_value=date(FIRST_YEAR, 1, 1), max_value=date(LAST_YEAR, 12, 31))
    else:
        st.text_input("Value", key=key, placeholder="a number" if kind is FieldKind.NUMBER else "text")


def _key(field: ListedField, operator: str) -> str:
    return f"extra_value_{field.schema_name}_{operator}"


def _condition(field: ListedField, operator: str) -> LeadFilter:
    """What is chosen, as it is now; BadLink with a sentence where it cannot be asked."""
    value = st.session_state.get(_key(field, operator))
    values = value if isinstance(value, list) else [] if value is None else [str(value)]
    return checked(field, operator, values)


def _add(question: Question, directory: Directory, field: ListedField, operator: str) -> None:
    with suppress(BadLink):  # `_explain` says it, in its place
        link.show(question.with_condition(_condition(field, operator)), directory)
        st.session_state[_OPEN] = False


def _explain(field: ListedField, operator: str) -> None:
    """After Add, where the choice is still open: why the condition cannot be asked."""
    try:
        _condition(field, operator)
    except BadLink as error:
        st.error(str(error), icon=":material/edit:")
