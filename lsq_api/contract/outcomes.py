"""Whether a call reached somebody: by the words that systems write for it, and by its talk time.

An unanswered dial is an activity like an answered one. A report of the local server may ask for the outcome, which is
an extension: an activity filter's member `Outcome` is `Answered`, or the least number of seconds of an answered call.
Source: "Phone-call activities" in section 6 of the wire notes.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, NamedTuple

from pydantic import BeforeValidator, PlainSerializer

from lsq_api.contract.lookups import INBOUND_CALL, OUTBOUND_CALL

ACTIVITY_OUTCOME: Final = "ActivityOutcome"
"""The extension's name, as the account of a local server gives it."""
CONTACT_TRIES: Final = "ContactTries"
"""The extension, and the column of leads not contacted with the number of tries: the activities of the report's codes
within its range of their dates, whatever their outcome."""
ANY_ANSWERED: Final = "Answered"
"""What the wire says for an answered call of any length."""
MOST_SECONDS: Final = 86_400
"""The longest talk time that can be asked for: a day."""
NOTED_STATUS: Final = r"(?:^|\{next\})\s*Status\{=\}([^{]*)"
NOTED_SECONDS: Final = r"(?:^|\{next\})\s*Duration\{=\}([^{]*)"
"""Where the note of a phone call holds its status and its seconds: `Caller{=}…{next}Duration{=}34{next}Status{=}…`."""
DURATIONS: Final[Mapping[str, int]] = {"mx_Duration": 1_000, "mx_Duration_Minutes": 60_000, "mx_Duration_ms": 1}
"""Columns with an activity's talk time, and the milliseconds of the number 1 in them."""
OF_CALLS: Final = "mx_Custom_3"
"""The column with the seconds of the calls 21 and 22; for other codes it means what the account likes."""
CALLS: Final = (INBOUND_CALL, OUTBOUND_CALL)

# Letters and digits alone, in lower case: systems write `NO_ANSWER`, `No Answer` and `no-answer`.
_WORDS: Final[Mapping[bool, str]] = {
    True: "answered answer callanswered connected callconnected completed complete success successful reached "
    "contacted spoke spoken talked callreceived attended attendeddialled attendeddialed attendedreceived "
    "pickedup callpickedup held interested notinterested requestedmoreinfo requestedcallback "
    "f240bbac87c94f6ebf70924b57d47db7",  # HubSpot's ID of "connected"
    False: "notanswered noanswer unanswered callnotanswered didnotanswer notanswering noresponse nopickup "
    "notpicked "
    "noresponsebusy notpickedup didnotpick dnp rnr ringing ringingnoresponse ringnoanswer "
    "busy linebusy userbusy engaged missed "
    "missedcall callmissed unattended unattendeddialled unattendeddialed unattendedmissed failed failure callfailure "
    "callfailed voicemail leftvoicemail voicemailleft answeringmachine leftmessage leftlivemessage notreachable "
    "unreachable notreached notconnected callnotconnected switchedoff outofcoverage outofservice notinservice "
    "notavailable unavailable wrongnumber invalidnumber badnumber rejected callrejected declined calldeclined "
    "canceled cancelled abandoned timeout timedout noshow congestion blocked "
    "9d9162e76cf34944bf634dff82258764 "  # HubSpot's IDs of "busy",
    "73a0d17f11634015bdd5ec830791da20 "  # "no answer",
    "b2cf5968551e4856978352b3da59a7d0 "  # "left voicemail",
    "a4c4c377d2464b32a13b75a56a4cd0ff "  # "left live message"
    "17b47fee58de441ea44cc6300d46f273",  # and "wrong number"
}
_OUTCOMES: Final = {word: answered for answered, words in _WORDS.items() for word in words.split()}
_CLOCK: Final = re.compile(r"(?:(\d{1,3}):)?(\d{1,4}):([0-5]\d)(?:\.\d+)?", re.ASCII)
_NUMBER: Final = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)


class CallOutcome(NamedTuple):
    """How a call ended: whether it was answered (None: not known), and its talk time (None: not known)."""

    answered: bool | None
    seconds: int | None

    def meets(self, least: int) -> bool:
        """Whether it was answered and took at least so many seconds; what is not known does not."""
        return self.answered is True and (not least or (self.seconds or 0) >= least)


def answered(status: str | None) -> bool | None:
    """What a word for the outcome of a call says; None for a blank or another word."""
    return _OUTCOMES.get("".join(letter for letter in (status or "").lower() if letter.isalnum()))


def seconds(text: str | None, unit: int = 1_000) -> int | None:
    """A talk time in whole seconds, from a number of units (in milliseconds), `05:30` or `1:05:30`; else None."""
    said = (text or "").strip()
    if clock := _CLOCK.fullmatch(said):
        hours, minutes, rest = (int(part or 0) for part in clock.groups())
        return min(3600 * hours + 60 * minutes + rest, MOST_SECONDS)
    return min(int(float(said) * unit / 1_000), MOST_SECONDS) if _NUMBER.fullmatch(said) else None


def judged(status: str | None, talked: int | None) -> CallOutcome:
    """The outcome of a call by its status; where that says nothing, talk time means that it was answered.

    No talk time says nothing: many systems write 0 for a time they do not know.
    """
    known = answered(status)
    return CallOutcome(True if known is None and talked else known, talked)


def outcome(code: int, status: str | None, note: str | None, more: Mapping[str, str]) -> CallOutcome:
    """The outcome of an activity by its code, status and note, and its own fields by lower-case name."""
    noted = _noted(NOTED_STATUS, note)
    units = {**DURATIONS, **({OF_CALLS: 1_000} if code in CALLS else {})}
    told = (seconds(more.get(name.lower()), unit) for name, unit in units.items())
    talked = next((found for found in (seconds(_noted(NOTED_SECONDS, note)), *told) if found is not None), None)
    return judged(status or noted, talked)


def _noted(pattern: str, note: str | None) -> str | None:
    found = re.search(pattern, note or "")
    return found[1] if found else None


def _read(value: Any) -> Any:
    """`Answered` in any case, or a number of seconds as text or number."""
    if isinstance(value, int) and not isinstance(value, bool):
        found = value
    elif isinstance(value, str) and value.strip().lower() == ANY_ANSWERED.lower():
        return 0
    elif isinstance(value, str) and re.fullmatch(r"\s*[1-9]\d{0,8}\s*", value, re.ASCII):
        found = int(value)
    else:
        found = -1
    if not 0 <= found <= MOST_SECONDS:
        raise ValueError(
            f"{value!r} is not an outcome here; allowed: {ANY_ANSWERED}, or seconds from 1 to {MOST_SECONDS}"
        )
    return found


def _written(least: int) -> str:
    return str(least) if least else ANY_ANSWERED


LeastSeconds = Annotated[int, BeforeValidator(_read), PlainSerializer(_written)]
"""The outcome that an activity must have to count as contact: answered, and at least so many seconds (0: any)."""
