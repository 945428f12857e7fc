"""How an engine spells a statement: its compiler, its parameters, and what it must be told to mean the same."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import sqlglot.expressions as sge
from ibis.backends.sql import compilers
from ibis.backends.sql.compilers.base import SQLGlotCompiler

BLANKS: Final = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
"""What trimming trims: all that Unicode calls white space, since stored values hold odd blanks."""
Rewrite = Callable[[sge.Expression], sge.Expression]


@dataclass(frozen=True)
class Dialect:
    """The spelling of one engine. Two of the same name are the same.

    `parameter` makes a parameter of its place (from 1), its name and its type (`text`, `number`, `time`, `whole`);
    `rewrite` is applied to every node of a compiled statement. `not_in` says that a look-up among the rows of a big
    table is quick as NOT IN; where it is not, it is an anti-join.
    """

    name: str
    compiler: SQLGlotCompiler = field(compare=False)
    parameter: Callable[[int, str, str], sge.Expression] = field(compare=False)
    rewrite: Rewrite = field(compare=False)
    not_in: bool = False


def trimmed_of_all_blanks(node: sge.Expression) -> sge.Expression:
    """A rewrite: trim trims every kind of blank."""
    if isinstance(node, sge.Trim):
        node.set("expression", sge.Literal.string(BLANKS))
    return node


def read_anew(node: sge.Expression) -> sge.Expression:
    """A rewrite: as above, and what is read twice is read as narrowly as can be each time, not copied whole."""
    if isinstance(node, sge.CTE):
        node.set("materialized", False)
    return trimmed_of_all_blanks(node)


def by_name(_: int, name: str, __: str) -> sge.Expression:
    """A parameter that the engine knows by its name."""
    return sge.Placeholder(this=name)


DUCKDB: Final = Dialect("duckdb", compilers.DuckDBCompiler(), by_name, read_anew, not_in=True)
