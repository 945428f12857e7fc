"""The sections of Status for the administrator: connection, limits, freshness, failures, decisions, versions."""

import platform
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from statistics import median
from typing import TypeVar
from urllib.parse import urlsplit

import streamlit as st

import lsq_api
from components.page import notices, setup
from components.prefetch import SCREENS
from components.shell import answers, frame, widgets, words
from components.shell.frame import View
from components.shell.widgets import CLOSE, pair
from components.status.assumptions import ASSUMPTIONS
from components.status.requests import AnswerShown
from lsq_api.client.ledger import FinishedCall
from lsq_api.connection import exposed_secrets
from lsq_api.contract.errors import LeadSquaredError
from lsq_api.contract.report import ListOutput
from lsq_api.limits.pacer import Pacer
from lsq_api.question.formats import number
from lsq_api.question.phrases import clock, day
from lsq_api.question.question import Question
from lsq_api.question.spans import midnight

_WHAT = {
    "demo": "Demo data, made when this process started",
    "data": "Own data, served by this process",
    "leadsquared": "LeadSquared",
}
_FAILURES = 10
T = TypeVar("T")
TEST = "test_connection"
"""Key of the button that asks the host who we are; its answer shows while it is open."""


def connection(view: View) -> None:
    """Draw what answers, at which address, since when, and as which user."""
    source, account = view.source, view.source.account()
    host, runs_it = source.host, view.viewer.runs_it
    for warning in exposed_secrets() if runs_it else ():
        st.warning(words.plain(warning), icon=":material/lock_open:")
    with st.container(gap=CLOSE):
        pair("Answers come from", _WHAT[source.mode])
        if runs_it and source.settings.can_add and source.mode == "data":
            pair("Saved in", str(source.settings.added))
        pair("Organisation", account.organisation or "Not named")
        pair("Reports at", urlsplit(host.analytics_url).netloc)
        pair("Look-ups at", urlsplit(host.api_url).netloc)
        pair("Leads open in", urlsplit(source.app_url).netloc if source.app_url else "No web app is set")
        pair("Connected since", f"{day(source.since, view.zone)} {view.zone.key}")
        if runs_it:
            pair("Keys belong to", " · ".join(filter(None, [account.role, account.email])) or "Not named")
        pair("Signed in", _who(view))
        pair("Time zones", f"{view.zone.key} (this screen), {account.time_zone or 'none given'} (account)")
        pair("Beyond the contract", ", ".join(sorted(account.extensions)) or "Nothing")
    if not runs_it:
        return
    with st.popover("Test the connection", icon=":material/network_check:", key=TEST, on_change="rerun") as tested:
        if tested.open:
            _test(view)
    setup.guide(expanded=False)


def _who(view: View) -> str:
    """Who is at the screen, and what of the leads that person sees."""
    person = view.viewer.acting or view.viewer.person
    if person is None:
        return "Nobody is asked to" + (
            ": open to everybody who reaches this address" if view.source.settings.open else ""
        )
    return f"{person.email}, sees {person.sees}"


def _test(view: View) -> None:
    """Ask both hosts, that of the look-ups and that of the reports, and draw what came: either may be wrong."""
    client = view.source.client()
    try:
        account, took = _timed(client.whoami)
        who = " · ".join(filter(None, [account.organisation, account.role, account.email]))
        st.success(f"Keys: answered in {took}. {words.plain(who)}", icon=":material/check_circle:")
        with st.container(gap=CLOSE):
            pair("Time zone", account.time_zone or "None given")
            for name, address in account.services.items():
                pair(f"Host for {name}", address)
        whole = answers.report(view, ListOutput(fields=("ProspectID",)), Question()).all_leads
        leads, took = _timed(lambda: client.total(whole))
        st.success(f"Reports: answered in {took}. {number(leads)} leads in all", icon=":material/check_circle:")
    except LeadSquaredError as error:
        notices.failed(error, details=True)


def _timed(ask: Callable[[], T]) -> tuple[T, str]:
    begun = time.perf_counter()
    answer = ask()
    return answer, f"{number((time.perf_counter() - begun) * 1000)} ms"


def limits(view: View) -> None:
    """Draw the calls of this process, against what the account may make."""
    settings, ledger, pacer = view.source.settings, view.source.ledger, view.source.pacer
    rate, daily = settings.rate_limit, settings.daily_limit
    seconds, lately = rate.seconds, _of(ledger.within(rate.seconds), None)
    if pacer:
        window = pacer.window
        seconds, lately = window.seconds, _of(window.calls, window.of)
    start = midnight(datetime.now(UTC).astimezone(view.zone).date(), view.zone)
    today, kept = ledger.since(start), view.source.uses
    with st.grid(5, min_column_width=150, gap="small"):
        st.metric(f"Calls in {seconds} s", lately)
        st.metric("Calls today", _of(today.calls, daily if pacer else None))
        st.metric("Throttled today", number(today.throttled))
        st.metric("Failed today", number(today.failed))
        st.metric("Answers used again", number(kept[0]), help=f"Reports asked of the host: {number(kept[1])}")
    since = max(start, view.source.since)
    st.caption(f"Calls of this process since {clock(since, view.zone)}. {_whose(pacer, seconds)}")
    leads, activities = view.source.read_for_recency
    if view.viewer.runs_it and (leads or activities):
        what = f"{number(leads)} leads and {number(activities)} activities"
        st.caption(f"To work out who was contacted lately, {what} are kept in memory; past days are asked for once.")


