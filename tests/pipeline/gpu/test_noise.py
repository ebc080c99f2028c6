"""Where pictures begin."""

import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pipeline.gpu import noise

SEEDS = st.integers(0, 2**32 - 1)


def start(seed: int, k: int, chaos: int) -> torch.Tensor:
    """Return picture k's starting noise as a pipeline with mixed noise makes it."""

    class Plain:
        def prepare_latents(self, generators: list[torch.Generator]) -> torch.Tensor:
            return torch.stack([torch.randn(64, 64, generator=each) for each in generators])

    pipeline = Plain()
    noise.mix_start(pipeline, seed, noise.angle(chaos))
    return pipeline.prepare_latents([noise.generator(seed, k)])[0]


def correlation(one: torch.Tensor, other: torch.Tensor) -> float:
    return float(torch.corrcoef(torch.stack([one.flatten(), other.flatten()]))[0, 1])


@given(SEEDS, st.integers(0, 3), SEEDS, st.integers(-1, 3))
def test_no_two_pictures_share_their_noise(seed: int, k: int, other_seed: int, other_k: int) -> None:
    first, second = noise.generator(seed, k), noise.generator(other_seed, other_k)

    assert (first.initial_seed() == second.initial_seed()) == ((seed, k) == (other_seed, other_k))


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_the_same_picture_always_gets_the_same_noise(seed: int) -> None:
    assert torch.equal(start(seed, 2, 40), start(seed, 2, 40))
    assert not torch.equal(start(seed, 2, 40), start(seed, 3, 40))


@pytest.mark.parametrize("chaos", [0, 25, 50, 75, 100])
def test_mixed_noise_is_as_strong_as_any(chaos: int) -> None:
    mixed = torch.stack([start(seed, 1, chaos) for seed in range(8)])

    assert abs(float(mixed.mean())) < 0.02
    assert abs(float(mixed.std()) - 1) < 0.02


def test_chaos_drives_noise_apart_from_a_little_alike_to_not_at_all() -> None:
    alike = []
    for chaos in range(0, 101, 10):
        pairs = [correlation(start(seed, 0, chaos), start(seed, 3, chaos)) for seed in range(4)]
        alike.append(sum(pairs) / len(pairs))

    assert all(more > less for more, less in itertools.pairwise(alike))
    for chaos, measured in zip(range(0, 101, 10), alike, strict=True):
        assert abs(measured - math.cos(noise.angle(chaos)) ** 2) < 0.03
    assert 0.21 < math.cos(noise.angle(0)) ** 2 < 0.23


def test_the_same_noise_is_almost_the_same() -> None:
    assert 0.93 < math.cos(noise.angle(0, same=True)) ** 2 < 0.94


def test_noise_put_on_a_picture_is_mixed_alike_and_leaves_the_picture() -> None:
    class Plain:
        def add_noise(self, original: torch.Tensor, noise: torch.Tensor, timesteps: object) -> torch.Tensor:
            return original + noise

    picture = torch.full((1, 64, 64), 3.0)
    mixed = []
    for k in range(2):
        scheduler = Plain()
        noise.mix_added(scheduler, 7, math.radians(15))
        own = torch.randn(1, 64, 64, generator=noise.generator(7, k))
        mixed.append(scheduler.add_noise(picture, noise=own, timesteps=None))

    assert abs(correlation(mixed[0], mixed[1]) - math.cos(math.radians(15)) ** 2) < 0.03
    assert abs(float(mixed[0].mean()) - 3) < 0.05
    assert abs(float(mixed[0].std()) - 1) < 0.03


def test_packed_latents_keep_what_comes_with_them() -> None:
    class Packing:
        def prepare_latents(self, count: int, generator: list[torch.Generator]) -> tuple[torch.Tensor, str]:
            return torch.stack([torch.randn(8, 4, generator=each) for each in generator]).half(), f"ids of {count}"

    pipeline = Packing()
    noise.mix_start(pipeline, 7, noise.angle(30))

    latents, ids = pipeline.prepare_latents(2, generator=noise.generators(7, [0, 1]))

    assert (latents.shape, latents.dtype, ids) == ((2, 8, 4), torch.float16, "ids of 2")
