"""Weights, taste, strangeness, image prompts and styles: exact where they must be, on every family."""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch
from PIL import Image

from pipeline import encode
from pipeline.demands import missing
from pipeline.families import Mechanism
from pipeline.gpu.attempt import Unfit
from pipeline.gpu.call import usual_arguments
from pipeline.gpu.conditioning import _padded, steer
from pipeline.gpu.imageprompt import strength_of
from pipeline.gpu.load import Model
from pipeline.gpu.style import _statistics, manner_of
from pipeline.gpu.wish import guidance
from pipeline.spec import Part, Reference, Source, Spec
from tests.pipeline.gpu.conftest import Easel, apart, difference, distance, one_at_a_time

FAMILIES = [
    *(pytest.param(name) for name in ("sketch", "sd", "sdxl", "sd3", "flux", "zimage")),
    *(pytest.param(name, marks=pytest.mark.slow) for name in ("flux2", "pixart", "qwen", "sana")),
]
ModelOf = Callable[[str], Model]


def spec_for(model: Model, needed: Mechanism | None = None) -> Spec:
    """Return a small job for a model, if it can do what a test needs."""
    if needed is not None and needed not in model.card.mechanisms:
        pytest.skip(f"its card offers no {needed}")
    return Spec(
        model=model.card.key,
        prompt="a red fox",
        width_px=96,
        height_px=64,
        steps=4,
        guidance=model.card.guidance,
        seed=7,
        count=2,
    )


def hashes(easel: Easel, model: Model, spec: Spec) -> list[str]:
    easel.paint(model, spec)
    return [artifact.sha256 for artifact in easel.artifacts]


def away(easel: Easel, model: Model, start: Spec, specs: Sequence[Spec]) -> list[float]:
    """Return how far the pictures of each spec are from those of the first, on average."""
    before = easel.paint(model, start)
    return [sum(map(distance, before, easel.paint(model, spec))) / len(before) for spec in specs]


def meaning(model: Model, spec: Spec, part: Sequence[int] = (0,)) -> list[torch.Tensor]:
    """Return all that a pipeline makes of the texts of a spec before it draws."""
    pipeline = model.for_text()
    steer(pipeline, model.card, spec, part)
    encode_prompt, heard = pipeline.encode_prompt, []

    def listening(*args: Any, **kwargs: Any) -> Any:
        heard.append(encode_prompt(*args, **kwargs))
        return heard[-1]

    pipeline.encode_prompt = listening
    pipeline(**usual_arguments(model, spec.evolve(steps=1), part), width=64, height=64, output_type="latent")
    values = [each for value in heard for part in value for each in (part if isinstance(part, list) else [part])]
    return [value.float() for value in values if isinstance(value, torch.Tensor)]


def apart_in_meaning(model: Model, one: Spec, other: Spec) -> float:
    pairs = zip(meaning(model, one), meaning(model, other), strict=True)
    return math.sqrt(sum(float((a - b).square().sum()) for a, b in (_padded(pair) for pair in pairs)))


def stored(easel: Easel, colour: tuple[int, int, int]) -> Reference:
    """Store a picture of stripes in and around a colour."""
    picture = Image.new("RGB", (96, 64), colour)
    picture.paste(tuple(255 - value for value in colour), (20, 8, 52, 40))
    return Reference(sha256=easel.store.put(encode.png(picture)))


def weighted(spec: Spec, *parts: tuple[str, float]) -> Spec:
    return spec.evolve(parts=tuple(Part(text=text, weight=weight) for text, weight in parts))


@pytest.mark.parametrize("name", FAMILIES)
def test_neutral_values_change_nothing_bit_for_bit(name: str, model_of: ModelOf, easel: Easel) -> None:
    model = model_of(name)
    spec = spec_for(model)
    reference = stored(easel, (250, 40, 10))
    plain = hashes(easel, model, spec)

    neutral = [spec.evolve(stylize=100, weird=0, style_codes=(5,), style_weight=0)]
    if "image_prompts" in model.card.mechanisms:
        neutral.append(spec.evolve(images=(reference,), image_weight=0.0))
    neutral.append(spec.evolve(style_images=(reference,), style_weight=0))

    assert all(hashes(easel, model, each) == plain for each in neutral)
    if "weights" in model.card.mechanisms:
        assert hashes(easel, model, weighted(spec, ("a red fox", 3.0))) == plain


