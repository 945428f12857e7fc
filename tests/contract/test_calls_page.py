"""`docs/calls.md` lists every call that is served, with its parameters and members: no more and no fewer."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from starlette.routing import Route

from lsq_api.contract.wire import Wire
from lsq_api.server import openapi
from lsq_api.server.app import Options, make_app
from lsq_api.server.routes import ServedCall, routes
from tests.conftest import Caller

PAGE = (Path(__file__).parents[2] / "docs" / "calls.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in row.strip("|").split("|")]
    for row in PAGE.splitlines()
    if re.match(r"\| `(GET|POST)` ", row)
]


def parts(annotation: Any) -> Iterator[type[Wire]]:
    """The models within a type: one for an object, several where it has alternatives."""
    if isinstance(annotation, type) and issubclass(annotation, Wire):
        yield annotation
    for inner in get_args(annotation):
        yield from parts(inner)


def member(name: str, field: FieldInfo) -> str:
    shown = field.alias or name
    inner = " or ".join(members(part) for part in parts(field.annotation))
    many = str(field.annotation).startswith("tuple[") and inner
    return f"{shown}{'*' if field.is_required() else ''}{f' [{inner}]' if many else f' {{{inner}}}' if inner else ''}"


def members(model: type[Wire]) -> str:
    """As the page writes them: `*` is mandatory, `{…}` an object, `[…]` an array of objects."""
    return ", ".join(member(name, field) for name, field in model.model_fields.items())


def taken(served: ServedCall) -> str:
    named = [f"?{name}" for name in served.query] + ([members(served.body)] if served.body else [])
    return f"`{', '.join(named)}`" if named else ""


@pytest.mark.parametrize("strict", [False, True])
def test_page__lists_the_paths_that_are_mounted(company: Caller, strict: bool) -> None:
    app = make_app(company.store, Options(SecretStr("a"), SecretStr("b"), strict=strict))
    mounted = {
        (method, route.path) for route in app.routes if isinstance(route, Route) for method in route.methods or ()
    }
    mounted -= {(method, openapi.PATH) for method in ("GET", "HEAD")}
    rows = [row for row in ROWS if not (strict and row[2].startswith("Extension, off under `--strict`"))]
    assert {(row[0].strip("`"), row[1].strip("`")) for row in rows} == mounted - {("HEAD", path) for _, path in mounted}
    assert len(rows) == len(routes(strict))


@pytest.mark.parametrize("served", routes(strict=False), ids=lambda served: served.path)
def test_page__says_what_each_call_takes(served: ServedCall) -> None:
    (row,) = (row for row in ROWS if row[1] == f"`{served.path}`")
    assert row[3] == taken(served)
    assert row[2]
    assert re.fullmatch(r"\d+(\.\d+)?(, \d+(\.\d+)?)*", row[4])
