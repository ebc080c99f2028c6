"""The official OpenAPI document, made fit for judging: unions name the real fault, a copy knows all keys."""

import copy
from collections.abc import Iterator
from typing import Any

from playground.snowflake import Json

NULL = {"type": "null"}

# Keys that Discord documents (nsfw), or that discord.py 2.7.1 always sends and Discord ignores (tts on edits, flags of
# embeds), and that the file lacks.
ALLOWED_EXTRAS: dict[str, Json] = {
    "RichEmbed": {"flags": {"type": ["integer", "null"]}},
    **{
        name: {"nsfw": {"type": ["boolean", "null"]}}
        for name in (
            "ApplicationCommandUpdateRequest",
            "ApplicationCommandCreateRequest",
            "ApplicationCommandPatchRequestPartial",
        )
    },
    **{
        name: {"tts": {"type": "boolean"}}
        for name in (
            "IncomingWebhookUpdateRequestPartial",
            "IncomingWebhookUpdateForInteractionCallbackRequestPartial",
            "MessageEditRequestPartial",
        )
    },
}


def prepared(document: Json, *, closed: bool) -> Json:
    """A copy of the document for validation; `closed`: bodies of requests may have no key that it does not know."""
    result = copy.deepcopy(document)
    result["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schemas = result["components"]["schemas"]
    for name, properties in ALLOWED_EXTRAS.items():
        schemas[name]["properties"].update(properties)
    if closed:
        for name in _used_by_requests(result):
            if "properties" in schemas[name]:
                schemas[name].setdefault("additionalProperties", False)
    _Unions(schemas).rewrite(result)
    return result


def follow(schema: Any, schemas: Json) -> Json:
    """What a reference stands for; anything else stands for itself."""
    while isinstance(schema, dict) and "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    return schema if isinstance(schema, dict) else {}


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Method, path template and operation of everything that can be asked."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in ("get", "put", "post", "patch", "delete"):
                yield method.upper(), path, operation


def request_schema(operation: Json) -> Json | None:
    """The schema of a JSON body; multipart bodies carry the same in `payload_json`."""
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    return schema if isinstance(schema, dict) else None


def _used_by_requests(document: Json) -> set[str]:
    """Names of all schemas that a request body can reach."""
    schemas, seen = document["components"]["schemas"], set[str]()
    waiting: list[Any] = [request_schema(operation) for _, _, operation in operations(document)]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += item
        elif isinstance(item, dict):
            name = str(item.get("$ref", "")).rpartition("/")[2]
            if name in schemas and name not in seen:
                seen.add(name)
                waiting.append(schemas[name])
            waiting += item.values()
    return seen


class _Unions:
    """Rewrites `oneOf`/`anyOf`, whose only complaint is "none of them fits", into decisions that say what is wrong."""

    def __init__(self, schemas: Json) -> None:
        self._schemas = schemas

    def rewrite(self, node: Any) -> None:
        """Change every union below a node, the innermost first."""
        if isinstance(node, list):
            for item in node:
                self.rewrite(item)
        elif isinstance(node, dict):
            for item in list(node.values()):
                self.rewrite(item)
            for keyword in ("oneOf", "anyOf"):
                if isinstance(node.get(keyword), list):
                    self._decide(node, keyword)

    def _decide(self, node: Json, keyword: str) -> None:
        branches = [branch for branch in node[keyword] if branch != NULL]
        nullable = len(branches) < len(node[keyword])
        decision = self._only(branches, nullable=nullable) or self._by_type(branches, nullable=nullable)
        decision = decision or self._widest(branches, nullable=nullable)
        if decision:
            del node[keyword]
            node.setdefault("allOf", []).append(decision)

    def _only(self, branches: list[Json], *, nullable: bool) -> Json | None:
        """Null or one thing."""
        return {"if": NULL, "else": branches[0]} if nullable and len(branches) == 1 else None

    def _by_type(self, branches: list[Json], *, nullable: bool) -> Json | None:
        """Objects that an integer `type` tells apart."""
        tagged: list[tuple[list[int], Json]] = []
        for branch in branches:
            tags = self._tags(branch)
            if not tags or any(set(tags) & set(others) for others, _ in tagged):
                return None
            tagged.append((tags, branch))
        everything = sorted(tag for tags, _ in tagged for tag in tags)
        return {
            "if": {"type": "object"},
            "then": {
                "required": ["type"],
                "properties": {"type": {"enum": everything}},
                "allOf": [_when_type(tags, branch) for tags, branch in tagged],
            },
            "else": NULL if nullable else {"type": "object"},
        }

    def _widest(self, branches: list[Json], *, nullable: bool) -> Json | None:
        """Objects of which one has all keys of the others and asks for nothing: the others say nothing new."""
        known = [follow(branch, self._schemas).get("properties", {}) for branch in branches]
        for branch, own in zip(branches, known, strict=True):
            differs = any(own.get(key) != schema for other in known for key, schema in other.items())
            if own and not differs and not follow(branch, self._schemas).get("required"):
                return {"if": NULL, "else": branch} if nullable else branch
        return None

    def _tags(self, branch: Json) -> list[int] | None:
        kind = follow(branch, self._schemas).get("properties", {}).get("type", {})
        tags = kind.get("enum") if isinstance(kind, dict) else None
        return tags if tags and all(isinstance(tag, int) for tag in tags) else None


def _when_type(tags: list[int], branch: Json) -> Json:
    return {"if": {"properties": {"type": {"enum": tags}}, "required": ["type"]}, "then": branch}
