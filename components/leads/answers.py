"""What the list asks for."""

from components.shell import link
from components.shell.answers import by_owner, listed
from components.shell.frame import View
from lsq_api.client.asks import Asking
from lsq_api.contract.answer import ListAnswer
from lsq_api.question.listing import Listing, read_listing


def the_list(view: View) -> Asking[tuple[Listing, ListAnswer]]:
    """The page of the list that the link names, or the last one there is."""
    listing, _ = read_listing(link.params(), view.directory, can_sort=view.source.can_sort)
    owners = yield from by_owner(view)
    return (yield from listed(view, listing.on_a_page(sum(one.waiting for one in owners))))


ASKS = (("By owner", by_owner), ("The list", the_list))
"""What the page asks, by the part of it that needs it, in the order of the screen."""
