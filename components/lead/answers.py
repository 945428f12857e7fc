"""What a lead's page asks: the lead, as many activities as decide whether it waits, and those to show."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from components.lead import contact
from components.lead.card import wanted
from components.lead.contact import Wait
from components.shell import link
from components.shell.frame import View
from lsq_api.client.asks import Asking, Lead, TimelineBlock
from lsq_api.contract.errors import Rejected
from lsq_api.contract.lookups import V2_PAGE_SIZE, Activity

BLOCK = 25
"""Activities of one call, and how many more a click shows."""
MOST_BLOCKS = 40


class _MoreNeeded(Exception):
    """The activities read so far do not decide whether the lead waits."""


def lead(lead_id: str) -> Asking[dict[str, Any] | None]:
    """All fields of a lead by schema name; None where there is none, which LeadSquared may say by rejecting the ID."""
    try:
        (found,) = yield (Lead(lead_id),)
    except Rejected:
        return None
    row: dict[str, Any] | None = found
    return row


def wait(view: View, lead_id: str, *, came_in: datetime | None, now: datetime) -> Asking[Wait]:
    """Whether the lead waits. Reads its newest activities, then 1,000 a call, until that is decided."""
    found: list[Activity] = []
    size, over = BLOCK, False
    while True:
        try:
            return contact.judged(_so_far(found, over), view.question, came_in=came_in, now=now, zone=view.zone)
        except _MoreNeeded:
            (block,) = yield (TimelineBlock(lead_id, len(found), size),)
        found += block.activities
        # A short block is the last one unless the host's total says otherwise; an empty one is, whatever it says.
        over = not block.activities or (len(block.activities) < size and len(found) >= block.total)
        size = V2_PAGE_SIZE


def _so_far(found: Sequence[Activity], over: bool) -> Iterator[Activity]:
    yield from found
    if not over:
        raise _MoreNeeded


def activities(lead_id: str) -> Asking[tuple[list[Activity], int]]:
    """The activities of all blocks that the link asks for, newest first, and how many the lead has."""
    found: list[Activity] = []
    total = 0
    for place in range(blocks()):
        (block,) = yield (TimelineBlock(lead_id, place * BLOCK, BLOCK),)
        found, total = found + block.activities, max(total, block.total)
        if len(found) >= total:
            break
    return found, total


def blocks() -> int:
    """How many blocks of activities the link asks for."""
    return min(link.number("timeline"), MOST_BLOCKS)


def _lead(_: View) -> Asking[object]:
    lead_id = wanted()
    return (yield from lead(lead_id)) if lead_id else None


def _wait(view: View) -> Asking[object]:
    lead_id = wanted()
    return (yield from wait(view, lead_id, came_in=None, now=view.source.now())) if lead_id else None


def _activities(_: View) -> Asking[object]:
    lead_id = wanted()
    return (yield from activities(lead_id)) if lead_id else None


ASKS = (("Lead", _lead), ("Whether it waits", _wait), ("Activities", _activities))
"""What the page asks, by the title of the part that shows it, in the order of the screen."""
