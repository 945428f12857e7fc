"""Ages, progress and failures in a manager's words. Pure: no widget is drawn here."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from html import escape

from lsq_api.contract import errors
from lsq_api.export.files import TooManyRows
from lsq_api.question.formats import number

_MARKDOWN = frozenset(r"\`*_{}[]()<>#+-.!|~$:&")
_ADDRESS = re.compile(r"(?i)(?<=http)(?=s?://)|(?<=www)(?=\.)")
_APART = "\u2060"
"""Unicode's word joiner. It is invisible, and the only thing that keeps Markdown from linking a bare address."""
_SENTENCES: dict[type[errors.LeadSquaredError], str] = {
    errors.NotConnected: "The dashboard is not connected. Ask your administrator to check its settings.",
    errors.UnreadableData: "The files of the leads have a fault. Your administrator finds the place on Status.",
    errors.Busy: "The account's limit of calls is used up for the moment. Try again in a minute.",
    errors.BudgetSpent: "The calls this account may make in a day are used up. Ask your administrator, or come back.",
    errors.GivenUp: "This was cancelled before it was finished.",
    errors.Unreachable: "LeadSquared gives no answer at the moment. Try again in a minute.",
    errors.Unauthorized: "LeadSquared refused the keys. Ask your administrator to check them.",
    errors.Rejected: "LeadSquared could not read this question. Take away a filter and try again.",
    errors.NotFound: "LeadSquared does not know this report at the address it was asked. Ask your administrator.",
    errors.Throttled: "LeadSquared is answering too many calls at once. Try again in a few seconds.",
    errors.HostFailed: "LeadSquared failed to answer. Try again in a minute.",
    errors.UnexpectedAnswer: "LeadSquared answered in a way this dashboard does not understand.",
    errors.Incomplete: "The leads changed while they were being read. Refresh to read them again.",
    errors.Costly: "This takes many calls of LeadSquared. Open the page and start it there.",
}
_INSTEAD: dict[type[errors.LeadSquaredError], str] = {
    errors.Throttled: "LeadSquared is answering too many calls at once",
    errors.Unreachable: "LeadSquared does not answer",
    errors.HostFailed: "LeadSquared fails to answer",
    errors.UnexpectedAnswer: "LeadSquared answers in a way this dashboard does not understand",
    errors.Incomplete: "The leads change while they are being read",
}


def failure(error: errors.LeadSquaredError) -> str:
    """The sentence a manager sees for a failure. Of the host's own words it repeats only the name of the right host."""
    if isinstance(error, errors.Unauthorized) and error.right_host:
        return f"These keys belong to {plain(error.right_host)}. Ask your administrator to set that host."
    return next(said for kind, said in _SENTENCES.items() if isinstance(error, kind))


def as_of(clock: str, at: datetime, now: datetime) -> str:
    """When the screen's answers are from: `as of 14:05 IST · 3 min ago`."""
    return f"as of {clock} · {_ago(at, now)}"


def last_good(problem: errors.LeadSquaredError, clock: str, at: datetime, now: datetime) -> str:
    """Why a screen shows old answers: `LeadSquared does not answer; these are the answers of 14:05 IST, 12 min ago.`"""
    why = next((said for kind, said in _INSTEAD.items() if isinstance(problem, kind)), "There is no newer answer")
    return f"{why}; these are the answers of {clock}, {_ago(at, now)}."


def _ago(at: datetime, now: datetime) -> str:
    return "just now" if now - at < timedelta(minutes=1) else f"{age(at, now)} ago"


def costs(cost: errors.Costly) -> str:
    """What an answer costs in calls and time: `This needs about 120 calls, about 1 min 10 s at your plan's pace.`"""
    about = "at least" if cost.at_least else "about"
    return f"This needs {about} {number(cost.calls)} calls, {about} {span(cost.seconds)} at your plan's pace."


def span(seconds: float) -> str:
    """How long something takes: `40 s`, `1 min 10 s`, `12 min`."""
    minutes, rest = divmod(max(1, round(seconds)), 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if minutes < 10 and rest else f"{number(minutes)} min"


def gathered(done: int, expected: int, seconds_left: float | None) -> str:
    """The progress of a reading in calls: `40 of about 120 calls, about 50 s left`."""
    if not done or seconds_left is None:
        return "Asking LeadSquared …"
    left = f", about {span(seconds_left)} left" if done < expected else ""
    return f"{number(done)} of about {number(expected)} calls{left}"


def no_file(error: BaseException) -> str:
    """Why an export wrote no file."""
    if isinstance(error, errors.LeadSquaredError):
        return f"No file was written. {failure(error)}"
    if isinstance(error, TooManyRows):
        return "No file was written. There are more leads now than an Excel file is made for; take the CSV."
    if isinstance(error, OSError):
        return "No file was written. The dashboard's computer may be out of space; tell your administrator."
    return "No file was written. What went wrong is in the log; tell your administrator."


def rows_written(rows: int, on_screen: int, as_of: str) -> str:
    """How many rows an export has, compared with the number of leads on screen."""
    written = f"{number(rows)} row{'' if rows == 1 else 's'} written"
    if rows == on_screen:
        return f"{written}, the same as on screen."
    which = "more" if rows > on_screen else "fewer"
    return f"{written}; {number(abs(rows - on_screen))} {which} than on screen, which is as of {as_of}."


def reading(rows: int, total: int, seconds_left: float | None) -> str:
    """The progress of an export in rows: `12,000 of 211,507 rows, about 40 s left`."""
    if not total or seconds_left is None:
        return "Reading the leads …"
    if rows >= total:
        return f"All {number(total)} rows are read; finishing the file …"
    seconds = max(1, round(seconds_left))
    left = f"{seconds} s" if seconds < 100 else f"{round(seconds / 60)} min"
    return f"{number(rows)} of {number(total)} rows, about {left} left"


def age(since: datetime, now: datetime) -> str:
    """The time between two moments in its largest whole unit: `12 min`, `5 h`, `204 days`."""
    gone = max(now - since, timedelta(0))
    if gone < timedelta(hours=1):
        return f"{gone // timedelta(minutes=1)} min"
    if gone < timedelta(days=1):
        return f"{gone // timedelta(hours=1)} h"
    days = gone // timedelta(days=1)
    return f"{number(days)} day{'' if days == 1 else 's'}"


def plain(text: str) -> str:
    """Text for a label that reads Markdown: its signs are escaped, line breaks become blanks."""
    line = _ADDRESS.sub(_APART, " ".join(text.split()))
    return "".join(f"\\{sign}" if sign in _MARKDOWN else sign for sign in line)


def lower(name: str) -> str:
    """A field's name inside a sentence: `lead source`, while `UTM source` and `eMail` keep their capitals."""
    return " ".join(word.lower() if word[1:].islower() or len(word) == 1 else word for word in name.split())


def amount(figure: Decimal) -> str:
    """A mean or a sum with at most two decimals, fewer the larger it is: `0.37`, `41.2`, `1,284`."""
    digits = 0 if figure == figure.to_integral_value() or abs(figure) >= 1000 else 1 if abs(figure) >= 10 else 2
    return number(figure, digits)


def in_chart(text: str) -> str:
    """Text escaped for Plotly, which reads HTML. Quotation marks stay: Plotly would show their entities."""
    return escape(text, quote=False)
