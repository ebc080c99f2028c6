"""What the rest of Easel relies on, whichever engine draws."""

import asyncio
from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageDraw

from pipeline import encode
from pipeline.canvas import scaled
from pipeline.events import Artifact, Cancelled, Done, Event, Failed, Film, Progress, Started, Terminal
from pipeline.spec import JobId, Place, Source, Spec
from tests.contract.bench import (
    Bench,
    drawn,
    events_of,
    idle,
    job,
    listening,
    never_falls,
    previews_of,
    steps_of,
    stream_of,
    until,
)

pytestmark = pytest.mark.asyncio(loop_scope="package")

TOLERANCE = 2
"""How far a value may differ between a picture drawn alone and in a batch, of 255."""
SOON_S = 10.0


async def test_a_job_is_started_once_and_ends_once_with_nothing_after(bench: Bench) -> None:
    events = await events_of(bench, job(bench.quick))

    assert sum(isinstance(event, Started) for event in events) == 1
    assert [event for event in events if isinstance(event, Terminal)] == events[-1:]
    assert isinstance(events[-1], Done)


async def test_steps_never_go_back_and_come_after_the_start(bench: Bench) -> None:
    events = await events_of(bench, job(bench.quick))

    kinds = [type(event) for event in events]
    assert never_falls(steps_of(events))
    assert all(0 <= event.step <= event.total for event in events if isinstance(event, Progress))
    assert kinds.index(Started) < kinds.index(Progress) < kinds.index(Artifact)


async def test_every_picture_is_on_disk_whole_and_of_the_right_size_when_it_is_announced(bench: Bench) -> None:
    seen = []
    async for event in bench.engine.run(job(bench.quick)):
        if isinstance(event, Artifact):
            with Image.open(BytesIO(bench.store.read(event.sha256))) as image:
                assert image.format == "PNG"
                assert image.mode == "RGB"
                assert image.size == (event.width_px, event.height_px)
            seen.append((event.idx, event.width_px, event.height_px))

    assert seen == [(slot, bench.quick.width_px, bench.quick.height_px) for slot in range(4)]


async def test_stored_pictures_carry_no_metadata(bench: Bench) -> None:
    pictures = await drawn(bench, bench.quick)

    for picture in pictures:
        with Image.open(BytesIO(bench.store.read(picture.sha256))) as image:
            assert image.info == {}
            assert not image.getexif()


async def test_previews_are_small_webp_pictures_of_the_whole_grid(bench: Bench) -> None:
    previews = previews_of(await events_of(bench, job(bench.quick)))

    assert previews
    for webp in previews:
        with Image.open(BytesIO(webp)) as image:
            assert image.format == "WEBP"
            assert max(image.size) <= 512
            assert image.width > image.height
        assert len(webp) < 300_000


async def test_nobody_gets_previews_who_does_not_want_them(bench: Bench) -> None:
    assert previews_of(await events_of(bench, job(bench.quick, previews=False))) == []


async def test_the_same_spec_gives_the_same_pictures(bench: Bench) -> None:
    first = await drawn(bench, bench.quick)
    again = await drawn(bench, bench.quick)

    assert [picture.sha256 for picture in first] == [picture.sha256 for picture in again]


async def test_four_pictures_are_four_different_ones_and_another_seed_gives_others(bench: Bench) -> None:
    first = await drawn(bench, bench.quick)
    other = await drawn(bench, bench.quick.evolve(seed=8))

    assert len({picture.sha256 for picture in [*first, *other]}) == 8


@pytest.mark.parametrize("count", [1, 2, 3])
async def test_a_picture_is_the_same_in_a_batch_of_any_size(bench: Bench, count: int) -> None:
    four = await drawn(bench, bench.quick.evolve(chaos=40))
    fewer = await drawn(bench, bench.quick.evolve(chaos=40, count=count))

    assert len(fewer) == count
    for mine, same in zip(fewer, four, strict=False):
        assert _difference(bench, mine, same) <= TOLERANCE


async def test_a_variation_of_each_strength_has_the_size_that_was_asked_for(bench: Bench) -> None:
    source = (await drawn(bench, bench.quick))[2].sha256

    for strength in (0.01, 0.4, 1.0):
        spec = bench.quick.evolve(verb="vary", source=Source(sha256=source, strength=strength), seed=9)
        pictures = await drawn(bench, spec)
        assert {(picture.width_px, picture.height_px) for picture in pictures} == {(spec.width_px, spec.height_px)}
        assert len({picture.sha256 for picture in pictures} | {source}) == 5


