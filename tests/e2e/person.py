"""A person at the playground: the shapes of Discord's own client, and nothing of ours."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiohttp

T = TypeVar("T")

Message = dict[str, Any]
NONCES = itertools.count(1_420_070_400_000_000_001)


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
        self.deleted: set[str] = set()
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
            elif kind == "MESSAGE_CREATE":
                self.messages[data["id"]] = data
            elif kind == "MESSAGE_UPDATE":
                self.messages[data["id"]] = self.messages.get(data["id"], {}) | data
            elif kind == "MESSAGE_DELETE":
                self.deleted.add(data["id"])
                self.messages.pop(data["id"], None)
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
        """Use a slash command ("quota grant" with its subcommand); returns the nonce."""
        index = await self.api("GET", f"/guilds/{self.guild_id}/application-command-index")
        first, *rest = name.split()
        command = next(found for found in index["application_commands"] if found["name"] == first)
        data = {"id": command["id"], "version": command["version"], "type": 1, "name": first}
        return await self._interact(
            2, data | {"options": _options(command["options"], rest, options), "attachments": []}
        )

    async def press(self, message: Message, custom_id: str) -> str:
        """Press a button; returns the nonce."""
        data = {"component_type": 2, "custom_id": custom_id}
        where = {"message_id": message["id"], "message_flags": message.get("flags", 0)}
        return await self._interact(3, data, where)

    async def _interact(self, kind: int, data: object, where: Mapping[str, object] | None = None) -> str:
        nonce = str(next(NONCES))
        body = {
            "type": kind,
            "application_id": self._world["application_id"],
            "guild_id": self.guild_id,
            "channel_id": self.channel_id,
            "session_id": self.session_id,
            "nonce": nonce,
            "data": data,
        }
        await self.api("POST", "/interactions", body | dict(where or {}))
        return nonce

    async def answer(self, nonce: str, timeout_s: float = 30.0) -> Message:
        """Wait for the message that answers an interaction."""

        def found() -> Message | None:
            return next(
                (data for kind, data in self.events if kind == "MESSAGE_CREATE" and data.get("nonce") == nonce), None
            )

        message = await self.until(found, f"an answer to {nonce}", timeout_s)
        assert message is not None
        return self.messages.get(message["id"], message)

    async def settled(self, nonce: str, timeout_s: float = 30.0) -> Message:
        """Wait for an answer that is no "thinking …" any more."""
        first = await self.answer(nonce, timeout_s)

        def done() -> Message | None:
            now = self.messages.get(first["id"])
            return now if now is not None and not now.get("flags", 0) & 128 else None

        message = await self.until(done, "the edited answer", timeout_s)
        assert message is not None
        return message

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


def _options(spec: list[dict[str, Any]], path: list[str], values: Mapping[str, object]) -> list[dict[str, Any]]:
    if path:
        inner = next(option for option in spec if option["name"] == path[0])
        return [{"type": 1, "name": path[0], "options": _options(inner.get("options", []), path[1:], values)}]
    types = {option["name"]: option["type"] for option in spec}
    return [{"type": types[name], "name": name, "value": value} for name, value in values.items()]
