"""Whether the tables of a file are those of a store: every column there, and of its type."""

from collections.abc import Iterator, Mapping

from lsq_api.server.store import schema
from lsq_api.server.store.schema import DataType

_NUMBERS = ("BIGINT", "DECIMAL", "DOUBLE")
_OTHERS = ("VARCHAR", "TIMESTAMP")


def faults(found: Mapping[str, Mapping[str, str]], codes: list[int]) -> Iterator[str]:
    """What is wrong with the columns of a file's tables, a phrase each; `codes` are those that leads have columns for.

    `found` is the engine's type by column, by table.
    """
    for table, columns in schema.FIXED.items():
        yield from _faults(table, found.get(table, {}), columns)
    leads = found.get("leads", {})
    yield from _faults("leads", leads, schema.hidden_of_leads(codes))
    for name, field in schema.CORE_LEAD_FIELDS.items():
        kind, wanted = leads.get(name), schema.CORE_COLUMN_TYPES[field.data_type]
        if field.data_type is DataType.NUMBER and kind is not None:
            if not kind.startswith(_NUMBERS):
                yield f"leads.{name} is {kind}; it must be a number"
        else:
            yield from _faults("leads", leads, {name: wanted})
    for name, kind in leads.items():
        known = name in schema.CORE_LEAD_FIELDS or schema.hidden(name)
        if not known and not kind.startswith(_NUMBERS) and kind not in _OTHERS:
            yield f"leads.{name} is {kind}; it must be text, a number or a time: {', '.join(_OTHERS + _NUMBERS)}"


def _faults(table: str, found: Mapping[str, str], wanted: Mapping[str, str]) -> Iterator[str]:
    for name, kind in wanted.items():
        if name not in found:
            yield f"{table}.{name} is missing"
        elif found[name] != kind:
            yield f"{table}.{name} is {found[name]}; it must be {kind}"
