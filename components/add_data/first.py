"""The first questions, answered from files that were looked at but not saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from components.shell import answers
from components.shell.fields import name
from components.shell.measures import Standing, standings
from lsq_api.client import names
from lsq_api.client.client import Client
from lsq_api.contract.report import ListOutput
from lsq_api.export.columns import Value, columns, readers, rows_of
from lsq_api.host.settings import Host
from lsq_api.question import evidence
from lsq_api.question.evidence import Evidence
from lsq_api.question.link import read_params
from lsq_api.question.listing import default_columns
from lsq_api.question.sentence import sentence

_ROWS = 10


@dataclass(frozen=True)
class FirstAnswers:
    """The sentence, the standings by owner and by stage, and the first leads that wait, as people read them.

    `leads` has the values of each lead by the column's header, times in the zone asked for.
    """

    said: str
    evidence: Evidence
    owners: Sequence[Standing]
    stages: Sequence[Standing]
    leads: Sequence[Mapping[str, Value]]


def ask(host: Host, zone: ZoneInfo, contacts: Mapping[str, Sequence[int]]) -> FirstAnswers:
    """Ask the host of a look; raises LeadSquaredError."""
    with Client(host) as client:
        account, directory = client.whoami(), names.directory(client, contacts)
        # Of a link without any part, as the first screen asks it: what counts as contact is the account's own default.
        question, _ = read_params({}, directory, account.extensions, account.coverage)
        now = datetime.now(UTC)

        def by(field: str) -> list[Standing]:
            report = question.report(answers.counted(field), now=now, zone=zone, teams={}, directory=directory)
            label = directory.user_label if field == "OwnerId" else str
            said = lambda value: answers.NONE[field] if value is None else label(value)  # noqa: E731
            return standings(client.every_group(report), client.every_group(report.all_leads), said)

        owners, stages = by("OwnerId"), by("ProspectStage")
        waiting, matching = sum(one.waiting for one in owners), sum(one.book for one in owners)
        known = evidence.of_question(account.coverage, question, directory, now=now, zone=zone)
        top = next((one for one in owners if one.value and one.waiting), None)
        said = sentence(
            question,
            directory,
            waiting=waiting,
            matching=matching,
            top_owner=(top.value or "", top.waiting, top.book) if top else None,
            as_of=now,
            zone=zone,
            evidence=known,
        )
        fields = default_columns(directory)
        report = question.report(ListOutput(fields=fields), now=now, zone=zone, teams={}, directory=directory)
        rows = client.page((report if waiting else report.all_leads).page(1, _ROWS)).rows
        described = [one for one in columns(fields, directory) if one.field not in ("FirstName", "LastName")]
        values = rows_of(rows, described, readers(described, directory, zone))
        headers = [one.header for one in described]
        leads: list[dict[str, Value]] = [
            {"Name": name(row), **dict(zip(headers, read, strict=True))} for row, read in zip(rows, values, strict=True)
        ]
        return FirstAnswers(said, known.of_answer(waiting, matching), owners, stages, leads)
