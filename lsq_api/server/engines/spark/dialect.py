"""How Spark spells a statement, with corrections that give it DuckDB's meaning.

What the SQL does not show (whether a number is a float) is known from the types of the expression.
"""

import re
from typing import Any, Final

import ibis.expr.datatypes as dt
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import SQLGlotCompiler
from ibis.backends.sql.compilers.pyspark import PySparkCompiler

from lsq_api.server.store.dialect import Dialect, trimmed_of_all_blanks

_BIG_WHOLE: Final = dt.Decimal(38, 0)
_PLAIN: Final = dt.Decimal(38, 21)
"""Holds every float that is written without an exponent: below 1e16, and with 17 digits from 1e-4 on."""
_ENDS: Final = ("size", "offset")
_LOWERED: Final = ("İΣ", "iσ")
"""Capitals that Java lowers by context or to two letters, and the single letter that each becomes."""


class SparkCompiler(PySparkCompiler):
    """Ibis' compiler for Spark, corrected where its result would differ from DuckDB's."""

    __slots__ = ()
    # Without ibis' rewrite of OFFSET into row numbers, made for older versions of Spark, whose order is not certain.
    rewrites = SQLGlotCompiler.rewrites

    def visit_Field(self, op: Any, *, rel: Any, name: str) -> Any:
        """A column. Ibis would read a Spark option here, which needs an installed Spark."""
        return SQLGlotCompiler.visit_Field(self, op, rel=rel, name=name)

    def visit_NonNullLiteral(self, op: Any, *, value: Any, dtype: Any) -> Any:
        """A constant; floats as in `visit_Field`."""
        if dtype.is_floating():
            return SQLGlotCompiler.visit_NonNullLiteral(self, op, value=value, dtype=dtype)
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)

    def visit_IsNull(self, op: Any, *, arg: Any) -> Any:
        """Not-a-number is not null."""
        return SQLGlotCompiler.visit_IsNull(self, op, arg=arg)

    def visit_NotNull(self, op: Any, *, arg: Any) -> Any:
        """Not-a-number is not null."""
        return SQLGlotCompiler.visit_NotNull(self, op, arg=arg)

    def visit_Cast(self, op: Any, *, arg: Any, to: Any) -> Any:
        """Writes a float as text as DuckDB does."""
        if op.arg.dtype.is_floating() and to.is_string():
            return self._float_text(arg)
        return super().visit_Cast(op, arg=arg, to=to)

    def visit_Sum(self, op: Any, *, arg: Any, where: Any) -> Any:
        """A sum of integers may be too large for their own type."""
        if op.arg.dtype.is_integer():
            arg = self.cast(arg, _BIG_WHOLE)
        return super().visit_Sum(op, arg=arg, where=where)

    def visit_Round(self, op: Any, *, arg: Any, digits: Any) -> Any:
        """A float rounded to zero keeps its sign."""
        rounded = super().visit_Round(op, arg=arg, digits=digits)
        return self.if_(rounded.eq(0), arg * 0, rounded) if op.arg.dtype.is_floating() else rounded

    def visit_Lowercase(self, op: Any, *, arg: Any) -> Any:
        """Lowers letter by letter, so that no letter becomes two."""
        return self.f.lower(self.f.anon.translate(arg, *map(sge.convert, _LOWERED)))

    def visit_RegexSearch(self, op: Any, *, arg: Any, pattern: Any) -> Any:
        """Java's `$` also matches before a final line break; only the end of the text is meant."""
        if isinstance(pattern, sge.Literal):
            pattern = sge.convert(re.sub(r"(?<!\\)\$$", r"\\z", pattern.this))
        return self.f.anon.regexp_like(arg, pattern)

    def visit_ExtractEpochSeconds(self, op: Any, *, arg: Any) -> Any:
        """The seconds of a time without zone, read as UTC like the session's."""
        return self.f.anon.unix_seconds(sge.cast(arg, sge.DataType.Type.TIMESTAMPLTZ))

    def _float_text(self, arg: Any) -> Any:
        """The shortest digits that are exactly this float, with an exponent below 1e-4 and from 1e16 on."""
        double = lambda text: self.cast(text, dt.float64)  # noqa: E731
        written = lambda digits: self.f.anon.format_string(sge.convert(f"%.{digits - 1}e"), arg)  # noqa: E731
        shortest = sge.Case(default=written(17))
        for digits in (15, 16):
            shortest = shortest.when(double(written(digits)).eq(arg), written(digits))
        size = self.f.abs(arg)
        replaced = self.f.anon.regexp_replace
        plain = self.cast(self.cast(shortest, _PLAIN), dt.string)
        plain = replaced(
            replaced(plain, sge.convert("0+\\z"), sge.convert("")), sge.convert("\\.\\z"), sge.convert(".0")
        )
        with_exponent = replaced(shortest.copy(), sge.convert("\\.?0*e"), sge.convert("e"))
        return (
            sge.Case(default=with_exponent)
            .when(arg.is_(sge.null()), sge.null())
            .when(self.f.isnan(arg), sge.convert("nan"))
            .when(size.eq(double(sge.convert("Infinity"))), self.if_(arg > 0, sge.convert("inf"), sge.convert("-inf")))
            .when(arg.eq(0), self.cast(arg, dt.string))
            .when(sge.and_(size >= double(sge.convert("1e-4")), size < double(sge.convert("1e16"))), plain)
        )


_KINDS: Final = {
    "number": sge.DataType.build("DECIMAL(38, 9)"),
    "time": sge.DataType.build(sge.DataType.Type.TIMESTAMPNTZ),
    "day": sge.DataType.build(sge.DataType.Type.DATE),
    "whole": sge.DataType.build(sge.DataType.Type.BIGINT),
    "texts": sge.DataType.build("ARRAY<STRING>", dialect="spark"),
    "numbers": sge.DataType.build("ARRAY<DECIMAL(38, 9)>", dialect="spark"),
    "times": sge.DataType.build("ARRAY<TIMESTAMP_NTZ>", dialect="spark"),
    "days": sge.DataType.build("ARRAY<DATE>", dialect="spark"),
}
_LISTS: Final = ("texts", "numbers", "times", "days")
_TEXTS: Final = "array<string>"


def _parameter(_: int, name: str, kind: str) -> sge.Expression:
    """A named parameter of its type. Numbers, times and days are passed as text, which loses no digits.

    A list is passed as one JSON text: Spark would make an expression of each of its values.
    """
    given: sge.Expression = sge.Placeholder(this=name)
    if kind in _LISTS:
        given = sge.Anonymous(this="FROM_JSON", expressions=[given, sge.convert(_TEXTS)])
    if name in _ENDS:  # LIMIT and OFFSET must be INT in Spark
        return sge.cast(given, sge.DataType.Type.INT)
    return sge.cast(given, _KINDS[kind]) if kind in _KINDS else given


SPARK: Final = Dialect("spark", SparkCompiler(), _parameter, trimmed_of_all_blanks)
