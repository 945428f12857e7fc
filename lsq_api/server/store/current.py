"""The store that is served: opened anew when its content was replaced, for the calls that come after."""

import logging
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from threading import Lock

from lsq_api.contract.errors import NotConnected
from lsq_api.server.store.store import Store

log = logging.getLogger("lsq_api.server")


class CurrentStore:
    """Hands out the store. A call keeps the one it began with; the last call that leaves an old one closes it."""

    def __init__(self, store: Store) -> None:
        self._store, self._first = store, store
        self._lock = Lock()
        self._readers: Counter[int] = Counter()
        self._refused = store.backend.identity

    @property
    def identity(self) -> Hashable:
        """What tells the content of the store's place from the next one there."""
        return self._store.backend.seen

    @contextmanager
    def taken(self) -> Iterator[Store]:
        """The store as it is now. Where what took its place is no store, the old one is served on."""
        with self._lock:
            self._look()
            store = self._store
            self._readers[id(store)] += 1
        try:
            yield store
        finally:
            with self._lock:
                self._readers[id(store)] -= 1
                self._let_go(store)

    def _look(self) -> None:
        found = self._store.backend.look()
        if found is None or found in (self._store.backend.identity, self._refused):
            return
        try:
            new = Store.at(self._store.backend.renewed())
        except NotConnected as error:
            self._refused = found
            log.error("the new content is not served: %s", error)
            return
        old, self._store = self._store, new
        log.info("%s was replaced: %d leads, %d activities", new.backend, new.leads, new.activities)
        self._let_go(old)

    def _let_go(self, store: Store) -> None:
        """Close a store that nobody reads and nobody will. Whoever opened the first one closes it."""
        if store is not self._store and store is not self._first and not self._readers[id(store)]:
            store.close()
