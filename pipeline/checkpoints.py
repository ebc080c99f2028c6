"""What a folder or file of weights is, found out without loading it."""

import difflib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from pipeline.families import FAMILIES, Family, FamilyName, family_of_pipeline

INDEX = "model_index.json"
_PICKLED = frozenset({".ckpt", ".pt", ".pth", ".pt2", ".bin", ".pkl"})
_LONGEST_HEADER = 100_000_000
_LONGEST_CONFIG = 1_000_000
_BITS = {
    **dict.fromkeys(("F4",), 4),
    **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
    **dict.fromkeys(("BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E5M2FNUZ", "F8_E4M3FNUZ"), 8),
    **dict.fromkeys(("U16", "I16", "F16", "BF16"), 16),
    **dict.fromkeys(("U32", "I32", "F32"), 32),
    **dict.fromkeys(("U64", "I64", "F64", "C64"), 64),
}


class CheckpointUnusable(ValueError):
    """The weights cannot be used; the message is a sentence for the owner."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What the weights say about themselves."""

    family: Family
    side_px: int | None = None
    """Side of the square that the model was trained for, where it can be read."""
    distilled: bool = False
    """Says of itself that it draws in few steps."""


@dataclass(frozen=True, kw_only=True)
class Tensor:
    dtype: str
    shape: tuple[int, ...]


# The keys that tell families of single files apart; the first family with all of its keys counts.
_MARKS: tuple[tuple[FamilyName, tuple[str, ...]], ...] = (
    ("sdxl", ("conditioner.embedders.1.model.positional_embedding", "model.diffusion_model.input_blocks.0.0.weight")),
    ("sd", ("cond_stage_model.", "model.diffusion_model.input_blocks.0.0.weight")),
    ("sd3", ("joint_blocks.0.context_block.adaLN_modulation.1.bias",)),
    ("flux2", ("single_stream_modulation.lin.weight",)),
    ("flux", ("double_blocks.0.img_attn.norm.key_norm.scale",)),
    ("zimage", ("layers.0.adaLN_modulation.0.weight", "cap_embedder.")),
    ("qwen", ("transformer_blocks.0.img_mlp.", "txt_norm.weight")),
    ("sana", ("blocks.0.cross_attn.q_linear.weight", "attention_y_norm.weight")),
)
_UNET_INPUT = "model.diffusion_model.input_blocks.0.0.weight"
_LORA_MARKS = ("lora_up.", "lora_down.", "lora_A.", "lora_B.", ".lora.")
_AUTOENCODER_MARKS = ("first_stage_model.", "vae.")
_ENCODER_MARKS = ("cond_stage_model.", "conditioner.", "text_encoder")


def inspect(path: Path) -> Finding:
    """Find out what a folder in diffusers' layout or a single safetensors file holds. Raises CheckpointUnusable."""
    try:
        if path.is_dir():
            return _inspect_folder(path)
        if path.is_file():
            return _inspect_file(path)
    except OSError as fault:
        raise CheckpointUnusable(f"{path} cannot be read: {fault.strerror or fault}.") from fault
    raise CheckpointUnusable(f"There is no {path}.{did_you_mean(path.name, _neighbours(path))}")


def did_you_mean(word: str, known: Collection[str]) -> str:
    """Return " Did you mean …?" with the nearest spelling, or nothing."""
    near = difflib.get_close_matches(word.lower(), {name.lower(): name for name in known}, n=1, cutoff=0.6)
    original = next((name for name in known if near and name.lower() == near[0]), None)
    return f" Did you mean {original}?" if original else ""


def read_header(path: Path) -> Mapping[str, Tensor]:
    """Read and check the header of a safetensors file; no weight is touched. Raises CheckpointUnusable.

    Checked: at most 100 MB, one JSON object, known types, shapes that fill the file exactly, without gap or overlap.
    """
    with path.open("rb") as file:
        size = path.stat().st_size
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > min(_LONGEST_HEADER, size - 8):
            raise CheckpointUnusable(f"{path} is not a whole safetensors file.")
        text = file.read(length)
    try:
        header = json.loads(text, object_pairs_hook=_without_doubles)
        entries = {name: _span(entry) for name, entry in header.items() if name != "__metadata__"}
        _check_spans([span for span, _ in entries.values()], size - 8 - length)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as fault:
        raise CheckpointUnusable(f"{path} has a damaged safetensors header.") from fault
    return {name: tensor for name, (_, tensor) in entries.items()}


def _inspect_folder(folder: Path) -> Finding:
    if not (folder / INDEX).is_file():
        raise CheckpointUnusable(f"{folder} is not a model in diffusers' layout: it has no {INDEX}.{_advice(folder)}")
    index = _read_config(folder / INDEX)
    name = index.get("_class_name")
    family = family_of_pipeline(name) if isinstance(name, str) else None
    if family is None:
        known = ", ".join(sorted(each for family in FAMILIES.values() for each in family.pipelines))
        raise CheckpointUnusable(f"{folder} is made for {name}, which Easel cannot draw with. It knows {known}.")
    _refuse_pickled_parts(folder, index)
    return Finding(family=family, side_px=_trained_side(folder, family), distilled=index.get("is_distilled") is True)


