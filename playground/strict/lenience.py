"""Discord takes "5" for 5 and 5 for "5" where only one of them is meant; so do we, before a body is judged."""

import re
from typing import Any

from playground.snowflake import Json
from playground.strict.document import follow

INTEGER = re.compile(r"-?\d{1,20}")
UNIONS = ("allOf", "oneOf", "anyOf")


class Lenience:
    """Turns numbers into ids and digits into numbers, guided by a schema (prepared or not)."""

    def __init__(self, schemas: Json) -> None:
        self._schemas = schemas

    def applied(self, value: Any, schema: Any) -> Any:
        """A copy of a value as the schema would have it written."""
        schema = follow(schema, self._schemas)
        if isinstance(value, dict):
            return self._object(value, schema)
        if isinstance(value, list):
            return [self.applied(item, self._items(schema)) for item in value]
        return self._scalar(value, schema)

    def _object(self, value: Json, schema: Json) -> Json:
        for part in self._parts(schema, value):
            value = self.applied(value, part)
        properties = schema.get("properties", {})
        return {key: self.applied(item, properties[key]) if key in properties else item for key, item in value.items()}

    def _items(self, schema: Json) -> Any:
        if "items" in schema:
            return schema["items"]
        inner = (follow(part, self._schemas) for part in self._parts(schema, None))
        return next((part["items"] for part in inner if "items" in part), {})

    def _scalar(self, value: Any, schema: Json) -> Any:
        parts = [schema, *(follow(part, self._schemas) for part in self._parts(schema, None))]
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value) if any(part.get("format") == "snowflake" for part in parts) else value
        takes_text = any("string" in _types(part) for part in parts)  # a nonce may be either, and stays what it is
        if isinstance(value, str) and not takes_text and INTEGER.fullmatch(value):
            return int(value) if any("integer" in _types(part) for part in parts) else value
        return value

    def _parts(self, schema: Json, value: Any) -> list[Any]:
        """The schemas that also hold: members of unions, and the branch of a decision that a value takes."""
        found: list[Any] = []
        for part in [part for keyword in UNIONS for part in schema.get(keyword, [])]:
            if not isinstance(part, dict) or "if" not in part:
                found.append(part)
            elif "then" in part and isinstance(value, dict):
                found += [case["then"] for case in part["then"]["allOf"] if _takes(case, value)]
            elif "then" not in part:
                found.append(part["else"])
        return found


def _takes(case: Json, value: Json) -> bool:
    tags: list[int] = case["if"]["properties"]["type"]["enum"]
    return value.get("type") in tags


def _types(schema: Json) -> list[str]:
    kind = schema.get("type", [])
    return kind if isinstance(kind, list) else [kind]
