"""What Discord's documents say about messages beyond the schema: lengths, counts and combinations."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Any

from playground.components import BUTTON, SELECTS, walk
from playground.messages import EPHEMERAL, SILENT, SUPPRESS_EMBEDS, V2
from playground.problem import Wrong
from playground.rules.select import emoji_faults, select_faults
from playground.rules.shape import message_shape
from playground.snowflake import Json
from playground.uploads import FileFacts

KNOWN_FLAGS = EPHEMERAL | V2 | SUPPRESS_EMBEDS | SILENT
CONTENT_LENGTH = 2000
EMBEDS = 10
EMBED_LENGTH = 6000  # all text of all embeds of a message
EMBED_PARTS = {"title": 256, "description": 4096}
FIELDS, FIELD_PARTS = 25, {"name": 256, "value": 1024}
ROWS, ROW_BUTTONS = 5, 5
LABEL_LENGTH, ID_LENGTH, URL_LENGTH = 80, 100, 512
V2_COMPONENTS, V2_LENGTH, GALLERY_ITEMS = 40, 4000, 10
FILES, ALT_LENGTH = 10, 1024
NONCE_LENGTH = 25
ACTION_ROW, TEXT_DISPLAY, GALLERY = 1, 10, 12
LEGACY_TYPES = frozenset({ACTION_ROW, BUTTON}) | SELECTS
ATTACHED = re.compile(r'"attachment://([^"]+)"')


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A message body with what must be known to judge it."""

    body: Json
    files: tuple[FileFacts, ...] = ()
    known_names: frozenset[str] = frozenset()  # files that the message has already
    was_v2: bool = False
    flags: int = 0  # what may be set here

    @property
    def v2(self) -> bool:
        return self.was_v2 or bool((self.body.get("flags") or 0) & V2)


def message_rules(sent: Sent) -> list[Wrong]:
    """All faults of a message body."""
    wrongs = message_shape(sent.body)
    if wrongs:
        return wrongs
    checks = (_flags, _texts, _mentions, _embeds, _components, _layout, _ids, _files)
    return [wrong for check in checks for wrong in check(sent)]


def _flags(sent: Sent) -> Iterator[Wrong]:
    """Bits that nobody knows are ignored by Discord."""
    if (sent.body.get("flags") or 0) & KNOWN_FLAGS & ~sent.flags:
        yield Wrong(at=("flags",), message="A flag is set that cannot be set here.")


def _texts(sent: Sent) -> Iterator[Wrong]:
    if len(sent.body.get("content") or "") > CONTENT_LENGTH:
        yield Wrong(
            at=("content",), message=f"Must be {CONTENT_LENGTH} or fewer in length.", code="BASE_TYPE_MAX_LENGTH"
        )
    nonce = sent.body.get("nonce")
    if isinstance(nonce, str) and len(nonce) > NONCE_LENGTH:
        yield Wrong(at=("nonce",), message=f"Must be {NONCE_LENGTH} or fewer in length.", code="BASE_TYPE_MAX_LENGTH")
    if sent.body.get("enforce_nonce") and not nonce:
        yield Wrong(at=("nonce",), message="enforce_nonce needs a nonce.")


def _mentions(sent: Sent) -> Iterator[Wrong]:
    """Source: "Allowed Mentions Object" in Discord's documentation."""
    allowed = sent.body.get("allowed_mentions") or {}
    for key in ("users", "roles"):
        if allowed.get(key) and key in (allowed.get("parse") or []):
            message = f'parse:["{key}"] and {key}: [ids...] are mutually exclusive.'
            yield Wrong(at=("allowed_mentions",), message=message, code="MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE")


def _embeds(sent: Sent) -> Iterator[Wrong]:
    embeds = sent.body.get("embeds") or []
    if len(embeds) > EMBEDS:
        yield Wrong(at=("embeds",), message=f"Must be {EMBEDS} or fewer in length.")
    for n, embed in enumerate(embeds):
        yield from _too_long(embed, EMBED_PARTS, ("embeds", n))
        fields = embed.get("fields") or []
        if len(fields) > FIELDS:
            yield Wrong(at=("embeds", n, "fields"), message=f"Must be {FIELDS} or fewer in length.")
        for m, field in enumerate(fields):
            yield from _too_long(field, FIELD_PARTS, ("embeds", n, "fields", m))
            if not field.get("name") or not field.get("value"):
                yield Wrong(at=("embeds", n, "fields", m), message="A field needs a name and a value.")
    total = sum(_embed_length(embed) for embed in embeds)
    if total > EMBED_LENGTH:
        yield Wrong(
            at=("embeds",),
            message=f"Embed size exceeds maximum size of {EMBED_LENGTH}.",
            code="MAX_EMBED_SIZE_EXCEEDED",
        )


