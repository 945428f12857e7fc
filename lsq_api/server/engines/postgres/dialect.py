"""How PostgreSQL spells a statement, with corrections that give it DuckDB's meaning.

What the SQL does not show (whether a number is a float) is known from the types of the expression.
"""

from typing import Any, Final

import ibis.expr.datatypes as dt
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.postgres import PostgresCompiler

from lsq_api.server.store.dialect import Dialect, read_anew

COLLATION: Final = "C"
"""The collation of all text: it sorts by code point, as DuckDB does."""
_LOWERED: Final = ("İΣ", "iσ")
"""Capitals that some collations lower by context or to two letters, and the single letter that each becomes."""
_NUMERIC: Final = sge.DataType.build("DECIMAL", dialect="postgres")
_KINDS: Final = {
    "text": sge.DataType.build("TEXT"),
    "number": sge.DataType.build("DECIMAL(38, 9)"),
    "time": sge.DataType.build("TIMESTAMP"),
    "day": sge.DataType.build("DATE"),
    "whole": sge.DataType.build("BIGINT"),
    "texts": sge.DataType.build("TEXT[]", dialect="postgres"),
    "numbers": sge.DataType.build("DECIMAL(38, 9)[]", dialect="postgres"),
    "times": sge.DataType.build("TIMESTAMP[]", dialect="postgres"),
    "days": sge.DataType.build("DATE[]", dialect="postgres"),
}


class Spelling(PostgresCompiler):
    """Ibis' compiler for PostgreSQL, corrected where its result would differ from DuckDB's.

    `lowering` is a collation of the database that knows the lower case of all scripts.
    """

    __slots__ = ("lowering",)

    def __init__(self, lowering: str) -> None:
        super().__init__()
        self.lowering = lowering

    def visit_Cast(self, op: Any, *, arg: Any, to: Any) -> Any:
        """Writes a float as text as DuckDB does."""
        if op.arg.dtype.is_floating() and to.is_string():
            return self._float_text(arg)
        return super().visit_Cast(op, arg=arg, to=to)

    def visit_Round(self, op: Any, *, arg: Any, digits: Any) -> Any:
        """Rounds a float by its shortest digits: PostgreSQL's cast to numeric would lose the last two."""
        if op.arg.dtype.is_floating():
            return self.cast(self.f.round(self._exact(arg), digits), dt.float64)
        return super().visit_Round(op, arg=arg, digits=digits)

    def visit_Lowercase(self, op: Any, *, arg: Any) -> Any:
        """Lowers letter by letter, so that no letter becomes two; the result sorts by code point."""
        alone = self.f.anon.translate(arg, *map(sge.convert, _LOWERED))
        return _collated(self.f.lower(_collated(alone, self.lowering)), COLLATION)

    def _exact(self, arg: Any) -> Any:
        return sge.cast(self.cast(arg, dt.string), _NUMERIC)

    def _float_text(self, arg: Any) -> Any:
        """PostgreSQL's digits are the shortest, too; only `.0` and where an exponent begins differ."""
        text, size = self.cast(arg, dt.string), self.f.abs(arg)
        plain = self.cast(self._exact(arg), dt.string)
        whole = arg.eq(self.f.floor(arg))
        infinite = self.cast("Infinity", dt.float64)
        return (
            sge.Case(default=text)
            .when(arg.eq(self.cast("NaN", dt.float64)), sge.convert("nan"))
            .when(size.eq(infinite), self.if_(arg > 0, sge.convert("inf"), sge.convert("-inf")))
            .when(arg.eq(0), self.f.concat(text.copy(), sge.convert(".0")))
            .when(sg.and_(size < sge.convert(1e16), whole), self.f.concat(plain, sge.convert(".0")))
            .when(sg.and_(size >= sge.convert(1e-4), size < sge.convert(1e16)), plain.copy())
        )


def _collated(node: Any, name: str) -> Any:
    return sge.paren(sge.Collate(this=sge.paren(node), expression=sge.to_identifier(name, quoted=True)))


def _parameter(place: int, _: str, kind: str) -> sge.Expression:
    return sge.cast(sge.Parameter(this=sge.Literal.number(place)), _KINDS[kind].copy())


def postgres(lowering: str) -> Dialect:
    """The dialect for a database with this collation for lower case."""
    return Dialect(f"postgres {lowering}", Spelling(lowering), _parameter, read_anew)
