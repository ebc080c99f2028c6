"""What describes pictures: chosen from the owner's setting, without reading any weights."""

import os
import re
from pathlib import Path

from pipeline.checkpoints import CheckpointUnusable

BESIDE_BUILT_IN = "image_text"
"""Folder beside the built-in model that holds its image–text model."""
_CONFIG = "config.json"
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)


def describer_of(text: str, builtin: Path | None) -> str:
    """Return a folder or a hub id for EASEL_DESCRIBER; empty where nothing describes. Raises CheckpointUnusable.

    text: "auto" (what comes with the built-in model), "none", a folder in transformers' layout, or "owner/name"
    """
    if text == "none":
        return ""
    if text == "auto":
        beside = builtin / BESIDE_BUILT_IN if builtin is not None else None
        return str(beside.resolve()) if beside is not None and (beside / _CONFIG).is_file() else ""
    folder = Path(os.path.expanduser(text))  # noqa: PTH111 - unlike Path's own, it takes any text
    try:
        if (folder / _CONFIG).is_file():
            return str(folder.resolve())
        there = folder.exists()
    except OSError as fault:
        raise CheckpointUnusable(f"{folder} cannot be read: {fault.strerror}.") from fault
    if there or text.startswith((".", "~", "/", "\\")):
        raise CheckpointUnusable(f"{text} is no folder with a {_CONFIG} in it, as transformers lays models out.")
    if _REPOSITORY.fullmatch(text):
        return text
    raise CheckpointUnusable(f'{text!r} is neither "auto", "none", a folder, nor a hub id like owner/name.')
