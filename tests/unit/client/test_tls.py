"""Who answers has to prove that it is the host: a certificate that nobody vouches for is refused, keys unsent."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import httpx
import pytest
import trustme

from lsq_api.client.client import Client
from lsq_api.contract.errors import Unreachable
from tests.scripted import host_at


class Host(NamedTuple):
    """A server with a certificate for `name`; `asked` holds the targets of the requests that it could read."""

    url: str
    asked: list[str]


@contextmanager
def serving(authority: trustme.CA, name: str) -> Iterator[Host]:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b"[]")

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            pass  # the client hangs up in the handshake, which is what it should do

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    server = Quiet(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield Host(f"https://127.0.0.1:{server.server_port}", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_tls__a_certificate_that_nobody_vouches_for_is_refused() -> None:
    authority = trustme.CA()
    with serving(authority, "127.0.0.1") as host:
        with Client(host_at(host.url)) as client, pytest.raises(Unreachable) as caught:
            client.users()
        assert str(caught.value).endswith(": no secure connection (TLS)")
        assert not caught.value.passing, "another try would not help"
        assert host.asked == [], "neither the request nor a key was sent"

        trusting = ssl.create_default_context()
        authority.configure_trust(trusting)
        assert httpx.get(f"{host.url}/x", verify=trusting, trust_env=False).json() == []
        assert host.asked == ["/x"], "who trusts the authority is answered"
