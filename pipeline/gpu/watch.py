"""Stands between two denoising steps of one call: progress, previews, `--stop`, cancelling, giving way."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image
from torch import Tensor

from pipeline.gpu.attempt import Attempt, Unfit
from pipeline.gpu.glimpse import Glimpse
from pipeline.gpu.load import Model
from pipeline.gpu.preview import Projection, Sheet
from pipeline.gpu.style import Manner
from pipeline.sizes import Size

_PREVIEW_EVERY_S = 1.5


@dataclass(frozen=True, kw_only=True)
class View:
    """What one call draws of the pictures of a job."""

    size: Size
    whole: Callable[[Image.Image], Image.Image]
    """Makes of a small picture of what is drawn a small one of all."""
    before: float | None = None
    """The share of the job that is done when the call begins; None: as many pictures as are done."""
    share: float | None = None
    """The share that the call does; None: its pictures."""


class Watch:
    """Watches one call of a pipeline that draws the pictures `part` of a job."""

    def __init__(
        self, attempt: Attempt, model: Model, pipeline: Any, part: Sequence[int], view: View | None = None
    ) -> None:
        spec = attempt.job.spec
        self._attempt = attempt
        self._model = model
        self._part = part
        self._stop = spec.stop
        self._size = Size(width_px=spec.width_px, height_px=spec.height_px)
        self._glimpse = Glimpse(pipeline.scheduler)
        self._frozen: Tensor | None = None
        self.manner: Manner | None = None
        """The style that the work takes on in its early steps."""
        self._next_preview = time.monotonic()
        self._view = view
        self._before = len(attempt.done) / spec.count * spec.stop / 100
        self._share = len(part) / spec.count
        if view is not None and view.before is not None and view.share is not None:
            self._before, self._share = view.before * spec.stop / 100, view.share

    def arguments(self) -> dict[str, Any]:
        """Return what makes a pipeline call this watch after each step."""
        if self._model.card.traits.step_callback == "callback":
            return {"callback": self._after_old_step, "callback_steps": 1}
        return {"callback_on_step_end": self._after_step, "callback_on_step_end_tensor_inputs": ["latents"]}

    def forget(self) -> None:
        """Let go of the tensors of a call that is over."""
        self._glimpse.forget()
        self._frozen = None

    def _after_step(self, pipeline: Any, index: int, _timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        total = int(getattr(pipeline, "num_timesteps", 0) or self._attempt.job.spec.steps)
        self._report(index, total, tensors["latents"])
        self._take_manner(index + 1, total, tensors["latents"])
        tensors["latents"] = self._stopped(pipeline, index + 1, total, tensors["latents"])
        self._attempt.breathe()
        return tensors

    def _after_old_step(self, index: int, _timestep: Any, latents: Tensor) -> None:
        self._report(index, self._attempt.job.spec.steps, latents)
        self._take_manner(index + 1, self._attempt.job.spec.steps, latents)
        self._attempt.breathe()

    def _take_manner(self, done: int, total: int, latents: Tensor) -> None:
        """Bring the latents nearer to the style that is wanted, in place: older pipelines take nothing back."""
        if self.manner is None or self._frozen is not None or not self.manner.early(done, total):
            return
        clean, signal = self._glimpse.clean(), self._glimpse.signal_ahead()
        if clean is None or signal is None:
            raise Unfit("This sampler does not show where it is heading, so that no style can be taken on.")
        change = self.manner.in_steps(total).change(clean, self._model.card.latents)
        latents += signal * change.to(latents)

    def _report(self, index: int, total: int, latents: Tensor) -> None:
        self._attempt.progress(self._before + self._share * min(1.0, (index + 1) / total))
        if index + 1 >= total or self._model.projection is None:
            return
        due = self._attempt.job.previews and time.monotonic() >= self._next_preview
        if not due and self._attempt.reel is None:
            return
        sheet = self._sheet(self._model.projection, latents)
        if self._attempt.reel is not None:
            self._attempt.reel.add(sheet.picture())
        if due:
            self._attempt.preview(sheet.webp())
            self._next_preview = time.monotonic() + _PREVIEW_EVERY_S

    def _sheet(self, projection: Projection, latents: Tensor) -> Sheet:
        sheet = Sheet(self._attempt.job.spec.count, self._size)
        for slot, picture in self._attempt.done:
            sheet.put(slot, picture)
        clean, view = self._glimpse.clean(), self._view
        shown = latents if clean is None else clean
        seen = projection.pictures(shown, self._model.card.latents, view.size if view else self._size)
        for slot, picture in zip(self._part, seen, strict=True):
            sheet.put(slot, view.whole(picture) if view else picture)
        return sheet

    def _stopped(self, pipeline: Any, done: int, total: int, latents: Tensor) -> Tensor:
        """Take the picture as it is, once the asked share of the steps is done.

        What is taken is what the last step pointed at, which is soft; the latents themselves would show as grain.
        """
        if self._frozen is not None:
            return self._frozen
        if done >= total or done < math.ceil(total * self._stop / 100):
            return latents
        clean = self._glimpse.clean()
        self._frozen = latents if clean is None else clean
        if hasattr(type(pipeline), "interrupt"):
            pipeline._interrupt = True  # noqa: SLF001 - the documented way to skip the steps that are left
        return self._frozen
