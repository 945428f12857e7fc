"""What a screen draws while its answers are on their way."""

from contextlib import nullcontext
from types import SimpleNamespace
from typing import cast

import pytest

from components.prefetch import SCREENS, Prefetch
from components.shell import frame
from components.shell.frame import View
from lsq_api.client.asks import Lead


def asked(*there: str) -> View:
    """A screen whose answers with these names are there."""
    source = SimpleNamespace(fetched=lambda ask: ask if ask.id in there else None)
    return cast("View", SimpleNamespace(source=source))


@pytest.mark.parametrize(
    ("there", "parts", "held"),
    [
        (("a", "b", "c"), ("one", "two"), False),
        (("a", "b"), ("one",), False),
        (("a", "b"), ("one", "two"), True),
        (("a", "c"), ("one", "two"), True),
        ((), ("two",), True),
    ],
)
def test_skeleton__until_all_answers_of_its_parts_are_there(there: tuple[str, ...], parts: tuple[str, ...], held: bool):
    coming = Prefetch(asked(*there), {"one": [Lead("a"), Lead("b")], "two": [Lead("c")]})
    assert isinstance(coming.skeleton(80, *parts), nullcontext) is not held


def test_screens__every_page_declares_what_it_asks():
    """A page that does not could not be looked at on Status, and nothing else would miss it."""
    assert {screen.name for screen in frame.SCREENS if screen.title not in (frame.STATUS, frame.ADD_DATA)} == set(
        SCREENS
    )
