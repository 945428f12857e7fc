"""How an engine spells a statement: its compiler, its parameters, and corrections that give it DuckDB's meaning."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import sqlglot.expressions as sge
from ibis.backends.sql import compilers
from ibis.backends.sql.compilers.base import SQLGlotCompiler

BLANKS: Final = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
"""The characters that trimming removes: all of Unicode's white space, since stored values hold odd blanks."""
Rewrite = Callable[[sge.Expression], sge.Expression]


@dataclass(frozen=True)
class Dialect:
    """The spelling of one engine; equal by name.

    `parameter` makes a parameter of its place (from 1), name and type (`text`, `number`, `time`, `day`, `whole`, and
    `texts`, `numbers`, `times`, `days`, which hold lists);
    `rewrite` is applied to each node of a compiled statement. `not_in` is true where NOT IN over a big table is
    quick; else an anti-join is used.
    """

    name: str
    compiler: SQLGlotCompiler = field(compare=False)
    parameter: Callable[[int, str, str], sge.Expression] = field(compare=False)
    rewrite: Rewrite = field(compare=False)
    not_in: bool = False


def trimmed_of_all_blanks(node: sge.Expression) -> sge.Expression:
    """A rewrite that makes trim remove all kinds of blanks."""
    if isinstance(node, sge.Trim):
        node.set("expression", sge.Literal.string(BLANKS))
    return node


def read_anew(node: sge.Expression) -> sge.Expression:
    """A rewrite as above; also inlines what is read twice, so that each reading uses only the columns it needs."""
    if isinstance(node, sge.CTE):
        node.set("materialized", False)
    return trimmed_of_all_blanks(node)


_LISTS: Final = {
    "texts": sge.DataType.build("VARCHAR[]", dialect="duckdb"),
    "numbers": sge.DataType.build("DECIMAL(38, 9)[]", dialect="duckdb"),
    "times": sge.DataType.build("TIMESTAMP[]", dialect="duckdb"),
    "days": sge.DataType.build("DATE[]", dialect="duckdb"),
}


def by_name(_: int, name: str, kind: str) -> sge.Expression:
    """A parameter bound by name; a list has its type, which one without values would not tell."""
    given = sge.Placeholder(this=name)
    return sge.cast(given, _LISTS[kind].copy()) if kind in _LISTS else given


DUCKDB: Final = Dialect("duckdb", compilers.DuckDBCompiler(), by_name, read_anew, not_in=True)
