"""Frames between the bot and a painter: two lengths, a JSON header, an optional blob, over a loopback connection."""

import asyncio
import hmac
import json
import socket
import struct
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pipeline.events import Artifact, Cancelled, Done, Event, Failed, Film, Loading, Preview, Progress, Started
from pipeline.spec import JobId, PaintJob, Spec

PROTOCOL = 3
"""Grows with every change of the frames; both ends must speak the same."""

MAX_HEADER_BYTES = 1 << 20
MAX_BLOB_BYTES = 4 << 20

_LENGTHS = struct.Struct(">II")
_EVENTS: Mapping[str, type[Event]] = {
    "loading": Loading,
    "started": Started,
    "progress": Progress,
    "preview": Preview,
    "artifact": Artifact,
    "film": Film,
    "done": Done,
    "failed": Failed,
    "cancelled": Cancelled,
}
_KINDS: Mapping[type[Event], str] = {event: kind for kind, event in _EVENTS.items()}


class WireError(Exception):
    """What came over the connection is not a frame of ours."""


class Skew(WireError):
    """The two ends come from different versions of Easel."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One message: what kind it is, its values, and raw bytes where they are needed."""

    kind: str
    body: Mapping[str, Any] = field(default_factory=dict)
    blob: bytes = b""


def pack(frame: Frame) -> bytes:
    """Turn a frame into bytes. Raises WireError when it is larger than the other end would accept."""
    header = json.dumps({"kind": frame.kind, **frame.body}, separators=(",", ":")).encode()
    _check(len(header), len(frame.blob))
    return _LENGTHS.pack(len(header), len(frame.blob)) + header + frame.blob


async def read_frame(reader: asyncio.StreamReader) -> Frame | None:
    """Wait for the next frame; None when the other end has gone. Raises WireError."""
    try:
        header_bytes, blob_bytes = _lengths(await reader.readexactly(_LENGTHS.size))
        return _unpack(await reader.readexactly(header_bytes), await reader.readexactly(blob_bytes))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


class Channel:
    """The painter's end: blocking, and safe to send on from several threads."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._sending = threading.Lock()

    @classmethod
    def connect(cls, port: int) -> "Channel":
        connection = socket.create_connection(("127.0.0.1", port), timeout=10)
        connection.settimeout(None)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return cls(connection)

    def send(self, frame: Frame) -> None:
        """Send a whole frame. Raises WireError for one too large, ConnectionError when the other end has gone."""
        data = pack(frame)
        with self._sending:
            self._socket.sendall(data)

    def receive(self) -> Frame | None:
        """Wait for the next frame; None when the other end has gone. Raises WireError."""
        head = self._exactly(_LENGTHS.size)
        if head is None:
            return None
        header_bytes, blob_bytes = _lengths(head)
        header, blob = self._exactly(header_bytes), self._exactly(blob_bytes)
        return None if header is None or blob is None else _unpack(header, blob)

    def close(self) -> None:
        self._socket.close()

    def _exactly(self, size: int) -> bytes | None:
        data = bytearray()
        while len(data) < size:
            try:
                piece = self._socket.recv(min(size - len(data), 1 << 16))
            except ConnectionError:
                return None
            if not piece:
                return None
            data += piece
        return bytes(data)


def hello(secret: str, pid: int) -> Frame:
    """Build a painter's first frame."""
    return Frame(kind="hello", body={"protocol": PROTOCOL, "secret": secret, "pid": pid})


def check_hello(frame: Frame | None, secret: str) -> int:
    """Return the process id of the painter that says hello. Raises Skew, WireError."""
    if frame is None or frame.kind != "hello":
        raise WireError("The painter did not say hello.")
    if not hmac.compare_digest(str(frame.body.get("secret")).encode(), secret.encode()):
        raise WireError("Something connected that does not know the painter's secret.")
    _check_protocol(frame, "The painter")
    return int(frame.body["pid"])


def welcome(setup: Mapping[str, Any]) -> Frame:
    """Build the bot's first frame: what the painter is to be."""
    return Frame(kind="welcome", body={"protocol": PROTOCOL, "setup": dict(setup)})


def check_welcome(frame: Frame | None) -> dict[str, Any]:
    """Return the set-up that the bot asks for. Raises Skew, WireError."""
    if frame is None or frame.kind != "welcome":
        raise WireError("The bot did not answer the painter's hello.")
    _check_protocol(frame, "The bot")
    return dict(frame.body["setup"])


def paint_frame(job: PaintJob) -> Frame:
    """Carry a job to a painter."""
    return Frame(kind="paint", body={**asdict(job), "spec": job.spec.to_json()})


def frame_job(frame: Frame) -> PaintJob:
    """Read a job. Raises WireError."""
    body = {**frame.body}
    try:
        return PaintJob(**{**body, "id": JobId(body["id"]), "spec": Spec.from_json(body["spec"])})
    except (TypeError, ValueError, KeyError) as fault:
        raise WireError(f"A job that this version cannot read: {fault}") from fault


def event_frame(job: PaintJob, event: Event) -> Frame:
    """Carry one event of a job to the bot; a preview's bytes go as the blob."""
    body = asdict(event)
    blob = body.pop("webp", b"")
    return Frame(kind=_KINDS[type(event)], body={"job": job.id, "attempt": job.attempt, "event": body}, blob=blob)


def frame_event(frame: Frame) -> tuple[JobId, int, Event]:
    """Read an event with the job and attempt that it belongs to. Raises WireError."""
    try:
        values = dict(frame.body["event"])
        if frame.kind == "preview":
            values["webp"] = frame.blob
        return JobId(frame.body["job"]), int(frame.body["attempt"]), _EVENTS[frame.kind](**values)
    except (TypeError, ValueError, KeyError) as fault:
        raise WireError(f"An event that this version cannot read: {frame.kind}") from fault


def is_event(frame: Frame) -> bool:
    return frame.kind in _EVENTS and "job" in frame.body


def _check_protocol(frame: Frame, who: str) -> None:
    theirs = frame.body.get("protocol")
    if theirs != PROTOCOL:
        raise Skew(f"{who} speaks version {theirs} of the painters' protocol, this side {PROTOCOL}: restart Easel.")


def _lengths(head: bytes) -> tuple[int, int]:
    header_bytes, blob_bytes = _LENGTHS.unpack(head)
    _check(header_bytes, blob_bytes)
    return header_bytes, blob_bytes


def _check(header_bytes: int, blob_bytes: int) -> None:
    if header_bytes > MAX_HEADER_BYTES or blob_bytes > MAX_BLOB_BYTES:
        raise WireError(f"A frame of {header_bytes} + {blob_bytes} bytes is larger than any of ours.")


def _unpack(header: bytes, blob: bytes) -> Frame:
    try:
        body = json.loads(header)
        return Frame(kind=body.pop("kind"), body=body, blob=blob)
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise WireError("A frame whose header is not ours.") from fault
