"""Compares every request of the bot, and every answer of ours, with the official file."""

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from playground.problem import invalid
from playground.strict.schemas import Operation, Schemas
from playground.violations import Kind, Violations


class SpecJudge:
    """Notes violations; refuses what the file does not allow, but not unknown keys: Discord ignores those."""

    def __init__(self, spec: Path, violations: Violations) -> None:
        self._open, self._closed = _schemas(spec, spec.stat().st_mtime_ns)
        self._violations = violations
        self.requests = 0
        self.responses = 0

    def warm(self, operations: Iterable[tuple[str, str]]) -> None:
        """Compile what will be needed, so that no request has to wait for it; paths may hold placeholders."""
        wanted = list(operations)
        for schemas in (self._open, self._closed):
            for method, path in wanted:
                if operation := schemas.find(method, path):
                    schemas.compile(operation)

    def request(self, method: str, path: str, body: Any) -> None:
        """Judge a request. Raises Problem 50035 with the places of all faults."""
        operation = self._open.find(method, path)
        if operation is None:
            self._violations.add(Kind.SCHEMA, f"{method} {path}", "The official file has no such operation.")
            return
        self.requests += 1
        wrongs = self._open.request_wrongs(operation, body)
        for wrong in wrongs:
            self._violations.add(Kind.SCHEMA, _where(operation), str(wrong))
        if wrongs:
            raise invalid(wrongs)
        closed = self._closed.find(method, path)
        for wrong in self._closed.request_wrongs(closed, body) if closed else []:
            self._violations.add(Kind.UNKNOWN_KEY, _where(operation), str(wrong))

    def response(self, method: str, path: str, status: int, body: Any) -> None:
        """Judge an answer; what the file does not know (the people's side) is passed over."""
        operation = self._open.find(method, path)
        if operation is None:
            return
        self.responses += 1
        for wrong in self._open.response_wrongs(operation, status, body):
            self._violations.add(Kind.RESPONSE, f"{_where(operation)} → {status}", str(wrong))


@lru_cache(maxsize=1)
def _schemas(spec: Path, _changed_ns: int) -> tuple[Schemas, Schemas]:
    """The file as it is and closed to unknown keys; read and compiled once, however many playgrounds there are."""
    document = json.loads(spec.read_text(encoding="utf-8"))
    return Schemas(document, closed=False), Schemas(document, closed=True)


def _where(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"
