"""A lead's activities, newest first: type, time and user; those that count as contact stand out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from components.lead.answers import MOST_BLOCKS, blocks
from components.lead.contact import is_contact, is_try, outcome
from components.shell import link, widgets, words
from components.shell.fields import moment_of
from components.shell.frame import View
from lsq_api.contract.lookups import Activity
from lsq_api.contract.outcomes import CallOutcome
from lsq_api.question.evidence import Extent
from lsq_api.question.formats import number
from lsq_api.question.phrases import day, shortened
from lsq_api.question.question import Question
from lsq_api.question.reached import length

SHOWN = 280
"""Characters of a note that are shown before it is folded."""
_NEXT, _IS = "{next}", "{=}"

_WHEN = 128
_LAST, _LAST_NAME = "ProspectActivityDate_Max", "ProspectActivityName_Max"


def shown(view: View, row: Mapping[str, Any], found: Sequence[Activity], total: int, now: datetime) -> None:
    """Draw the activities of a lead that were read so far, of `total`, and a button for one more block.

    `row` has the lead's fields by schema name.
    """
    if not found:
        _none(view, row)
        return
    contacts = sum(is_contact(activity, view.question, now) for activity in found)
    tries = sum(is_try(activity, view.question, now) for activity in found) - contacts
    said = "What counts as contact is not chosen yet." if view.question.assumed else _counted(contacts, tries)
    st.caption(f"{number(len(found))} of {number(total)}, newest first. {said}")
    for activity in found:
        _one(view, activity, now)
    if len(found) < total and blocks() < MOST_BLOCKS:
        st.button(
            "Show more", icon=":material/expand_more:", on_click=link.go, args=({"timeline": [str(blocks() + 1)]},)
        )
    elif len(found) < total:
        st.caption("Older activities are in LeadSquared.")


def _none(view: View, row: Mapping[str, Any]) -> None:
    """Say that there is no activity, or only that none is known, and when the lead's own field says there was one."""
    known, last = view.evidence_of_lead(moment_of(row.get("CreatedOn")), of_any=True), moment_of(row.get(_LAST))
    none = {
        Extent.WHOLE: "No activity of any type yet.",
        Extent.PART: f"No activity of any type is known; {known.note}.",
        Extent.NOTHING: known.said,
    }
    st.caption(none[known.extent])
    if last:
        name = f", {words.plain(shortened(str(row[_LAST_NAME])))}" if row.get(_LAST_NAME) else ""
        st.caption(f"By the lead's own field its last activity was on {words.plain(day(last, view.zone))}{name}.")


def _counted(contacts: int, tries: int) -> str:
    counted = (
        f"{number(contacts)} of these {'counts' if contacts == 1 else 'count'} as contact."
        if contacts
        else ("None of these counts as contact.")
    )
    return (
        f"{counted} {number(tries)} {'is a try that does' if tries == 1 else 'are tries that do'} not count."
        if tries
        else counted
    )


def _one(view: View, activity: Activity, now: datetime) -> None:
    ended, counting = outcome(activity), is_contact(activity, view.question, now)
    contact = counting and not view.question.assumed
    only_tried = not counting and is_try(activity, view.question, now)
    known = activity.name or view.directory.activity_label(activity.code)
    name = words.plain(shortened(known, 60))
    with st.container(horizontal=True, gap="small"):
        st.caption(day(activity.created_on, view.zone) if activity.created_on else "No date", width=_WHEN)
        with st.container(gap="xxsmall"):
            if contact:
                missed = ended.answered is False
                st.badge(name, icon=":material/phone_missed:" if missed else ":material/check:", color="orange")
            else:
                st.badge(name, icon=":material/phone_missed:" if only_tried else None, color="gray")
            note = readable(activity)
            if note:
                widgets.folded(note, SHOWN)
            counts = "Counts as contact" if contact else "Does not count" if only_tried else ""
            more = [
                counts,
                _ended(ended, view.question, tried=only_tried),
                _ago(activity.created_on, now),
                _who(view, activity),
            ]
            st.caption(words.plain(" · ".join(filter(None, more))))


def _ended(ended: CallOutcome, question: Question, *, tried: bool) -> str:
    """That a call was not answered; of one that does not count for its outcome, why not."""
    if ended.answered is False:
        return "not answered"
    if not tried or question.outcome is None:
        return ""
    if ended.answered is None:
        return "not known whether it was answered"
    least = length(question.outcome.least)
    return f"under {least}" if ended.seconds is not None else f"not known whether it took {least}"


def _ago(at: datetime | None, now: datetime) -> str:
    if at is None:
        return ""
    return "in the future, so it does not count" if at > now else f"{words.age(at, now)} ago"


def _who(view: View, activity: Activity) -> str:
    """The user's label, else the name that came with the activity; empty where nobody is named."""
    known = view.directory.user_label(activity.created_by or "")
    return shortened(known if known != activity.created_by else activity.created_by_name)


def readable(activity: Activity) -> str:
    """The status and the note of an activity; a phone call's `Key{=}Value{next}…` (section 6) on lines of their own."""
    note = activity.note.strip()
    if _IS not in note:
        return "\n".join(part for part in (activity.status, note) if part)
    said = dict(_pair(piece) for piece in note.split(_NEXT) if piece.strip())
    status = {"Status": activity.status} if activity.status else {}
    return " · ".join(f"{key}: {value}" if key else value for key, value in {**said, **status}.items() if value)


def _pair(piece: str) -> tuple[str, str]:
    key, is_, value = piece.partition(_IS)
    key, value = (key.strip(), value.strip()) if is_ else ("", key.strip())
    return key, _duration(value) if key.lower() == "duration" else value


def _duration(seconds: str) -> str:
    """`192` as `3 min 12 s`; anything else as it is."""
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) < 8):
        return seconds
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
