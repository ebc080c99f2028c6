"""What a message shows of its files: the attachment objects, and `attachment://name` resolved wherever it stands."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from playground.cdn import ADDRESS_KEYS, UNSIGNED, Cdn, kept_address, passing_address
from playground.snowflake import Json
from playground.uploads import FileFacts

ATTACHED = "attachment://"
KEPT_ADDRESS = re.compile(rf'"{UNSIGNED}attachments/\d+/(\d+)/')
PICTURE_FACTS = ("width", "height", "content_type")
SIZED = frozenset({"image", "thumbnail", "media", "file", "video"})  # objects that say how large their picture is


def described(files: Iterable[FileFacts], about: Iterable[Json], channel_id: str) -> list[Json]:
    """Attachment objects of new files; `about` is the body's own list, which speaks of them by index."""
    notes = {str(note.get("id")): note for note in about}
    return [_attachment(file, notes.get(file.index, {}), channel_id) for file in files]


def kept(old: Iterable[Json], body: Mapping[str, Any]) -> list[Json]:
    """The attachments that an edit leaves: all, unless the body lists which."""
    if body.get("attachments") is None:
        return list(old)
    wanted = {str(item.get("id")): item for item in body["attachments"]}
    return [_redescribed(a, wanted[a["id"]]) for a in old if a["id"] in wanted]


def files_in(body: Json) -> set[str]:
    """Ids of all attachments whose address occurs in a message."""
    return set(KEPT_ADDRESS.findall(json.dumps(body)))


class Resolver:
    """Puts kept addresses in place of `attachment://name` and of signed addresses of ours."""

    def __init__(self, attachments: Iterable[Json], cdn: Cdn) -> None:
        self._by_name = {a["filename"]: a for a in attachments}
        self._cdn = cdn
        self.used: set[str] = set()

    def embeds(self, embeds: Iterable[Json]) -> list[Json]:
        return [self._object(embed, component=False) for embed in embeds]

    def components(self, components: Iterable[Json]) -> list[Json]:
        return [self._object(component, component=True) for component in components]

    def _object(self, value: Any, *, component: bool) -> Any:
        if isinstance(value, list):
            return [self._object(item, component=component) for item in value]
        if not isinstance(value, dict):
            return value
        result: Json = {}
        for key, item in value.items():
            if key in ADDRESS_KEYS and isinstance(item, str):
                result[key] = self._address(item)
            elif key in SIZED and isinstance(item, dict) and isinstance(item.get("url"), str):
                result[key] = self._picture(item, component=component)
            else:
                result[key] = self._object(item, component=component)
        return result

    def _address(self, address: str) -> str:
        attachment = self._find(address)
        return str(attachment["url"]) if attachment else self._cdn.unsigned(address)

    def _picture(self, item: Json, *, component: bool) -> Json:
        attachment = self._find(item["url"]) or {}
        address = self._address(item["url"])
        facts: Json = {key: attachment[key] for key in PICTURE_FACTS if key in attachment}
        if component:
            facts["id"] = attachment.get("id") or item.get("id") or "0"
            facts |= {"attachment_id": attachment["id"]} if attachment else {}
        return {**item, **facts, "url": address, "proxy_url": address}

    def _find(self, address: str) -> Json | None:
        if not address.startswith(ATTACHED):
            return None
        attachment = self._by_name.get(address.removeprefix(ATTACHED))
        if attachment:
            self.used.add(attachment["id"])
        return attachment


def ephemeral(file: FileFacts, application_id: str) -> Json:
    """The attachment object of a file that was handed to a command or a form, and goes after a while."""
    return {**_facts(file, passing_address(application_id, file.id, file.name)), "ephemeral": True}


def _attachment(file: FileFacts, note: Json, channel_id: str) -> Json:
    about = {"description": note["description"]} if note.get("description") else {}
    return {**_facts(file, kept_address(channel_id, file.id, file.name)), **about}


def _facts(file: FileFacts, address: str) -> Json:
    return {
        "id": file.id,
        "filename": file.name,
        "size": file.length,
        "content_type": file.content_type,
        "url": address,
        "proxy_url": address,
        **({"width": file.size[0], "height": file.size[1]} if file.size else {}),
    }


def _redescribed(attachment: Json, note: Json) -> Json:
    return {**attachment, "description": note["description"]} if note.get("description") else attachment
