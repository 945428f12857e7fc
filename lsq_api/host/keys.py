"""The access key and the secret key: how they are sent, and how they are kept out of everything else.

Source: "API URL" of the report's page (query string) and section 1 of the wire notes (headers on `/v2`).
"""

import html
import json
import logging
import re
from collections.abc import Generator
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

import httpx
from pydantic import SecretStr

HIDDEN = "•••"
LONGEST_SAYING = 500
"""The most characters kept of a host's text; some gateways answer with whole pages."""

_NAMED = re.compile(r"""((?:access|secret)_?key["']?\s*[=:]\s*["']?)[^&\s"'<>,;)}]+""", re.IGNORECASE)
_SHORT = 8

# Both log whole URLs below WARNING, and the keys of the reports travel in the URL.
for _logger in ("httpx", "httpcore"):
    logging.getLogger(_logger).setLevel(logging.WARNING)


@dataclass(frozen=True)
class Keys:
    """An account's access key and secret key; neither shows in a repr."""

    access: SecretStr
    secret: SecretStr

    def hide(self, text: str) -> str:
        """A host's text, shortened, with each key replaced in any of its usual encodings."""
        forms = {form for key in (self.access, self.secret) for form in _encodings(key.get_secret_value())}
        for form in sorted(forms, key=len, reverse=True):
            text = re.sub(_pattern(form), HIDDEN, text, flags=re.IGNORECASE)
        text = _NAMED.sub(rf"\1{HIDDEN}", text)
        return text if len(text) <= LONGEST_SAYING else text[:LONGEST_SAYING] + "…"


def _encodings(key: str) -> set[str]:
    once = quote(key, safe="")
    return {key, once, quote(once, safe=""), quote_plus(key), html.escape(key), json.dumps(key)[1:-1]}


def _pattern(form: str) -> str:
    """A pattern for one encoding of a key; a short key is matched as a whole word only, or it would hide any text."""
    return re.escape(form) if len(form) >= _SHORT else rf"(?<!\w){re.escape(form)}(?!\w)"


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