def _whose(pacer: Pacer | None, seconds: int) -> str:
    if not pacer:
        return "This server is the dashboard's own and has no limit."
    if not pacer.shared:
        return (
            "The file that other dashboards and reports share could not be used, see the log: theirs are not seen here."
        )
    return f"Those in {seconds} s are of all dashboards and reports on this machine. Other programs are not seen here."


def _of(count: int, most: int | None) -> str:
    return number(count) if most is None else f"{number(count)} of {number(most)}"


def slowest(calls: Sequence[FinishedCall]) -> None:
    """Draw the kinds of calls by duration, slowest first."""
    kinds = {call.path: [one.milliseconds for one in calls if one.path == call.path] for call in calls}
    rows = sorted(kinds.items(), key=lambda kind: -max(kind[1]))
    st.dataframe(
        {
            "Call": [path.removeprefix("/v2/") for path, _ in rows],
            "Times": [len(took) for _, took in rows],
            "Median ms": [round(median(took)) for _, took in rows],
            "Longest ms": [round(max(took)) for _, took in rows],
        },
        hide_index=True,
        column_config={"Call": st.column_config.TextColumn(width=225)},
        alt=f"The {len(calls)} last calls by their path, slowest first",
    )


def failures(view: View, calls: Sequence[FinishedCall]) -> None:
    """Draw the last failed calls, newest first, in the host's own words without the keys."""
    found = [call for call in reversed(calls) if call.failure][:_FAILURES]
    if not found:
        st.caption(f"None of the last {number(len(calls))} calls failed.")
        return
    st.dataframe(
        {
            "When": [f"{call.at.astimezone(view.zone):%d %b %H:%M:%S}" for call in found],
            "Call": [call.path for call in found],
            "Status": [str(call.status) if call.status else "no answer" for call in found],
            "Kind": [call.failure for call in found],
            "Said": [call.said for call in found],
        },
        hide_index=True,
        alt=f"The last {len(found)} calls that failed",
    )


def screen() -> str:
    """Choose the page whose requests are shown; by default the one that the viewer came from."""
    pages = {one.name: one.title for one in frame.SCREENS if one.name in SCREENS}
    return widgets.segments("status", frame.SCREEN, "Page", pages, next(iter(pages)), labelled=False)


def requests(found: Sequence[AnswerShown], now: datetime) -> None:
    """Draw every answer of a page with its age, and behind a click its request as JSON and as a command."""
    if not found:
        st.caption("This page asks nothing of its own for this link.")
    timed = [(request.fetched.seconds, request.what) for request in found if request.fetched]
    if timed:
        seconds, what = max(timed)
        st.caption(f"Slowest: {words.plain(what)}, {number(seconds * 1000)} ms.")
    with st.container(gap="xsmall"):
        for request in found:
            fetched = request.fetched
            state = f"{_ago(fetched.at, now)}, took {number(fetched.seconds * 1000)} ms" if fetched else "not kept now"
            with st.expander(words.plain(f"{request.what} · {state}")):
                st.text(f"{request.call.method} {request.call.url}")
                if request.call.body is not None:
                    st.code(request.call.json, language="json", wrap_lines=True)
                st.code(request.call.curl, language="bash", wrap_lines=True)


def _ago(at: datetime, now: datetime) -> str:
    seconds = max(int((now - at).total_seconds()), 0)
    return f"{seconds} s ago" if seconds < 120 else f"{words.age(at, now)} ago"


def assumptions() -> None:
    """Draw the decisions where the vendor's page is silent, and where the code makes them."""
    with st.expander(f"Assumptions about the contract ({len(ASSUMPTIONS)})"):
        for one in ASSUMPTIONS:
            with st.container(gap=None):
                st.text(f"{one.number}. {one.says}")
                st.caption(words.plain(", ".join(one.where)))


def versions() -> None:
    """Draw the versions of what runs here."""
    known = [f"{name} {version(name.lower())}" for name in ("Streamlit", "DuckDB", "httpx", "pandas", "Plotly")]
    said = [f"Leads not contacted {lsq_api.__version__}", f"Python {platform.python_version()}", *known]
    st.caption(words.plain(" · ".join(said)))
