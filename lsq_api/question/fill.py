"""Which lead fields hold values in an account, and which tell its leads apart, by a sample of its leads. Pure.

Fields that are empty for everybody are not shown unless somebody asks for them, and others take their place. A sample
may miss a value that few leads have; then only a usual column is another one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lsq_api.contract.operators import FieldKind
from lsq_api.question.directory import Directory, ListedField

SAMPLE = 200
"""Leads of the sample."""
_MOST_FIELDS = 40
_FEW_GROUPS, _MANY_GROUPS = 2, 30
_TELLS, _GROUPS = 0.5, 0.5
"""The part of the leads that must have a value."""
_NEVER = frozenset(
    [
        *("prospectid", "prospectautoid", "firstname", "lastname", "owneridname", "owneridemailaddress", "groups"),
        *("leadage", "modifiedon", "createdby", "modifiedby", "prospectactivitydate_min"),
    ]
)
"""Fields that repeat what is shown anyway, or say nothing of a lead."""
_LAST_ACTIVITY = "prospectactivityname_max"


@dataclass(frozen=True)
class Fill:
    """How many of `leads` have a value, and how many different ones there are, by schema name in lower case."""

    leads: int
    filled: Mapping[str, int]
    distinct: Mapping[str, int]

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> "Fill":
        """From the rows of a sample."""
        values: dict[str, list[str]] = {}
        leads = 0
        for row in rows:
            leads += 1
            for name, value in row.items():
                text = "" if value is None else str(value).strip()
                values.setdefault(name.lower(), []).extend([text] if text else [])
        return cls(leads, {n: len(v) for n, v in values.items()}, {n: len(set(v)) for n, v in values.items()})

    def empty(self, field: str) -> bool:
        """Whether no lead of the sample has a value; false of a field that was not asked for, and without leads."""
        return self.leads > 0 and self.filled.get(field.lower()) == 0

    def telling(self, directory: Directory) -> list[str]:
        """The fields that tell leads apart beside the usual ones, the account's own first, then by their values."""
        found = [
            field
            for field in directory.fields
            if field.schema_name.lower() not in _NEVER | {_LAST_ACTIVITY}
            and self._part(field) >= _TELLS
            and self.distinct.get(field.schema_name.lower(), 0) > 1
        ]
        return [field.schema_name for field in sorted(found, key=self._place)]

    def grouping(self, directory: Directory) -> list[str]:
        """The fields with few values that most leads have, so that groups of them tell something."""
        kinds = (FieldKind.MOMENT, FieldKind.DAY, FieldKind.EMAIL, FieldKind.PHONE, FieldKind.USER)
        found = [
            field
            for field in directory.fields
            if field.schema_name.lower() not in _NEVER
            and field.kind not in kinds
            and self._part(field) >= _GROUPS
            and _FEW_GROUPS <= self.distinct.get(field.schema_name.lower(), 0) <= self._most_groups(field)
        ]
        return [field.schema_name for field in sorted(found, key=self._place)]

    def _most_groups(self, field: ListedField) -> int:
        """So many values may group the leads: more, or one for every other lead, name them rather."""
        return min(_MANY_GROUPS, self.filled.get(field.schema_name.lower(), 0) // 3)

    def _part(self, field: ListedField) -> float:
        return self.filled.get(field.schema_name.lower(), 0) / self.leads if self.leads else 0.0

    def _place(self, field: ListedField) -> tuple[bool, int]:
        custom = field.schema_name.lower().startswith("mx_")
        return not custom, -self.distinct.get(field.schema_name.lower(), 0)


NOTHING = Fill(0, {}, {})
"""Nothing is known: no field counts as empty."""


def asked(directory: Directory, usual: Iterable[str]) -> tuple[str, ...]:
    """The fields of the sample: the usual ones, and as many others as a request can well name, options first."""
    first = [name for name in usual if directory.field_named(name)]
    others = [field for field in directory.fields if field.schema_name.lower() not in _NEVER]
    others.sort(key=lambda field: (not field.options, not field.schema_name.lower().startswith("mx_")))
    return tuple(dict.fromkeys([*first, *(field.schema_name for field in others)]))[:_MOST_FIELDS]
