"""Takes on the style of pictures, `--sref`, without training: latents are aligned with theirs while the work is young.

A style is the mean and the spread of each latent channel of a reference, which hold its colours, its contrast and how
much of it is grain: adaptive instance normalisation, not of the finished picture but of what the denoiser is heading
for, in the first six tenths of its steps, so that the rest of them can settle it. Several references give the mean of
their statistics, by weight. `--sw` is how far to go: 1 − 2^(−sw ÷ 100) of nine tenths of the way, which is half of
that at the usual 100, with an equal part of what is left at each step.

A style by number is that of a swatch painted for it: a few colours that go together, in soft or hard patches, large or
small. The same number gives the same swatch on every model.
"""

import colorsys
import random
from dataclasses import dataclass, replace

import numpy as np
import torch
from PIL import Image, ImageFilter, ImageOps
from torch import Tensor

from pipeline import encode
from pipeline.families import LatentLayout
from pipeline.gpu.attempt import Attempt
from pipeline.gpu.latents import encoded
from pipeline.gpu.load import Model

_EARLY = 0.6
_FURTHEST = 0.9
_SIDE_CELLS = 32
_MOST_GAIN = 2.0
_STYLED = ("draw", "vary")


@dataclass(frozen=True, kw_only=True)
class Manner:
    """A style, as statistics of latents."""

    mean: Tensor
    """(C,)"""
    spread: Tensor
    """(C,)"""
    share: float
    """How far to go, 0 … 1."""

    def early(self, done: int, total: int) -> bool:
        """Say whether the style still has its say after so many steps; after the first one always, but for the last."""
        return done < total and (done == 1 or done <= _EARLY * total)

    def in_steps(self, total: int) -> "Manner":
        """Return what to do after each early step of a call, so that all of them together go this far."""
        # Between two steps the model takes about half of it back.
        return replace(self, share=1 - (1 - self.share) ** (2 / max(2, int(_EARLY * total))))

    def change(self, clean: Tensor, layout: LatentLayout) -> Tensor:
        """Return what to add to clean latents, in the pipeline's own layout, for each picture by itself."""
        values = clean.float()
        mean, spread = _statistics(values, layout)
        wanted_mean, wanted_spread = self.mean.to(values), self.spread.to(values)
        gain = ((wanted_spread / spread).log() * self.share).exp().clamp(1 / _MOST_GAIN, _MOST_GAIN)
        middle = mean + self.share * (wanted_mean - mean)
        return _laid_out(gain - 1, layout) * values + _laid_out(middle - gain * mean, layout)


def manner_of(model: Model, attempt: Attempt) -> Manner | None:
    """Return the style that a job wants, None if it wants none. Raises PictureMissing, PictureDamaged."""
    spec = attempt.job.spec
    share = _FURTHEST * (1 - 2 ** (-spec.style_weight / 100))
    wanted = [(encode.decode(attempt.store.read(each.sha256)), each.weight) for each in spec.style_images]
    wanted += [(swatch(number), 1.0) for number in spec.style_codes]
    total = sum(max(0.0, weight) for _, weight in wanted)
    if share == 0 or total == 0 or spec.verb not in _STYLED:
        return None
    shares = [max(0.0, weight) / total for _, weight in wanted]
    plain = replace(model.card.latents, order="bchw")
    found = [torch.cat(_statistics(_seen(model, picture), plain)) for picture, _ in wanted]
    mean, spread = torch.einsum("n,nsc->sc", torch.tensor(shares), torch.stack(found))
    return Manner(mean=mean, spread=spread, share=share)


def swatch(number: int) -> Image.Image:
    """Paint the swatch of a style by number: (256, 256), the same wherever it is painted."""
    dice = random.Random(number)  # noqa: S311 - pictures, not secrets
    hue, apart = dice.random(), dice.choice((0.06, 0.12, 0.33, 0.5))
    saturation, contrast = dice.uniform(0.2, 1.0), dice.uniform(0.3, 0.45)
    middle = dice.uniform(0.35, 0.65)
    colours = [
        colorsys.hls_to_rgb(
            (hue + apart * dice.choice((0, 0, 1, -1))) % 1, _within(middle + contrast * dice.uniform(-1, 1)), saturation
        )
        for _ in range(5)
    ]
    cells = dice.choice((3, 4, 8))
    pixels = np.array([[dice.choice(colours) for _ in range(cells)] for _ in range(cells)])
    picture = Image.fromarray((pixels * 255).round().astype(np.uint8)).resize((256, 256), Image.Resampling.NEAREST)
    return picture.filter(ImageFilter.GaussianBlur(dice.choice((0, 3, 9))))


def _within(value: float) -> float:
    return min(0.95, max(0.05, value))


def _seen(model: Model, picture: Image.Image) -> Tensor:
    """Return a picture's latents, (1, C, h, w), from a size that shows its statistics and costs little."""
    step_px = model.card.latents.scale_px * model.card.latents.patch
    side = _SIDE_CELLS * model.card.latents.scale_px // step_px * step_px
    small = ImageOps.fit(picture.convert("RGB"), (side, side), Image.Resampling.LANCZOS)
    values = torch.frombuffer(bytearray(small.tobytes()), dtype=torch.uint8).float() / 255
    return encoded(model.base, values.reshape(1, side, side, 3).permute(0, 3, 1, 2).contiguous())


def _statistics(values: Tensor, layout: LatentLayout) -> tuple[Tensor, Tensor]:
    """Return mean and spread of each channel of each picture, (B, C)."""
    flat = _by_channel(values, layout)
    return flat.mean(2), flat.std(2, unbiased=False).clamp_min(1e-4)


def _by_channel(values: Tensor, layout: LatentLayout) -> Tensor:
    """Bring latents of any layout into (B, C, values)."""
    match layout.order:
        case "bchw":
            return values.flatten(2)
        case "packed":
            tokens = values.reshape(values.shape[0], values.shape[1], -1, layout.patch**2)
            return tokens.permute(0, 2, 1, 3).flatten(2)
        case "b1hwc":
            return values.flatten(1, 3).transpose(1, 2)


def _laid_out(each: Tensor, layout: LatentLayout) -> Tensor:
    """Give one value for each channel, (B, C), the shape that goes with latents of a layout."""
    match layout.order:
        case "bchw":
            return each[:, :, None, None]
        case "packed":
            return each.repeat_interleave(layout.patch**2, dim=1)[:, None]
        case "b1hwc":
            return each[:, None, None, None]
