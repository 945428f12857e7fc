"""A real OpenID provider on loopback: people sign in by a click on their name."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.browser.site import free_port

LONG = 3600


@contextmanager
def provider(people: Mapping[str, Mapping[str, object]], *, good_for: int = LONG) -> Iterator[int]:
    """The port of a provider that knows these people's claims by their name; identities last for so many seconds."""
    port = free_port()
    claims = [f"--user-claims={json.dumps({'sub': name, **said})}" for name, said in people.items()]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", f"--port={port}", *claims]
    process = subprocess.Popen(
        [*command, f"--token-max-age={good_for}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        with process.stderr as lines:
            # It logs to a pipe that nobody reads afterwards: a few sign-ins do not fill it.
            if not any("running on" in line for line in lines):
                raise RuntimeError("the provider did not start")
            yield port
    finally:
        process.kill()
        process.wait()


def auth(port: int, dashboard: str = "http://localhost:{port}") -> str:
    """Streamlit's secrets for it, for a dashboard at that address; `{port}` is left for the dashboard's own."""
    return "\n".join(
        (
            "[auth]",
            f'redirect_uri = "{dashboard}/oauth2callback"',
            'cookie_secret = "a secret of the tests that is long enough"',
            'client_id = "dashboard"',
            'client_secret = "of the tests"',
            f'server_metadata_url = "http://localhost:{port}/.well-known/openid-configuration"',
        )
    )