async def test_an_upscale_is_the_same_picture_twice_as_large(bench: Bench) -> None:
    parent = (await drawn(bench, bench.quick))[1]
    spec = bench.quick.evolve(
        verb="upscale",
        source=Source(sha256=parent.sha256),
        upscaler="lanczos",
        scale=2,
        count=1,
        width_px=2 * parent.width_px,
        height_px=2 * parent.height_px,
    )

    (large,) = await drawn(bench, spec)

    assert (large.width_px, large.height_px) == (2 * parent.width_px, 2 * parent.height_px)
    small = encode.decode(bench.store.read(large.sha256)).resize(
        (parent.width_px, parent.height_px), Image.Resampling.BOX
    )
    difference = ImageChops.difference(small, encode.decode(bench.store.read(parent.sha256)))
    assert sum(value * count for value, count in enumerate(difference.convert("L").histogram())) < 6 * (
        parent.width_px * parent.height_px
    )


@pytest.mark.parametrize(
    "place",
    [
        Place(left_px=18, top_px=12, width_px=36, height_px=24),
        Place(left_px=0, top_px=0, width_px=48, height_px=48),
        Place(left_px=7, top_px=5, width_px=65, height_px=43),
    ],
    ids=["zoom", "pan", "odd"],
)
async def test_what_is_drawn_around_a_picture_leaves_it_as_it_was(bench: Bench, place: Place) -> None:
    parent = (await drawn(bench, bench.quick))[0].sha256
    spec = bench.quick.evolve(verb="extend", source=Source(sha256=parent), place=place, seed=9)

    pictures = [_picture(bench, artifact) for artifact in await drawn(bench, spec)]

    right, bottom = place.left_px + place.width_px, place.top_px + place.height_px
    inside = {picture.crop((place.left_px, place.top_px, right, bottom)).tobytes() for picture in pictures}
    assert {picture.size for picture in pictures} == {(spec.width_px, spec.height_px)}
    assert inside == {scaled(encode.decode(bench.store.read(parent)), place).tobytes()}
    assert len({picture.tobytes() for picture in pictures}) == 4


async def test_what_is_drawn_in_a_part_of_a_picture_leaves_the_rest_as_it_was(bench: Bench) -> None:
    parent = (await drawn(bench, bench.quick))[0].sha256
    source, mask = encode.decode(bench.store.read(parent)), _mask(bench.quick)
    marked = bench.store.put(encode.png(mask))
    spec = bench.quick.evolve(verb="repaint", source=Source(sha256=parent), mask=marked, prompt="a hen", seed=9)

    pictures = [_picture(bench, artifact) for artifact in await drawn(bench, spec)]

    black = Image.new("RGB", source.size)
    kept = {Image.composite(black, picture, mask).tobytes() for picture in pictures}
    assert kept == {Image.composite(black, source, mask).tobytes()}
    assert len({picture.tobytes() for picture in [*pictures, source]}) == 5


async def test_a_refined_picture_is_larger_and_still_the_same_one(bench: Bench) -> None:
    parents = await drawn(bench, bench.quick)
    spec = bench.quick.evolve(
        verb="refine",
        source=Source(sha256=parents[1].sha256, strength=0.2),
        upscaler="lanczos",
        scale=2,
        count=1,
        width_px=2 * bench.quick.width_px,
        height_px=2 * bench.quick.height_px,
    )

    (large,) = await drawn(bench, spec)
    (again,) = await drawn(bench, spec.evolve(seed=9))

    assert (large.width_px, large.height_px) == (spec.width_px, spec.height_px)
    assert large.sha256 != again.sha256


async def test_a_tile_is_another_picture_than_the_one_with_edges(bench: Bench) -> None:
    usual = await drawn(bench, bench.quick)
    tiles = await drawn(bench, bench.quick.evolve(tile=True))
    again = await drawn(bench, bench.quick)

    assert not {picture.sha256 for picture in tiles} & {picture.sha256 for picture in usual}
    assert [picture.sha256 for picture in again] == [picture.sha256 for picture in usual]


async def test_a_film_is_kept_and_told_of_before_the_end_and_only_when_it_is_wanted(bench: Bench) -> None:
    without = await events_of(bench, job(bench.quick))
    events = await events_of(bench, job(bench.quick.evolve(film=True), previews=False))

    films = [event for event in events if isinstance(event, Film)]
    assert not any(isinstance(event, Film) for event in without)
    assert len(films) == 1
    assert isinstance(events[-2], Film)
    assert isinstance(events[-1], Done)
    data = bench.store.read(films[0].sha256)
    assert len(data) < 1_000_000
    assert data[4:8] == b"ftyp" if films[0].extension == "mp4" else data[8:12] == b"WEBP"


