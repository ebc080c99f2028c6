"""Frames between the bot and a painter."""

import asyncio
import json
import socket
import struct
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import wire
from pipeline.events import Artifact, Cancelled, Done, Event, Failed, Loading, Preview, Progress, Started
from pipeline.spec import JobId, PaintJob, Source, Spec
from pipeline.wire import Channel, Frame, Skew, WireError

JOB = PaintJob(
    id=JobId("3f1f7a54-6f0e-4a53-9d1c-0a4a5b0f2f11"),
    attempt=2,
    spec=Spec(
        model="tiny",
        prompt="лиса 🦊 \ud800 \x00",
        width_px=64,
        height_px=64,
        steps=4,
        guidance=3.5,
        seed=2**32 - 1,
        source=Source(sha256="0" * 64, strength=0.5),
    ),
    urgency=2,
)
EVENTS: list[Event] = [
    Loading(done=1, total=0),
    Started(painter="painter-0"),
    Progress(step=1, total=4),
    Preview(webp=bytes(range(256))),
    Artifact(idx=3, sha256="f" * 64, width_px=64, height_px=48),
    Done(gpu_ms=12),
    Failed(kind="oom", detail="…"),
    Cancelled(step=3),
]


@pytest.fixture
def pair() -> Iterator[tuple[Channel, Channel]]:
    ends = [Channel(end) for end in socket.socketpair()]
    yield ends[0], ends[1]
    for end in ends:
        end.close()


async def read(data: bytes) -> Frame | None:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    return await wire.read_frame(reader)


@given(
    st.text(max_size=20),
    st.dictionaries(st.text(min_size=1, max_size=9).filter(lambda key: key != "kind"), st.text() | st.integers()),
    st.binary(),
)
async def test_a_frame_arrives_as_it_was_sent(kind: str, body: dict[str, str | int], blob: bytes) -> None:
    frame = Frame(kind=kind, body=body, blob=blob)

    assert await read(wire.pack(frame)) == frame


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
async def test_every_event_arrives_as_it_was_said(event: Event) -> None:
    frame = await read(wire.pack(wire.event_frame(JOB, event)))

    assert frame is not None
    assert wire.is_event(frame)
    assert wire.frame_event(frame) == (JOB.id, JOB.attempt, event)


async def test_a_job_arrives_as_it_was_given() -> None:
    frame = await read(wire.pack(wire.paint_frame(JOB)))

    assert frame is not None
    assert wire.frame_job(frame) == JOB


def test_both_ends_agree(pair: tuple[Channel, Channel]) -> None:
    here, there = pair
    frame = wire.event_frame(JOB, EVENTS[3])
    here.send(frame)
    here.send(wire.paint_frame(JOB))

    received = there.receive(), there.receive()

    assert received == (frame, wire.paint_frame(JOB))


def test_the_end_of_the_connection_is_the_end_of_the_frames(pair: tuple[Channel, Channel]) -> None:
    here, there = pair
    here.close()

    assert there.receive() is None


@pytest.mark.parametrize("kept", [0, 3, 8, 12, 30])
async def test_a_frame_cut_short_is_the_end(kept: int) -> None:
    assert await read(wire.pack(wire.event_frame(JOB, EVENTS[3]))[:kept]) is None


@pytest.mark.parametrize("lengths", [(wire.MAX_HEADER_BYTES + 1, 0), (10, wire.MAX_BLOB_BYTES + 1), (2**32 - 1,) * 2])
async def test_a_frame_that_announces_too_much_is_refused_before_it_is_read(lengths: tuple[int, int]) -> None:
    with pytest.raises(WireError, match="larger"):
        await read(struct.pack(">II", *lengths))


def test_nothing_is_sent_that_the_other_end_would_refuse() -> None:
    with pytest.raises(WireError, match="larger"):
        wire.pack(Frame(kind="preview", blob=bytes(wire.MAX_BLOB_BYTES + 1)))


@given(st.binary(max_size=64))
async def test_any_other_bytes_are_refused_or_the_end(data: bytes) -> None:
    try:
        frame = await read(struct.pack(">II", len(data), 0) + data)
    except WireError:
        return
    assert frame is not None
    assert json.loads(data)["kind"] == frame.kind


@pytest.mark.parametrize("body", [{}, {"event": 3}, {"event": {"step": 1}}, {"event": {"step": 1, "total": 2, "x": 3}}])
def test_an_event_that_is_not_ours_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(WireError, match="event"):
        wire.frame_event(Frame(kind="progress", body={"job": JOB.id, "attempt": 1} | body))


def test_a_job_with_fields_of_another_version_is_refused() -> None:
    frame = wire.paint_frame(JOB)
    spec = json.loads(frame.body["spec"]) | {"aura": 7}

    with pytest.raises(WireError, match="aura"):
        wire.frame_job(Frame(kind="paint", body={**frame.body, "spec": json.dumps(spec)}))


def test_whoever_knows_the_secret_may_come_in() -> None:
    assert wire.check_hello(wire.hello("sesame", 42), "sesame") == 42


@pytest.mark.parametrize("frame", [None, wire.hello("guess", 1), wire.welcome({}), Frame(kind="hello")])
def test_nobody_else_may(frame: Frame | None) -> None:
    with pytest.raises(WireError):
        wire.check_hello(frame, "sesame")


def test_two_versions_refuse_each_other_and_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    hello, welcome = wire.hello("sesame", 42), wire.welcome({})
    monkeypatch.setattr(wire, "PROTOCOL", wire.PROTOCOL + 1)

    with pytest.raises(Skew, match="restart Easel"):
        wire.check_hello(hello, "sesame")
    with pytest.raises(Skew, match="restart Easel"):
        wire.check_welcome(welcome)


def test_the_set_up_arrives_as_it_was_given() -> None:
    assert wire.check_welcome(wire.welcome({"device": "cpu"})) == {"device": "cpu"}
