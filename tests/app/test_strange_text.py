"""Names and values come from leads and may hold anything: they are shown as text, never read as markup or formula."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.app.screen import PAGES, Open, Screen
from tests.stores import Rows, at, make_store

NAMES = [
    "<b>Ann</b> & **Co** [x](javascript:alert(1))",
    "😀 Zoë :red[loud] `code`",
    "مدير المبيعات",
    "=1+1",
    "$x$ _y_ ~z~ #h",
    'O\'Hara "Q" </script><img src=x onerror=alert(1)>',
    "; DROP TABLE leads; --",
    "Ann\nLee\ttab",
    "x" * 300,
]
STAGES = ["*Hot* :red[now]", "<i>Cold</i>", "ساخن 5"]
LOUD = re.compile(r"(?<!\\)(\*\*Co\*\*|\*\*Call|\[x\]|:red\[|`code|<b>|<i>|<img|\$x\$|_y_)")
"""Marks of the names above where nothing keeps Markdown from reading them."""
READ_AS_MARKDOWN = {"markdown", "caption", "button", "header", "title", "metric", "expander", "toast"}
READ_AS_MARKDOWN |= {"error", "warning", "info", "success", "download_button", "page_link", "popover", "status"}


def owner(number: int) -> str:
    return f"{number}0000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = Rows(
        users=[{"UserId": owner(n), "FirstName": name, "StatusCode": "0"} for n, name in enumerate(NAMES)],
        leads=[
            {
                "ProspectID": f"lead-{n}",
                "FirstName": name,
                "OwnerId": owner(n),
                "ProspectStage": STAGES[n % 3],
                "Source": name,
                "CreatedOn": at("2026-01-01 00:00:00"),
                "mx_Note": name * 50,
            }
            for n, name in enumerate(NAMES)
        ],
        types=[{"ActivityEvent": 22, "ActivityEventName": "**Call** <b>", "EventType": 1}],
        columns={"mx_Note": "VARCHAR", "mx_SELECT": "VARCHAR"},
    )
    return make_store(tmp_path_factory.mktemp("strange") / "s", rows, title="*Strange* <b>")


def texts(screen: Screen) -> list[str]:
    """What is read as Markdown: labels, values and hints."""
    found: list[Any] = []
    for one in screen.elements:
        if one.type in READ_AS_MARKDOWN:
            proto = getattr(one, "proto", None)
            found += [getattr(one, "label", ""), getattr(one, "value", ""), getattr(proto, "help", "")]
    return [text for text in found if isinstance(text, str)]


def test_strange__the_screen_stands(view: Open, strange: Path):
    screen = view(data=strange)
    assert screen.metric("Not contacted") == str(len(NAMES))
    assert list(screen.test.error) == []


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "link",
    [{}, {"owner": [owner(n) for n in range(len(NAMES))]}, {"stage": STAGES}, {"source": NAMES}],
    ids=["all", "owners", "stages", "sources"],
)
def test_strange__nothing_is_read_as_markdown(view: Open, strange: Path, link: dict[str, list[str]], page: str):
    screen = view({**link, "lead": "lead-0", "group": "Source"}, data=strange, page=page)
    assert [text for text in texts(screen) if LOUD.search(text)] == []


def test_strange__nothing_is_read_as_html_by_the_charts(view: Open, strange: Path):
    screen = view(data=strange)
    for noun in ("owners", "stages", "sources"):
        figure = screen.figure(f"Leads by {noun}, contacted or not:")
        words = [
            *figure["layout"]["yaxis"]["ticktext"],
            *(text for bars in figure["data"] for text in bars["hovertext"]),
        ]
        assert len(words) > 6
        assert {tag for text in words for tag in re.findall(r"<[^ ][^>]*>", text)} <= {"<br>"}


@pytest.mark.parametrize("number", range(len(NAMES)))
def test_strange__an_owner_can_be_asked_for_and_taken_away(view: Open, strange: Path, number: int):
    screen = view({"owner": owner(number)}, data=strange)
    assert screen.metric("Not contacted") == "1"
    assert screen.notes == []
    (chip,) = screen.chips
    assert screen.remove(chip).metric("Not contacted") == str(len(NAMES))


@pytest.mark.parametrize("number", range(len(NAMES)))
def test_strange__the_name_in_a_link_finds_its_owner(view: Open, strange: Path, number: int):
    screen = view({"owner": NAMES[number]}, data=strange)
    assert screen.metric("Not contacted") == "1"


def test_strange__leads_are_listed_by_their_names(view: Open, strange: Path):
    listed = view(data=strange).listed
    assert {" ".join(name.split()) for name in listed["Name"]} == {" ".join(name.split()) for name in NAMES}


def test_strange__right_to_left_does_not_turn_the_numbers_around(view: Open, strange: Path):
    screen = view({"owner": owner(2)}, data=strange)
    assert f"\u2068{NAMES[2]}\u2069" in screen.sentence


def test_strange__a_long_name_leaves_room_for_the_sentence(view: Open, strange: Path):
    assert len(view({"owner": owner(8)}, data=strange).sentence) < 250


@pytest.mark.parametrize(
    "condition", ["mx_SELECT~ndef", "mx_Note~lik~<b>Ann", "SELECT~ndef", "mx_Note~lik~" + "y" * 5000]
)
def test_strange__a_field_named_like_sql_and_a_note_of_5000(view: Open, strange: Path, condition: str):
    screen = view({"where": condition}, data=strange)
    assert list(screen.test.error) == []
    assert len(screen.chips) == 1
    assert len(screen.chips[0]) < 200