@pytest.mark.parametrize("name", FAMILIES)
def test_all_at_once_a_picture_alone_is_the_picture_in_the_batch(name: str, model_of: ModelOf, easel: Easel) -> None:
    model = model_of(name)
    spec = weighted(spec_for(model, "weights"), ("a fox", 2.0), ("a very much longer text about a hat", 1.0))
    spec = spec.evolve(chaos=50, stylize=400, weird=900, style_codes=(3,))
    if "image_prompts" in model.card.mechanisms:
        spec = spec.evolve(images=(stored(easel, (250, 40, 10)), stored(easel, (10, 40, 250))))
    together = easel.paint(model, spec)

    with one_at_a_time(model):
        alone = easel.paint(model, spec)
        once = [artifact.sha256 for artifact in easel.artifacts]
        again = hashes(easel, model, spec)

    assert max(map(difference, together, alone)) <= 2
    assert once == again
    assert len(set(once)) == 2


@pytest.mark.parametrize("name", FAMILIES)
def test_only_the_ratio_of_weights_counts(name: str, model_of: ModelOf, easel: Easel) -> None:
    model = model_of(name)
    spec = spec_for(model, "weights")

    small = hashes(easel, model, weighted(spec, ("a red fox", 2.0), ("blue", 1.0)))
    large = hashes(easel, model, weighted(spec, ("a red fox", 100.0), ("blue", 50.0)))
    broken = hashes(easel, model, weighted(spec, ("a red fox", 0.2), ("blue", 0.1)))

    assert small == large == broken
    assert small != hashes(easel, model, weighted(spec, ("a red fox", 1.0), ("blue", 2.0)))


@pytest.mark.parametrize("name", FAMILIES)
def test_more_weight_on_the_second_part_leads_further_from_the_first(
    name: str, model_of: ModelOf, easel: Easel
) -> None:
    model = model_of(name)
    spec = spec_for(model, "weights")
    mixes = [weighted(spec, ("a red fox", 1.0), ("blue", weight)) for weight in (0.25, 1.0, 4.0)]

    from_first = [apart_in_meaning(model, spec, mix) for mix in mixes]
    from_second = [apart_in_meaning(model, spec.evolve(prompt="blue"), mix) for mix in mixes]

    assert 0 < from_first[0] < from_first[1] < from_first[2]
    assert from_second[0] > from_second[1] > from_second[2] > 0
    assert min(away(easel, model, spec, mixes)) > 0


@pytest.mark.parametrize("name", FAMILIES)
def test_a_part_of_minus_a_half_is_what_no_is_and_less_of_it_is_less(
    name: str, model_of: ModelOf, easel: Easel
) -> None:
    model = model_of(name)
    spec = spec_for(model, "weights")
    part = [weighted(spec, ("a red fox", 1.0), ("blue", weight)) for weight in (-0.1, -0.25, -0.5)]

    distances = [apart_in_meaning(model, spec, each) for each in part]

    assert 0 < distances[0] < distances[1] < distances[2]
    assert min(away(easel, model, spec, part)) > 0
    if "negative" in model.card.mechanisms:
        assert hashes(easel, model, part[2]) == hashes(easel, model, spec.evolve(negative="blue"))


@pytest.mark.parametrize("name", FAMILIES)
def test_taste_grows_in_both_directions(name: str, model_of: ModelOf, easel: Easel) -> None:
    model = model_of(name)
    spec = spec_for(model, "stylize")

    more, less = [[spec.evolve(stylize=value) for value in values] for values in ((250, 600, 1000), (50, 20, 0))]
    guided = [guidance(spec.evolve(stylize=value, guidance=3.0)) for value in range(0, 1001, 50)]

    for specs in (more, less):
        distances = [apart_in_meaning(model, spec, each) for each in specs]
        assert 0 < distances[0] < distances[1] < distances[2]
        assert min(away(easel, model, spec, specs)) > 0
    assert all(low < high for low, high in itertools.pairwise(guided))
    assert guidance(spec.evolve(stylize=700, guidance=0.0)) == 0.0


