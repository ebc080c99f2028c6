"""Small clients for tests: anybody with a token, on the gateway and over REST."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import aiohttp
import yarl

from playground.cdn import square
from playground.identity import Person
from playground.server import Playground

Json = dict[str, Any]
Event = tuple[str, Json]
PICTURE = square((10, 20, 30), side_px=4)
PATIENCE_S = 10.0


class Client:
    """One connection to the gateway, and REST with the same token."""

    def __init__(self, play: Playground, session: aiohttp.ClientSession, token: str) -> None:
        self.play = play
        self.session = session
        self.token = token
        self.events: list[Event] = []
        self.seq = 0
        self.ready: Json = {}
        self.opcodes: list[int] = []
        self._news = asyncio.Event()
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._listener: asyncio.Task[None] | None = None

    # -- REST -----------------------------------------------------------------

    async def call(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        """Status and JSON of one request; `body` goes as JSON."""
        given = {"json": body} if body is not None else {}
        async with self.session.request(method, f"{self.play.base_url}/api/v10{path}", **given, **more) as response:
            text = await response.text()
            return response.status, json.loads(text) if text else None

    async def send_files(self, method: str, path: str, body: Any, files: dict[str, bytes]) -> tuple[int, Any]:
        """One multipart request."""
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("payload_json", json.dumps(body), content_type="application/json")
        for n, (name, data) in enumerate(files.items()):
            form.add_field(f"files[{n}]", data, filename=name, content_type="application/octet-stream")
        return await self.call(method, path, data=form)

    async def react(self, message: Json, emoji: str, *, method: str = "PUT") -> tuple[int, Any]:
        path = f"/channels/{message['channel_id']}/messages/{message['id']}/reactions/{quote(emoji)}/@me"
        return await self.call(method, path)

    # -- gateway --------------------------------------------------------------

    async def connect(self, *, query: str = "?v=10&encoding=json") -> None:
        self._ws = await self.session.ws_connect(self.play.stage.gateway_url + query, max_msg_size=0)
        self._listener = asyncio.create_task(self._listen(self._ws))

    async def identify(self, intents: int = 1) -> None:
        await self.connect()
        await self.say(2, {"token": self.token, "intents": intents, "properties": {}})
        self.ready = (await self.wait_for("READY"))[1]

    async def say(self, op: int, data: Any) -> None:
        assert self._ws is not None
        await self._ws.send_json({"op": op, "d": data})

    async def close(self, code: int = 1000) -> None:
        if self._ws is not None and not self._ws.closed:
            await self._ws.close(code=code)
        if self._listener is not None:
            await asyncio.gather(self._listener, return_exceptions=True)

    @property
    def close_code(self) -> int | None:
        return self._ws.close_code if self._ws else None

    async def closed(self) -> None:
        assert self._listener is not None
        await asyncio.wait_for(asyncio.shield(self._listener), PATIENCE_S)

    def break_off(self) -> None:
        """Drop the connection without a goodbye."""
        assert self._ws is not None
        transport = self._ws.get_extra_info("socket")
        assert transport is not None
        self._ws._response.connection.transport.abort()  # type: ignore[union-attr]

    def named(self, name: str) -> list[Json]:
        return [data for event, data in self.events if event == name]

    async def wait_for(self, name: str, check: Callable[[Json], bool] = lambda _: True) -> Event:
        """The first event of this name that passes, whether it came already or not."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for event, data in self.events:
                    if event == name and check(data):
                        return event, data
                self._news.clear()
                await self._news.wait()

    async def wait_for_op(self, op: int) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while op not in self.opcodes:
                self._news.clear()
                await self._news.wait()

    async def settle(self) -> None:
        """Return when everything that was sent before has arrived: a heartbeat goes round."""
        self.opcodes = [op for op in self.opcodes if op != 11]
        await self.say(1, self.seq)
        await self.wait_for_op(11)

    async def _listen(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        async for message in ws:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            frame = json.loads(message.data)
            self.opcodes.append(frame["op"])
            if frame["op"] == 0:
                self.seq = frame["s"]
                self.events.append((frame["t"], frame["d"]))
            self._news.set()


class PersonClient(Client):
    """A person as Discord's own client speaks for them."""

    def __init__(self, play: Playground, session: aiohttp.ClientSession, person: Person) -> None:
        super().__init__(play, session, person.token)
        self.person = person

    async def use(self, name: str, options: list[Json] | None = None, **more: Any) -> tuple[int, Any]:
        """Use a registered command; `attachments` and `target_id` (context menus) go into its data."""
        command = next(c for c in self.play.stage.world.all_commands() if c["name"] == name)
        data = {"id": command["id"], "version": command["version"], "type": command["type"], "name": name}
        data |= {"options": options or [], "attachments": more.pop("attachments", [])}
        data |= {"target_id": more.pop("target_id")} if "target_id" in more else {}
        return await self.call("POST", "/interactions", self._about(more.pop("type", 2), data, more))

    async def press(self, message: Json, custom_id: str, **more: Any) -> tuple[int, Any]:
        """Press a button, or choose from a select with values=[…] and component_type=…."""
        data: Json = {"component_type": more.pop("component_type", 2), "custom_id": custom_id}
        if "values" in more:
            data["values"] = more.pop("values")
        return await self.call("POST", "/interactions", self._about(3, data, {"message_id": message["id"], **more}))

    async def submit(self, modal: Json, components: list[Json], **more: Any) -> tuple[int, Any]:
        """Send a modal, given as INTERACTION_MODAL_CREATE told of it."""
        data = {"id": modal["id"], "custom_id": modal["custom_id"], "components": components}
        data |= {"attachments": more.pop("attachments")} if "attachments" in more else {}
        return await self.call(
            "POST", "/interactions", self._about(5, data, {"channel_id": modal["channel_id"], **more})
        )

    async def suggestions(self, name: str, options: list[Json], nonce: str) -> list[Json]:
        """Ask for autocomplete; one of the options has `"focused": True`."""
        status, answer = await self.use(name, options, type=4, nonce=nonce)
        assert status == 204, answer
        _, found = await self.wait_for("APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE", lambda d: d["nonce"] == nonce)
        choices: list[Json] = found["choices"]
        return choices

    async def upload(self, name: str, data: bytes, *, announced: int | None = None) -> tuple[int, Json]:
        """Put a file into a slot; the status, and what `attachments` says of it (as number 0)."""
        place = self.play.stage.world.identity.places[0].id
        size = len(data) if announced is None else announced
        status, answer = await self.call(
            "POST", f"/channels/{place}/attachments", {"files": [{"id": "0", "filename": name, "file_size": size}]}
        )
        if status != 200:
            return status, dict(answer)
        slot = answer["attachments"][0]
        async with self.session.put(yarl.URL(slot["upload_url"], encoded=True), data=data) as response:
            return response.status, {"id": "0", "filename": name, "uploaded_filename": slot["upload_filename"]}

    async def open_dm(self) -> Json:
        """The conversation with the bot."""
        bot_id = self.play.stage.world.identity.application_id
        status, channel = await self.call("POST", "/users/@me/channels", {"recipients": [bot_id]})
        assert status == 200, channel
        opened: Json = channel
        return opened

    def _about(self, kind: int, data: Json, more: Json) -> Json:
        identity = self.play.stage.world.identity
        return {
            "type": kind,
            "application_id": identity.application_id,
            "guild_id": identity.guild_id,
            "channel_id": identity.places[0].id,
            "session_id": "any",
            "nonce": "n-1",
            "data": data,
            **more,
        }


class BotClient(Client):
    """A bot without a library: it hears interactions and answers as it is told."""

    async def register(self, *commands: Json) -> list[Json]:
        path = f"/applications/{self.play.stage.world.identity.application_id}/commands"
        status, answer = await self.call("PUT", path, [{"description": "…", **command} for command in commands])
        assert status == 200, answer
        registered: list[Json] = answer
        return registered

    async def next_interaction(self) -> Json:
        """The newest interaction, once there is one that was not taken yet."""
        _, interaction = await self.wait_for("INTERACTION_CREATE")
        self.events.remove(("INTERACTION_CREATE", interaction))
        return interaction

    async def answer(self, interaction: Json, body: Json, *, with_response: bool = True) -> tuple[int, Any]:
        query = "?with_response=1" if with_response else ""
        return await self.call(
            "POST", f"/interactions/{interaction['id']}/{interaction['token']}/callback{query}", body
        )

    def hook(self, interaction: Json, tail: str = "") -> str:
        return f"/webhooks/{interaction['application_id']}/{interaction['token']}{tail}"


@asynccontextmanager
async def person_client(play: Playground, n: int) -> AsyncIterator[PersonClient]:
    person = play.stage.world.identity.people[n]
    async with aiohttp.ClientSession(headers={"Authorization": person.token}) as session:
        client = PersonClient(play, session, person)
        yield client
        await client.close()


@asynccontextmanager
async def bot_client(play: Playground) -> AsyncIterator[BotClient]:
    token = play.stage.world.identity.bot_token
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {token}"}) as session:
        client = BotClient(play, session, token)
        yield client
        await client.close()
