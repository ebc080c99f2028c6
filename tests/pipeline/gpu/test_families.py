"""Every family draws, varies, shows itself, stops and gives the same picture again: real classes, tiny weights."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from pipeline.events import Artifact, Event, Progress
from pipeline.gpu.baton import Stopped
from pipeline.gpu.draw import draw
from pipeline.gpu.load import Model
from pipeline.spec import Source, Spec
from tests.pipeline.gpu.conftest import Easel, difference, distance, one_at_a_time

FAMILIES = [
    *(pytest.param(name) for name in ("sketch", "sd", "sdxl", "sd3", "flux", "zimage")),
    *(pytest.param(name, marks=pytest.mark.slow) for name in ("flux2", "pixart", "qwen", "sana")),
]
ModelOf = Callable[[str], Model]


def spec_for(model: Model) -> Spec:
    """Wider than high, so that exchanged sides show."""
    return Spec(
        model=model.card.key,
        prompt="a red fox",
        negative="blue" if "negative" in model.card.mechanisms else "",
        width_px=96,
        height_px=64,
        steps=4,
        guidance=model.card.guidance,
        seed=7,
    )


@pytest.mark.parametrize("name", FAMILIES)
def test_four_pictures_with_progress_and_previews(name: str, model_of: ModelOf, easel: Easel) -> None:
    model = model_of(name)

    pictures = easel.paint(model, spec_for(model))

    assert [picture.size for picture in pictures] == [(96, 64)] * 4
    assert len({artifact.sha256 for artifact in easel.artifacts}) == 4
    assert easel.steps[0] == (0, 4)
    assert easel.steps[-1] == (4, 4)
    assert all(before[0] <= after[0] for before, after in itertools.pairwise(easel.steps))
    with Image.open(BytesIO(easel.previews[0])) as preview:
        assert preview.format == "WEBP"
        assert preview.size == (192, 128)
        assert len(preview.convert("RGB").getcolors(1 << 16) or []) > 16


@pytest.mark.parametrize("name", ["sd3", "flux"])
def test_a_sampler_that_adds_noise_on_the_way_gives_the_same_picture_again_in_any_batch(
    name: str, model_of: ModelOf, easel: Easel
) -> None:
    usual = model_of(name)
    base = type(usual.base)(**usual.base.components)
    base.scheduler = type(base.scheduler).from_config(base.scheduler.config, stochastic_sampling=True)
    model = replace(usual, base=base)
    together = easel.paint(model, spec_for(model))

    with one_at_a_time(model):
        alone = easel.paint(model, spec_for(model))

    assert max(map(difference, together, alone)) <= 2


@pytest.mark.parametrize("name", FAMILIES)
def test_a_picture_alone_is_the_picture_in_the_batch(name: str, model_of: ModelOf, easel: Easel) -> None:
    model = model_of(name)
    spec = spec_for(model).evolve(chaos=30)
    together = easel.paint(model, spec)

    with one_at_a_time(model):
        alone = easel.paint(model, spec)
    hashes = [artifact.sha256 for artifact in easel.artifacts]
    with one_at_a_time(model):
        easel.paint(model, spec)

    assert max(map(difference, together, alone)) <= 2
    assert [artifact.sha256 for artifact in easel.artifacts] == hashes
    assert easel.steps[-1] == (16, 16)


@pytest.mark.parametrize("name", FAMILIES)
def test_chaos_changes_every_picture_and_leaves_no_two_alike(name: str, model_of: ModelOf, easel: Easel) -> None:
    """How far it drives them apart is exact in noise (test_noise) and in meaning (test_meaning)."""
    model = model_of(name)
    if "chaos" not in model.card.mechanisms:
        pytest.skip("its card offers no chaos")

    grids = [easel.paint(model, spec_for(model).evolve(chaos=chaos)) for chaos in (0, 50, 100)]

    assert all(
        difference(one, other) > 0
        for pair in itertools.combinations(grids, 2)
        for one, other in zip(*pair, strict=True)
    )
    assert min(difference(*pair) for grid in grids for pair in itertools.combinations(grid, 2)) > 2


@pytest.mark.parametrize("name", FAMILIES)
def test_a_stronger_variation_goes_further_from_its_source(name: str, model_of: ModelOf, easel: Easel) -> None:
    model = model_of(name)
    spec = spec_for(model).evolve(count=2, steps=8)
    if model.card.traits.init_image != "strength":
        pytest.skip("its pictures do not start from noise on a picture")
    source = easel.paint(model, spec)[1]
    sha256 = easel.artifacts[1].sha256
    # What the autoencoder alone does to the picture is not the variation's doing, and random weights do much.
    still = easel.paint(model, spec.evolve(verb="vary", source=Source(sha256=sha256, strength=0.0)))

    away = []
    for strength in (0.25, 0.6, 1.0):
        pictures = easel.paint(model, spec.evolve(verb="vary", source=Source(sha256=sha256, strength=strength)))
        away.append(sum(map(distance, pictures, still)))
        assert [picture.size for picture in pictures] == [source.size] * 2
        assert easel.steps[-1][0] == easel.steps[-1][1]

    assert away == sorted(away)
    assert away[0] > 0


@pytest.mark.parametrize("name", FAMILIES)
def test_a_variation_alone_is_the_variation_in_the_batch(name: str, model_of: ModelOf, easel: Easel) -> None:
    model = model_of(name)
    if "image_to_image" not in model.card.mechanisms:
        pytest.skip("its card offers no image to image")
    spec = spec_for(model)
    easel.paint(model, spec)
    source = Source(sha256=easel.artifacts[0].sha256, strength=0.5)
    together = easel.paint(model, spec.evolve(verb="vary", source=source, seed=9))

    with one_at_a_time(model):
        alone = easel.paint(model, spec.evolve(verb="vary", source=source, seed=9))

    assert max(map(difference, together, alone)) <= 2
    assert len({artifact.sha256 for artifact in easel.artifacts}) == 4


@pytest.mark.parametrize("name", FAMILIES)
def test_stopping_early_takes_the_picture_as_it_is(name: str, model_of: ModelOf, easel: Easel) -> None:
    model = model_of(name)
    if "stop" not in model.card.mechanisms:
        pytest.skip("its card offers no stop")
    spec = spec_for(model).evolve(count=1, steps=8)
    (whole,) = easel.paint(model, spec)

    distances = []
    for stop in (25, 50, 75):
        (picture,) = easel.paint(model, spec.evolve(stop=stop))
        distances.append(distance(picture, whole))
        if hasattr(type(model.for_text()), "interrupt"):
            assert easel.steps[-1] == (8 * stop // 100, 8)

    assert distances == sorted(distances, reverse=True)
    assert distances[-1] > 0


@pytest.mark.parametrize("name", FAMILIES)
def test_a_cancelled_job_stops_between_two_steps_and_the_next_is_as_ever(
    name: str, model_of: ModelOf, easel: Easel
) -> None:
    model = model_of(name)
    spec = spec_for(model).evolve(count=1)
    easel.paint(model, spec)
    before = easel.artifacts[0].sha256
    heard: list[Event] = []
    attempt = easel.attempt(spec.evolve(steps=50), heard.append)

    def say(event: Event) -> None:
        heard.append(event)
        if isinstance(event, Progress) and event.step == 2:
            easel.baton.cancel(attempt.turn)

    attempt.say = say
    with pytest.raises(Stopped), easel.baton.held(attempt.turn):
        draw(model, attempt)
    easel.paint(model, spec)

    assert attempt.step == 2
    assert not any(isinstance(event, Artifact) for event in heard)
    assert easel.artifacts[0].sha256 == before
