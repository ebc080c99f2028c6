"""A person at the playground: the shapes of Discord's own client, and nothing of ours."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

import aiohttp
from yarl import URL

T = TypeVar("T")

Message = dict[str, Any]
NONCES = itertools.count(1_420_070_400_000_000_001)
CHAT, MESSAGE_MENU = 1, 3  # types of commands
DIRECT = 1  # the type of a conversation's channel
THINKING = 1 << 7


@dataclass(frozen=True, kw_only=True)
class File:
    """A file of the person's own machine."""

    name: str
    data: bytes


class Person:
    """Sees what a person's own gateway connection shows, and does what a client can do."""

    def __init__(self, world: Mapping[str, Any], name: str, session: aiohttp.ClientSession) -> None:
        self._world = world
        self._me = next(person for person in world["people"] if person["name"] == name)
        self._http = session
        self.channel_id: str = world["channels"][0]["id"]
        self.guild_id: str = world["guild"]["id"]
        self.id: str = self._me["id"]
        self.session_id = ""
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.messages: dict[str, Message] = {}
        self.deleted: dict[str, Message] = {}
        self._directs: set[str] = set()
        self._news = asyncio.Condition()

    @classmethod
    @asynccontextmanager
    async def at(cls, world: Mapping[str, Any], name: str) -> AsyncIterator["Person"]:
        async with aiohttp.ClientSession() as session, session.ws_connect(world["gateway_url"]) as socket:
            person = cls(world, name, session)
            reader = asyncio.create_task(person._read(socket))
            try:
                await person.until(lambda: person.session_id, "READY")
                yield person
            finally:
                reader.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await reader

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in socket:
            event = json.loads(frame.data)
            if event["op"] == 10:
                await socket.send_json(
                    {
                        "op": 2,
                        "d": {"token": self._me["token"], "properties": {"os": "x", "browser": "x", "device": ""}},
                    }
                )
            elif event["op"] == 0:
                await self._take(event["t"], event["d"])

    async def _take(self, kind: str, data: dict[str, Any]) -> None:
        async with self._news:
            self.events.append((kind, data))
            if kind == "READY":
                self.session_id = data["session_id"]
                self._directs |= {channel["id"] for channel in data["private_channels"]}
            elif kind == "MESSAGE_CREATE":
                self.messages[data["id"]] = data
            elif kind == "MESSAGE_UPDATE":
                self.messages[data["id"]] = self.messages.get(data["id"], {}) | data
            elif kind == "CHANNEL_CREATE" and data["type"] == DIRECT:
                self._directs.add(data["id"])
            elif kind == "MESSAGE_DELETE":
                self.deleted[data["id"]] = self.messages.pop(data["id"], {})
            self._news.notify_all()

    async def until(self, found: Callable[[], T], what: str, timeout_s: float = 30.0) -> T:
        """Wait for something true; fails with what was seen instead."""
        try:
            async with asyncio.timeout(timeout_s), self._news:
                while not (value := found()):
                    await self._news.wait()
                return value
        except TimeoutError:
            seen = [f"{kind}: {str(data.get('content', ''))[:120]}" for kind, data in self.events[-12:]]
            raise AssertionError(f"{what} did not come within {timeout_s} s; last seen: {seen}") from None

    async def api(self, method: str, path: str, body: object = None) -> Any:
        """Call the REST API as this person."""
        url = f"{self._world['base_url']}/api/v10{path}"
        async with self._http.request(method, url, json=body, headers={"Authorization": self._me["token"]}) as answer:
            text = await answer.text()
            assert answer.status < 300, f"{method} {path}: {answer.status} {text[:500]}"
            return json.loads(text) if text else None

    async def download(self, url: str) -> bytes:
        async with self._http.get(url) as answer:
            assert answer.status == 200, f"{url}: {answer.status}"
            return await answer.read()

    async def use(self, name: str, **options: object) -> str:
        """Use a slash command ("quota grant" with its subcommand) where the person is; returns the nonce.

        A `File` is uploaded first. Set `channel_id` to be somewhere else, such as `await dm()`.
        """
        first, *rest = name.split()
        data, files = await self._data(first, CHAT), [value for value in options.values() if isinstance(value, File)]
        notes = [await self.upload(file, n) for n, file in enumerate(files)]
        values = {name: files.index(value) if isinstance(value, File) else value for name, value in options.items()}
        chosen = _options(data.pop("options"), rest, values)
        return await self._interact(2, data | {"options": chosen, "attachments": notes})

    async def menu(self, message: Message, name: str) -> str:
        """Use a command from the menu of a message; returns the nonce."""
        data = await self._data(name, MESSAGE_MENU) | {"target_id": message["id"], "options": [], "attachments": []}
        return await self._interact(2, data, channel_id=message["channel_id"])

    async def suggestions(self, name: str, option: str, typed: str, **options: object) -> list[dict[str, Any]]:
        """The choices that are offered while an option is being typed."""
        first, *rest = name.split()
        data = await self._data(first, CHAT)
        chosen = _options(data.pop("options"), rest, options | {option: typed}, focused=option)
        nonce = await self._interact(4, data | {"options": chosen, "attachments": []})
        found = await self.event("APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE", nonce)
        choices: list[dict[str, Any]] = found["choices"]
        return choices

    async def press(self, message: Message, custom_id: str) -> str:
        """Press a button; returns the nonce."""
        return await self._on(message, {"component_type": 2, "custom_id": custom_id})

    async def select(self, message: Message, custom_id: str, *values: str) -> str:
        """Choose from a select; returns the nonce."""
        kind = buttons(message)[custom_id]["type"]
        return await self._on(message, {"component_type": kind, "custom_id": custom_id, "values": list(values)})

    async def modal(self, nonce: str) -> dict[str, Any]:
        """Wait for the form that answers an interaction."""
        return await self.event("INTERACTION_MODAL_CREATE", nonce)

    async def submit_modal(self, modal: Mapping[str, Any], values: Mapping[str, object] | None = None) -> str:
        """Send a form; `values` by custom_id (text, list, true or false, `File`), the rest as it was. The nonce."""
        given = dict(values or {})
        files = [value for value in given.values() if isinstance(value, File)]
        notes = [await self.upload(file, n) for n, file in enumerate(files)]
        given |= {key: [str(files.index(value))] for key, value in given.items() if isinstance(value, File)}
        unknown = set(given) - {field["custom_id"] for field in fields(modal)}
        assert not unknown, f"the form has no {unknown}, but {[field['custom_id'] for field in fields(modal)]}"
        data = {
            "id": modal["id"],
            "custom_id": modal["custom_id"],
            "components": [_filled(part, given) for part in modal["components"]],
            "attachments": notes,
        }
        return await self._interact(5, data, channel_id=modal["channel_id"])

    async def react(self, message: Message, emoji: str) -> None:
        await self.api("PUT", _reaction(message, emoji))

    async def take_back(self, message: Message, emoji: str) -> None:
        """Remove an own reaction."""
        await self.api("DELETE", _reaction(message, emoji))

    async def dm(self) -> str:
        """The channel id of the conversation with the bot."""
        channel = await self.api("POST", "/users/@me/channels", {"recipients": [self._world["application_id"]]})
        self._directs.add(channel["id"])
        return str(channel["id"])

    async def say(self, content: str) -> Message:
        """Write a message where the person is."""
        message: Message = await self.api("POST", f"/channels/{self.channel_id}/messages", {"content": content})
        return message

    async def upload(self, file: "File", number: int = 0) -> dict[str, str]:
        """Put a file into a slot; returns how an interaction speaks of it."""
        asked = {"id": str(number), "filename": file.name, "file_size": len(file.data), "is_clip": False}
        slots = await self.api("POST", f"/channels/{self.channel_id}/attachments", {"files": [asked]})
        slot = slots["attachments"][0]
        async with self._http.put(URL(slot["upload_url"], encoded=True), data=file.data) as answer:
            assert answer.status == 200, f"upload of {file.name}: {answer.status} {await answer.text()}"
        return {"id": str(number), "filename": file.name, "uploaded_filename": slot["upload_filename"]}

    async def event(self, kind: str, nonce: str, timeout_s: float = 30.0) -> dict[str, Any]:
        """Wait for an event that carries a nonce."""

        def found() -> dict[str, Any] | None:
            return next((data for name, data in self.events if name == kind and data.get("nonce") == nonce), None)

        event = await self.until(found, f"{kind} for {nonce}", timeout_s)
        assert event is not None
        return event

    async def _data(self, name: str, kind: int) -> dict[str, Any]:
        """What an interaction says of a command, and the `options` that the command offers."""
        index = await self.api("GET", f"/channels/{self.channel_id}/application-command-index")
        offered = [found for found in index["application_commands"] if (found["name"], found["type"]) == (name, kind)]
        assert offered, f"there is no {name!r} among {[found['name'] for found in index['application_commands']]}"
        command = offered[0]
        keys = ("id", "version", "type", "name", "options")
        return {key: command[key] for key in keys}

    async def _on(self, message: Message, data: Mapping[str, object]) -> str:
        where = {"message_id": message["id"], "message_flags": message.get("flags", 0)}
        return await self._interact(3, data, where, channel_id=message["channel_id"])

    async def _interact(
        self, kind: int, data: object, where: Mapping[str, object] | None = None, *, channel_id: str = ""
    ) -> str:
        nonce, place = str(next(NONCES)), channel_id or self.channel_id
        body = {
            "type": kind,
            "application_id": self._world["application_id"],
            **({} if place in self._directs else {"guild_id": self.guild_id}),
            "channel_id": place,
            "session_id": self.session_id,
            "nonce": nonce,
            "data": data,
        }
        await self.api("POST", "/interactions", body | dict(where or {}))
        return nonce

    async def answer(self, nonce: str, timeout_s: float = 30.0) -> Message:
        """Wait for the message that answers an interaction, past any "thinking …".

        A bot on a busy machine defers first; a refusal then takes the deferral back and follows it.
        """
        message = await self.until(lambda: self._answer(nonce), f"an answer to {nonce}", timeout_s)
        assert message is not None
        return message

    async def acknowledgement(self, nonce: str) -> Message:
        """Wait for the message that an interaction is first answered with, "thinking …" included."""
        message = await self.until(lambda: self._first(nonce), f"an acknowledgement of {nonce}")
        assert message is not None
        return message

    def _first(self, nonce: str) -> Message | None:
        found = (data for kind, data in self.events if kind == "MESSAGE_CREATE" and data.get("nonce") == nonce)
        return next(found, None)

    def _answer(self, nonce: str) -> Message | None:
        first = self._first(nonce)
        if first is None:
            return None
        now = self.messages.get(first["id"]) or self.deleted[first["id"]]
        if not now.get("flags", 0) & THINKING:
            return now
        return self._followed(first) if first["id"] in self.deleted else None

    def _followed(self, deferral: Message) -> Message | None:
        """What came after a deferral that was taken back."""
        asked = deferral["interaction_metadata"]["id"]
        return next(
            (
                message
                for message in self.messages.values()
                if (message.get("interaction_metadata") or {}).get("id") == asked
            ),
            None,
        )

    async def result(self, job_id: str, timeout_s: float = 60.0) -> Message:
        """Wait for the message that carries a job's picture."""
        message = await self.until(lambda: self._with_file(job_id), f"the result of {job_id}", timeout_s)
        assert message is not None
        return message

    def _with_file(self, job_id: str) -> Message | None:
        for message in self.messages.values():
            if any(f"_{job_id}." in attachment["filename"] for attachment in message.get("attachments", ())):
                return message
        return None


