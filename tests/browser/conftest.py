"""Chromium and the processes it looks at; both are shared as far as may be, for they are slow to start."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from lsq_api.server.demo.make import make_demo
from tests.app.books import Books
from tests.browser.site import ROOT, Dashboard, chromium, launched, running

BPIC = ROOT.parent / "shared" / "data" / "bpic2012"
WIDE, NARROW = 1440, 390

Tab = Callable[..., Dashboard]
Profile = Callable[..., BrowserContext]
Site = Callable[..., str]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for each module, not for the session: while it runs, its event loop is in the way of others."""
    executable = chromium()
    if executable is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("there is no Chromium on the PATH")
    with launched(executable) as started:
        yield started


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Start a dashboard on a store or folder; all stop with the session."""
    with ExitStack() as running_ones:

        def start(data: Path) -> str:
            return running_ones.enter_context(running(tmp_path_factory.mktemp("site"), LSQ_DATA=str(data)))

        yield start


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "store"
    make_demo(path, leads=6_000, activities=40_000, seed=11)
    return path


@pytest.fixture(scope="session")
def books(demo: Path) -> Books:
    """The rows of the demo, to count from."""
    return Books.read(demo)


@pytest.fixture(scope="session")
def demo_url(site: Site, demo: Path) -> str:
    return site(demo)


@pytest.fixture(scope="session")
def bank_url(site: Site) -> str:
    """The dashboard on a bank's real leads."""
    if not BPIC.exists():
        pytest.skip(f"the bank's data is not at {BPIC.relative_to(ROOT.parent)} beside this folder")
    return site(BPIC)


@pytest.fixture(scope="module")
def profiles(browser: Browser) -> Iterator[Profile]:
    """Browser profiles of viewers in India, one for each kind of screen: a second tab has what the first has loaded."""
    kept: dict[tuple[int, int, str], BrowserContext] = {}

    def profile(width: int, height: int, scheme: str, *, fresh: bool) -> BrowserContext:
        kind = (width, height, scheme)
        if fresh or kind not in kept:
            kept[kind] = browser.new_context(
                timezone_id="Asia/Kolkata",
                locale="en-IN",
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
            )
        return kept[kind]

    yield profile
    for context in browser.contexts:
        context.close()


@pytest.fixture
def tab(profiles: Profile, demo_url: str) -> Iterator[Tab]:
    """Open tabs; `fresh` ones share nothing with those before."""
    with ExitStack() as opened:

        def new(
            url: str = demo_url, width: int = WIDE, height: int = 900, scheme: str = "light", *, fresh: bool = False
        ) -> Dashboard:
            page = profiles(width, height, scheme, fresh=fresh).new_page()
            opened.callback(page.close)
            return Dashboard(page, url)

        yield new