@pytest.mark.parametrize("name", FAMILIES)
def test_the_weirder_the_further_off(name: str, model_of: ModelOf, easel: Easel) -> None:
    model = model_of(name)
    spec = spec_for(model, "weird")

    specs = [spec.evolve(weird=value) for value in (100, 700, 3000)]
    distances = [apart_in_meaning(model, spec, each) for each in specs]

    assert 0 < distances[0] < distances[1] < distances[2]
    assert min(away(easel, model, spec, specs)) > 0
    assert apart_in_meaning(model, specs[1], specs[1].evolve(seed=8)) > 0


@pytest.mark.parametrize("name", FAMILIES)
def test_more_chaos_gives_each_picture_a_meaning_further_from_the_others(name: str, model_of: ModelOf) -> None:
    model = model_of(name)
    spec = spec_for(model, "chaos")

    gaps = []
    for chaos in (0, 25, 50, 75, 100):
        wild = spec.evolve(chaos=chaos)
        pairs = zip(meaning(model, wild, [0]), meaning(model, wild, [3]), strict=True)
        gaps.append(sum(float((one - other).norm()) for one, other in pairs))

    assert gaps[0] == 0
    assert all(before < after for before, after in itertools.pairwise(gaps))


@pytest.mark.parametrize("name", FAMILIES)
def test_more_image_weight_leads_nearer_to_the_picture(name: str, model_of: ModelOf, easel: Easel) -> None:
    model = model_of(name)
    spec = spec_for(model, "image_prompts").evolve(steps=8, images=(stored(easel, (250, 40, 10)),))
    if model.card.traits.init_image != "strength":
        pytest.skip("it looks at pictures beside the text, without a weight")
    # What the autoencoder alone does to a picture is not the image prompt's doing, and random weights do much.
    still = spec.evolve(images=(), verb="vary", source=Source(sha256=spec.images[0].sha256, strength=0.0))

    *weak, strong = away(easel, model, still, [spec.evolve(image_weight=value) for value in (0.5, 1.0, 2.0, 3.0)])
    strengths = [strength_of(value / 10, model.card) for value in range(31)]

    assert strong < min(weak)
    assert all(high > low for high, low in itertools.pairwise(strengths))
    assert (strengths[0], strengths[30]) == (1.0, model.card.vary_strength["subtle"])


@pytest.mark.parametrize("name", FAMILIES)
def test_a_blend_lies_between_its_parents(name: str, model_of: ModelOf, easel: Easel) -> None:
    model = model_of(name)
    one, other = stored(easel, (250, 40, 10)), stored(easel, (10, 90, 250))
    spec = spec_for(model, "image_prompts").evolve(image_weight=3.0, prompt="")
    if model.card.traits.init_image != "strength":
        pytest.skip("how it blends the pictures that it looks at is its own affair")
    blend = spec.evolve(images=(one, other))
    parents = [spec.evolve(images=(each,)) for each in (one, other)]

    to_first, between = away(easel, model, parents[0], [blend, parents[1]])
    (to_second,) = away(easel, model, parents[1], [blend])

    assert max(to_first, to_second) < between
    assert hashes(easel, model, blend) == hashes(easel, model, spec.evolve(images=(other, one)))


@pytest.mark.parametrize("name", FAMILIES)
def test_a_model_that_looks_at_pictures_gets_them_all(name: str, model_of: ModelOf, easel: Easel) -> None:
    model = model_of(name)
    one, other = stored(easel, (250, 40, 10)), stored(easel, (10, 90, 250))
    spec = spec_for(model, "image_prompts")
    if model.card.traits.init_image != "reference":
        pytest.skip("its pictures start from noise on a picture")

    each = [hashes(easel, model, spec.evolve(images=images)) for images in ((), (one,), (one, other))]

    assert len({tuple(found) for found in each}) == 3


@pytest.mark.parametrize("name", FAMILIES)
def test_more_style_weight_leads_further_towards_the_style(name: str, model_of: ModelOf, easel: Easel) -> None:
    model = model_of(name)
    spec = spec_for(model, "style_images").evolve(steps=8)
    wanted = spec.evolve(style_images=(stored(easel, (250, 40, 10)),))

    little, much = away(easel, model, spec, [wanted.evolve(style_weight=value) for value in (10, 1000)])

    assert 0 < little < much


