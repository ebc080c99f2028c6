"""Writes a tiny Stable Diffusion as one file, named as in the original repository, like community checkpoints."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

_RESNET = (
    ("norm1.", "in_layers.0."),
    ("conv1.", "in_layers.2."),
    ("time_emb_proj.", "emb_layers.1."),
    ("norm2.", "out_layers.0."),
    ("conv2.", "out_layers.3."),
    ("conv_shortcut.", "skip_connection."),
)
_ENDS = (
    (r"^conv_in\.", "input_blocks.0.0."),
    (r"^time_embedding\.linear_1\.", "time_embed.0."),
    (r"^time_embedding\.linear_2\.", "time_embed.2."),
    (r"^conv_norm_out\.", "out.0."),
    (r"^conv_out\.", "out.2."),
)
_AUTOENCODER = (
    (r"\bdown_blocks\.(\d+)\.resnets\.(\d+)\.", r"down.\1.block.\2."),
    (r"\bdown_blocks\.(\d+)\.downsamplers\.0\.", r"down.\1.downsample."),
    (r"\bup_blocks\.(\d+)\.upsamplers\.0\.", r"up.\1.upsample."),
    (r"\bup_blocks\.(\d+)\.resnets\.(\d+)\.", r"up.\1.block.\2."),
    (r"\bmid_block\.resnets\.0\.", "mid.block_1."),
    (r"\bmid_block\.resnets\.1\.", "mid.block_2."),
    (r"\bmid_block\.attentions\.0\.group_norm\.", "mid.attn_1.norm."),
    (r"\bmid_block\.attentions\.0\.to_out\.0\.", "mid.attn_1.proj_out."),
    (r"\bmid_block\.attentions\.0\.to_([qkv])\.", r"mid.attn_1.\1."),
    (r"\bconv_norm_out\.", "norm_out."),
    (r"\bconv_shortcut\.", "nin_shortcut."),
)


def write(pipeline: Any, file: Path) -> Path:
    """Write all weights of a tiny Stable Diffusion (one layer a block, two levels) into one safetensors file."""
    weights = dict(_all(pipeline))
    save_file({name: tensor.contiguous() for name, tensor in weights.items()}, file)
    return file


def _all(pipeline: Any) -> Iterator[tuple[str, Tensor]]:
    levels = len(pipeline.unet.config.block_out_channels)
    for name, tensor in pipeline.unet.state_dict().items():
        yield "model.diffusion_model." + _denoiser(name, levels), tensor
    for name, tensor in pipeline.vae.state_dict().items():
        yield (
            "first_stage_model." + _autoencoder(name, len(pipeline.vae.config.block_out_channels)),
            _conv(name, tensor),
        )
    for name, tensor in pipeline.text_encoder.state_dict().items():
        yield "cond_stage_model.transformer.text_model." + name.removeprefix("text_model."), tensor


def _denoiser(name: str, levels: int) -> str:
    for pattern, original in _ENDS:
        name = re.sub(pattern, original, name)
    if "resnets" in name:
        for ours, original in _RESNET:
            name = name.replace(ours, original)
    # One layer a block: each level takes a layer and a change of size on the way down, two layers on the way up.
    down = re.match(r"down_blocks\.(\d+)\.(resnets|attentions|downsamplers)\.0\.", name)
    if down:
        place, kind = 1 + 2 * int(down[1]), down[2]
        new = (
            f"input_blocks.{place + 1}.0.op." if kind == "downsamplers" else f"input_blocks.{place}.{kind[0] == 'a':d}."
        )
        return new + name[down.end() :].removeprefix("conv.")
    up = re.match(r"up_blocks\.(\d+)\.(resnets|attentions|upsamplers)\.(\d+)\.", name)
    if up:
        level, kind = int(up[1]), up[2]
        if kind == "upsamplers":
            return f"output_blocks.{2 * level + 1}.{1 + (level > 0)}." + name[up.end() :]
        return f"output_blocks.{2 * level + int(up[3])}.{kind[0] == 'a':d}." + name[up.end() :]
    for part, place in (("resnets.0", 0), ("attentions.0", 1), ("resnets.1", 2)):
        name = name.replace(f"mid_block.{part}.", f"middle_block.{place}.")
    return name


def _autoencoder(name: str, levels: int) -> str:
    for pattern, original in _AUTOENCODER:
        name = re.sub(pattern, original, name)
    return re.sub(r"\bup\.(\d+)\.", lambda found: f"up.{levels - 1 - int(found[1])}.", name)


def _conv(name: str, tensor: Tensor) -> Tensor:
    """Give attention weights of the autoencoder the two further dimensions that they had as convolutions."""
    attention = re.search(r"attentions\.0\.to_(q|k|v|out\.0)\.weight$", name)
    return tensor[:, :, None, None] if attention else torch.clone(tensor)
