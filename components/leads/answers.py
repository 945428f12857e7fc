"""What the list's page asks."""

from components.shell import link, waits
from components.shell.answers import by_owner, listed
from components.shell.frame import View
from lsq_api.client.asks import Asking
from lsq_api.contract.answer import ListAnswer
from lsq_api.question.listing import Listing


def the_list(view: View) -> Asking[tuple[Listing, ListAnswer]]:
    """The page of the list that the link names, or the last one where that is beyond the end."""
    listing, _ = waits.listing(view, link.params())
    owners = yield from by_owner(view)
    return (yield from listed(view, listing.on_a_page(sum(one.waiting for one in owners))))


ASKS = (("By owner", by_owner), ("The list", the_list))
"""What the page asks, by the title of the part that shows it, in the order of the screen."""