@pytest.mark.parametrize("name", FAMILIES)
def test_the_style_weight_is_the_share_of_the_way_to_the_style(name: str, model_of: ModelOf, easel: Easel) -> None:
    model = model_of(name)
    layout = model.card.latents
    shape = {"bchw": (2, layout.channels, 8, 12), "packed": (2, 24, layout.channels * layout.patch**2)}
    clean = torch.randn(shape[layout.order], generator=torch.Generator().manual_seed(1)) * 1.3 + 0.2
    spec = spec_for(model, "style_images").evolve(style_images=(stored(easel, (250, 40, 10)),))

    gaps = []
    for weight in (0, 20, 100, 400, 1000):
        manner = manner_of(model, easel.attempt(spec.evolve(style_weight=weight)))
        change = manner.change(clean, layout) if manner else torch.zeros_like(clean)
        wanted = manner_of(model, easel.attempt(spec.evolve(style_weight=1000)))
        assert wanted is not None
        mean, spread = _statistics(clean + change, layout)
        gaps.append((float((mean - wanted.mean).abs().max()), float((spread / wanted.spread).log().abs().max())))

    # A channel that would have to be spread more than twofold is not: the work would fall apart.
    assert all(before[0] > after[0] and before[1] >= after[1] for before, after in itertools.pairwise(gaps))
    assert gaps[2][0] == pytest.approx(gaps[0][0] * 0.55, rel=0.01)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_number_is_a_style_and_another_number_another(name: str, model_of: ModelOf, easel: Easel) -> None:
    model = model_of(name)
    spec = spec_for(model, "style_codes").evolve(style_weight=400)

    styles = [tuple(hashes(easel, model, spec.evolve(style_codes=codes))) for codes in ((1,), (2,), (1, 2), (1,))]

    assert styles[0] == styles[3]
    assert len(set(styles)) == 3


@pytest.mark.parametrize("name", FAMILIES)
def test_the_same_noise_makes_a_grid_alike(name: str, model_of: ModelOf, easel: Easel) -> None:
    model = model_of(name)
    spec = spec_for(model, "same_noise").evolve(count=3)

    usual, alike = (apart(easel.paint(model, spec.evolve(same_noise=same))) for same in (False, True))

    assert 0 < alike < 0.6 * usual


def test_a_grid_is_made_alike_where_its_owner_wants_no_chaos(model_of: ModelOf, easel: Easel) -> None:
    usual = model_of("sd")
    calm = replace(usual, card=replace(usual.card, mechanisms=usual.card.mechanisms - {"chaos"}))
    spec = spec_for(usual).evolve(same_noise=True)

    assert hashes(easel, calm, spec) == hashes(easel, usual, spec)


@pytest.mark.parametrize("name", ["sd"])
def test_what_a_card_lacks_is_refused_and_what_it_has_is_not(name: str, model_of: ModelOf, easel: Easel) -> None:
    model = model_of(name)
    spec = spec_for(model)
    reference = stored(easel, (9, 9, 9))
    asking: dict[Mechanism, Spec] = {
        "chaos": spec.evolve(chaos=1),
        "negative": spec.evolve(negative="red"),
        "stop": spec.evolve(stop=50),
        "tile": spec.evolve(tile=True),
        "weights": weighted(spec, ("a", 1.0), ("b", 1.0)),
        "stylize": spec.evolve(stylize=99),
        "weird": spec.evolve(weird=1),
        "image_prompts": spec.evolve(images=(reference,)),
        "style_images": spec.evolve(style_images=(reference,)),
        "style_codes": spec.evolve(style_codes=(1,)),
        "same_noise": spec.evolve(same_noise=True),
    }
    usual = model.card.mechanisms
    for mechanism, wish in asking.items():
        assert missing(wish, model.card) == ()
        object.__setattr__(model.card, "mechanisms", usual - {mechanism})
        try:
            with pytest.raises(Unfit, match=mechanism):
                easel.paint(model, wish)
        finally:
            object.__setattr__(model.card, "mechanisms", usual)