def _embed_length(embed: Json) -> int:
    parts: list[Any] = [embed.get("title"), embed.get("description")]
    parts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    for field in embed.get("fields") or []:
        parts += [field.get("name"), field.get("value")]
    return sum(len(part) for part in parts if isinstance(part, str))


def _too_long(body: Json, limits: dict[str, int], at: tuple[str | int, ...]) -> Iterator[Wrong]:
    for key, limit in limits.items():
        if len(body.get(key) or "") > limit:
            yield Wrong(at=(*at, key), message=f"Must be {limit} or fewer in length.", code="BASE_TYPE_MAX_LENGTH")


def _components(sent: Sent) -> Iterator[Wrong]:
    for component in walk(sent.body.get("components")):
        kind = component.get("type")
        if kind == BUTTON:
            yield from _button(component)
        elif kind in SELECTS:
            yield from map(_at_components, select_faults(component))
        elif kind == ACTION_ROW:
            yield from _row(component)
        elif kind == GALLERY and not 1 <= len(component.get("items") or []) <= GALLERY_ITEMS:
            yield _at_components(f"A gallery has 1 to {GALLERY_ITEMS} items.")


def _button(button: Json) -> Iterator[Wrong]:
    style, custom_id = button.get("style"), button.get("custom_id")
    if style == 5 and (not button.get("url") or custom_id):
        yield _at_components("A link button needs a url, and no custom_id.")
    if style == 6 and not button.get("sku_id"):
        yield _at_components("A premium button needs a sku_id.")
    if style in (1, 2, 3, 4) and (not custom_id or button.get("url")):
        yield _at_components("A button needs a custom_id, and no url.")
    if style != 6 and not button.get("label") and not button.get("emoji"):
        yield _at_components("A button needs a label or an emoji.")
    yield from map(_at_components, emoji_faults(button))
    if len(button.get("label") or "") > LABEL_LENGTH or len(button.get("url") or "") > URL_LENGTH:
        yield _at_components(f"A label has at most {LABEL_LENGTH} characters, a url {URL_LENGTH}.")


def _row(row: Json) -> Iterator[Wrong]:
    inside = row.get("components") or []
    kinds = {item.get("type") for item in inside}
    if not 1 <= len(inside) <= ROW_BUTTONS:
        yield _at_components(f"An action row has 1 to {ROW_BUTTONS} components.")
    if kinds & SELECTS and len(inside) > 1:
        yield _at_components("A select is alone in its row.")


def _layout(sent: Sent) -> Iterator[Wrong]:
    everything = list(walk(sent.body.get("components")))
    if not sent.v2:
        if len(sent.body.get("components") or []) > ROWS:
            yield _at_components(f"At most {ROWS} action rows.")
        if any(c.get("type") != ACTION_ROW for c in sent.body.get("components") or []):
            yield _at_components("Without the Components V2 flag only action rows may stand at the top.")
        if any(c.get("type") not in LEGACY_TYPES for c in everything):
            yield _at_components("This type of component needs the Components V2 flag.")
        return
    for key in ("content", "embeds", "poll", "sticker_ids"):
        if sent.body.get(key):
            yield Wrong(at=(key,), message="Cannot be used together with the Components V2 flag.")
    if len(everything) > V2_COMPONENTS:
        yield _at_components(f"At most {V2_COMPONENTS} components, nested ones included.")
    if sum(len(c.get("content") or "") for c in everything if c.get("type") == TEXT_DISPLAY) > V2_LENGTH:
        yield _at_components(f"At most {V2_LENGTH} characters of text in all.")


def _ids(sent: Sent) -> Iterator[Wrong]:
    everything = list(walk(sent.body.get("components")))
    names = Counter(c["custom_id"] for c in everything if c.get("custom_id"))
    numbers = Counter(c["id"] for c in everything if c.get("id"))
    for name, times in names.items():
        if times > 1:
            yield _at_components(f"Component custom id cannot be duplicated: {name}")
        if len(name) > ID_LENGTH:
            yield _at_components(f"A custom_id has at most {ID_LENGTH} characters.")
    if any(times > 1 for times in numbers.values()):
        yield _at_components("Two components have the same id.")


def _files(sent: Sent) -> Iterator[Wrong]:
    notes = sent.body.get("attachments") or []
    if len(sent.files) > FILES or len(notes) > FILES:
        yield Wrong(at=("attachments",), message=f"At most {FILES} files.")
    if any(len(str(note.get("description") or "")) > ALT_LENGTH for note in notes):
        yield Wrong(at=("attachments",), message=f"A description has at most {ALT_LENGTH} characters.")
    names: Set[str] = {file.name for file in sent.files} | sent.known_names
    for name in ATTACHED.findall(json.dumps({k: sent.body.get(k) for k in ("embeds", "components")})):
        if name not in names:
            yield Wrong(at=("attachments",), message=f"attachment://{name}: there is no such file.")


def _at_components(message: str) -> Wrong:
    return Wrong(at=("components",), message=message, code="COMPONENT_INVALID")
