"""A trained painter gets one more level on the outside, for latents of twice the width and height.

What it knew goes on living inside, at the size it was learned at; at first the new level only halves and doubles.
"""

from __future__ import annotations

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.resnet import ResnetBlock2D
from torch import Tensor, nn


@torch.no_grad()
def grown(small: UNet2DConditionModel) -> UNet2DConditionModel:
    """A network for twice the size whose output is, to begin with, the small one's, enlarged."""
    known = small.config
    outer = known.block_out_channels[0]
    large = UNet2DConditionModel.from_config(
        dict(known)
        | {
            "sample_size": 2 * known.sample_size,
            "block_out_channels": (outer, *known.block_out_channels),
            "down_block_types": ("DownBlock2D", *known.down_block_types),
            "up_block_types": (*known.up_block_types, "UpBlock2D"),
            "attention_head_dim": (known.attention_head_dim[0], *known.attention_head_dim),
        }
    )
    large.load_state_dict({_moved(name): value for name, value in small.state_dict().items()}, strict=False)
    first, last = large.down_blocks[0], large.up_blocks[-1]
    _only_average(first.downsamplers[0].conv)
    _only_smooth(large.up_blocks[-2].upsamplers[0].conv)
    for block in (*first.resnets, *last.resnets):
        _only_pass_on(block)
    return large


def _moved(name: str) -> str:
    """Where a weight of the small network stands in the large one."""
    kind, *rest = name.split(".")
    if kind != "down_blocks":
        return name
    return ".".join([kind, str(int(rest[0]) + 1), *rest[1:]])


def _only_average(halving: nn.Conv2d) -> None:
    """Two by two cells become their mean."""
    _every_channel(halving, torch.tensor([0.0, 0.5, 0.5]))


def _only_smooth(after_doubling: nn.Conv2d) -> None:
    """Cells that stand twice in a row become a slope."""
    _every_channel(after_doubling, torch.tensor([0.25, 0.5, 0.25]))


def _every_channel(layer: nn.Conv2d, taps: Tensor) -> None:
    assert layer.bias is not None
    layer.bias.zero_()
    layer.weight.zero_()
    for channel in range(len(layer.weight)):
        layer.weight[channel, channel] = taps[:, None] * taps[None]


def _only_pass_on(block: ResnetBlock2D) -> None:
    """A residual block that adds nothing, and forgets what comes from the side."""
    for layer in (block.conv2, block.conv_shortcut):
        if layer is not None:
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
    if block.conv_shortcut is not None:
        kept = len(block.conv_shortcut.weight)
        block.conv_shortcut.weight[:, :kept, 0, 0] = torch.eye(kept)
