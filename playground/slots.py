"""Upload slots: a client asks for an address, puts its file there, and names the file when it uses a command."""

import asyncio
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from playground.body import too_large
from playground.identity import Person
from playground.problem import refuse
from playground.snowflake import Json, Mint
from playground.uploads import FileFacts, FileShelf, Upload, plain_name

LIFE_S = 3600.0  # how long a slot waits for its file, and a file handed to a command can be read
MOST_AT_ONCE = 10  # files of one request
MOST_SLOTS = 1000  # of everybody; the oldest are forgotten
AT = "attachments"


@dataclass(kw_only=True)
class Slot:
    """A place for one file of one person."""

    key: str
    secret: str = field(repr=False)
    person: Person
    name: str
    length: int  # as it was announced, in bytes
    file: FileFacts | None = None

    @property
    def upload_filename(self) -> str:
        return f"{self.key}/{self.name}"


class Slots:
    """All slots that are open or filled."""

    def __init__(self, base_url: str, shelf: FileShelf, mint: Mint) -> None:
        self._prefix = f"{base_url}/cdn/uploads"
        self._shelf = shelf
        self._mint = mint
        self._slots: dict[str, Slot] = {}

    def offered(self, person: Person, files: Any, largest: int) -> list[Json]:
        """Addresses for announced files. Raises Problem 50035, or 40005 for a file over `largest` bytes."""
        if not isinstance(files, list) or not 1 <= len(files) <= MOST_AT_ONCE:
            raise refuse("files", f"Must be between 1 and {MOST_AT_ONCE} in length.")
        if not all(isinstance(file, dict) for file in files):
            raise refuse("files", "This must be a list of objects.")
        return [self._offer(person, file, largest, n) for n, file in enumerate(files)]

    async def take(self, request: web.Request) -> web.Response:
        """`PUT /cdn/uploads/{key}/{name}?upload_id=…`: the file itself, no longer than it was announced."""
        slot = self._slots.get(request.match_info["key"])
        given = request.query.get("upload_id", "").encode()
        if slot is None or not secrets.compare_digest(slot.secret.encode(), given):
            return web.Response(status=404, text="There is no such upload.")
        if slot.file is not None:
            return web.Response(status=409, text="This upload is finished.")
        data = bytearray()
        async for chunk in request.content.iter_chunked(1 << 18):
            data += chunk
            if len(data) > slot.length:
                return web.Response(status=413, text="The file is longer than it was announced.")
        upload = Upload(id=self._mint(), index="0", name=slot.name, data=bytes(data))
        await self._shelf.save([upload])
        self._shelf.discard([upload.id], after_s=LIFE_S)
        slot.file = await asyncio.to_thread(lambda: upload.facts)
        return web.Response(status=200)

    def handed(self, person: Person, notes: Any, uploads: tuple[Upload, ...]) -> Mapping[str, FileFacts]:
        """The files of an interaction by the ids that its `attachments` give them. Raises Problem 50035."""
        sent = [upload.facts for upload in uploads]  # they may also come with the request itself
        self._shelf.discard([file.id for file in sent], after_s=LIFE_S)
        return {file.index: file for file in (*sent, *self.filled(person, notes))}

    def filled(self, person: Person, notes: Any) -> tuple[FileFacts, ...]:
        """The files that a body's `attachments` name by `uploaded_filename`. Raises Problem 50035."""
        if notes is None:
            return ()
        if not isinstance(notes, list) or len(notes) > MOST_AT_ONCE:
            raise refuse(AT, f"This must be a list, {MOST_AT_ONCE} or fewer in length.")
        slots = [
            replace(self._file(person, str(note["uploaded_filename"]), f"{AT}/{n}"), index=str(note.get("id", n)))
            for n, note in enumerate(notes)
            if isinstance(note, dict) and "uploaded_filename" in note
        ]
        return tuple(slots)

    def kept(self, files: Iterable[FileFacts]) -> None:
        """Files that a message shows now: they go when it goes, and their slots are done."""
        ids = {file.id for file in files}
        self._shelf.keep(ids)
        done = [key for key, slot in self._slots.items() if slot.file and slot.file.id in ids]
        for key in done:
            del self._slots[key]

    def _offer(self, person: Person, file: Json, largest: int, n: int) -> Json:
        name, length = file.get("filename"), file.get("file_size")
        if not isinstance(name, str) or not name.strip():
            raise refuse(f"files/{n}/filename", "This field is required")
        if not isinstance(length, int) or isinstance(length, bool) or length < 0:
            raise refuse(f"files/{n}/file_size", "This must be a number of bytes.")
        if length > largest:
            raise too_large()
        slot = Slot(
            key=secrets.token_hex(16), secret=secrets.token_hex(16), person=person, name=plain_name(name), length=length
        )
        self._slots[slot.key] = slot
        while len(self._slots) > MOST_SLOTS:
            del self._slots[next(iter(self._slots))]
        number = str(file.get("id", n))
        return {
            "id": int(number) if number.isdecimal() else number,
            "upload_url": f"{self._prefix}/{slot.upload_filename}?upload_id={slot.secret}",
            "upload_filename": slot.upload_filename,
        }

    def _file(self, person: Person, upload_filename: str, at: str) -> FileFacts:
        slot = self._slots.get(upload_filename.partition("/")[0])
        if slot is None or slot.file is None or slot.person != person or slot.upload_filename != upload_filename:
            raise refuse(f"{at}/uploaded_filename", "Uploaded attachment not found. Please upload it again.")
        return slot.file
