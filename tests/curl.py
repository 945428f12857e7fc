"""A curl command as the request it makes, for tests that hold what is shown against what works."""

import json
import re
import shlex
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit


class Command(NamedTuple):
    """What a command sends: the path and host of its address, its query, headers and JSON body."""

    base: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


def read(command: str, environment: Mapping[str, str]) -> Command:
    """Read a command as a shell and curl would, `$NAME` filled in from `environment`; an unknown option fails."""
    words = iter(shlex.split(command.replace("\\\n", " ")))
    assert next(words) == "curl"
    address, query, headers, body = "", {}, {}, None
    for word in words:
        if word in ("--silent", "--show-error"):
            continue
        if word == "--url-query":
            name, _, value = next(words).partition("=")
            query[name] = _filled(value, environment)
        elif word == "--header":
            name, _, value = next(words).partition(": ")
            headers[name] = _filled(value, environment)
        elif word == "--data-raw":
            body = json.loads(next(words))
        else:
            assert not word.startswith("-"), word
            address = word
    parts = urlsplit(address)
    return Command(f"{parts.scheme}://{parts.netloc}", parts.path, query, headers, body)


def _filled(value: str, environment: Mapping[str, str]) -> str:
    return re.sub(r"^\$(LSQ_\w+)$", lambda found: environment[found[1]], value)
