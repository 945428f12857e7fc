"""The link of a view as it is copied, and the name of its browser tab."""

import pytest

from tests.app.screen import Open, Screen


def copied(screen: Screen) -> list[str]:
    return [code.value for code in screen.test.main.code if code.value.startswith("http")]


@pytest.mark.parametrize(
    ("at", "link", "address"),
    [
        ("https://leads.example/lead", {"lead": "nobody"}, "https://leads.example/lead?lead=nobody"),
        ("http://localhost:8501", {"stage": "Prospect"}, "http://localhost:8501/?stage=Prospect"),
        (
            "https://x.example/team/lead",
            {"stage": ["Prospect", "No"], "lead": "a&b=ä"},
            "https://x.example/team/lead?lead=a%26b%3D%C3%A4&stage=Prospect&stage=No",
        ),
    ],
)
def test_copy_link__has_every_filter_and_choice(view: Open, at: str, link: dict[str, str], address: str):
    screen = view(link, page=None if at.endswith("8501") else "lead")
    screen.test.context["url"] = at
    (found,) = copied(screen.again())
    begins, _, query = found.partition("?")
    expected, _, wanted = address.partition("?")
    assert (begins, sorted(query.split("&"))) == (expected, sorted(wanted.split("&")))


def test_copy_link__is_left_out_where_the_browser_does_not_say_where_it_is(view: Open):
    assert copied(view({"lead": "x"}, page="lead")) == []
