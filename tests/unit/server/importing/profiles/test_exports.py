"""The profiles against made-up exports of each system, read by plain Python as the profiles say.

What the profiles cannot say, dates and amounts, is not looked at here.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import pytest

from lsq_api.server.importing.profiles.profile import ActivityTable, ExportTable, Profile, profiles
from tests.profiles.exports import SYSTEMS, Export, exported

Row = Mapping[str, str]


def read(content: bytes) -> tuple[list[str], list[Row]]:
    """Headers and rows; lines of another width are footers."""
    text = _text(content)
    first = text.splitlines()[0]
    delimiter = max("\t;,", key=first.count)
    headers, *lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return headers, [dict(zip(headers, line, strict=True)) for line in lines if len(line) == len(headers)]


def _text(content: bytes) -> str:
    if content.startswith(codecs.BOM_UTF16_LE):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def recognised(headers: Sequence[str]) -> tuple[Profile, str, ExportTable]:
    """The one kind of file that most headers speak for."""
    marked = [
        (kind.marked(headers), (profile, table, kind))
        for profile in profiles().values()
        for table, kind in profile.tables
        if kind.marked(headers)
    ]
    most = max(count for count, _ in marked)
    (best,) = [found for count, found in marked if count == most]
    return best


class Reading:
    """The rows of an export by table, with what is left out left out, and its IDs cut."""

    def __init__(self, export: Export) -> None:
        self.left_out: Counter[str] = Counter()
        self.tables: dict[str, list[tuple[Profile, ExportTable, Row, Mapping[str, tuple[str, ...]]]]] = {}
        for content in export.files.values():
            headers, rows = read(content)
            profile, table, kind = recognised(headers)
            assert profile.name == export.profile
            meaning = kind.meaning(headers)
            for row in rows:
                if self._is_left_out(kind, row):
                    self.left_out[table] += 1
                else:
                    self.tables.setdefault(table, []).append((profile, kind, row, meaning))

    @staticmethod
    def _is_left_out(kind: ExportTable, row: Row) -> bool:
        folded = {header.casefold(): value.casefold() for header, value in row.items()}
        return any(
            folded.get(header.casefold(), "") in {value.casefold() for value in values}
            for header, values in kind.leave_out.items()
        )

    def values(self, table: str) -> Iterator[tuple[ExportTable, Row, dict[str, str]]]:
        """Kind, row, and its values by schema name, without what means nothing.

        The best column that is there; of activities, row by row the best with a value.
        """
        for profile, kind, row, meaning in self.tables.get(table, []):
            nothing = {"", "select", "-", "--", "n/a", *(filler.casefold() for filler in profile.fillers)}
            found = {
                name: next((row[header] for header in headers if row[header].casefold() not in nothing), "")
                for name, headers in (meaning if table == "activities" else _best(meaning)).items()
            }
            for name in ("ProspectID", "RelatedProspectId", "OwnerId", "UserId"):
                for prefix in profile.id_prefixes:
                    if name in found:
                        found[name] = found[name].removeprefix(prefix)
            yield kind, row, found


def _best(meaning: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {name: headers[:1] for name, headers in meaning.items()}


def _code(kind: ActivityTable, row: Row, found: Mapping[str, str]) -> int | None:
    if found.get("ActivityEvent"):
        return int(found["ActivityEvent"])
    if kind.types is None:
        return None
    said = {header.casefold(): value for header, value in row.items()}
    return kind.types.code(
        [said.get(header.casefold()) for header in kind.types.by or ()],
        found.get("ActivityEventName"),
    )


def _case(identity: str) -> str:
    """GUIDs are the same in upper and lower case; other IDs are not."""
    return identity.lower() if identity.count("-") == 4 else identity


@pytest.mark.parametrize("name", SYSTEMS)
def test_profile__says_which_leads_nobody_called(name: str):
    export = exported(name)
    reading = Reading(export)
    users = {
        found["UserId"]: " ".join(filter(None, (found.get("FirstName"), found.get("LastName"))))
        for _, _, found in reading.values("users")
    }
    leads = {_case(found["ProspectID"]): found for _, _, found in reading.values("leads")}
    assert (len(leads), reading.left_out["leads"]) == (export.leads, export.left_out)
    assert len(leads) + reading.left_out["leads"] == 1_000

    codes: Counter[int] = Counter()
    called = set()
    strays = 0
    for kind, row, found in reading.values("activities"):
        assert isinstance(kind, ActivityTable)
        assert found["CreatedOn"]
        several = kind.several or "\0"
        whom = [_case(lead) for lead in found["RelatedProspectId"].split(several) if _case(lead) in leads]
        strays += not whom
        code = _code(kind, row, found)
        if code in (21, 22):
            codes[code] += len(whom)
            called.update(whom)
    assert codes == export.codes
    assert strays == export.activities_of_no_lead

    missing = [found for identity, found in leads.items() if identity not in called]
    assert len(missing) == export.not_contacted
    assert Counter(found["ProspectStage"] or None for found in missing) == export.by_stage
    owners = (found.get("OwnerIdName") or users.get(found.get("OwnerId", "")) or None for found in missing)
    assert Counter(owners) == export.by_owner


@pytest.mark.parametrize("name", SYSTEMS)
def test_profile__finds_the_core_columns(name: str):
    export = exported(name)
    seen = {_case(found["ProspectID"]): found for _, _, found in Reading(export).values("leads")}
    assert seen.keys() == export.values.keys()
    for identity, right in export.values.items():
        for field in ("FirstName", "LastName", "EmailAddress"):
            assert seen[identity][field] == right[field]
        assert seen[identity]["CreatedOn"]
        assert seen[identity]["Source"]


@pytest.mark.parametrize("name", SYSTEMS)
def test_profile__a_user_who_has_left_is_inactive(name: str):
    statuses = []
    for kind, _, found in Reading(exported(name)).values("users"):
        said = {word.casefold(): ours for word, ours in kind.values.get("StatusCode", {}).items()}
        statuses.append(said.get(found["StatusCode"].casefold(), found["StatusCode"]))
    assert statuses in ([], ["0", "0", "0", "0", "0", "1"])


def test_exports__are_the_same_for_the_same_seed():
    assert exported("zoho") == exported("zoho")
    assert exported("zoho").files != exported("zoho", seed=8).files
