"""Which upscaler U uses: the owner's choice, the built-in one, or Lanczos, which needs no model."""

import os
import re
from pathlib import Path

from pipeline.cards import LANCZOS, Origin, UpscalerCard
from pipeline.checkpoints import CheckpointUnusable

AUTO = "auto"
BUILT_IN_FILE = "upscaler/model.safetensors"
"""Within the folder of the built-in model."""


def upscaler_of(wish: str, builtin: Path | None) -> UpscalerCard:
    """Find the upscaler that EASEL_UPSCALER names: "auto", "lanczos", or the path of a safetensors file.

    Raises CheckpointUnusable with a sentence for the owner.
    """
    if wish == LANCZOS.key:
        return LANCZOS
    if wish == AUTO:
        file = builtin / BUILT_IN_FILE if builtin is not None else None
        return _card("sketchbook", file) if file is not None and file.is_file() else LANCZOS
    file = Path(os.path.expanduser(wish))  # noqa: PTH111 - unlike Path's own, it takes any text
    if file.suffix != ".safetensors":
        raise CheckpointUnusable(f"{wish!r} is neither auto, nor lanczos, nor the path of a .safetensors file.")
    try:
        if not file.is_file():
            raise CheckpointUnusable(f"there is no file {file}.")
    except OSError as fault:
        raise CheckpointUnusable(f"{file} cannot be read: {fault.strerror}.") from fault
    return _card(re.sub(r"[^a-z0-9._-]+", "-", file.stem.lower()).strip("._-")[:64] or "upscaler", file.resolve())


def _card(key: str, file: Path) -> UpscalerCard:
    return UpscalerCard(key=key, title=key, scales=(2, 4), origin=Origin(kind="file", where=str(file)))
