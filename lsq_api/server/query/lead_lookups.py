"""The calls of `/v2` that answer leads: by ID, address, phone number or words, by one condition, by their change.

Leads are found as the reports find them, so that the same condition has the same leads. Source: section 7 of the wire
notes, and the vendor's pages "Search Leads by Criteria", "Get Leads by Date Range", "Get Leads in Bulk by Ids", "Get a
Lead by Email" and "Get a Lead by Phone Number".
"""

import operator
import re
from collections.abc import Iterable
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, Field, model_validator

from lsq_api.contract.report import MAX_PAGE_SIZE, Paging, Sorting
from lsq_api.contract.wire import Moment, Name, Text, Wire
from lsq_api.server.query import compile, lookup_queries
from lsq_api.server.query.engine import Engine, Row
from lsq_api.server.query.operators import BEGINS, ENDS
from lsq_api.server.query.plan import Named, Planner, Wanted
from lsq_api.server.query.refusal import bad_input
from lsq_api.server.query.searching import SearchColumns, SearchPaging

RANGE_PAGE_SIZE: Final = 5_000
"""The most leads of a page of Leads.RecentlyModified."""
FOUND_AT_MOST: Final = 1_000
"""The most leads that a quick search finds; its answer has no pages, so more of them are refused."""
_ID: Final = "ProspectID"
_LIKE: Final = "LIKE"
_SYMBOLS: Final = ("=", _LIKE, ">", "<", "<=", ">=", "<>")
_IN_ORDER_OF: Final = {"prospectautoid": "CreatedOn"}
"""Sorting by a lead's number, where a store has none: the service numbers leads as they come in."""


def _symbol(value: str) -> str:
    if value.strip().upper() not in _SYMBOLS:
        raise ValueError(f"{value!r} is not an operator here; allowed: {', '.join(_SYMBOLS)}")
    return value.strip().upper()


class LeadCondition(Wire):
    """The one condition of Leads.Get. LIKE finds the value anywhere, or only where `%` at its ends leaves room."""

    field: Name = Field(alias="LookupName")
    value: Text = Field(alias="LookupValue")
    operator: Annotated[str, AfterValidator(_symbol)] = Field(alias="SqlOperator")

    @model_validator(mode="after")
    def _has_value(self) -> Self:
        text = self.value.strip("%") if self.operator == _LIKE else self.value
        if not text.strip() and self.operator not in {"=", "<>"}:
            raise ValueError(f"LookupValue of {self.field}: operator {self.operator} takes a value that is not blank")
        if self.operator == _LIKE and "%" in text:
            raise ValueError(f"LookupValue of {self.field}: % may stand at the beginning, at the end, or at both")
        return self

    def test(self) -> tuple[str, str]:
        """The engine's operator, and its value."""
        if self.operator != _LIKE:
            return self.operator, self.value
        ends = (self.value.startswith("%"), self.value.endswith("%"))
        return {(False, True): BEGINS, (True, False): ENDS}.get(ends, "lik"), self.value.strip("%")


class LeadSearch(Wire):
    """The body of Leads.Get."""

    parameter: LeadCondition = Field(alias="Parameter")
    columns: SearchColumns | None = Field(None, alias="Columns")
    sorting: Sorting | None = Field(None, alias="Sorting")
    paging: SearchPaging = Field(default_factory=SearchPaging, alias="Paging")


class ChangedBetween(Wire):
    """A range of `ModifiedOn`, both ends included."""

    start: Moment = Field(alias="FromDate")
    end: Moment = Field(alias="ToDate")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start > self.end:
            raise ValueError("FromDate can't be greater than ToDate.")
        return self


class RangePaging(SearchPaging):
    """A page of Leads.RecentlyModified."""

    size: int = Field(RANGE_PAGE_SIZE, alias="PageSize", ge=1, le=RANGE_PAGE_SIZE)


class LeadRange(Wire):
    """The body of Leads.RecentlyModified."""

    parameter: ChangedBetween = Field(alias="Parameter")
    columns: SearchColumns | None = Field(None, alias="Columns")
    sorting: Sorting | None = Field(None, alias="Sorting")
    paging: RangePaging = Field(default_factory=RangePaging, alias="Paging")


class LeadIds(Wire):
    """The leads to retrieve."""

    ids: Annotated[tuple[Text, ...], Field(min_length=1, max_length=MAX_PAGE_SIZE)] = Field(alias="LeadIds")


class LeadsById(Wire):
    """The body of Leads/Retrieve/ByIds."""

    wanted: LeadIds = Field(alias="SearchParameters")
    columns: SearchColumns = Field(alias="Columns")
    paging: Paging = Field(default_factory=lambda: Paging(size=MAX_PAGE_SIZE), alias="Paging")


def lead(engine: Engine, lead_id: str) -> list[Row]:
    """Leads.GetById: an array with the lead and all its stored fields, empty where there is none."""
    return _in_full(engine, engine.rows(lookup_queries.lead(engine.schema), [lead_id]))


