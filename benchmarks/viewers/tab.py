"""One browser tab without a browser: Streamlit's own messages over its own websocket, kept as far as a tab keeps them.

What a viewer does is a message to the server; what comes back until the script has finished is one answer. Messages
that the tab keeps are named to the server, which then sends a reference in their place, as it does to a browser.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

WITHIN = 60.0
"""Seconds until a script must have finished; a longer one ends the benchmark."""
RUNS_KEPT = 2
"""For how many runs a browser keeps a message that no run has used (`global.maxCachedMessageAge`)."""
_GOES_ON = ForwardMsg.FINISHED_EARLY_FOR_RERUN
_OF_A_PART = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY


class WentWrong(Exception):
    """An answer that is not what a viewer should see."""


@dataclass
class Screen:
    """What one run of the script drew: elements by their place, how many bytes came, and how many places were held for
    what was still to come."""

    elements: dict[tuple[int, ...], Element] = field(default_factory=dict)
    bytes: int = 0
    held: int = 0

    def of(self, kind: str) -> Iterator[Any]:
        """Every element of a kind, such as `text` or `alert`."""
        for element in list(self.elements.values()):
            if element.WhichOneof("type") == kind:
                yield getattr(element, kind)

    @property
    def said(self) -> list[str]:
        """Texts, captions and headings."""
        bodies = [*self.of("text"), *self.of("markdown"), *self.of("heading")]
        return [one.body for one in bodies]


class Tab:
    """A tab of one dashboard; `open` first. Every act waits for its answer and returns the screen."""

    def __init__(self, socket: ClientConnection, url: str) -> None:
        self._socket, self._url = socket, url
        self._kept: dict[str, tuple[int, ForwardMsg]] = {}
        self._runs = 0
        self._again: dict[str, float] = {}
        self.pages: dict[str, str] = {}
        self.query, self._page, self.screen = "", "", Screen()

    @classmethod
    @asynccontextmanager
    async def at(cls, url: str, headers: Sequence[tuple[str, str]] = ()) -> AsyncIterator["Tab"]:
        """A tab connected to a dashboard's address, by a proxy that adds `headers`."""
        split = urlsplit(url)
        where = f"ws://{split.netloc}/_stcore/stream"
        origin, protocols = cast("Any", url), [Subprotocol("streamlit")]
        try:
            async with connect(
                where,
                subprotocols=protocols,
                origin=origin,
                additional_headers=list(headers),
                max_size=None,
                open_timeout=WITHIN,
                proxy=None,
            ) as socket:
                yield cls(socket, url)
        except (TimeoutError, ConnectionClosed) as error:
            raise WentWrong(f"no answer, or none within {WITHIN:.0f} s: {error!r}") from error

    async def open(self, page: str = "", query: str = "") -> Screen:
        """Open a link, such as `leads` and `stage=Prospect`."""
        self.query = query
        return await self._run(ClientState(page_name=page))

    async def go(self, page: str, **query: str) -> Screen:
        """Follow a link to another page (by its address) with these parameters."""
        self.query, self._page = urlencode(query), self.pages[page]
        return await self._run(ClientState(page_script_hash=self._page))

    @property
    def last_page(self) -> int:
        """How many pages the list on the screen has."""
        pager = next(self.screen.of("pagination"), None)
        return pager.num_pages if pager else 1

    async def turn(self, page: int) -> Screen:
        """Choose a page of the list."""
        pager = next(self.screen.of("pagination"), None)
        if pager is None or not 1 <= page <= pager.num_pages:
            raise WentWrong(f"there is no page {page} to turn to")
        state = ClientState(page_script_hash=self._page)
        state.widget_states.widgets.add(id=pager.id, int_value=page)
        return await self._run(state)

    async def rest(self, seconds: float) -> None:
        """Look at the screen for a while; what draws itself again is asked for, as a browser does."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while self._again and (left := until - loop.time()) > 0:
            part, every = next(iter(self._again.items()))
            await asyncio.sleep(min(every, left))
            await self._run(ClientState(page_script_hash=self._page, fragment_id=part, is_auto_rerun=True))
        await asyncio.sleep(max(0.0, until - loop.time()))

    async def _run(self, state: ClientState) -> Screen:
        state.query_string = self.query
        state.cached_message_hashes.extend(self._kept)
        state.context_info.timezone = "Asia/Kolkata"
        state.context_info.locale = "en-IN"
        state.context_info.url = f"{self._url}/{state.page_name}"
        self._runs += 1
        if not state.fragment_id:
            self.screen, self._again = Screen(), {}
        await self._socket.send(BackMsg(rerun_script=state).SerializeToString())
        async with asyncio.timeout(WITHIN):
            while not self._read(await self._socket.recv(decode=False)):
                pass
        self._kept = {key: kept for key, kept in self._kept.items() if kept[0] > self._runs - RUNS_KEPT}
        return self.screen

    def _read(self, message: bytes) -> bool:
        """Take one message in; whether it ends the run."""
        found = ForwardMsg.FromString(message)
        self.screen.bytes += len(message)
        if found.WhichOneof("type") == "ref_hash":
            path, found = list(found.metadata.delta_path), self._kept[found.ref_hash][1]
        else:
            path = list(found.metadata.delta_path)
        if found.metadata.cacheable:
            self._kept[found.hash] = self._runs, found
        match found.WhichOneof("type"):
            case "delta":
                if found.delta.WhichOneof("type") == "new_element":
                    self.screen.elements[tuple(path)] = found.delta.new_element
                self.screen.held += found.delta.WhichOneof("type") == "new_transient"
            case "page_info_changed":
                self.query = found.page_info_changed.query_string
            case "navigation":
                self.pages = {page.url_pathname: page.page_script_hash for page in found.navigation.app_pages}
                self._page = found.navigation.page_script_hash
            case "auto_rerun":
                self._again[found.auto_rerun.fragment_id] = found.auto_rerun.interval
            case "stop_auto_rerun":
                for part in found.stop_auto_rerun.fragment_ids:
                    self._again.pop(part, None)
            case "script_finished":
                return self._finished(found.script_finished)
        return False

    def _finished(self, how: int) -> bool:
        if how == _GOES_ON:
            # All is drawn anew, and parts of the screen before are unknown to the server: it would not answer.
            self.screen, self._again = Screen(), {}
        return how != _GOES_ON
