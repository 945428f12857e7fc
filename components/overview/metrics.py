"""The row of figures below the Overview's sentence."""

from datetime import datetime
from typing import NamedTuple

import streamlit as st

from components.shell import words
from lsq_api.question.evidence import Evidence, Extent
from lsq_api.question.formats import number
from lsq_api.question.phrases import share

_NOTHING = "–"


class _Figure(NamedTuple):
    """A figure with what it counts, and a note below it where that is not all known."""

    label: str
    value: str
    counts: str
    note: str = ""


def row(
    *,
    waiting: int,
    matching: int,
    untouched: int,
    oldest: datetime | None,
    since: str,
    mean: float | None,
    now: datetime,
    evidence: Evidence,
    evidence_of_any: Evidence,
    assumed: bool = False,
) -> None:
    """Draw five figures; a dash where there is nothing to measure, or where nobody can know.

    `oldest` is the moment that the lead which waits longest waits since, `since` says which that is. `evidence` is what
    is known of the contacts that the leads lack, `evidence_of_any` that of any activity. `assumed`: any activity counts
    because nobody chose what does.
    """
    with st.grid(5, min_column_width=150, gap="small"):
        for figure in (
            *_of_contact(evidence, waiting, matching, assumed=assumed),
            _without_any(evidence_of_any.of_answer(waiting, matching), untouched),
            _wait(evidence, words.age(oldest, now) if oldest else _NOTHING, since),
            _mean(evidence, _NOTHING if mean is None else number(mean)),
        ):
            st.metric(
                figure.label,
                figure.value,
                figure.note or None,
                delta_color="off",
                delta_arrow="off",
                border=True,
                help=figure.counts,
                height="stretch",
            )


def _of_contact(evidence: Evidence, waiting: int, matching: int, *, assumed: bool) -> list[_Figure]:
    if evidence.extent is Extent.WHOLE:
        counts, note = "Leads that match and had none of these activities.", "by any activity" if assumed else ""
    else:
        counts, note = f"Leads that match, without a known contact.{_said(evidence)}", "as far as known"
    nothing = evidence.extent is Extent.NOTHING or not matching
    of_all = "Not contacted, of all leads that match the filters."
    return [
        _Figure("Not contacted", number(waiting), counts, note),
        _Figure("Share of all", _NOTHING if nothing else share(waiting, matching), of_all),
    ]


def _without_any(evidence: Evidence, untouched: int) -> _Figure:
    label = "Never any activity"
    if evidence.extent is Extent.NOTHING:
        return _Figure(label, _NOTHING, _unknown(evidence), evidence.brief)
    if evidence.extent is Extent.PART:
        counts = f"Of the leads not contacted: those without a known activity of any type.{_said(evidence)}"
        return _Figure(label, number(untouched), counts, evidence.brief)
    counts = "Of the leads not contacted: those without an activity of any type, not even an e-mail opened."
    return _Figure(label, number(untouched), counts)


def _wait(evidence: Evidence, longest: str, since: str) -> _Figure:
    if evidence.extent is Extent.NOTHING:
        return _Figure("Longest wait", _NOTHING, _unknown(evidence))
    lead = "lead without a known contact" if evidence.extent is Extent.PART else "lead not contacted"
    return _Figure("Longest wait", longest, f"Of the {lead} that has waited longest: {since}.")


def _mean(evidence: Evidence, mean: str) -> _Figure:
    which = "these leads" if evidence.extent is Extent.NOTHING else "the leads not contacted"
    return _Figure("Mean engagement", mean, f"Engagement score of {which}, where they have one.")


def _unknown(evidence: Evidence) -> str:
    return words.plain(f"Not known: {evidence.note}.")


def _said(evidence: Evidence) -> str:
    return f" {words.plain(evidence.said)}" if evidence.note else ""