async def test_a_job_that_makes_no_sense_fails_as_bad_parameters(bench: Bench) -> None:
    parent = (await drawn(bench, bench.quick))[0].sha256
    small = bench.store.put(encode.png(Image.new("L", (8, 8), 255)))
    empty = bench.store.put(encode.png(Image.new("L", (bench.quick.width_px, bench.quick.height_px))))
    source = bench.quick.evolve(source=Source(sha256=parent))
    for spec in (
        source.evolve(verb="repaint", mask=small),
        source.evolve(verb="repaint", mask=empty),
        source.evolve(verb="repaint"),
        source.evolve(verb="extend"),
        source.evolve(verb="extend", place=Place(left_px=40, top_px=0, width_px=48, height_px=48)),
        bench.quick.evolve(verb="refine"),
        bench.quick.evolve(verb="extend"),
    ):
        end = (await events_of(bench, job(spec)))[-1]
        assert isinstance(end, Failed), spec
        assert end.kind == "bad_params", spec


async def test_a_job_told_to_stop_early_takes_the_picture_as_it_is(bench: Bench) -> None:
    whole = await drawn(bench, bench.quick)
    events = await events_of(bench, job(bench.quick.evolve(stop=50)))

    half = sorted((event for event in events if isinstance(event, Artifact)), key=lambda artifact: artifact.idx)
    progress = [event for event in events if isinstance(event, Progress)]
    assert progress[-1].step <= round(progress[-1].total * 0.5) + 1
    assert len(half) == 4
    assert not {picture.sha256 for picture in half} & {picture.sha256 for picture in whole}


@pytest.mark.parametrize("text", ["", "🦊 " * 50, "شجرة في الليل", "word " * 1200, "a\x00b\u202e\ufeff", '"><script>'])
async def test_any_text_can_be_drawn(bench: Bench, text: str) -> None:
    assert len(await drawn(bench, bench.quick.evolve(prompt=text, count=1, negative=text[:40]))) == 1


async def test_cancel_stops_a_job_within_a_few_steps(bench: Bench) -> None:
    task = job(bench.endless)
    async with listening(bench, task) as listener:
        await listener.heard(Progress, 2)
        await bench.engine.cancel(task.id)
        async with asyncio.timeout(SOON_S):
            end = await listener.end()

    assert isinstance(end, Cancelled)
    assert end.step >= 1
    assert not any(isinstance(event, Artifact) for event in listener.events)


async def test_a_job_cancelled_before_it_is_drawn_ends_as_cancelled(bench: Bench) -> None:
    task = job(bench.endless)
    async with listening(bench, task) as listener:
        await asyncio.sleep(0)
        await bench.engine.cancel(task.id)
        async with asyncio.timeout(SOON_S):
            assert isinstance(await listener.end(), Cancelled)

    assert [event for event in listener.events if isinstance(event, Terminal)] == listener.events[-1:]


async def test_cancelling_twice_or_late_or_the_unknown_does_no_harm(bench: Bench) -> None:
    task, finished = job(bench.endless), job(bench.quick)
    await bench.engine.cancel(JobId("00000000-0000-4000-8000-000000000000"))
    done = await events_of(bench, finished)
    await bench.engine.cancel(finished.id)
    async with listening(bench, task) as listener:
        await listener.heard(Progress)
        await bench.engine.cancel(task.id)
        await bench.engine.cancel(task.id)
        await listener.end()

    assert isinstance(done[-1], Done)
    assert sum(isinstance(event, Terminal) for event in listener.events) == 1
    assert await bench.engine.status(finished.id, 1) == "done"
    assert len(await drawn(bench, bench.quick)) == 4


async def test_closing_the_stream_cancels_the_job(bench: Bench) -> None:
    task = job(bench.endless)
    async with listening(bench, task) as listener:
        await listener.heard(Progress)

    await until(lambda: idle(bench))
    assert await bench.engine.status(task.id, 1) == "unknown"
    assert len(await drawn(bench, bench.quick)) == 4


async def test_a_stream_closed_before_it_is_read_leaves_nothing_behind(bench: Bench) -> None:
    task = job(bench.endless)

    await stream_of(bench, task).aclose()

    assert await bench.engine.status(task.id, 1) == "unknown"
    assert await idle(bench)


async def test_a_stream_can_be_closed_after_any_event(bench: Bench) -> None:
    for moment in range(1, 14):
        stream = stream_of(bench, job(bench.quick))
        async with asyncio.timeout(SOON_S):
            for _ in range(moment):
                if isinstance(await anext(stream), Terminal):
                    break
            await stream.aclose()

    await until(lambda: idle(bench))
    assert len(await drawn(bench, bench.quick)) == 4


async def test_status_tells_running_from_done_and_unknown(bench: Bench) -> None:
    task = job(bench.quick)
    before = await bench.engine.status(task.id, 1)
    async with listening(bench, task) as listener:
        await listener.heard(Progress)
        during = await bench.engine.status(task.id, 1)
        await listener.end()

    assert (before, during) == ("unknown", "running")
    assert await bench.engine.status(task.id, 1) == "done"
    assert await bench.engine.status(task.id, 2) == "unknown"


