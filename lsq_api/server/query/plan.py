"""From a report to a plan: which columns, which comparisons, which values. The values leave here as parameters.

A `Plan` is the question without its values: two questions that differ only in values have one plan, and so one
statement (`compile.py`). Field names are looked up in the store's own schema; nothing else of the caller's text gets
into a plan. Source: decisions 1 to 9 and section 2.5 of the wire notes.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from lsq_api.contract.answer import COUNT
from lsq_api.contract.conditions import DateField, DateFilter, LeadFilter, UserFilter
from lsq_api.contract.lookups import ALL_LEADS
from lsq_api.contract.operators import LEAD_OPERATORS, USER_OPERATORS, Compares, Operator, Takes
from lsq_api.contract.outcomes import CONTACT_TRIES
from lsq_api.contract.report import AggregateOutput, Function, ListOutput, NotContacted, Report, Sorting
from lsq_api.contract.wire import read_day, read_time
from lsq_api.server.query import cancel
from lsq_api.server.query.contact import ByRows, Contact, ContactRule, contact, contact_codes, rules, tries
from lsq_api.server.query.last_contact import FIELDS, LastContact, last_contact, without_span
from lsq_api.server.query.refusal import bad_input, unknown
from lsq_api.server.store.schema import USERS, DataType, StoredField
from lsq_api.server.store.store import Store

NUMBER = r"[+-]?[0-9]{1,28}(\.[0-9]{1,9})?"
"""What counts as a number when a number is compared with text: exact in DECIMAL(38, 9)."""
_NUMBER_SHAPE = re.compile(NUMBER)
_LOOK_EVERY = 1024
"""Values that are read between two looks whether the answer is still wanted."""
SHARE = "Share"
"""What groups with all their leads are sorted by: the part of them that the report has."""
DATE_COLUMNS = {DateField.CREATED: "CreatedOn", DateField.MODIFIED: "ModifiedOn"}
"""Decision 7: `LeadModifiedOn` is `ModifiedOn`, not the clock that moves with every activity."""


class ValueKind(StrEnum):
    """How a value is compared."""

    TEXT = "text"
    NUMBER = "number"
    EITHER = "either"  # a number where the column's text is one, else text: the next parameter is the text
    TIME = "time"
    DAY = "day"
    BLANK = "blank"


class ColumnKind(StrEnum):
    """How a column is compared. An ID is text that never counts as a number."""

    TEXT = "text"
    ID = "id"
    NUMBER = "number"
    TIME = "time"
    DAY = "day"


_ORDERED = {ColumnKind.NUMBER, ColumnKind.TIME, ColumnKind.DAY}


@dataclass(frozen=True)
class ComparedColumn:
    """A lead field of the store, or a user attribute, and how it is compared."""

    name: str
    kind: ColumnKind


@dataclass(frozen=True)
class Slot:
    """A value's place: the number of its parameter, and how it is compared.

    `many`: the parameter is a list of values, however many there are.
    """

    number: int
    kind: ValueKind
    many: bool = False


@dataclass(frozen=True)
class Test:
    """One comparison of a column with the values in its slots."""

    column: ComparedColumn
    operator: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class AnyOrAll:
    """Tests, or groups of them, of which all (AND) or any (OR) must hold."""

    joined_by: str
    parts: "tuple[Test | AnyOrAll, ...]"

    @property
    def size(self) -> int:
        """How many tests there are in it."""
        return sum(part.size if isinstance(part, AnyOrAll) else 1 for part in self.parts)


@dataclass(frozen=True)
class DateRange:
    """A date column between two slots, both ends included."""

    column: str
    start: int
    end: int


@dataclass(frozen=True)
class ListShape:
    """Output as a list of the named columns."""

    columns: tuple[ComparedColumn, ...]


@dataclass(frozen=True)
class GroupShape:
    """Output as groups by a column, with the mean or sum of another."""

    by: ComparedColumn
    function: Function
    field: ComparedColumn
    least: int | None = None
    """The slot of the least number of all leads of a group; None: only leads of the report are counted."""


@dataclass(frozen=True)
class Order:
    """The order asked for: a column of the list, or of the groups' answer."""

    name: str
    kind: ColumnKind
    descending: bool


