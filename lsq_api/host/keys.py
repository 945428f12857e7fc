"""The access key and the secret key: how they are sent, and how they are kept out of everything else.

Source: "API URL" of the report's page (query string) and section 1 of the wire notes (headers on `/v2`).
"""

import logging
from collections.abc import Generator
from dataclasses import dataclass

import httpx
from pydantic import SecretStr

from lsq_api.host import redaction

# Both log whole URLs below WARNING, and the keys of the reports travel in the URL.
for _logger in ("httpx", "httpcore"):
    logging.getLogger(_logger).setLevel(logging.WARNING)


@dataclass(frozen=True)
class Keys:
    """An account's access key and secret key; neither shows in a repr."""

    access: SecretStr
    secret: SecretStr

    def hide(self, text: str) -> str:
        """A host's text, shortened, without either key in whatever encoding."""
        return redaction.redacted(text, (self.access.get_secret_value(), self.secret.get_secret_value()))


@dataclass(frozen=True)
class InQuery(httpx.Auth):
    """Sends the keys in the query string: the only documented form for the reports (section 1)."""

    keys: Keys

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the keys to the request's query."""
        request.url = request.url.copy_merge_params(
            {"accessKey": self.keys.access.get_secret_value(), "secretKey": self.keys.secret.get_secret_value()}
        )
        yield request


@dataclass(frozen=True)
class InHeaders(httpx.Auth):
    """Sends the keys as headers, which keeps them out of access logs: recommended for `/v2` (section 1)."""

    keys: Keys

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the keys to the request's headers."""
        request.headers["x-LSQ-AccessKey"] = self.keys.access.get_secret_value()
        request.headers["x-LSQ-SecretKey"] = self.keys.secret.get_secret_value()
        yield request
