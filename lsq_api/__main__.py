"""A shared link of the dashboard as a file, without a browser: `python -m lsq_api report --link URL --format csv`.

Configured as the dashboard is: by the environment, or by `.streamlit/secrets.toml` of the current folder. Progress goes
to stderr. The exit code is 0 only when the file is whole: a link that names what the account does not have is refused,
since nobody would read a word about it.
"""

import argparse
import shutil
import signal
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lsq_api.access.audit import FOLDER as AUDIT
from lsq_api.access.audit import Audit, shown
from lsq_api.access.people import Exceptions, Rank, person
from lsq_api.access.scope import EVERYTHING, Scope
from lsq_api.client import names
from lsq_api.client.client import Client
from lsq_api.contract.conditions import LeadFilter
from lsq_api.contract.errors import LeadSquaredError, NotConnected
from lsq_api.contract.lookups import LAST_CONTACT, SORTING, Account
from lsq_api.contract.report import ListOutput, NotContacted, Report
from lsq_api.export import cover
from lsq_api.export.files import FORMATS, Export, TooManyRows, Written, write
from lsq_api.host.embedded import embedded
from lsq_api.host.secret_files import exposed
from lsq_api.host.settings import Settings
from lsq_api.question import evidence
from lsq_api.question.barred import apart, barring, may_be_called
from lsq_api.question.directory import Directory
from lsq_api.question.fill import Fill
from lsq_api.question.link import read_params
from lsq_api.question.listing import Listing, read_listing, usual_list
from lsq_api.question.question import Question
from lsq_api.question.reached import Untold, tries, untold
from lsq_api.question.sentence import sentence
from lsq_api.recency.recency import Recency
from lsq_api.work import click
from lsq_api.work.scratch import scratch

SECRETS = Path(".streamlit/secrets.toml")


_TEMPORARY = "leads-of-report."
"""How the folders of unfinished files are named; those beside a file are hidden."""
_OWNER_ONLY = 0o600
"""The mode of a file of leads, whatever the umask: who else may read it is for its owner to say."""
_ENDED = (signal.SIGTERM, signal.SIGHUP)
"""Signals that end the command as Ctrl-C does: what was written so far must not stay behind."""


class Unusable(Exception):
    """The link cannot be answered as it is; `str()` says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0 when the file is whole, 1 when it is not, 2 when the arguments cannot be read."""
    asked = _parser().parse_args(arguments)
    for ended in _ENDED:
        signal.signal(ended, _end)
    click.begin()
    try:
        written = _report(asked)
    except (LeadSquaredError, TooManyRows, Unusable, OSError) as error:
        _say(str(error))
        return 1
    except KeyboardInterrupt:
        _say("Cancelled; no file was made.")
        return 130
    _say(f"{written.rows:,} rows written" + (f"; {written.cut:,} texts were cut to fit a cell" if written.cut else ""))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lsq_api", description=__doc__)
    report = parser.add_subparsers(required=True, metavar="COMMAND").add_parser("report", help="a link as a file")
    report.add_argument("--link", required=True, metavar="URL", help="a link of the dashboard, or its part from ? on")
    report.add_argument("--format", required=True, choices=sorted(FORMATS))
    report.add_argument("--output", type=Path, metavar="FILE", help="without it, standard output")
    report.add_argument(
        "--timezone", metavar="ZONE", help="zone of days and times, such as Asia/Kolkata (default: the account's)"
    )
    report.add_argument(
        "--as", dest="whom", metavar="EMAIL", help="exactly what this person would see; without it, all leads"
    )
    return parser


def _report(asked: argparse.Namespace) -> Written:
    stored = _secrets()
    settings = Settings.load(_section(stored, "connections", "leadsquared"))
    # Beside its place, so that one rename puts it there, and a reader never sees a part of it.
    unfinished = scratch(f".{_TEMPORARY}", asked.output.parent) if asked.output else scratch(_TEMPORARY)
    with _connected(settings) as client, unfinished as folder:
        made = folder / f"report.{asked.format}"
        written = _made(client, settings, asked, made, Exceptions.read(_section(stored, "access")))
        _audited(settings, asked, written, needed=bool(settings.trusted_header or "auth" in stored))
        if asked.output is None:
            with made.open("rb") as source:
                shutil.copyfileobj(source, sys.stdout.buffer)
                sys.stdout.flush()
        else:
            made.chmod(_OWNER_ONLY)
            made.replace(asked.output)
    return written


def _end(number: int, _: FrameType | None) -> None:
    for ended in _ENDED:
        signal.signal(ended, signal.SIG_IGN)  # a second one would stop the cleaning up
    raise SystemExit(128 + number)


def _audited(settings: Settings, asked: argparse.Namespace, written: Written, *, needed: bool) -> None:
    """Record the file. Where people sign in it is `needed`: without a record there is no file, as in the dashboard."""
    try:
        Audit(settings.state / AUDIT).write(
            "command line", "file", "done",
            format=asked.format, rows=written.rows, link=shown(_params(asked.link)), viewing_as=asked.whom,
        )  # fmt: skip
    except OSError as error:
        if needed:
            raise
        _say(f"The audit has no line about this file: {error.strerror}")


