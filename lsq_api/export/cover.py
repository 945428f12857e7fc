"""What a file says about itself, from the question it answers: its name, and a workbook's second sheet."""

import re
import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from lsq_api.export.workbook import Fact
from lsq_api.question.directory import Directory
from lsq_api.question.evidence import WHOLE, Evidence
from lsq_api.question.phrases import SET_APART, SET_BACK
from lsq_api.question.question import Question
from lsq_api.question.sentence import chips_of

_PIECES, _PIECE, _NAME = 3, 40, 120
"""What of a question a file's name says: so many pieces, so many letters each, so many bytes in all."""


def facts(
    said: str,
    question: Question,
    directory: Directory,
    zone: ZoneInfo,
    *,
    now: datetime,
    source: str,
    evidence: Evidence = WHOLE,
) -> tuple[Fact, ...]:
    """The lines of a workbook's second sheet: the sentence, each filter, when it was made and from which host.

    Where not all activities are known, it says what is.
    """
    chips = [_bare(chip.label) for chip in chips_of(question, directory, zone)] or ["none"]
    return (
        ("Question", _bare(said)),
        *([("What is known", _bare(evidence.said))] if evidence.note else []),
        *(("Filter", chip) for chip in chips),
        ("As of", f"{now.astimezone(zone):%Y-%m-%d %H:%M} {zone.key} ({now.astimezone(UTC):%Y-%m-%d %H:%M} UTC)"),
        ("Times are in", zone.key),
        ("Source", source),
    )


def file_name(
    what: str, ending: str, *, question: Question, directory: Directory, zone: ZoneInfo, now: datetime
) -> str:
    """`leads-not-contacted_stage-Prospect_2026-11-23_1405-IST.csv`: content, filters, time; valid on every system.

    Letters and digits of any script stay, everything else becomes a hyphen.
    """
    chips = [_slug(chip.label)[:_PIECE].strip("-") for chip in chips_of(question, directory, zone)]
    more = [f"and-{len(chips) - _PIECES}-more"] if len(chips) > _PIECES else []
    local = now.astimezone(zone)
    name = local.tzname() or ""
    at = f"{local:%Y-%m-%d_%H%M}-{name if name[:1].isalpha() else f'UTC{name}'}"
    parts = [_slug(what), *filter(None, chips[:_PIECES]), *more]
    # File systems limit bytes, and a letter may take four.
    return f"{'_'.join(parts).encode()[:_NAME].decode(errors='ignore')}_{at}.{ending}"


def _slug(text: str) -> str:
    """Text with everything but letters, digits and combining marks replaced by hyphens."""
    kept = (sign if unicodedata.category(sign)[0] in "LMN" else "-" for sign in text.replace("'", ""))
    return re.sub("-+", "-", "".join(kept)).strip("-")


def _bare(text: str) -> str:
    """Text without the isolates around right-to-left values."""
    return text.replace(SET_APART, "").replace(SET_BACK, "")
