"""Dialects of engines that statements compile for, and that none has run on: where serving from them would begin.

What text means there (small letters, trimming, the order of letters, floats as text) is ibis' choice and not checked.
"""

from collections.abc import Mapping
from typing import Final

import sqlglot.expressions as sge
from ibis.backends.sql.compilers import BigQueryCompiler, ClickHouseCompiler, SnowflakeCompiler, TrinoCompiler

from lsq_api.server.store.dialect import Dialect, by_name, trimmed_of_all_blanks

_KINDS: Final = {
    "text": sge.DataType.build("TEXT"),
    "number": sge.DataType.build("DECIMAL(38, 9)"),
    "time": sge.DataType.build("TIMESTAMP"),
    "whole": sge.DataType.build("BIGINT"),
}


def _typed(_: int, name: str, kind: str) -> sge.Expression:
    return sge.Placeholder(this=name, kind=_KINDS[kind].copy())


def _by_place(place: int, _: str, kind: str) -> sge.Expression:
    return sge.cast(sge.Placeholder(this=str(place)), _KINDS[kind].copy())


def _next(_: int, __: str, kind: str) -> sge.Expression:
    """Trino knows a parameter by its turn alone: one that stands twice would have to be given twice."""
    page_end = kind == "whole"
    return sge.Placeholder() if page_end else sge.cast(sge.Placeholder(), _KINDS[kind].copy())


COMPILED: Final[Mapping[str, Dialect]] = {
    dialect.name: dialect
    for dialect in (
        Dialect("bigquery", BigQueryCompiler(), by_name, trimmed_of_all_blanks),
        Dialect("clickhouse", ClickHouseCompiler(), _typed, trimmed_of_all_blanks),
        Dialect("snowflake", SnowflakeCompiler(), _by_place, trimmed_of_all_blanks),
        Dialect("trino", TrinoCompiler(), _next, trimmed_of_all_blanks),
    )
}
"""The dialects by the scheme of such a URL."""