def _scope(client: Client, whom: str | None, directory: Directory, exceptions: Exceptions) -> Scope:
    """What the named person may see; everything where nobody is named. Raises Unusable for who sees nothing."""
    if whom is None:
        return EVERYTHING
    found = person(whom, directory, exceptions, client.team)
    if found.rank in {Rank.UNKNOWN, Rank.LEFT}:
        why = "has left the account" if found.rank is Rank.LEFT else "is not a user of the account"
        raise Unusable(f"{whom} {why}, and sees nothing")
    return found.scope


def _made(client: Client, settings: Settings, asked: argparse.Namespace, into: Path, exceptions: Exceptions) -> Written:
    everything, listed = client.whoami(), names.directory(client, dict(settings.contacts))
    scope = _scope(client, asked.whom, listed, exceptions)
    account, directory = scope.account(everything), scope.directory(listed)
    zone, now = _zone(asked.timezone or account.time_zone or "UTC"), datetime.now(UTC)
    left_out = may_be_called(directory, account.extensions) if settings.do_not_call == "out" else ()
    question, listing = _read(asked.link, directory, account, left_out, client, scope)
    teams = {manager: scope.members(client.team(manager)) for manager in question.teams}
    beside = (*tries(question.outcome, account.extensions), *barring(listing.columns, directory))
    columns = tuple(dict.fromkeys((*listing.columns, *beside)))
    output = ListOutput(fields=columns)

    def within(part: Question) -> NotContacted:
        return scope.report(part.report(output, now=now, zone=zone, teams=teams, directory=directory))

    report = within(question)
    if SORTING in account.extensions:
        report = report.model_copy(update={"sorting": listing.sorting(directory)})
    recency = Recency(client, account=lambda: account, fields=lambda: directory.fields, codes=lambda: directory.codes)
    if recency.works_out(report):
        _gather(recency, report)
    answering = recency.answering(report)
    waiting, matching = answering.total(report), client.total(report.all_leads)
    untried, barred = (
        client.total(within(part)) if part and answering is client else None for part in apart(question, directory)
    )
    known = evidence.of_question(account.coverage, question, directory, now=now, zone=zone)
    said = sentence(
        question,
        directory,
        waiting=waiting,
        matching=matching,
        top_owner=None,
        as_of=now,
        zone=zone,
        evidence=known,
        tried=None if untried is None else max(waiting - untried, 0),
        untold=untold(question.outcome, question.activities, account.coverage) if scope.whole else Untold(),
        barred=barred,
    )
    _say(said)
    source = account.organisation or settings.mode
    known = known.of_answer(waiting, matching)
    facts = cover.facts(said, question, directory, zone, now=now, source=source, evidence=known)
    export = Export.of(columns, directory, zone, facts, known)
    return write(lambda: answering.every_page(report, expected=waiting), into, asked.format, export, _progress)


def _read(
    link: str,
    directory: Directory,
    account: Account,
    left_out: tuple[LeadFilter, ...],
    client: Client,
    scope: Scope,
) -> tuple[Question, Listing]:
    params = _params(link)
    question, notes = read_params(params, directory, account.extensions, account.coverage, left_out)
    tells, can_sort = LAST_CONTACT in account.extensions, SORTING in account.extensions
    usual = usual_list(question, directory, _fill(client, directory, scope), last_contact=tells)
    listing, more = read_listing(params, directory, can_sort=can_sort, usual=usual, last_contact=tells)
    if notes or more:
        raise Unusable(" ".join(("The link names what cannot be used here.", *notes, *more)))
    return question, listing


def _fill(client: Client, directory: Directory, scope: Scope) -> Fill:
    return Fill.of(client.page(scope.report(names.sample(directory))).rows)


def _gather(recency: Recency, report: Report) -> None:
    """Make the calls that a Costly answer needs, without asking: who starts a command has agreed to them."""
    cost = recency.estimate(report)
    if cost.calls:
        _say(f"Reading who was contacted: {'at least' if cost.at_least else 'about'} {cost.calls:,} calls")
    recency.gather(report, lambda done, of: _say(f"{done:,} of about {of:,} calls"), cost.calls)


def _params(link: str) -> Mapping[str, Sequence[str]]:
    parts = urlsplit(link if "?" in link or "://" in link else f"?{link}")
    return parse_qs(parts.query, keep_blank_values=True)


def _section(stored: Mapping[str, Any], *path: str) -> Mapping[str, object]:
    """A section of the secrets; empty where it is not there."""
    for name in path:
        stored = stored.get(name, {})
    return stored


def _secrets() -> Mapping[str, Any]:
    """`.streamlit/secrets.toml`; empty where there is no such file."""
    if not SECRETS.is_file():
        return {}
    for warning in exposed([SECRETS]):
        _say(warning)
    try:
        stored = tomllib.loads(SECRETS.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        pass
    else:
        return stored
    # Raised outside the handler: the cause would quote the file, which holds the keys.
    raise NotConnected(f"{SECRETS} is not TOML that can be read")


@contextmanager
def _connected(settings: Settings) -> Iterator[Client]:
    if settings.host:
        with Client.of(settings) as client:
            yield client
        return
    with embedded(settings.data, _say) as host, Client(host) as client:
        yield client


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise Unusable(f"{name!r} is not a time zone; one is Asia/Kolkata") from None


def _progress(rows: int, total: int) -> None:
    _say(f"{rows:,} of {total:,} rows")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
