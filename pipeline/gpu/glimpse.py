"""What a half-denoised picture is going to be: the clean latents that the last step pointed at."""

import functools
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

_KARRAS_SIGMA = 1.5


@dataclass(kw_only=True)
class _Step:
    output: Tensor
    sample: Tensor
    timestep: Any


class Glimpse:
    """Listens to one scheduler, which must belong to one job alone."""

    def __init__(self, scheduler: Any) -> None:
        self._scheduler = scheduler
        self._last: _Step | None = None
        original = scheduler.step

        # Pipelines look at the signature of `step`, so it must stay visible.
        @functools.wraps(original)
        def listening(*args: Any, **kwargs: Any) -> Any:
            named = dict(zip(("model_output", "timestep", "sample"), args, strict=False)) | kwargs
            self._last = _Step(output=named["model_output"], sample=named["sample"], timestep=named["timestep"])
            return original(*args, **kwargs)

        scheduler.step = listening

    def forget(self) -> None:
        """Let go of the last step's tensors, which nothing else holds any longer."""
        self._last = None

    @torch.no_grad()
    def clean(self) -> Tensor | None:
        """Estimate the finished latents, in the pipeline's own layout; None where the scheduler gives no hold."""
        step, level = self._last, self._level()
        if step is None or level is None or step.output.shape != step.sample.shape:
            return None
        signal, noise = level
        sample, output = step.sample.float(), step.output.float()
        match self._prediction():
            case "flow":
                clean = sample - noise * output
            case "epsilon":
                clean = (sample - noise * output) / max(signal, 1e-3)
            case "v_prediction":
                # Written for any scale of the latents: signal² + noise² is 1 only in some schedulers.
                whole = (signal**2 + noise**2) ** 0.5
                clean = (signal * sample / whole - noise * output) / whole
            case "sample":
                clean = output
            case _:
                return None
        return clean.to(step.sample.dtype) if bool(torch.isfinite(clean).all()) else None

    def signal_ahead(self) -> float | None:
        """Return how much of the latents is signal now that the last step has been taken; None if it cannot be told."""
        scheduler, step = self._scheduler, self._last
        if step is None:
            return None
        index = getattr(scheduler, "step_index", None)
        if index is not None and getattr(scheduler, "sigmas", None) is not None:
            return self._at_sigma(float(scheduler.sigmas[min(int(index), len(scheduler.sigmas) - 1)]))[0]
        if getattr(scheduler, "alphas_cumprod", None) is not None:
            later = [each for each in scheduler.timesteps.tolist() if each < int(step.timestep)]
            return float(scheduler.alphas_cumprod[int(later[0])]) ** 0.5 if later else 1.0
        return None

    def _prediction(self) -> str:
        return "flow" if self._flows() else str(self._scheduler.config.get("prediction_type", ""))

    def _flows(self) -> bool:
        config = self._scheduler.config
        return (
            "FlowMatch" in type(self._scheduler).__name__
            or bool(config.get("use_flow_sigmas"))
            or config.get("prediction_type") == "flow_prediction"
        )

    def _level(self) -> tuple[float, float] | None:
        """Return how much of the last sample was signal and how much noise."""
        scheduler = self._scheduler
        index = getattr(scheduler, "step_index", None)
        if self._last is None:
            return None
        if index is not None and getattr(scheduler, "sigmas", None) is not None:
            return self._at_sigma(float(scheduler.sigmas[max(0, int(index) - 1)]))
        if getattr(scheduler, "alphas_cumprod", None) is not None:
            kept = float(scheduler.alphas_cumprod[int(self._last.timestep)])
            return kept**0.5, (1 - kept) ** 0.5
        return None

    def _at_sigma(self, sigma: float) -> tuple[float, float]:
        if self._flows():
            return 1 - sigma, sigma
        if float(self._scheduler.init_noise_sigma) > _KARRAS_SIGMA:
            return 1.0, sigma
        signal = (1 + sigma**2) ** -0.5
        return signal, sigma * signal