@dataclass(frozen=True)
class Plan:
    """A question without its values: hashable, so that its statement is compiled once.

    `tries` says where the column `ContactTries` is counted, where a statement uses it.
    """

    leads: tuple[Test, ...]
    owners: AnyOrAll | None
    dates: tuple[DateRange, ...]
    contact: Contact | None
    output: ListShape | GroupShape
    order: Order | None
    tries: ByRows | None = None
    last: LastContact | None = None
    """Where the last contact is looked up; None where the statement does not use it."""

    @property
    def conditions(self) -> int:
        """How many conditions it has, of all kinds."""
        contacts = len(self.contact.parts) if self.contact else 0
        return len(self.leads) + (self.owners.size if self.owners else 0) + len(self.dates) + contacts

    @property
    def columns(self) -> set[str]:
        """Every lead column the statement touches."""
        output = self.output
        shown = output.columns if isinstance(output, ListShape) else (output.by, output.field)
        ordered = [self.order.name] if self.order else []
        return {column.name for column in shown} | {test.column.name for test in self.leads} | set(ordered)


class Named(NamedTuple):
    """The name of a lead field that a caller gave, and the member it stood in."""

    member: str
    name: str


class Wanted(NamedTuple):
    """One condition on leads of a look-up: the operator is the engine's, the members are those of the values."""

    member: str
    field: str
    operator: str
    values: tuple[str, ...]
    of_values: str = ""


