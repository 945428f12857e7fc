"""What kind of thing an activity type is, by its name, and by its code where LeadSquared has given it a meaning.

    "Outbound Phone Call Activity (22)"  → a call       "Site Visit (204)"    → a meeting
    "W_Nabellen offertes (START)"        → a call       "WhatsApp Sent (201)" → a message
    "Email Opened (0)"                   → none of them: nobody of the company did it

A proposal, never a verdict: who looks at the leads chooses what counts. What was only planned, failed or sent by itself
is no contact, and neither is what the lead does alone. Source: "Activity codes" in section 6 of the wire notes.
"""

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final

from lsq_api.contract.lookups import INBOUND_CALL, OUTBOUND_CALL
from lsq_api.question.directory import ListedType


class ContactKind(Enum):
    """What a person does who contacts a lead."""

    CALL = "calls"
    MEETING = "meetings and visits"
    MESSAGE = "messages"


HAD_A_PHONE_CONVERSATION: Final = 103
_BY_CODE: Final[Mapping[int, ContactKind]] = dict.fromkeys(
    (INBOUND_CALL, OUTBOUND_CALL, HAD_A_PHONE_CONVERSATION), ContactKind.CALL
)

_OF_PUBLISHERS_AND_TRAILS: Final = frozenset({*range(3001, 3012), 11001, 21000, 21501, 21502, 21600})
"""Codes that LeadSquared gives itself, whatever they are called: its "Visit" is one of a page."""

# Whole words, in the languages that names of activity types were seen in. A blank stands at each end of a name.
_CALL: Final = (
    r"phone|phoned|call|calls|called|calling|callback|dial\w*|voip|telef\w*|teleph\w*|téléph\w*|telepon|panggilan|"
    r"\w*bellen|\w*gebeld|\w*anruf\w*|rückruf\w*|appels?|appelé|llamadas?|ligaç\w+|ligacao|chamadas?|chiamat\w+|कॉल"
)
_MEETING: Final = (
    r"meeting|meetings|met|visit|visits|visited|appointment|appointments|demo|demonstration|presentation|consultation|"
    r"counsell?ing|interview|walk ?in|face to face|in person|f2f|"
    r"bezoek|afspraak|besuch|termin|treffen|rendez ?vous|rdv|"
    r"visite|visita|reunión|reunion|cita|reunião|reuniao|riunione|incontro|appuntamento|मुलाकात"
)
_MESSAGE: Final = (
    r"email|emails|e ?mail|e ?mails|mail|sms|whatsapp|message|messages|chat|letter|viber|telegram|wechat|linkedin|"
    r"inmail|bericht|nachricht|mensaje|correo|mensagem|messaggio|courriel"
)
_NOT_DONE: Final = (
    r"schedul\w*|plan|planned|upcoming|cancel\w*|missed|fail\w*|failure|bounced?|no ?show|unanswered|not answered|"
    r"no answer|not reached|request|requested|withdrawn?|abort\w*|due|overdue|reminder|gepland|geplant|prévu"
)
_BY_ITSELF: Final = (
    r"web|website|webpage|webinar|page|landing|form|cookie|tracking|url|link|open|opened|click|clicked|viewed|read|"
    r"delivered|unsubscrib\w*|resubscrib\w*|subscrib\w*|spam|campaign|bulk|blast|broadcast|drip|auto|automatic|automated|"
    r"automation|bot|chatbot|ivr|portal|login|logout|capture|captured|preference|import|imported|sync|synced|system"
)
_BY_THE_LEAD: Final = r"received|reply|replied|response|responded|incoming|inbound|answer|answered"


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\s])(?:{pattern})(?![^\s])")


_KINDS: Final = (
    (ContactKind.CALL, _words(_CALL)),
    (ContactKind.MEETING, _words(_MEETING)),
    (ContactKind.MESSAGE, _words(_MESSAGE)),
)
_NO_CONTACT: Final = (_words(_NOT_DONE), _words(_BY_ITSELF))
_OF_THE_LEAD: Final = _words(_BY_THE_LEAD)


def kind_of(listed: ListedType) -> ContactKind | None:
    """What kind of contact an activity of this type is; None for what is none, and for names that tell nothing.

    A call counts in both directions, as LeadSquared's own two do; a message only where the company sends it.
    """
    if listed.code in _BY_CODE:
        return _BY_CODE[listed.code]
    name = _spelled(listed.name)
    if listed.code in _OF_PUBLISHERS_AND_TRAILS or not_done(listed) or any(words.search(name) for words in _NO_CONTACT):
        return None
    kind = next((kind for kind, words in _KINDS if words.search(name)), None)
    return None if kind is ContactKind.MESSAGE and _OF_THE_LEAD.search(name) else kind


def not_done(listed: ListedType) -> bool:
    """Whether the name says that something was only planned, or came to nothing."""
    return bool(_NO_CONTACT[0].search(_spelled(listed.name)))


def _spelled(name: str) -> str:
    """The name in lower case, with blanks for all that is no letter or digit: `w nabellen offertes start`."""
    return " ".join("".join(letter if _in_a_word(letter) else " " for letter in name.casefold()).split())


def _in_a_word(letter: str) -> bool:
    # Vowel signs of Indian scripts are marks, no letters: without them a word would fall apart.
    return letter.isalnum() or "\u0900" <= letter <= "\u0dff"
