"""The choices that say how files are read, where they do not say it themselves, and what their columns mean."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from components.add_data.intake import Intake, mapped
from components.shell import frame, words
from components.shell.widgets import CLOSE
from lsq_api.host.added import TABLES, USUAL_TYPES, Choices, meanings, systems

FIND_OUT: Final = "Find out"
_ORDERS: Final = {
    "": FIND_OUT,
    "dmy": "Day first: 31/12/2026",
    "mdy": "Month first: 12/31/2026",
    "ymd": "Year first: 2026/12/31",
}
_DECIMALS: Final = {"": FIND_OUT, "point": "Point: 1,250.50", "comma": "Comma: 1.250,50"}
_LEFT_OUT: Final = ""
_MAPPED: Final = re.compile(r"say --map “(.+?)=(\w+)”")
_OWN: Final = "mx_"
LABELS: Final = {
    "--from": "Whose export",
    "--timezone": "Times are in",
    "--date-order": "Order of dates",
    "--decimal": "Decimal sign",
    "--activity": "Activities without a type",
    "--sheet": "Only this sheet",
    "--map": "What a column means",
}
"""What the command's options are called here."""
_NAMED: Final[Mapping[str, str]] = {
    "ProspectID": "ID of the lead",
    "OwnerIdName": "Owner's name",
    "OwnerIdEmailAddress": "Owner's e-mail",
    "OwnerId": "Owner's ID",
    "RelatedProspectId": "ID of the lead",
    "ProspectActivityId": "ID of the activity",
    "ActivityEvent": "Code of its type",
    "ActivityEventName": "Name of its type",
    "CreatedOn": "When it came in, or was done",
    "CreatedBy": "Who did it: the user's ID",
    "CreatedByName": "Who did it: a name",
    "CreatedByEmail": "Who did it: an e-mail",
    "ActivityEvent_Note": "Note",
    "UserId": "ID of the user",
    "ManagerUserId": "ID of the manager",
}


def here(said: str) -> str:
    """A sentence of the import in the words of this page, which has fields where the command has options."""
    said = _MAPPED.sub(lambda found: f"say below {_which(*found.groups())}", said)
    for option, label in LABELS.items():
        said = said.replace(option, f"“{label}”")
    return said


def _which(header: str, name: str) -> str:
    meant = _options("").get(name, name)
    return f"which column is “{meant}”" if header == "HEADER" else f"that {header} means “{meant}”"


def chosen() -> Choices:
    """The choices as they were last made."""
    made = {option: st.session_state.get(f"adding_{option}") for option in LABELS}
    return Choices(
        profile=made["--from"] or "auto",
        activity=_code(made["--activity"]),
        date_order=made["--date-order"] or "",
        decimal=made["--decimal"] or "",
        timezone=made["--timezone"] or zone(),
        sheet=(made["--sheet"] or "").strip() or None,
    )


def zone() -> str:
    """The zone of the viewer's browser, else UTC."""
    known = st.context.timezone
    return known if known in frame.zones() else "UTC"


def ask(intake: Intake, *, sheets: bool, opened: bool) -> None:
    """Draw the choices, folded unless `opened`; `sheets` says that a workbook is among the files."""
    zones = sorted(frame.zones())
    folded = st.expander("How the files are read", icon=":material/tune:", expanded=opened)
    with folded, st.form("adding", border=False):
        with st.grid(3, min_column_width=230, gap="small"):
            st.selectbox(
                LABELS["--timezone"],
                zones,
                index=zones.index(zone()),
                help="Times in the files that name no zone are of this one, and days are shown in it.",
                key="adding_--timezone",
            )
            _one_of("--date-order", _ORDERS)
            _one_of("--decimal", _DECIMALS)
            _one_of("--from", {"auto": FIND_OUT} | systems())
            st.selectbox(
                LABELS["--activity"],
                [f"{name} ({code})" for code, name in USUAL_TYPES.items()],
                index=None,
                placeholder="Their file says it",
                accept_new_options=True,
                help="The code or name of the type, for a file of calls or meetings that does not name it.",
                key="adding_--activity",
            )
            if sheets:
                st.text_input(LABELS["--sheet"], placeholder="Every sheet", key="adding_--sheet")
        st.form_submit_button("Read again", icon=":material/refresh:", on_click=intake.again)


def _one_of(option: str, said: Mapping[str, str]) -> None:
    st.selectbox(LABELS[option], list(said), format_func=said.__getitem__, key=f"adding_{option}")


def _code(chosen: str | None) -> str | None:
    """The code of a usual type, else what was typed."""
    codes = {f"{name} ({code})": str(code) for code, name in USUAL_TYPES.items()}
    return codes.get(chosen, chosen) if chosen else None


def columns(intake: Intake, file: str, table: str, headers: Sequence[str]) -> None:
    """Draw the form that changes what a column of a file means; `table` is "" where that is not known."""
    options = _options(table)
    with st.form(f"mapping {file}", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Column", headers, key=f"column {file}", width=260)
        st.selectbox("means", list(options), format_func=options.__getitem__, key=f"means {file}", width=320)
        st.form_submit_button("Change it", on_click=_said, args=(intake, file))


def _said(intake: Intake, file: str) -> None:
    header, name = st.session_state[f"column {file}"], st.session_state[f"means {file}"]
    intake.said(file, header, _own(header) if name == _OWN else name)


def _own(header: str) -> str:
    """The schema name of a field of the account's own, made from a header."""
    letters = "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in header.strip())
    return f"{_OWN}{letters.strip('_') or 'Field'}"


def _options(table: str) -> dict[str, str]:
    tables = [table] if table else TABLES
    found = {
        name: ("" if table else f"{each.replace('_', ' ').capitalize()}: ") + _NAMED.get(name, said)
        for each in reversed(tables)
        for name, said in meanings(each).items()
    }
    first = [name for name in ("ProspectID", "RelatedProspectId", "UserId", "ActivityEvent") if name in found]
    ordered = {name: found[name] for name in first} | found
    own = {_OWN: "A field of our own"} if table in ("", "leads") else {}
    return ordered | own | {_LEFT_OUT: "Nothing: leave it out"}


def label(table: str, name: str) -> str:
    """What a schema name is called here."""
    return _options(table).get(name, name)


def changed(intake: Intake) -> None:
    """Draw what was said of columns, as chips; a click on one takes it back."""
    said = mapped(intake.maps)
    if not said:
        return
    with st.container(horizontal=True, gap="small"):
        for file, header, name in said:
            text = f"{header} means {label('', name) if name in _options('') else name}"
            st.button(
                words.plain(text),
                key=f"mapped {file} {header}",
                icon=":material/close:",
                icon_position="right",
                help=words.plain(f"Take back, for {file}"),
                on_click=intake.said,
                args=(file, header, None),
            )


def accept(intake: Intake, file: str, missing: Mapping[str, str], wanted: Mapping[str, str]) -> None:
    """Draw what was not found in a file of leads, with a button where a header may be it."""
    near = {what: header for what, header in missing.items() if header}
    with st.container(gap=CLOSE):
        for what, header in near.items():
            with st.container(horizontal=True, vertical_alignment="center"):
                st.text(f"The lead's {what} was not found. Is it {header}?")
                st.button("Yes", key=f"accept {file} {what}", on_click=intake.said, args=(file, header, wanted[what]))
        nowhere = [what for what in missing if what not in near]
        if nowhere:
            st.caption(words.plain(f"Not found: {', '.join(nowhere)}."))
