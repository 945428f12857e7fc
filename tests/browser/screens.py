"""The README's screenshots, of the demo data, whose seed is fixed: `python -m tests.browser.screens FOLDER`."""

import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser

from tests.browser.site import Dashboard, chromium, launched, running


class Shot(NamedTuple):
    """One screenshot: its file, the link, and the window it is seen in."""

    name: str
    link: str = "/"
    width: int = 1440
    height: int = 1000
    scheme: str = "light"


SHOTS = (
    Shot("overview-light"),
    Shot("overview-dark", scheme="dark"),
    Shot("overview-390", width=390, height=844),
)


def main(folder: Path) -> None:
    """Write every shot into the folder."""
    executable = chromium()
    if executable is None:
        sys.exit("there is no Chromium on the PATH")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, running(Path(home)) as url, launched(executable) as browser:
        for shot in SHOTS:
            take(browser, url, shot, folder)


def take(browser: Browser, url: str, shot: Shot, folder: Path) -> None:
    context = browser.new_context(
        timezone_id="Asia/Kolkata",
        locale="en-IN",
        viewport={"width": shot.width, "height": shot.height},
        color_scheme="dark" if shot.scheme == "dark" else "light",
    )
    dashboard = Dashboard(context.new_page(), url).open(shot.link)
    dashboard.charts_drawn()
    dashboard.page.screenshot(path=folder / f"{shot.name}.png")
    context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
