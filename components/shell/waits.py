"""Since when leads wait on a screen, decided in one place: its figures, badges, lists and orders all go by it.

A lead that was never contacted waits since it came in. One that was contacted before the question's span waits since
that contact, where the account can tell when it was; else every lead counts since it came in, and the screen says so.
"""

from collections.abc import Mapping, Sequence

from components.shell.frame import View
from lsq_api.contract.lookups import WAITING_SINCE
from lsq_api.question.listing import OLDEST_FIRST, Listing, Usual, read_listing, usual_list, waits_since_contact


def by_contact(view: View) -> bool:
    """Whether leads that were contacted wait since their last contact."""
    return waits_since_contact(view.question, last_contact=view.source.tells_last_contact)


def field(view: View) -> str:
    """The field that a lead waits since."""
    return WAITING_SINCE if by_contact(view) else OLDEST_FIRST


def since(view: View) -> str:
    """In words, after "waits": `since its last contact, or since it came in`."""
    return "since its last contact, or since it came in" if by_contact(view) else "since it came in"


def usual(view: View) -> Usual:
    """The columns and the order of a list whose link names none: those who wait longest come first."""
    source = view.source
    return usual_list(view.question, view.directory, source.fill(), last_contact=source.tells_last_contact)


def listing(view: View, params: Mapping[str, Sequence[str]]) -> tuple[Listing, tuple[str, ...]]:
    """The list of a link, and a sentence for each of its values that could not be used."""
    source = view.source
    return read_listing(
        params,
        view.directory,
        can_sort=source.can_sort,
        usual=usual(view),
        last_contact=source.tells_last_contact,
    )