def _advice(folder: Path) -> str:
    """Say what was probably meant by a folder that is no model."""
    inner = sorted(folder.glob(f"*/{INDEX}")) or sorted(folder.glob(f"snapshots/*/{INDEX}"))
    if inner:
        return f" Name {inner[0].parent} instead."
    files = sorted(folder.glob("*.safetensors"))
    if files:
        return f" If you meant the file in it, name {files[0]}."
    if any(path.suffix in _PICKLED for path in folder.iterdir()):
        return " The weights in it are pickled, which can run any program: Easel loads safetensors only."
    return ""


def _refuse_pickled_parts(folder: Path, index: Mapping[str, Any]) -> None:
    for part in index:
        files = [path.suffix for path in (folder / part).glob("*")] if not part.startswith("_") else []
        if ".safetensors" not in files and _PICKLED.intersection(files):
            raise CheckpointUnusable(
                f"{folder / part} has its weights in pickled files only, which can run any program. "
                "Easel loads safetensors only: get the model in that format."
            )


def _trained_side(folder: Path, family: Family) -> int | None:
    """Read the picture size from the denoiser's sample size and the autoencoder's scale."""
    for part in ("unet", "transformer"):
        if (folder / part / "config.json").is_file():
            cells = _read_config(folder / part / "config.json").get("sample_size")
            if isinstance(cells, int) and 1 <= cells <= 1024:
                return cells * _autoencoder_scale(folder, family)
    return None


def _autoencoder_scale(folder: Path, family: Family) -> int:
    for part in ("vae", "movq"):
        if (folder / part / "config.json").is_file():
            config = _read_config(folder / part / "config.json")
            levels = config.get("block_out_channels") or config.get("encoder_block_out_channels")
            if isinstance(levels, list) and 1 <= len(levels) <= 8:
                return int(2 ** (len(levels) - 1))
    return family.latents.scale_px


def _inspect_file(path: Path) -> Finding:
    if path.suffix in _PICKLED:
        raise CheckpointUnusable(
            f"{path} is a pickled file, which can run any program. "
            "Easel loads safetensors only: get the model in that format."
        )
    if path.suffix != ".safetensors":
        raise CheckpointUnusable(f"{path} is neither a model folder nor a .safetensors file.")
    header = read_header(path)
    family = _family_of(header)
    if family is None:
        what = "a LoRA, an addition to a model" if _has(header, _LORA_MARKS) else "no model that Easel knows"
        raise CheckpointUnusable(f"{path} holds {what}. Name a whole checkpoint or a model folder.")
    _refuse_partial(path, header, family)
    return Finding(family=family, side_px=_file_side(header))


def _family_of(header: Mapping[str, Tensor]) -> Family | None:
    for name, marks in _MARKS:
        if all(any(mark in key for key in header) for mark in marks):
            return FAMILIES[name]
    return None


def _refuse_partial(path: Path, header: Mapping[str, Tensor], family: Family) -> None:
    unet = header.get(_UNET_INPUT)
    if unet is not None and unet.shape[1:2] != (4,):
        raise CheckpointUnusable(f"{path} needs a mask or a picture to start from. Name a text-to-image checkpoint.")
    if not _has(header, _AUTOENCODER_MARKS) or not _has(header, _ENCODER_MARKS):
        raise CheckpointUnusable(
            f"{path} holds only a part of a {family.title} model (text encoder or autoencoder is missing). "
            "Name a model folder or a hub id instead."
        )


def _file_side(header: Mapping[str, Tensor]) -> int | None:
    # Stable Diffusion 2 is told by its wider text encoder; its common release is for 768².
    cross = header.get("model.diffusion_model.input_blocks.2.1.transformer_blocks.0.attn2.to_k.weight")
    return 768 if cross is not None and cross.shape[-1:] == (1024,) else None


def _has(header: Mapping[str, Tensor], marks: Collection[str]) -> bool:
    return any(mark in key for key in header for mark in marks)


def _neighbours(path: Path) -> list[str]:
    try:
        return [each.name for each in path.parent.iterdir()]
    except OSError:  # not there, no folder, or not ours to look into
        return []


def _read_config(path: Path) -> Mapping[str, Any]:
    if path.stat().st_size > _LONGEST_CONFIG:
        raise CheckpointUnusable(f"{path} is far too long for a configuration file.")
    try:
        config = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as fault:
        raise CheckpointUnusable(f"{path} is not valid JSON.") from fault
    if not isinstance(config, dict):
        raise CheckpointUnusable(f"{path} is not a JSON object.")
    return config


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name appears twice")
    return fields


def _span(entry: Mapping[str, Any]) -> tuple[tuple[int, int], Tensor]:
    """Return where a tensor lies, and what it is. Raises ValueError, TypeError, KeyError."""
    shape = tuple(entry["shape"])
    begin, end = entry["data_offsets"]
    numbers = (*shape, begin, end)
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise ValueError("not a natural number")
    if prod(shape) * _BITS[entry["dtype"]] != (end - begin) * 8:
        raise ValueError("size and shape disagree")
    return (begin, end), Tensor(dtype=entry["dtype"], shape=shape)


def _check_spans(spans: list[tuple[int, int]], size: int) -> None:
    position = 0
    for begin, end in sorted(spans):
        if begin != position:
            raise ValueError("gap or overlap")
        position = end
    if position != size:
        raise ValueError("the file has another length")
