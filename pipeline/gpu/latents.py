"""Pictures as a model's denoiser sees them."""

from typing import Any

import torch
from torch import Tensor


def autoencoder_of(pipeline: Any) -> Any:
    """Return what turns pictures into latents; None where there is no such part."""
    return getattr(pipeline, "vae", None) or getattr(pipeline, "movq", None)


@torch.no_grad()
def encoded(pipeline: Any, pictures: Tensor) -> Tensor:
    """Encode pictures into the numbers that the denoiser works with, on the CPU, in float32.

    pictures: (B, 3, H, W) in [0, 1], sides multiples of what the autoencoder divides by; returns (B, C, h, w)
    """
    vae = autoencoder_of(pipeline)
    raw = _encode(vae, pictures, pipeline._execution_device)  # noqa: SLF001 - the device behind offloading
    # Pipelines with a UNet multiply only, whatever their autoencoder says of a shift.
    return _normalised(vae, raw, shifts=hasattr(pipeline, "transformer")).float().cpu()


def _encode(vae: Any, pictures: Tensor, device: Any) -> Tensor:
    """Encode (B, 3, H, W) in [0, 1] into latents (B, C, h, w) as the autoencoder makes them."""
    batch = (pictures * 2 - 1).to(device=device, dtype=vae.dtype)
    kernel = next(weight for weight in vae.encoder.parameters() if weight.ndim >= 4)
    moving = kernel.ndim == 5  # an autoencoder for videos: a picture is its first frame
    coded = vae.encode(batch.unsqueeze(2) if moving else batch)
    latents = coded.latent_dist.mode() if hasattr(coded, "latent_dist") else getattr(coded, "latents", None)
    latents = coded.latent if latents is None else latents
    return latents[:, :, 0] if moving else latents


def _normalised(vae: Any, latents: Tensor, *, shifts: bool) -> Tensor:
    """Bring latents to the numbers that the denoiser sees."""
    config = vae.config
    if hasattr(vae, "bn"):
        # FLUX.2 normalises patches of 2 × 2 cells by statistics of their own; their mean over a patch is enough here.
        mean = vae.bn.running_mean.view(-1, 4).mean(1).view(1, -1, 1, 1)
        spread = vae.bn.running_var.view(-1, 4).mean(1).view(1, -1, 1, 1).clamp_min(1e-8).sqrt()
        return (latents - mean) / spread
    channels = (1, -1, 1, 1)
    shift = float(config.get("shift_factor") or 0.0) if shifts else 0.0
    mean = torch.tensor(config.get("latents_mean") or [shift]).view(channels).to(latents)
    spread = torch.tensor(config.get("latents_std") or [1.0]).view(channels).to(latents)
    return (latents - mean) / spread * float(config.get("scaling_factor") or 1.0)
