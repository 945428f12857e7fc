"""The local server's idle connections."""

import httpx
from starlette.applications import Starlette

from lsq_api.client.request import _LIMITS
from lsq_api.server.thread import Listening


def test_listening__keeps_idle_connections_longer_than_clients_use_them():
    """Otherwise a call is sent, now and then, on a connection that is just being closed."""
    server = Listening(Starlette(), "127.0.0.1", 0, lambda url: None)
    for client in (httpx.Limits(), _LIMITS):
        assert client.keepalive_expiry is not None
        assert server.config.timeout_keep_alive > 2 * client.keepalive_expiry
