"""What counts as contact, in words: a definition's name, or those of a few activity types."""

from itertools import takewhile

from lsq_api.question.directory import Directory
from lsq_api.question.phrases import FOLD_ABOVE, SET_APART, joined, shown

_EVENTS = {"call", "conversation", "chat", "email", "meeting", "message", "visit"}


def contact_words(codes: tuple[int, ...], directory: Directory) -> str | None:
    """What counts as contact: a definition's name, up to three types by name, `12 activity types`; None for any."""
    definition = directory.contact_named(codes)
    if definition:
        return _within_a_sentence(definition)
    if not codes or codes == directory.codes:
        return None
    if len(codes) > FOLD_ABOVE:
        return f"{len(codes)} activity types"
    return _sharing_an_end(list(dict.fromkeys(event(code, directory) for code in codes)))


def event(code: int, directory: Directory) -> str:
    """`Outbound Phone Call` for "Outbound Phone Call Activity (22)"; "Sales Activity" stays as it is."""
    name = shown(directory.activity_label(code).removesuffix(f" ({code})"))
    shorter = name.removesuffix(" Activity")
    return shorter if shorter.split()[-1:] and shorter.split()[-1].lower() in _EVENTS else name


def _sharing_an_end(names: list[str]) -> str:
    """`Inbound or Outbound Phone Call` for the two in full."""
    words = [name.split() for name in names]
    same = 0
    if len(names) > 1 and not any(SET_APART in name for name in names):
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