async def test_a_cancelled_job_may_be_tried_again(bench: Bench) -> None:
    first = job(bench.quick.evolve(steps=bench.endless.steps))
    async with listening(bench, first) as listener:
        await listener.heard(Progress)
        await bench.engine.cancel(first.id)
        await listener.end()

    again = await events_of(bench, type(first)(id=first.id, attempt=2, spec=bench.quick))

    assert isinstance(again[-1], Done)
    assert await bench.engine.status(first.id, 2) == "done"


async def test_painters_say_what_they_are_and_what_they_do(bench: Bench) -> None:
    task = job(bench.endless)
    await until(lambda: idle(bench))
    async with listening(bench, task) as listener:
        await listener.heard(Progress)
        busy = await bench.engine.painters()
    await until(lambda: idle(bench))

    assert task.id in [painter.busy_with for painter in busy]
    assert all(painter.name and painter.device for painter in busy)
    assert [painter.name for painter in await bench.engine.painters()] == [painter.name for painter in busy]


async def test_a_reader_who_dawdles_misses_previews_but_no_picture(bench: Bench) -> None:
    stream = bench.engine.run(job(bench.quick))
    heard: list[Event] = [await anext(stream)]
    while not isinstance(heard[-1], Started):
        heard.append(await anext(stream))
    await until(lambda: idle(bench))

    async with asyncio.timeout(SOON_S):
        heard += [event async for event in stream]

    assert len(previews_of(heard)) <= 1
    assert len(steps_of(heard)) <= 2
    assert [event.idx for event in heard if isinstance(event, Artifact)] == [0, 1, 2, 3]
    assert isinstance(heard[-1], Done)


async def test_several_jobs_at_once_do_not_mix(bench: Bench) -> None:
    specs = [bench.quick.evolve(seed=seed, count=2) for seed in range(4)]
    alone = [[picture.sha256 for picture in await drawn(bench, spec)] for spec in specs]

    together = await asyncio.gather(*(drawn(bench, spec) for spec in specs))

    assert [[picture.sha256 for picture in pictures] for pictures in together] == alone


async def test_a_job_from_a_picture_that_is_gone_fails_as_bad_parameters(bench: Bench) -> None:
    for verb in ("vary", "upscale", "refine", "extend", "repaint"):
        spec = bench.quick.evolve(verb=verb, source=Source(sha256="0" * 64, strength=0.5), count=1)
        end = (await events_of(bench, job(spec)))[-1]
        assert isinstance(end, Failed)
        assert (end.kind, end.retryable) == ("bad_params", False)


async def test_what_the_model_lacks_fails_as_bad_parameters_and_says_what_it_is(bench: Bench) -> None:
    events = await events_of(bench, job(bench.beyond))

    assert isinstance(end := events[-1], Failed)
    assert (end.kind, end.retryable) == ("bad_params", False)
    assert "weird" in end.detail
    assert not [event for event in events if isinstance(event, Artifact)]


async def test_what_cannot_be_drawn_fails_in_its_own_way_and_the_next_job_works(bench: Bench) -> None:
    for kind, spec in bench.failing.items():
        end = (await events_of(bench, job(spec)))[-1]
        assert isinstance(end, Failed)
        assert end.kind == kind
        assert end.detail

    assert len(await drawn(bench, bench.quick)) == 4


async def test_a_painter_killed_in_mid_job_is_a_lost_worker_and_comes_back(bench: Bench) -> None:
    if bench.kill is None:
        pytest.skip("this engine has no painter of its own to kill")
    task = job(bench.endless)
    async with listening(bench, task) as listener:
        await listener.heard(Progress, 2)
        await bench.kill()
        async with asyncio.timeout(SOON_S):
            end = await listener.end()

    assert isinstance(end, Failed)
    assert (end.kind, end.retryable) == ("worker_lost", True)
    assert not any(isinstance(event, Artifact) for event in listener.events)
    assert len(await drawn(bench, bench.quick)) == 4
    await until(lambda: idle(bench))


def _difference(bench: Bench, first: Artifact, second: Artifact) -> int:
    """Return the largest difference of any value of two stored pictures."""
    images = [encode.decode(bench.store.read(picture.sha256)) for picture in (first, second)]
    extremes = ImageChops.difference(images[0], images[1]).getextrema()
    return max(int(band[1]) for band in extremes if isinstance(band, tuple))


def _picture(bench: Bench, artifact: Artifact) -> Image.Image:
    return encode.decode(bench.store.read(artifact.sha256))


def _mask(spec: Spec) -> Image.Image:
    """Mark a disc in the middle."""
    mask = Image.new("L", (spec.width_px, spec.height_px))
    across, down = spec.width_px // 2, spec.height_px // 2
    ImageDraw.Draw(mask).ellipse((across - 13, down - 11, across + 12, down + 10), fill=255)
    return mask
