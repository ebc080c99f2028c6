"""Small pictures of unfinished work: latents become colours by one matrix, fitted to the model's own autoencoder."""

from dataclasses import dataclass
from typing import Any

import structlog
import torch
from PIL import Image
from torch import Tensor

from pipeline import encode, grid
from pipeline.families import LatentLayout
from pipeline.gpu.latents import autoencoder_of, encoded
from pipeline.sizes import Size, within

log = structlog.get_logger(__name__)

_CELL_PX = 256
_FIT_CELLS = 32
_RIDGE = 1e-3
_EMPTY = (17, 18, 22)


@dataclass(frozen=True, kw_only=True)
class Projection:
    """What colour a latent stands for."""

    matrix: Tensor
    """(channels + 1, 3): the last row is added."""

    def pictures(self, latents: Tensor, layout: LatentLayout, size: Size) -> list[Image.Image]:
        """Show a batch of latents, as a pipeline hands them to its step callback, one cell a pixel."""
        cells = unpacked(latents.detach().float().cpu(), layout, size)
        colours = torch.einsum("bchw,ck->bhwk", cells, self.matrix[:-1]) + self.matrix[-1]
        values = (colours.nan_to_num(0.0).clamp(0, 1) * 255).round().to(torch.uint8)
        return [Image.fromarray(each.numpy()) for each in values]


class Sheet:
    """All pictures of a job in one small picture."""

    def __init__(self, count: int, size: Size) -> None:
        small = within(size, _CELL_PX)
        self._cell = (small.width_px, small.height_px)
        self._pictures = [Image.new("RGB", self._cell, _EMPTY) for _ in range(count)]

    def put(self, slot: int, picture: Image.Image) -> None:
        self._pictures[slot] = picture.convert("RGB").resize(self._cell, Image.Resampling.BICUBIC)

    def picture(self) -> Image.Image:
        return grid.contact(self._pictures)

    def webp(self) -> bytes:
        return encode.preview(self.picture())


def unpacked(latents: Tensor, layout: LatentLayout, size: Size) -> Tensor:
    """Bring latents into the order (B, C, H, W), whatever the pipeline packs them into.

    latents: (B, C, H, W), (B, tokens, C × patch²) or (B, 1, H, W, C)
    """
    if layout.order == "b1hwc":
        return latents[:, 0].permute(0, 3, 1, 2)
    if layout.order == "bchw":
        return latents
    patch = layout.patch
    rows = size.height_px // (layout.scale_px * patch)
    columns = latents.shape[1] // rows
    tokens = latents.reshape(latents.shape[0], rows, columns, -1, patch, patch)
    return tokens.permute(0, 3, 1, 4, 2, 5).reshape(latents.shape[0], -1, rows * patch, columns * patch)


@torch.no_grad()
def fit(pipeline: Any, layout: LatentLayout) -> Projection | None:
    """Find the colours of a model's latents by encoding coloured noise; None where its autoencoder won't have it."""
    if autoencoder_of(pipeline) is None:
        return None
    try:
        scale_px = int(getattr(pipeline, "vae_scale_factor", layout.scale_px))
        pictures = _samples(scale_px)
        cells = encoded(pipeline, pictures)
        scale = pictures.shape[-1] // cells.shape[-1]
        colours = torch.nn.functional.avg_pool2d(pictures, scale)
        return Projection(matrix=_least_squares(cells, colours))
    except (RuntimeError, ValueError, TypeError, AttributeError, NotImplementedError) as fault:
        log.warning("no previews", reason=str(fault)[:200])
        return None


def _samples(scale_px: int) -> Tensor:
    """Paint (1, 3, H, W) of soft and hard patches in all colours, in [0, 1]; the same every time."""
    generator = torch.Generator().manual_seed(0)
    side = _FIT_CELLS * scale_px
    soft = torch.rand(1, 3, 6, 6, generator=generator)
    hard = torch.rand(1, 3, 16, 16, generator=generator)
    smooth = torch.nn.functional.interpolate(soft, (side, side), mode="bicubic")
    blocks = torch.nn.functional.interpolate(hard, (side, side), mode="nearest")
    return (0.5 * smooth + 0.5 * blocks).clamp(0, 1)


def _least_squares(cells: Tensor, colours: Tensor) -> Tensor:
    """Solve cells · matrix ≈ colours, (B, C, h, w) against (B, 3, h, w). Raises ValueError where numbers overflow."""
    known = cells.permute(0, 2, 3, 1).reshape(-1, cells.shape[1]).double()
    known = torch.cat([known, torch.ones(len(known), 1, dtype=torch.double)], 1)
    wanted = colours.permute(0, 2, 3, 1).reshape(-1, 3).double()
    square = known.T @ known
    # Relative to the channels' own spread, so that latents of any scale are treated alike; the added row is free.
    ridge = _RIDGE * square.diagonal()
    ridge[-1] = 0
    matrix = torch.linalg.solve(square + ridge.diag(), known.T @ wanted).float()
    if not torch.isfinite(matrix).all():
        raise ValueError("the autoencoder's numbers overflow")
    return matrix