class Planner:
    """Reads one report against one store; `plan` is the shape, `values` its parameters in the plan's order.

    `now` is naive UTC.
    """

    def __init__(self, store: Store, now: datetime) -> None:
        self.store, self.now = store, now
        self.values: list[Any] = []
        self._of_contact = False

    def plan(self, report: Report) -> Plan:
        """The plan of the report; Refusal where it names what is not there."""
        filters = report.filter
        self._of_contact = isinstance(report, NotContacted)
        leads = tuple(self._lead(i, test) for i, test in enumerate(filters.leads))
        owners = self.users(filters.users, "ReportFilter.UserFilter.") if filters.users else None
        dates = tuple(self._range(f) for f in report.dates if f.field is not DateField.ACTIVITY)
        asked = self._rules(report) if isinstance(report, NotContacted) else []
        found = self._contact(asked) if asked else None
        output = self._output(report.output)
        plan = Plan(leads, owners, dates, found, output, self._order(report, output))
        if asked and plan.columns & set(FIELDS):
            last = last_contact([without_span(rule) for rule in asked], self.store.codes, self.now, self._note)
            plan = replace(plan, last=last)
        if isinstance(report, NotContacted) and CONTACT_TRIES in plan.columns - self.store.column_types.keys():
            plan = replace(plan, tries=tries(self._any_outcome(report), self._note))
        return plan

    def search(
        self,
        columns: Sequence[Named],
        tests: Iterable[Wanted],
        *,
        changed: tuple[datetime, datetime] | None = None,
        sorting: Sorting | None = None,
    ) -> Plan:
        """The plan of a look-up: these columns of the leads that meet all tests and were last `changed` in a range."""
        found = tuple(
            self._test(
                self._column(test.member, test.field),
                LEAD_OPERATORS.get(test.operator) or _on_text(test.operator),
                test.values,
                test.of_values or test.member,
            )
            for test in tests
        )
        dates = (
            (self._range(DateFilter(field=DateField.MODIFIED, start=changed[0], end=changed[1])),) if changed else ()
        )
        order = None
        if sorting:
            by = self._column("Sorting.ColumnName", sorting.field)
            order = Order(by.name, by.kind, sorting.descending)
        shown = ListShape(tuple(self._column(*column) for column in columns))
        return Plan(found, None, dates, None, shown, order)

    def _lead(self, index: int, test: LeadFilter) -> Test:
        member = f"ReportFilter.LeadFilters[{index}]"
        column = self._column(f"{member}.LookUpName", test.field)
        return self._test(column, LEAD_OPERATORS[test.operator], test.values, f"{member}.LookUpValues")

    def _test(self, column: ComparedColumn, operator: Operator, values: tuple[str, ...], member: str) -> Test:
        if operator.takes is Takes.NONE:
            return Test(column, operator.symbol, ())
        if operator.takes is Takes.MANY:
            return Test(column, operator.symbol, self._lists(column, operator, values, member))
        return Test(column, operator.symbol, tuple(self._value(column, operator, value, member) for value in values))

    def _lists(
        self, column: ComparedColumn, operator: Operator, values: Iterable[str], member: str
    ) -> tuple[Slot, ...]:
        """The values as one list for each way in which they are compared: the plan is the same for any number of them.

        Without values there is a list without any.
        """
        read: dict[ValueKind, list[Any]] = {}
        for number, text in enumerate(values):
            if not number % _LOOK_EVERY:
                cancel.check()
            value, kind = _read(column, operator, text, member)
            read.setdefault(kind, []).append(value)
        slots = []
        for kind in sorted(read) or [ValueKind.TEXT]:
            blank = kind is ValueKind.BLANK
            slots.append(Slot(-1, kind) if blank else Slot(self._note(read.get(kind, [])), kind, many=True))
        return tuple(slots)

    def _note(self, value: Any) -> int:
        self.values.append(value)
        return len(self.values) - 1

    def _value(self, column: ComparedColumn, operator: Operator, text: str, member: str) -> Slot:
        """Note the value as a parameter and say how it is compared."""
        value, kind = _read(column, operator, text, member)
        if kind is ValueKind.BLANK:
            return Slot(-1, kind)
        slot = Slot(self._note(value), kind)
        if kind is ValueKind.EITHER:
            self._note(text)
        return slot

    def users(self, users: UserFilter, member: str = "") -> AnyOrAll | None:
        """The test on users, of a report's UserFilter or of an advanced search; None where it has no group."""
        groups = []
        for g, group in enumerate(users.groups):
            tests: list[Test | AnyOrAll] = []
            for c, condition in enumerate(group.conditions):
                at = f"{member}GroupConditions[{g}].Condition[{c}]"
                column = user_attribute(f"{at}.LookupName", condition.attribute)
                operator = USER_OPERATORS[condition.operator]
                tests.append(self._test(column, operator, condition.values, f"{at}.LookupValue"))
            groups.append(AnyOrAll(group.joined_by, tuple(tests)))
        return AnyOrAll(users.joined_by, tuple(groups)) if groups else None

    def _range(self, dates: DateFilter) -> DateRange:
        return DateRange(DATE_COLUMNS[dates.field], self._note(_naive(dates.start)), self._note(_naive(dates.end)))

    def _rules(self, report: NotContacted) -> list[ContactRule]:
        return [rule.of(self.store.codes) for rule in rules(report.filter.activities, _between(report))]

    def _contact(self, asked: Sequence[ContactRule]) -> Contact:
        first, *others = (contact(rule, self.store.codes, self.now, self._note) for rule in asked)
        return replace(first, also=tuple(others))

    def _any_outcome(self, report: NotContacted) -> ContactRule:
        """What counts as a try."""
        filters = tuple(one.model_copy(update={"outcome": None}) for one in report.filter.activities)
        which, codes = contact_codes(filters)
        return ContactRule(which, tuple(codes), _between(report)).of(self.store.codes)

    def _output(self, output: ListOutput | AggregateOutput) -> ListShape | GroupShape:
        if isinstance(output, ListOutput):
            return ListShape(tuple(self._shown("Output.IncludeCSV", name) for name in output.fields))
        by = self._column("Output.GroupBy", output.group_by)
        field = self._shown("Output.AggregateField", output.field)
        if by.name.lower() in _taken(output):
            raise bad_input(f"Output.GroupBy: {by.name} is the name of a figure in this answer; group by another field")
        if output.function.extreme and field.kind not in _ORDERED:
            raise bad_input(f"Output.AggregateField: {field.name} is no number or time, {output.function} needs one")
        if output.function.of_numbers and field.kind is not ColumnKind.NUMBER:
            numbers = [f.schema_name for f in self.store.fields.values() if f.data_type is DataType.NUMBER]
            raise bad_input(
                f"Output.AggregateField: {field.name} is not a number, {output.function} needs one; "
                f"allowed: {', '.join(numbers)}"
            )
        least = None if output.least is None else self._note(output.least)
        return GroupShape(by, output.function, field, least)

    def _order(self, report: Report, output: ListShape | GroupShape) -> Order | None:
        if report.sorting is None:
            return None
        name, down = report.sorting.field, report.sorting.descending
        if isinstance(output, ListShape):
            column = self._shown("Sorting.ColumnName", name)
            return Order(column.name, column.kind, down)
        allowed = {"count": "Count", output.by.name.lower(): output.by.name}
        if output.function is not Function.COUNT:
            allowed[output.function.lower()] = output.function
        if output.least is not None:
            allowed |= {ALL_LEADS.lower(): ALL_LEADS, SHARE.lower(): SHARE}
        if name.lower() not in allowed:
            raise unknown("Sorting.ColumnName", name, allowed.values(), "a column of this answer")
        kind = output.by.kind if name.lower() == output.by.name.lower() else ColumnKind.NUMBER
        return Order(allowed[name.lower()], kind, down)

    def _shown(self, member: str, name: str) -> ComparedColumn:
        """A field that is shown: of leads, or of their last contact where the report is on contact."""
        named = {field.lower(): field for field in FIELDS} if self._of_contact else {}
        found = named.get(name.strip().lower())
        return ComparedColumn(found, ColumnKind.TIME) if found else self._column(member, name)

    def _column(self, member: str, name: str) -> ComparedColumn:
        field = self.store.fields.get(name.strip().lower())
        if field is None and self._of_contact and name.strip().lower() == CONTACT_TRIES.lower():
            return ComparedColumn(CONTACT_TRIES, ColumnKind.NUMBER)
        if field is None:
            raise unknown(member, name, (known.schema_name for known in self.store.fields.values()))
        return ComparedColumn(field.schema_name, _kind(field, self.store))


