"""Files a viewer takes away: exact, safe to open in a spreadsheet, and named for what they hold."""

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import StringIO

import streamlit as st

from components import answers
from components.frame import Asked
from lsq_api.report import ListOutput

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_HARMLESS = re.compile(r"[+-]?[\d\s().,/-]*\d[\d\s().,/-]*")
BOM = "\ufeff"


def neutral(text: str | None) -> str:
    """Text that a spreadsheet would run as a formula gets an apostrophe; numbers and phone numbers stay as they are."""
    text = text or ""
    if text.startswith(_FORMULA) and not (_HARMLESS.fullmatch(text) and text[0] not in "\t\r"):
        return f"'{text}"
    return text


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    """A CSV file with a byte order mark, so that Excel reads names right."""
    written = StringIO()
    written.write(BOM)
    lines = csv.writer(written)
    lines.writerow([neutral(name) for name in header])
    lines.writerows([neutral(value) for value in row] for row in rows)
    return written.getvalue()


def every_lead(asked: Asked, fields: tuple[str, ...], waiting: int) -> None:
    """A button for the CSV of every waiting lead, not of the page on screen."""
    st.download_button(
        f"CSV of all {waiting:,}",
        data=lambda: _every_lead(asked, fields).encode(),
        file_name=file_name("leads-not-contacted", asked.now, "csv"),
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        disabled=not waiting,
    )


def _every_lead(asked: Asked, fields: tuple[str, ...]) -> str:
    """Read again from the host, every page, checked against its `TotalCount` by the client."""
    names = {field.schema_name: field.display_name for field in asked.directory.fields}
    listed = answers.report(asked, ListOutput(fields=fields))
    pages = asked.source.client().every_page(listed)
    header = [names.get(field, field) for field in fields] + ["Owner Name"]
    return csv_text(header, (_line(asked, row, fields) for page in pages for row in page.rows))


def _line(asked: Asked, row: dict[str, str | None], fields: tuple[str, ...]) -> list[str | None]:
    owner = row.get("OwnerId")
    return [*(row.get(field) for field in fields), asked.directory.user_label(owner) if owner else None]


def file_name(what: str, now: datetime, ending: str) -> str:
    """`leads-not-contacted-2026-11-23-1405.csv`: what and when, in UTC."""
    return f"{what}-{now:%Y-%m-%d-%H%M}.{ending}"
