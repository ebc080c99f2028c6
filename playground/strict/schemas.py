"""Validators for the operations of the official document, compiled when they are first needed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from playground.problem import Wrong
from playground.snowflake import Json
from playground.strict.document import operations, prepared, request_schema
from playground.strict.lenience import Lenience

BASE = "urn:discord"
LONGEST = 200  # characters of a complaint: it may quote the whole value
POINTER = re.compile(r"#/components/")


@dataclass(frozen=True, kw_only=True)
class Operation:
    """Something that can be asked."""

    method: str
    path: str
    pattern: re.Pattern[str]
    body: Json


class Schemas:
    """One prepared copy of the document."""

    def __init__(self, document: Json, *, closed: bool) -> None:
        self._document = prepared(document, closed=closed)
        self._registry = jsonschema_rs.Registry([(BASE, self._document)])
        self._lenience = Lenience(self._document["components"]["schemas"])
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}
        found = [_operation(method, path, body) for method, path, body in operations(self._document)]
        self._operations = sorted(found, key=lambda operation: operation.path.count("{"))

    def find(self, method: str, path: str) -> Operation | None:
        """The operation behind a concrete path; literal parts win over placeholders."""
        matching = (o for o in self._operations if o.method == method and o.pattern.fullmatch(path))
        return next(matching, None)

    def compile(self, operation: Operation) -> None:
        """Make the validators of an operation's body and of its good answers."""
        if schema := request_schema(operation.body):
            self._validator(f"request {operation.method} {operation.path}", schema)
        for status in operation.body["responses"]:
            if status.isdigit() and int(status) < 300:
                self.response_wrongs(operation, int(status), None)

    def request_wrongs(self, operation: Operation, body: Any) -> list[Wrong]:
        """What is wrong with the body of a request; None means that there is none."""
        schema = request_schema(operation.body)
        if schema is None:
            return [Wrong(at=(), message="No body is expected here.")] if body else []
        if body is None:
            required = operation.body["requestBody"].get("required")
            return [Wrong(at=(), message="A body is required.")] if required else []
        validator = self._validator(f"request {operation.method} {operation.path}", schema)
        return list(_wrongs(validator, self._lenience.applied(body, schema)))

    def response_wrongs(self, operation: Operation, status: int, body: Any) -> list[Wrong]:
        """What is wrong with an answer."""
        responses = operation.body["responses"]
        response = responses.get(str(status)) or responses.get(f"{status // 100}XX")
        if response is None:
            return [Wrong(at=(), message=f"Status {status} is not in the official file.")]
        if "$ref" in response:
            response = self._document["components"]["responses"][response["$ref"].rpartition("/")[2]]
        schema = response.get("content", {}).get("application/json", {}).get("schema")
        if schema is None:
            return [] if body is None else [Wrong(at=(), message=f"Status {status} has no body.")]
        validator = self._validator(f"response {operation.method} {operation.path} {status}", schema)
        return list(_wrongs(validator, body))

    def _validator(self, key: str, schema: Json) -> jsonschema_rs.Draft202012Validator:
        if key not in self._validators:
            self._validators[key] = jsonschema_rs.Draft202012Validator(
                _absolute(schema), registry=self._registry, validate_formats=True
            )
        return self._validators[key]


def _wrongs(validator: jsonschema_rs.Draft202012Validator, body: Any) -> Iterator[Wrong]:
    for error in validator.iter_errors(body):
        yield Wrong(at=tuple(error.instance_path), message=error.message[:LONGEST])


def _operation(method: str, path: str, body: Json) -> Operation:
    pattern = re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))
    return Operation(method=method, path=path, pattern=pattern, body=body)


def _absolute(node: Any) -> Any:
    """A copy whose references lead into the registered document."""
    if isinstance(node, list):
        return [_absolute(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: POINTER.sub(f"{BASE}#/components/", item) if key == "$ref" and isinstance(item, str) else _absolute(item)
        for key, item in node.items()
    }