def _between(report: NotContacted) -> tuple[datetime, datetime] | None:
    """The range of activities' dates; several ranges are ANDed: their overlap."""
    windows = [dates for dates in report.dates if dates.field is DateField.ACTIVITY]
    return (_naive(max(w.start for w in windows)), _naive(min(w.end for w in windows))) if windows else None


def _taken(output: AggregateOutput) -> set[str]:
    """The names of the figures in an answer, which a group-by field cannot have as well."""
    more = set() if output.least is None else {ALL_LEADS.lower(), SHARE.lower()}
    return {COUNT.lower(), output.function.lower()} | more


def _on_text(symbol: str) -> Operator:
    """An operator that the contract's table has not, since look-ups alone have it."""
    return Operator(symbol=symbol, words="", compares=Compares.TEXT)


def _read(column: ComparedColumn, operator: Operator, text: str, member: str) -> tuple[Any, ValueKind]:
    """A value as the engine takes it, and how it is compared; None where it is blank."""
    if not text.strip():
        return None, ValueKind.BLANK
    if operator.by_type:
        if column.kind is ColumnKind.TIME:
            return _moment(text, f"{member} of {column.name}"), ValueKind.TIME
        if column.kind is ColumnKind.DAY:
            return _day(text, f"{member} of {column.name}"), ValueKind.DAY
        if column.kind is not ColumnKind.ID and _NUMBER_SHAPE.fullmatch(text.strip()):
            of_numbers = column.kind is ColumnKind.NUMBER or operator.compares is Compares.EQUALS
            return Decimal(text.strip()), ValueKind.NUMBER if of_numbers else ValueKind.EITHER
    return text, ValueKind.TEXT


def _kind(field: StoredField, store: Store) -> ColumnKind:
    engine_type = store.column_types.get(field.schema_name, "")
    if engine_type == "TIMESTAMP":
        return ColumnKind.TIME
    if engine_type == "DATE":
        return ColumnKind.DAY
    if field.schema_name == "ProspectID" or field.data_type is DataType.ACTIVE_USERS:
        return ColumnKind.ID
    number = engine_type.startswith(("BIGINT", "DECIMAL", "DOUBLE")) or (
        not engine_type and field.data_type is DataType.NUMBER
    )
    return ColumnKind.NUMBER if number else ColumnKind.TEXT


def user_attribute(member: str, name: str) -> ComparedColumn:
    """A user attribute by its name in any case; Refusal where there is none."""
    known = {column.lower(): column for column in USERS}
    if name.strip().lower() not in known:
        raise unknown(member, name, USERS, "a user attribute")
    column = known[name.strip().lower()]
    ids = {"UserId", "ManagerUserId", "TeamId"}
    kind = ColumnKind.TIME if column == "CreatedOn" else ColumnKind.ID if column in ids else ColumnKind.TEXT
    return ComparedColumn(column, kind)


def _moment(text: str, member: str) -> datetime:
    """A filter's value on a field of moments: a wire time in UTC, or a day, which means its first second."""
    day = re.fullmatch(r"\d{4}-\d\d-\d\d", text.strip(), re.ASCII)
    try:
        return _naive(read_time(f"{day[0]} 00:00:00" if day else text))
    except ValueError as error:
        raise bad_input(f"{member}: {error}") from None


def _day(text: str, member: str) -> date:
    """A filter's value on a field of days: a day, or its midnight, as the service writes days (section 10)."""
    try:
        return read_day(text)
    except ValueError as error:
        raise bad_input(f"{member}: {error}") from None


def _naive(moment: datetime) -> datetime:
    """The engine's TIMESTAMP has no zone: it is UTC throughout."""
    return moment.replace(tzinfo=None)
