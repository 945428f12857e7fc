"""The description of the calls, held against a server that runs."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lsq_api.server.routes import routes
from tests import engines
from tests.conftest import ACCESS, SECRET, Caller, Serve

HEADERS = {"x-LSQ-AccessKey": ACCESS, "x-LSQ-SecretKey": SECRET}


@pytest.mark.parametrize("strict", [False, True])
def test_description__is_of_the_calls_that_are_served_and_takes_no_keys(serve: Serve, strict: bool) -> None:
    answer = serve(strict=strict).http.get("/openapi.json")
    assert answer.status_code == 200
    described = answer.json()
    assert described["openapi"] == "3.1.0"
    found = {(method.upper(), path) for path, methods in described["paths"].items() for method in methods}
    assert found == {(served.method, served.path) for served in routes(strict)}
    assert ACCESS not in answer.text


@pytest.mark.parametrize("served", routes(strict=False), ids=lambda served: served.path)
def test_description__holds_for_what_is_asked_by_it(company: Caller, served: object) -> None:
    """Each call is asked what its description allows, and answers as that says."""
    url = str(company.http.base_url)
    described = schemathesis.openapi.from_dict(company.http.get("/openapi.json").json())
    described.config.update(base_url=url)
    operation = described[served.path][served.method]  # type: ignore[attr-defined]

    @settings(
        max_examples=engines.fewer(6), phases=[Phase.generate], database=None, deadline=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate(
            base_url=url,
            headers=HEADERS,
            checks=[not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance],
        )

    ask()
