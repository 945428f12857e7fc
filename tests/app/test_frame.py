"""What stands around every page: the form, the menu, and the way in from a link."""

import pytest

from components.shell.frame import ADD_DATA, SCREENS
from tests.app.screen import PAGES, Open

LINK = {"stage": "Prospect", "created": "365d"}


@pytest.mark.parametrize("page", PAGES)
def test_page__opened_first_has_the_frame(view: Open, page: str):
    """Streamlit runs such a page without app.py: the remedy is in components/shell/frame.py."""
    screen = view(LINK, page=page)
    assert "Apply" in {button.label for button in screen.test.main.button}
    assert [one.value for one in screen.test.main.multiselect if one.label == "Stage"] == [["Prospect"]]
    assert len(screen.test.error) == 0


@pytest.mark.parametrize("page", PAGES)
def test_page__come_to_from_another_keeps_the_frame(view: Open, page: str):
    screen = view(LINK)
    screen.test.switch_page(f"pages/{page}.py")
    assert "Apply" in {button.label for button in screen.again().test.main.button}


@pytest.mark.parametrize("page", PAGES)
def test_menu__leads_to_every_page_with_the_question(view: Open, page: str):
    links = [one.proto for one in view(LINK, page=page).test.main.page_link]
    menu = {link.label: link.query_string for link in links if link.label in {screen.title for screen in SCREENS}}
    assert list(menu) == [screen.title for screen in SCREENS if screen.in_menu and screen.title != ADD_DATA]
    question = "stage=Prospect&created=365d"
    status = menu.pop("Status")
    assert set(menu.values()) == {question}
    assert status == (question if page == "status" else f"{question}&screen={page}"), "it is told where one comes from"
