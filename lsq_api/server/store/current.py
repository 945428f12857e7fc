"""The store that is served; once its content was replaced, later calls are answered from the new content."""

import logging
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock

from lsq_api.contract.errors import NotConnected
from lsq_api.server.store.store import Store

log = logging.getLogger("lsq_api.server")


class CurrentStore:
    """Hands out the store. A call keeps the one it began with; an old one is closed after its last call."""

    def __init__(self, store: Store) -> None:
        self._store, self._first = store, store
        self._lock = Lock()
        self._readers: Counter[int] = Counter()
        self.opened = datetime.now(UTC)
        self._refused = store.backend.identity

    @property
    def store(self) -> Store:
        """The store that is served now, for what is said about it."""
        return self._store

    @property
    def identity(self) -> Hashable:
        """Identifies the present content of the store's place."""
        return self._store.backend.seen

    @contextmanager
    def taken(self) -> Iterator[Store]:
        """The present store; the old one where the new content is no usable store."""
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
        old, self._store, self.opened = self._store, new, datetime.now(UTC)
        log.info("%s was replaced: %d leads, %d activities", new.backend, new.leads, new.activities)
        self._let_go(old)

    def _let_go(self, store: Store) -> None:
        """Close an old store that no call uses any more; not the first one, which belongs to whoever opened it."""
        if store is not self._store and store is not self._first and not self._readers[id(store)]:
            store.close()
