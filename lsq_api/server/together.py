"""Answers several reports in one call, one after the other, each as its own call would answer it."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import orjson

from lsq_api.contract.together import Several
from lsq_api.server.query.refusal import Refusal, unknown

One = TypeVar("One")


def together(several: Several, paths: Mapping[str, Callable[[Any], bytes]]) -> bytes:
    """The body of the answer; `paths` answers a decoded request by the path of its call."""
    return orjson.dumps([_one(one.path, one.request, paths) for one in several.reports])


def _one(path: str, request: Any, paths: Mapping[str, Callable[[Any], bytes]]) -> dict[str, Any]:
    try:
        if path not in paths:
            raise unknown("Reports.Path", path, paths, "the path of a report")
        return {"Status": 200, "Answer": orjson.Fragment(paths[path](request))}
    except Refusal as refusal:
        return {"Status": refusal.status, "Answer": refusal.envelope.wire()}
