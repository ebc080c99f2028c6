"""What happens between two steps, apart from what every family shows in test_families."""

from collections.abc import Callable
from types import SimpleNamespace

import torch

from pipeline.events import Preview
from pipeline.gpu.load import Model
from pipeline.gpu.watch import Watch
from pipeline.spec import Spec
from tests.pipeline.gpu.conftest import Easel

ModelOf = Callable[[str], Model]
SPEC = Spec(model="sd", prompt="", width_px=64, height_px=64, steps=8, guidance=3.0, seed=7, count=1)


def steps(easel: Easel, model: Model, spec: Spec) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Go through the steps of a pipeline that cannot be interrupted; return latents before and after the watch."""
    pipeline = model.for_text()
    attempt = easel.attempt(spec)
    attempt.total = spec.steps
    watch = Watch(attempt, model, pipeline, [0])
    pipeline.scheduler.set_timesteps(spec.steps)
    pairs = []
    with easel.baton.held(attempt.turn):
        for index, timestep in enumerate(pipeline.scheduler.timesteps):
            sample = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(index))
            latents = pipeline.scheduler.step(0.1 * sample, timestep, sample, return_dict=False)[0]
            uninterruptible = SimpleNamespace(num_timesteps=spec.steps)
            after = watch._after_step(uninterruptible, index, timestep, {"latents": latents})["latents"]
            pairs.append((latents, after))
    return pairs


def test_where_a_pipeline_cannot_be_interrupted_the_stopped_picture_is_held(model_of: ModelOf, easel: Easel) -> None:
    pairs = steps(easel, model_of("sd"), SPEC.evolve(stop=50))

    assert all(torch.equal(before, after) for before, after in pairs[:3])
    assert not torch.equal(*pairs[3])
    assert all(torch.equal(after, pairs[3][1]) for _, after in pairs[4:])


def test_without_stop_the_latents_are_left_alone(model_of: ModelOf, easel: Easel) -> None:
    assert all(torch.equal(before, after) for before, after in steps(easel, model_of("sd"), SPEC))


def test_a_quick_job_has_one_preview_and_a_job_without_previews_none(model_of: ModelOf, easel: Easel) -> None:
    model = model_of("sd")

    easel.paint(model, SPEC)
    quick = len(easel.previews)
    attempt = easel.attempt(SPEC)
    attempt.job = type(attempt.job)(id=attempt.job.id, attempt=1, spec=SPEC, previews=False)
    easel.events.clear()
    with easel.baton.held(attempt.turn):
        Watch(attempt, model, model.for_text(), [0])._report(0, 8, torch.zeros(1, 4, 8, 8))

    assert quick == 1
    assert not any(isinstance(event, Preview) for event in easel.events)
