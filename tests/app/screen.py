"""What a run of the dashboard drew, read for the tests; and a host that stands between it and an account."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from streamlit.testing.v1 import AppTest

from components.shell.frame import ADD_DATA, SCREENS
from lsq_api.contract.together import TOGETHER
from tests.scripted import ACCESS_KEY, SECRET_KEY, Asked, Says


@dataclass(frozen=True, repr=False)
class Screen:
    """What one run of the dashboard drew."""

    test: AppTest

    def metric(self, begins: str) -> str:
        """The value of the metric whose label begins so."""
        (found,) = [metric.value for metric in self.test.metric if metric.label.startswith(begins)]
        return str(found)

    @property
    def sentence(self) -> str:
        """The question and its answer."""
        (found,) = [text.value for text in self.test.text if " As of " in text.value]
        return str(found)

    @property
    def notes(self) -> list[str]:
        """What the screen says about things in the link that could not be used."""
        return [str(text.value) for text in self.test.text if " As of " not in text.value]

    @property
    def chips(self) -> list[str]:
        """The labels of the chips, without the marks that keep Markdown from reading them."""
        return [chip.label.replace("\\", "") for chip in self._chips]

    @property
    def _chips(self) -> list[Any]:
        return [button for button in self.test.main.button if str(button.key).startswith("chip_")]

    def remove(self, chip: str) -> "Screen":
        """Click a chip."""
        (found,) = [button for button in self._chips if button.label.replace("\\", "") == chip]
        found.click()
        return self.again()

    def press(self, label: str) -> "Screen":
        """Click a button by its label."""
        (found,) = [button for button in self.test.button if button.label == label]
        found.click()
        return self.again()

    def again(self) -> "Screen":
        """Run once more, as after any click."""
        self.test.run()
        if self.test.exception:
            pytest.fail("the page raised an error; its traceback is in the captured log")
        return self

    def bars(self, noun: str) -> dict[str, tuple[int, int]]:
        """What the chart of owners, stages or sources holds: waiting and book by label."""
        figure = self.figure(f"Leads not contacted by {noun}:")
        book, waiting = figure["data"]
        labels = figure["layout"]["yaxis"]["ticktext"]
        return dict(zip(labels, zip(waiting["x"], book["x"], strict=True), strict=True))

    def figure(self, described: str) -> dict[str, Any]:
        """The Plotly figure whose description for the blind begins so."""
        charts = [chart.proto for chart in self.test.get("plotly_chart")]
        (found,) = [json.loads(chart.spec) for chart in charts if chart.alt.startswith(described)]
        return dict(found)

    @property
    def pressed(self) -> tuple[str, dict[str, list[str]]]:
        """Where the link leads that presses itself: a page, and the parameters of its address."""
        (found,) = [link.proto for link in self.test.get("page_link") if link.proto.label == "Opening …"]
        return found.page, parse_qs(found.query_string)

    @property
    def tables(self) -> list[Any]:
        """Every table on the page, as a DataFrame."""
        return [table.value for table in self.test.dataframe]

    @property
    def listed(self) -> Any:
        """The table of leads, by schema name."""
        (found,) = [table for table in self.tables if "ProspectID" in table]
        return found

    @property
    def elements(self) -> list[Any]:
        """Every element on the page, the form's too."""
        return [*self.test.main]

    @property
    def sent(self) -> bytes:
        """Everything that goes to the browser, as it is sent."""
        return b"".join(one.proto.SerializeToString() for one in self.elements if getattr(one, "proto", None))


Open = Callable[..., Screen]
PAGES = tuple(screen.name for screen in SCREENS if screen.title != ADD_DATA)
"""Every page that answers a question, as `view(page=…)` takes them."""


def keys(url: str, access: str = ACCESS_KEY, secret: str = SECRET_KEY) -> dict[str, str]:
    """The environment of somebody with an account whose plan no test reaches the end of."""
    where = {"LSQ_API_URL": url, "LSQ_ANALYTICS_URL": url}
    return where | {"LSQ_ACCESS_KEY": access, "LSQ_SECRET_KEY": secret, "LSQ_RATE_LIMIT": "9999/1"}


@dataclass(frozen=True)
class Relay:
    """Stands between the dashboard and the account: writes down each call, and answers itself where `instead` does."""

    account: httpx.Client
    instead: Callable[[Asked], Says | None] = lambda asked: None

    def __call__(self, asked: Asked) -> Says:
        said = self.instead(asked)
        if said is not None:
            return said
        sent = {"json": asked.body} if asked.method == "POST" else {}
        kept = {name: value for name, value in asked.headers.items() if name.startswith("x-lsq")}
        answer = self.account.request(asked.method, asked.path, params=asked.query, headers=kept, **sent)
        return Says(answer.content, answer.status_code, answer.headers["Content-Type"])


class OneByOne(Relay):
    """An account that takes one report a call, as a real one does."""

    def __call__(self, asked: Asked) -> Says:
        said = super().__call__(asked)
        return Says(said.raw.replace(f'"{TOGETHER}"'.encode(), b'"-"'), said.status, said.kind)
