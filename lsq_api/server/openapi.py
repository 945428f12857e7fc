"""The description of the calls as OpenAPI, written from those that are mounted and from the models that they read."""

from collections.abc import Iterable
from typing import Any, Final

from lsq_api.contract.answer import RESULTS, TOTAL
from lsq_api.contract.report import Report
from lsq_api.server.routes import ServedCall

PATH: Final = "/openapi.json"
_REF: Final = "#/components/schemas/{model}"
_TEXT: Final = {"type": "string"}
_MANDATORY: Final = {"leadId", "userId", "id", "emailaddress", "phone", "key"}
"""Parameters of the query without which a call is refused."""
_ENVELOPE: Final = {
    "type": "object",
    "required": ["Status", "ExceptionType", "ExceptionMessage"],
    "properties": {"Status": {"const": "Error"}, "ExceptionType": _TEXT, "ExceptionMessage": _TEXT},
}
_REFUSALS: Final = {
    "400": "A mistake of the caller, with the member and what is allowed",
    "401": "The keys are not right",
    "408": "The request did not come in time",
    "429": "Too many calls, or too many with wrong keys",
    "500": "A failure of the server's own, or a question that took too long",
}


def described(calls: Iterable[ServedCall]) -> dict[str, Any]:
    """The document of these calls: OpenAPI 3.1. It says how members are spelled; they are read in any case."""
    schemas: dict[str, Any] = {"Error": _ENVELOPE}
    paths: dict[str, Any] = {}
    for call in calls:
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Leads not contacted: the local server", "version": "1"},
        "paths": paths,
        "security": [{"access": [], "secret": []}, {"accessHeader": [], "secretHeader": []}],
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "access": {"type": "apiKey", "name": "accessKey", "in": "query"},
                "secret": {"type": "apiKey", "name": "secretKey", "in": "query"},
                "accessHeader": {"type": "apiKey", "name": "x-LSQ-AccessKey", "in": "header"},
                "secretHeader": {"type": "apiKey", "name": "x-LSQ-SecretKey", "in": "header"},
            },
        },
    }


def _operation(call: ServedCall, schemas: dict[str, Any]) -> dict[str, Any]:
    is_report = call.body is not None and issubclass(call.body, Report)
    said: dict[str, Any] = {
        "parameters": [
            {
                "name": name,
                "in": "query",
                "required": name in _MANDATORY,
                "schema": {"enum": ["json", "csv"]} if name == "responseformat" else _TEXT,
            }
            for name in call.query
        ],
        "responses": {
            status: {
                "description": what,
                "content": {"application/json": {"schema": {"$ref": _REF.format(model="Error")}}},
            }
            for status, what in _REFUSALS.items()
        },
    }
    if call.body is not None:
        model = call.body.model_json_schema(by_alias=True, ref_template=_REF)
        schemas.update(model.pop("$defs", {}))
        schemas[call.body.__name__] = model
        schema = {"$ref": _REF.format(model=call.body.__name__)}
        said["requestBody"] = {"required": not call.bodiless, "content": {"application/json": {"schema": schema}}}
    answer = {"application/json": {"schema": _ANSWER if is_report else {"type": ["object", "array"]}}}
    said["responses"]["200"] = {
        "description": "The answer",
        "content": answer | ({"text/csv": {"schema": _TEXT}} if is_report else {}),
    }
    return said


_ANSWER: Final = {
    "type": "object",
    "required": [TOTAL, RESULTS],
    "properties": {
        TOTAL: {"type": "string", "pattern": "^[0-9]+$"},
        RESULTS: {"type": "array", "items": {"type": "object", "additionalProperties": {"type": ["string", "null"]}}},
    },
}
