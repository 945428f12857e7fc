"""What counts as contact, in words: a definition's name, or those of the activity types, the same beginnings said once.

Inbound or Outbound Phone Call
W_Nabellen offertes (COMPLETE, START)
Sales Activity, Meeting and 2 more types
"""

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import NamedTuple

from lsq_api.question import formats
from lsq_api.question.directory import Directory
from lsq_api.question.phrases import FOLD_ABOVE, SET_APART, joined, shown

_EVENTS = {"call", "conversation", "chat", "email", "meeting", "message", "visit"}
_ENDING = re.compile(r"(?P<stem>.*\S)\s*\((?P<ending>[^()]+)\)")


class ContactNoun(NamedTuple):
    """What counts as contact as a noun; `several` says that it is to be had "one of", for it has no article."""

    noun: str
    several: bool = False

    @property
    def one(self) -> str:
        """`a phone call`, `one of Meeting, Sales Activity and 2 more types`."""
        return f"one of {self.noun}" if self.several else with_article(self.noun)


def contact_words(codes: Sequence[int], directory: Directory, most: int = FOLD_ABOVE) -> ContactNoun | None:
    """What counts as contact: a definition's name, or up to `most` names, or fewer and the number of further types.

    None where an activity of any type does.
    """
    definition = directory.contact_named(codes)
    if definition:
        return ContactNoun(_within_a_sentence(definition))
    if not codes or tuple(codes) == directory.codes:
        return None
    unlike = dict.fromkeys(event(code, directory) for code in codes)
    names = _beginning_alike(unlike)
    if len(names) <= most:
        return ContactNoun(_sharing_an_end([name for name, _ in names]))
    first = names[: max(most - 1, 1)]
    more = len(unlike) - sum(len(of) for _, of in first)
    listed = ", ".join(name for name, _ in first)
    return ContactNoun(f"{listed} and {formats.number(more)} more type{'' if more == 1 else 's'}", several=True)


def contact_in_brief(codes: Sequence[int], directory: Directory, width: int) -> str:
    """The same within about `width` letters: one name alone, where more do not fit; "" where any activity counts."""
    whole = contact_words(codes, directory)
    if whole is None:
        return ""
    if len(whole.noun) <= width:
        return whole.noun
    short = contact_words(codes, directory, most=1) or whole
    return short.noun


def event(code: int, directory: Directory) -> str:
    """`Outbound Phone Call` for "Outbound Phone Call Activity (22)"; "Sales Activity" stays as it is."""
    name = shown(directory.activity_label(code).removesuffix(f" ({code})"))
    shorter = name.removesuffix(" Activity")
    return shorter if shorter.split()[-1:] and shorter.split()[-1].lower() in _EVENTS else name


def _beginning_alike(names: Iterable[str]) -> list[tuple[str, list[str]]]:
    """`Call (START, COMPLETE)` for "Call (START)" and "Call (COMPLETE)", each with the names that it stands for."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in names:
        found = None if SET_APART in name else _ENDING.fullmatch(name)
        groups.setdefault(found["stem"] if found else name, []).append((name, found["ending"] if found else ""))
    said = []
    for stem, members in groups.items():
        endings = [ending for _, ending in members if ending]
        # A type of the bare name beside those with endings stays by itself: "(…)" would leave it out.
        said += [(name, [name]) for name, ending in members if not ending]
        said += [(f"{stem} ({', '.join(endings)})", [name for name, ending in members if ending])] if endings else []
    return said


def _sharing_an_end(names: Sequence[str]) -> str:
    """`Inbound or Outbound Phone Call` for the two in full."""
    words = [name.split() for name in names]
    same = 0
    if len(names) > 1 and not any(SET_APART in name or name.endswith(")") for name in names):
        backwards = zip(*(rest[:0:-1] for rest in words), strict=False)  # each name keeps its first word
        same = sum(1 for _ in takewhile(lambda ends: len(set(ends)) == 1, backwards))
    heads = [" ".join(rest[: len(rest) - same]) for rest in words]
    return " ".join([joined(heads, "or"), *words[0][len(words[0]) - same :]])


def _within_a_sentence(name: str) -> str:
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def with_article(noun: str) -> str:
    """A noun after `a` or `an`, by the sound of its first letter; capitals alone are spelled out ("an SMS")."""
    first = noun.split()[0]
    article = "an" if first[0].upper() in ("AEFHILMNORSX" if len(first) > 1 and first.isupper() else "AEIOU") else "a"
    return f"{article} {noun}"