def buttons(message: Message) -> dict[str, dict[str, Any]]:
    """The buttons of a message by custom_id, in order."""
    return {
        part["custom_id"]: part
        for row in message.get("components", ())
        for part in row["components"]
        if "custom_id" in part
    }


def job_of(message: Message) -> str:
    """The job id that a message's buttons name."""
    ids = {part for custom_id in buttons(message) for part in custom_id.split("::") if len(part) == 36}
    assert len(ids) == 1, f"one job expected, found {ids}"
    return ids.pop()


def fields(modal: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The fields of a form, in order."""
    return [field for part in modal["components"] for field in _inside(part) if "custom_id" in field]


def _inside(part: dict[str, Any]) -> list[dict[str, Any]]:
    return [part["component"]] if "component" in part else part.get("components", [])


def _filled(part: dict[str, Any], values: Mapping[str, object]) -> dict[str, Any]:
    """A part of a form as it is sent."""
    shell = {"type": part["type"], "id": part["id"]}
    if "component" in part:
        return shell | {"component": _field(part["component"], values)}
    if "components" in part:
        return shell | {"components": [_field(field, values) for field in part["components"]]}
    return shell


def _field(field: dict[str, Any], values: Mapping[str, object]) -> dict[str, Any]:
    """Texts and single choices have a `value`, everything else `values`."""
    key = "value" if field["type"] in (4, 21, 23) else "values"
    chosen = [option["value"] for option in field.get("options", ()) if option.get("default")]
    before = {"value": field.get("value", "") if field["type"] == 4 else next(iter(chosen), None), "values": chosen}
    if field["type"] == 23:
        before["value"] = field.get("default", False)
    answer = values.get(field["custom_id"], before[key])
    return {"type": field["type"], "id": field["id"], "custom_id": field["custom_id"], key: answer}


def _reaction(message: Message, emoji: str) -> str:
    return f"/channels/{message['channel_id']}/messages/{message['id']}/reactions/{quote(emoji)}/@me"


def _options(
    spec: list[dict[str, Any]], path: list[str], values: Mapping[str, object], focused: str = ""
) -> list[dict[str, Any]]:
    if path:
        inner = next(option for option in spec if option["name"] == path[0])
        deeper = _options(inner.get("options", []), path[1:], values, focused)
        return [{"type": inner["type"], "name": path[0], "options": deeper}]
    types = {option["name"]: option["type"] for option in spec}
    return [
        {"type": types[name], "name": name, "value": value, **({"focused": True} if name == focused else {})}
        for name, value in values.items()
    ]
