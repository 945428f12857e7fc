"""Ages and failures in a manager's words. Pure: no widget is drawn here."""

from datetime import datetime, timedelta

from lsq_api import errors

_MARKDOWN = frozenset(r"\`*_{}[]()<>#+-.!|~$:")
_SENTENCES: dict[type[errors.LeadSquaredError], str] = {
    errors.NotConnected: "The dashboard is not connected. Ask your administrator to check its settings.",
    errors.Unreachable: "LeadSquared gives no answer at the moment. Try again in a minute.",
    errors.Unauthorized: "LeadSquared refused the keys. Ask your administrator to check them.",
    errors.Rejected: "LeadSquared could not read this question. Take away a filter and try again.",
    errors.NotFound: "LeadSquared does not know this report at the address it was asked. Ask your administrator.",
    errors.Throttled: "LeadSquared is answering too many calls at once. Try again in a few seconds.",
    errors.HostFailed: "LeadSquared failed to answer. Try again in a minute.",
    errors.UnexpectedAnswer: "LeadSquared answered in a way this dashboard does not understand.",
    errors.Incomplete: "The leads changed while they were being read. Refresh to read them again.",
}


def failure(error: errors.LeadSquaredError) -> str:
    """What a manager is told; the details are for the log."""
    return next(said for kind, said in _SENTENCES.items() if isinstance(error, kind))


def age(since: datetime, now: datetime) -> str:
    """How long ago, in the largest unit that says it: 12 min, 5 h, 204 days."""
    gone = max(now - since, timedelta(0))
    if gone < timedelta(hours=1):
        return f"{gone // timedelta(minutes=1)} min"
    if gone < timedelta(days=1):
        return f"{gone // timedelta(hours=1)} h"
    days = gone // timedelta(days=1)
    return f"{days:,} day{'' if days == 1 else 's'}"


def plain(text: str) -> str:
    """Text for a label that reads Markdown: what Markdown would read is escaped, line breaks become blanks."""
    return "".join(f"\\{sign}" if sign in _MARKDOWN else sign for sign in " ".join(text.split()))
