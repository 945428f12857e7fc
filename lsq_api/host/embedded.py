"""The server that a process starts for itself where no host is configured; the only module that starts one."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lsq_api.host.settings import Host

log = logging.getLogger(__name__)


@contextmanager
def embedded(data: str | None, progress: Callable[[str], None] = log.info) -> Iterator[Host]:
    """A server on loopback with random keys, serving own data or (None) demo data; it stops when the block ends.

    Raises NotConnected or ImportFailed where the data cannot be served.
    """
    from lsq_api.server.app import Options
    from lsq_api.server.source import opened
    from lsq_api.server.thread import ServerThread, random_key

    with opened(data, progress=progress) as store:
        # No limit of calls: it protects an account that others share, and this server has one user.
        options = Options(random_key(), random_key(), rate_limit=None)
        with ServerThread(store, options) as server:
            yield Host(server.url, server.url, None, options.access_key, options.secret_key)
