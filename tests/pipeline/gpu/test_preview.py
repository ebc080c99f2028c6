"""Small pictures of unfinished work."""

from io import BytesIO
from typing import Any

import pytest
import torch
from diffusers import Flux2KleinPipeline, FluxPipeline
from PIL import Image
from torch import Tensor, nn

from pipeline.families import FAMILIES, LatentLayout
from pipeline.gpu.preview import Projection, Sheet, fit, unpacked
from pipeline.sizes import Size

SIZE = Size(width_px=96, height_px=64)


def test_latents_packed_as_flux_does_are_unpacked() -> None:
    latents = torch.randn(2, 16, 8, 12)
    packed = FluxPipeline._pack_latents(latents, 2, 16, 8, 12)

    assert torch.equal(unpacked(packed, FAMILIES["flux"].latents, SIZE), latents)


def test_latents_packed_as_flux2_does_are_unpacked() -> None:
    latents = torch.randn(2, 32, 8, 12)
    packed = Flux2KleinPipeline._pack_latents(Flux2KleinPipeline._patchify_latents(latents))

    assert torch.equal(unpacked(packed, FAMILIES["flux2"].latents, SIZE), latents)


def test_latents_with_channels_last_are_turned() -> None:
    latents = torch.randn(2, 16, 8, 12)

    turned = unpacked(latents.permute(0, 2, 3, 1)[:, None], FAMILIES["kandinsky5"].latents, SIZE)

    assert torch.equal(turned, latents)


class Mosaic(nn.Module):
    """An autoencoder that anyone can see through: each cell holds its mean colour, mixed and shifted."""

    def __init__(self, **config: Any) -> None:
        super().__init__()
        self.encoder = nn.Conv2d(3, 4, 8, stride=8)
        self.config = config
        self.dtype = torch.float32
        weight = torch.tensor([[0.5, 0.1, -0.2], [-0.3, 0.6, 0.1], [0.2, 0.2, 0.7], [0.1, -0.4, 0.3]])
        nn.init.constant_(self.encoder.bias if self.encoder.bias is not None else torch.zeros(4), 0.3)
        self.encoder.weight.data = weight[:, :, None, None].expand(4, 3, 8, 8) / 64

    def encode(self, pictures: Tensor) -> Any:
        class Coded:
            latent = self.encoder(pictures)

        return Coded


class Pipeline:
    _execution_device = "cpu"
    vae_scale_factor = 8

    def __init__(self, vae: nn.Module | None, denoiser: str = "unet") -> None:
        self.vae = vae
        setattr(self, denoiser, None)


@pytest.mark.parametrize(
    ("denoiser", "config"),
    [
        ("unet", {}),
        ("unet", {"scaling_factor": 0.18215}),
        ("unet", {"scaling_factor": 1.0, "shift_factor": 0.5}),
        ("transformer", {"scaling_factor": 0.3611, "shift_factor": 0.1159}),
        ("unet", {"latents_mean": [0.1, -0.2, 0.3, 0.0], "latents_std": [1.0, 2.0, 0.5, 1.5], "scaling_factor": 0.13}),
    ],
)
@torch.no_grad()
def test_the_colours_of_a_model_are_found(denoiser: str, config: dict[str, Any]) -> None:
    vae = Mosaic(**config)
    projection = fit(Pipeline(vae, denoiser), FAMILIES["sd"].latents)
    picture = torch.rand(1, 3, 64, 96, generator=torch.Generator().manual_seed(5))
    raw = vae.encode(picture * 2 - 1).latent
    shift = config.get("shift_factor", 0.0) if denoiser == "transformer" else 0.0
    mean = torch.tensor(config.get("latents_mean", [shift])).view(1, -1, 1, 1)
    spread = torch.tensor(config.get("latents_std", [1.0])).view(1, -1, 1, 1)
    latents = (raw - mean) / spread * config.get("scaling_factor", 1.0)

    assert projection is not None
    (seen,) = projection.pictures(latents, FAMILIES["sd"].latents, SIZE)

    expected = torch.nn.functional.avg_pool2d(picture, 8)[0].permute(1, 2, 0) * 255
    shown = torch.frombuffer(bytearray(seen.tobytes()), dtype=torch.uint8).view(8, 12, 3)
    assert float((shown - expected).abs().max()) < 6


@pytest.mark.parametrize("vae", [None, nn.Linear(3, 3)], ids=["none", "another thing"])
def test_a_model_that_cannot_be_fitted_has_no_previews_and_no_error(vae: nn.Module | None) -> None:
    assert fit(Pipeline(vae), FAMILIES["sd"].latents) is None


def test_numbers_that_are_none_show_as_dark() -> None:
    projection = Projection(matrix=torch.ones(5, 3))
    layout = LatentLayout(order="bchw", channels=4, scale_px=8)

    (picture,) = projection.pictures(torch.full((1, 4, 8, 12), torch.nan), layout, SIZE)

    assert picture.getextrema() == ((0, 0),) * 3


@pytest.mark.parametrize(
    ("size", "count", "expected"),
    [
        ((1024, 1024), 4, (512, 512)),
        ((1344, 896), 4, (512, 340)),
        ((96, 64), 4, (192, 128)),
        ((1024, 1024), 1, (256, 256)),
    ],
)
def test_a_sheet_is_small_and_has_the_shape_of_the_grid(
    size: tuple[int, int], count: int, expected: tuple[int, int]
) -> None:
    sheet = Sheet(count, Size(width_px=size[0], height_px=size[1]))
    sheet.put(count - 1, Image.new("RGB", (16, 16), (200, 10, 10)))

    with Image.open(BytesIO(sheet.webp())) as image:
        assert image.format == "WEBP"
        assert image.size == expected
        last = image.convert("RGB").getpixel((expected[0] - 9, expected[1] - 9))
    assert isinstance(last, tuple)
    assert last[0] > 150 > last[1]
