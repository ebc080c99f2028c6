"""The clean latents behind a half-denoised picture."""

import math
from typing import Any

import diffusers
import pytest
import torch

from pipeline.gpu.glimpse import Glimpse

USUAL = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
DIFFUSION = [
    ("DDIMScheduler", {"clip_sample": False}),
    ("DDIMScheduler", {"clip_sample": False, "rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}),
    ("DDPMScheduler", {"clip_sample": False}),
    ("PNDMScheduler", {"skip_prk_steps": True}),
    ("EulerDiscreteScheduler", {}),
    ("EulerDiscreteScheduler", {"use_karras_sigmas": True, "timestep_spacing": "trailing"}),
    ("EulerAncestralDiscreteScheduler", {}),
    ("DPMSolverMultistepScheduler", {}),
    ("DPMSolverMultistepScheduler", {"use_karras_sigmas": True, "algorithm_type": "sde-dpmsolver++"}),
    ("UniPCMultistepScheduler", {}),
    ("LCMScheduler", {}),
]
FLOW = [
    ("FlowMatchEulerDiscreteScheduler", {"shift": 3.0}),
    ("DPMSolverMultistepScheduler", {"use_flow_sigmas": True, "prediction_type": "flow_prediction"}),
]


def walk(scheduler: Any, kind: str) -> list[tuple[torch.Tensor, torch.Tensor | None]]:
    """Ask for a glimpse after each step of a model that is always right; return (what is true, what was seen)."""
    scheduler.set_timesteps(8)
    glimpse = Glimpse(scheduler)
    clean, grain = (torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(seed)) for seed in (1, 2))
    seen = []
    for timestep in scheduler.timesteps:
        # Where the latents are on their way, told by the scheduler itself.
        at = timestep[None]
        signal, noise = (float(part) for part in levels(scheduler, at))
        sample = signal * clean + noise * grain
        scheduler.step(answer(kind, clean, grain, signal, noise), timestep, sample)
        if noise > 0.05:
            seen.append((clean, glimpse.clean()))
    return seen


def levels(scheduler: Any, at: torch.Tensor) -> tuple[Any, Any]:
    one, none = torch.ones(1, 1), torch.zeros(1, 1)
    if hasattr(scheduler, "scale_noise"):
        return scheduler.scale_noise(one, at, none), scheduler.scale_noise(none, at, one)
    return scheduler.add_noise(one, none, at), scheduler.add_noise(none, one, at)


def answer(kind: str, clean: torch.Tensor, grain: torch.Tensor, signal: float, noise: float) -> torch.Tensor:
    whole = math.hypot(signal, noise)
    match kind:
        case "epsilon":
            return grain
        case "v_prediction":
            return (signal * grain - noise * clean) / whole
        case "sample":
            return clean
        case _:
            return grain - clean


@pytest.mark.parametrize("kind", ["epsilon", "v_prediction", "sample"])
@pytest.mark.parametrize(("name", "options"), DIFFUSION, ids=lambda value: value if isinstance(value, str) else "")
def test_every_sampler_shows_what_the_model_points_at(name: str, options: dict[str, Any], kind: str) -> None:
    if kind == "sample" and name in ("PNDMScheduler", "EulerAncestralDiscreteScheduler"):
        pytest.skip("this sampler does not know such models")
    if kind == "epsilon" and options.get("rescale_betas_zero_snr"):
        pytest.skip("nothing can be told from pure noise")
    scheduler = getattr(diffusers, name)(**USUAL | options | {"prediction_type": kind})

    seen = walk(scheduler, kind)

    assert len(seen) >= 6
    for clean, glimpsed in seen:
        assert glimpsed is not None
        assert torch.allclose(clean, glimpsed, atol=2e-2)


@pytest.mark.parametrize(("name", "options"), FLOW, ids=lambda value: value if isinstance(value, str) else "")
def test_flow_models_show_it_too(name: str, options: dict[str, Any]) -> None:
    for clean, glimpsed in walk(getattr(diffusers, name)(**options), "flow"):
        assert glimpsed is not None
        assert torch.allclose(clean, glimpsed, atol=2e-2)


def test_listening_changes_nothing() -> None:
    plain, listened = (diffusers.EulerDiscreteScheduler(**USUAL) for _ in range(2))
    Glimpse(listened)
    sample, output = torch.randn(2, 1, 4, 8, 8, generator=torch.Generator().manual_seed(1))
    results = []
    for scheduler in (plain, listened):
        scheduler.set_timesteps(4)
        results.append([scheduler.step(output, at, sample, return_dict=False)[0] for at in scheduler.timesteps])

    assert all(torch.equal(one, other) for one, other in zip(*results, strict=True))


def test_before_the_first_step_there_is_nothing_to_see() -> None:
    assert Glimpse(diffusers.DDIMScheduler()).clean() is None