def by_email(engine: Engine, address: str) -> list[Row]:
    """Leads.GetByEmailaddress: the leads with this address, with all stored fields."""
    test = Wanted("emailaddress", "EmailAddress", "=", (address,))
    total, rows = _page(engine, [test], Paging(size=FOUND_AT_MOST))
    return _all_of(rows, total, f"emailaddress: {total:,} leads have {address!r}")


def by_phone(engine: Engine, number: str) -> list[Row]:
    """RetrieveLeadByPhoneNumber: the lead with this number, with or without the code of its country.

    Of several the one whose last activity is the latest.
    """
    digits = re.sub(r"[^0-9]", "", number)
    if not digits:
        raise bad_input(f"phone: {number!r} is not a phone number; allowed: its digits, with or without a country code")
    return _in_full(engine, engine.rows(lookup_queries.by_phone(engine.schema), [digits]))


def quick_search(engine: Engine, key: str) -> list[Row]:
    """Leads.GetByQuickSearch: the leads whose name, address, phone, company, city or country contains the key."""
    found = engine.rows(lookup_queries.containing(engine.schema), [key], size=FOUND_AT_MOST + 1, offset=0)
    found = _all_of(found, len(found), f"key: more than {FOUND_AT_MOST:,} leads contain {key!r}")
    return _in_full(engine, found)


def _all_of(rows: list[Row], total: int, said: str) -> list[Row]:
    """The rows, which are all; an answer without pages must not be cut."""
    if total > FOUND_AT_MOST:
        raise bad_input(f"{said}; this answer holds at most {FOUND_AT_MOST:,} and has no pages, Leads.Get has")
    return rows


def search(engine: Engine, asked: LeadSearch) -> list[Row]:
    """Leads.Get: a page of the leads that meet the condition, as a bare array."""
    symbol, value = asked.parameter.test()
    test = Wanted("Parameter.LookupName", asked.parameter.field, symbol, (value,), "Parameter.LookupValue")
    return _page(engine, [test], _block(asked.paging), asked.columns, asked.sorting)[1]


def changed(engine: Engine, asked: LeadRange) -> Row:
    """Leads.RecentlyModified: a page of the leads last changed in a range, each as a list of attributes."""
    between = (asked.parameter.start, asked.parameter.end)
    total, rows = _page(engine, [], _block(asked.paging), asked.columns, asked.sorting, between)
    listed = [
        {"LeadPropertyList": [{"Attribute": name, "Value": value} for name, value in row.items()]} for row in rows
    ]
    return {"RecordCount": total, "Leads": listed}


def by_ids(engine: Engine, asked: LeadsById) -> Row:
    """Leads/Retrieve/ByIds: a page of the leads with these IDs; those that there are not are left out."""
    ids = list(dict.fromkeys(one.strip().lower() for one in asked.wanted.ids if one.strip()))
    names = SearchColumns(names=(*asked.columns.names, _ID))
    planner = Planner(engine.store, engine.now())
    plan = planner.search(_named(names.names), [Wanted("SearchParameters.LeadIds", _ID, "in", tuple(ids))])
    found = engine.rows(compile.leads(plan, engine.schema, paged=False), planner.values, now=planner.now)
    found.sort(key=operator.itemgetter(_ID))
    first = (asked.paging.index - 1) * asked.paging.size
    shown = found[first : first + asked.paging.size]
    if _ID.lower() not in map(str.lower, asked.columns.names):
        shown = [{name: value for name, value in row.items() if name != _ID} for row in shown]
    return {"RecordCount": len(found), "Leads": _in_full(engine, shown)}


def _block(paging: SearchPaging) -> Paging:
    return Paging(index=paging.index, size=paging.size)


def _page(
    engine: Engine,
    tests: Iterable[Wanted],
    paging: Paging,
    columns: SearchColumns | None = None,
    sorting: Sorting | None = None,
    changed: tuple[Any, Any] | None = None,
) -> tuple[int, list[Row]]:
    """How many leads there are, and a page of them with the columns; all stored fields without any."""
    planner = Planner(engine.store, engine.now())
    names = columns.names if columns else tuple(engine.store.column_types)
    plan = planner.search(
        _named(names),
        tests,
        changed=changed,
        sorting=_known(engine, sorting),
    )
    total, rows = engine.listed(plan, planner, paging)
    return total, _in_full(engine, rows)


def _named(names: Iterable[str]) -> list[Named]:
    return [Named("Columns.Include_CSV", name) for name in names]


def _known(engine: Engine, sorting: Sorting | None) -> Sorting | None:
    """The order asked for; by number it is that of coming in, where the store has no numbers."""
    if sorting is None or sorting.field.strip().lower() in engine.store.fields:
        return sorting
    instead = _IN_ORDER_OF.get(sorting.field.strip().lower(), sorting.field)
    return sorting.model_copy(update={"field": instead})


def _in_full(engine: Engine, rows: list[Row]) -> list[Row]:
    """The rows, with the fraction that lead reads of the service print after a time (section 10)."""
    times = {name for name, kind in engine.store.column_types.items() if kind == "TIMESTAMP"}
    return [{name: f"{value}.000" if name in times and value else value for name, value in row.items()} for row in rows]
