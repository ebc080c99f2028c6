"""Enlarges a stored picture: by Lanczos, or by a network in overlapping tiles."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pipeline import encode
from pipeline.cards import UpscalerCard
from pipeline.gpu import memory
from pipeline.gpu.attempt import Attempt, Unfit
from pipeline.gpu.networks import load_network
from pipeline.sizes import Size

_TILE_PX = 256
_SMALLEST_TILE_PX = 64
_OVERLAP_PX = 16


class Enlarger:
    """Networks that enlarge, loaded when they are first asked for."""

    def __init__(self, cards: Sequence[UpscalerCard], device: str) -> None:
        self._cards = {card.key: card for card in cards}
        self._device = device
        self._networks: dict[str, Any] = {}

    def upscale(self, attempt: Attempt) -> None:
        """Enlarge a job's source to the size of its spec. Raises Stopped, Unfit, CannotLoad, PictureMissing."""
        spec = attempt.job.spec
        if spec.source is None:
            raise Unfit("There is no picture to enlarge.")
        picture = encode.decode(attempt.store.read(spec.source.sha256))
        attempt.total = max(1, spec.steps)
        attempt.progress(0)
        attempt.keep(0, self.enlarged(picture, Size(width_px=spec.width_px, height_px=spec.height_px), attempt))
        attempt.progress(1)

    def enlarged(self, picture: Image.Image, size: Size, attempt: Attempt) -> Image.Image:
        """Bring a picture to a size, with the upscaler of the job's spec. Raises Stopped, Unfit, CannotLoad."""
        spec = attempt.job.spec
        network = self._network(spec.upscaler or "lanczos")
        margin = _OVERLAP_PX if spec.tile else 0
        picture, inner = _ringed(picture, margin), picture.size
        while network is not None and (inner[0] < size.width_px or inner[1] < size.height_px):
            picture = self._by_network(network, picture, attempt)
            inner, margin = (inner[0] * network.scale, inner[1] * network.scale), margin * network.scale
        box = (margin, margin, margin + inner[0], margin + inner[1])
        wanted = (size.width_px, size.height_px)
        return picture.crop(box) if inner == wanted else picture.resize(wanted, Image.Resampling.LANCZOS, box=box)

    def _network(self, key: str) -> Any:
        card = self._cards.get(key)
        if card is None:
            raise Unfit(f"There is no upscaler {key!r} here.")
        if card.origin.kind == "scripted":
            return None
        if key not in self._networks:
            self._networks[key] = load_network(Path(card.origin.where)).to(self._device)
        return self._networks[key]

    def _by_network(self, network: Any, picture: Image.Image, attempt: Attempt) -> Image.Image:
        tile_px = _TILE_PX
        while True:
            try:
                return enlarge(network, picture, tile_px, attempt)
            except (RuntimeError, MemoryError) as fault:
                if not memory.ran_out(fault) or tile_px <= _SMALLEST_TILE_PX:
                    raise
            memory.free()
            tile_px //= 2


@torch.inference_mode()
def enlarge(network: Any, picture: Image.Image, tile_px: int, attempt: Attempt | None = None) -> Image.Image:
    """Enlarge a picture tile by tile, giving way in between; tiles overlap, so that no seam shows. Raises Stopped."""
    weight = next(network.parameters())
    pixels = torch.from_numpy(np.asarray(picture.convert("RGB"), dtype=np.float32) / 255).permute(2, 0, 1)[None]
    scale = int(network.scale)
    result = torch.zeros(3, pixels.shape[2] * scale, pixels.shape[3] * scale)
    boxes = list(_tiles(picture.width, picture.height, tile_px))
    for number, (left, top, right, bottom) in enumerate(boxes):
        if attempt is not None:
            attempt.breathe()
            if attempt.job.spec.verb == "upscale":  # elsewhere it is only the beginning
                attempt.progress(number / len(boxes))
        # A margin around each tile, which is thrown away again, lets the network see beyond the edge.
        x, y = max(0, left - _OVERLAP_PX), max(0, top - _OVERLAP_PX)
        seen = pixels[:, :, y : bottom + _OVERLAP_PX, x : right + _OVERLAP_PX]
        fine: Tensor = network(seen.to(weight))[0].float().cpu()
        inner = fine[:, (top - y) * scale : (bottom - y) * scale, (left - x) * scale : (right - x) * scale]
        result[:, top * scale : bottom * scale, left * scale : right * scale] = inner
    values = (result.clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0)
    return Image.fromarray(values.numpy())


def _ringed(picture: Image.Image, margin_px: int) -> Image.Image:
    """Continue a picture that tiles on each side with what lies beyond its opposite edge."""
    if not margin_px:
        return picture
    margins = ((margin_px, margin_px), (margin_px, margin_px), (0, 0))
    return Image.fromarray(np.pad(np.asarray(picture.convert("RGB")), margins, mode="wrap"))


def _tiles(width: int, height: int, tile_px: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield the boxes (left, top, right, bottom) that cover a picture, row by row."""
    for top in range(0, height, tile_px):
        for left in range(0, width, tile_px):
            yield left, top, min(width, left + tile_px), min(height, top + tile_px)
