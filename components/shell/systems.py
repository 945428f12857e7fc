"""Which owners look like systems rather than people (robots are not reps), each with the reason in words. Pure.

A suggestion, never applied by itself: the viewer chooses to leave these owners out, and sees who they are, why, and how
many leads that concerns.
"""

import re
from collections.abc import Mapping, Sequence
from statistics import median

from components.shell.measures import Standing
from lsq_api.contract.makers import ActivityMakers, Maker
from lsq_api.question.directory import Directory, ListedUser
from lsq_api.question.kinds import ContactKind, kind_of

NAMES = frozenset(
    [
        *("admin", "administrator", "api", "automatic", "automation", "crm", "default", "import", "integration"),
        *("noreply", "queue", "robot", "router", "service", "sync", "system", "unassigned", "webhook", "website"),
    ]
)
"""Words that no person is called by."""
LARGE, TIMES = 0.1, 10
"""A book is out of proportion if it has at least this part of all leads, and more than so many times the median."""
_FEW = 5


def found(
    owners: Sequence[Standing], directory: Directory, makers: ActivityMakers | None = None, *, by_size: bool = True
) -> dict[str, str]:
    """The owners that look like systems, by ID, each with the reason.

    Where it is known who creates activities (`makers`), nobody is a system who calls or visits leads, or who rests.
    Without `by_size` a large book is no reason: of the leads of one source somebody may well have most.
    """
    users = {user.id: user for user in directory.users}
    addressed = 2 * sum(1 for user in directory.users if user.email) > len(directory.users)
    large = _out_of_proportion(owners) if by_size else {}
    reasons = {}
    for owner in (one.value for one in owners if one.value):
        user = users.get(owner.casefold())
        maker = makers.users.get(owner.casefold()) if makers else None
        if maker and _is_a_person(maker, directory):
            continue
        named = _named(user) if user else ""
        nameless = "has no e-mail address" if user and addressed and not user.email else ""
        tireless = "is active day and night, and never calls or visits" if maker and maker.at_all_hours else ""
        reasons[owner] = named or tireless or nameless or large.get(owner, "")
    return {owner: reason for owner, reason in reasons.items() if reason}


def _is_a_person(maker: Maker, directory: Directory) -> bool:
    kinds = {kind_of(listed) for listed in directory.activity_types if listed.code in maker.codes}
    return maker.at_all_hours is False or bool(kinds & {ContactKind.CALL, ContactKind.MEETING})


def _named(user: ListedUser) -> str:
    """Why a user looks like a system: `is called “bot”`; "" where neither name nor mailbox has a word of `NAMES`."""
    mailbox = (user.email or "").partition("@")[0]
    for text, said in ((user.name, "is called"), (mailbox, "has the mailbox")):
        words = re.findall(r"[a-z]+", text.lower().replace("no-reply", "noreply"))
        if NAMES.intersection(words):
            return f"{said} “{next(word for word in words if word in NAMES)}”"
    return ""


def _out_of_proportion(owners: Sequence[Standing]) -> Mapping[str, str]:
    books = [one.book for one in owners]
    if len(books) < _FEW:
        return {}
    whole, middle = sum(books), median(books)
    return {
        one.value: f"holds {100 * one.book // whole} % of all leads"
        for one in owners
        if one.value and one.book >= LARGE * whole and one.book > TIMES * middle
    }
