"""Every CSV file is read as Python's `csv` reads it: its rows, its values, and the lines they begin on."""

import csv
import io
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lsq_api.server.importing.files import grammar, source
from lsq_api.server.importing.importer import ImportFailed, import_files
from lsq_api.server.store.store import Store

VALUES = st.sampled_from(["", "a", " b ", "x,y", "p;q", 'say "hi"', "two\nlines", "two\r\nlines", "é", "'", "007", "|"])


class Shape(NamedTuple):
    """A CSV file, and its rows by plain Python: the line each begins on and its values."""

    data: bytes
    rows: list[tuple[int, list[str]]]


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    """Files with blank lines anywhere, breaks in quotes, marks of order, lone CR, trailing delimiters and footers."""
    delimiter = draw(st.sampled_from([",", ";", "\t"]))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    width = draw(st.integers(2, 4))
    trailing = draw(st.sampled_from(["", delimiter]))
    header = ["ProspectID", *(f"mx_{n}" for n in range(1, width))]
    cells = st.lists(VALUES, min_size=width - 1, max_size=width - 1)
    records = [[f"l{n}", *draw(cells)] for n in range(draw(st.integers(0, 6)))]
    text, rows, line = "", [], 1

    def put(piece: str) -> None:
        nonlocal text, line
        text += piece
        line = len(io.StringIO(text, newline=None).read().split("\n"))

    def blanks() -> None:
        for _ in range(draw(st.integers(0, 2))):
            put(end)

    def record(values: list[str]) -> str:
        out = io.StringIO()
        # By itself the writer quotes only the line end that it writes.
        quoted = draw(st.booleans()) or any("\n" in value for value in values)
        how = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
        csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=how).writerow(values)
        return out.getvalue()

    blanks()
    put(record(header))
    for values in records:
        blanks()
        rows.append((line, values))
        written = record(values)
        put(written.removesuffix(end) + trailing + end if draw(st.booleans()) else written)
    if records and draw(st.booleans()):
        put(end)
        put("Copyright (c) us" + end)
    if draw(st.booleans()) and not text.endswith(end * 2):
        text = text.removesuffix(end)
    mark = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    return Shape(text.encode(mark), rows)


def _read(folder: Path, data: bytes) -> tuple[list[tuple[Any, ...]], list[int]]:
    """The rows of a file as it is read at once, and the lines as they are told after a fault."""
    path = folder / "leads.csv"
    path.write_bytes(data)
    with duckdb.connect(str(folder / "it.duckdb")) as engine:
        grammar.define_macros(engine, "UTC")
        file = source.opened(engine, "0", path)
        names = ", ".join(f"c{n}" for n in range(len(file.headers)))
        rows = engine.execute(f"SELECT {names} FROM {file.sql}").fetchall()
        file.written(engine)
        again = engine.execute(f"SELECT {names}, place FROM {file.sql}").fetchall()
    assert rows == [row[:-1] for row in again]
    return rows, [row[-1] for row in again]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shapes())
def test_csv__rows_values_and_lines_are_those_of_python(tmp_path: Path, shape: Shape) -> None:
    for old in tmp_path.iterdir():
        old.unlink()
    rows, lines = _read(tmp_path, shape.data)
    assert [[value or "" for value in row] for row in rows] == [values for _, values in shape.rows]
    assert lines == [line for line, _ in shape.rows]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('Lead Id,N\nl1, "x"\n', [("l1", ' "x"')]),
        ("Lead Id,N\nl1,x\r\nl2,y\n", [("l1", "x"), ("l2", "y")]),
        ("Lead Id,N\n,\nl1,x\n,\n", [("l1", "x")]),
        ("Leads of May\n\nLead Id,N,M\nl1,x,y\n", [("l1", "x", "y")]),
        ("Lead Id,N,M\nl1,x,y\nTotal 1,,\n", [("l1", "x", "y")]),
        ("Lead Id\n\nl1\n\nl2\n", [("l1",), ("l2",)]),
    ],
)
def test_csv__what_the_engine_reads_otherwise(tmp_path: Path, text: str, rows: list[tuple[str, ...]]) -> None:
    (tmp_path / "leads.csv").write_text(text, newline="")
    import_files(tmp_path / "leads.csv", tmp_path / "made")
    columns = ", ".join(["ProspectID", "N", "M"][: len(rows[0])])
    store = Store.open(tmp_path / "made")
    found = store.backend.cursor().execute(f"SELECT {columns} FROM leads ORDER BY 1").fetchall()
    store.close()
    assert found == rows


def test_csv__a_lead_of_which_only_the_id_is_known_is_no_footer(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("Lead Id,N,M\nl1,x,y\n\nl2,,\n")
    assert import_files(tmp_path / "leads.csv", tmp_path / "made").leads == 2


def test_csv__the_line_of_a_fault_below_blank_lines_and_breaks(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text('\n\nLead Id,N,Created On\n\nl1,"a\n\nb",2024-01-01\n\nl2,x,never\n')
    with pytest.raises(ImportFailed) as caught:
        import_files(tmp_path / "leads.csv", tmp_path / "made")
    assert (caught.value.place, caught.value.value) == ("line 9", "never")
