"""Enlarging stored pictures."""

import importlib
import importlib.util
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn

from pipeline import encode
from pipeline.cards import LANCZOS, Origin, UpscalerCard
from pipeline.events import Progress
from pipeline.gpu.attempt import Attempt, Unfit
from pipeline.gpu.baton import Stopped
from pipeline.gpu.compact import Compact
from pipeline.gpu.fetch import CannotLoad
from pipeline.gpu.networks import load_network
from pipeline.gpu.upscale import Enlarger, enlarge
from pipeline.spec import Source, Spec
from tests.pipeline.gpu.conftest import Easel, difference


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    """Soft colours and hard edges, 80 × 56."""
    generator = torch.Generator().manual_seed(3)
    blocks = torch.rand(1, 3, 7, 10, generator=generator)
    large = nn.functional.interpolate(blocks, (56, 80), mode="nearest")
    return Image.fromarray((large[0].permute(1, 2, 0) * 255).to(torch.uint8).numpy())


def network(scale: int = 2) -> Compact:
    torch.manual_seed(5)
    return Compact(width=8, blocks=2, scale=scale).eval()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("upscalers") / "compact.safetensors"
    save_file(network().state_dict(), path)
    return path


def attempt_at(easel: Easel, picture: Image.Image, upscaler: str, scale: int) -> Attempt:
    spec = Spec(
        verb="upscale",
        model="sd",
        prompt="",
        width_px=picture.width * scale,
        height_px=picture.height * scale,
        steps=1,
        guidance=1.0,
        seed=0,
        count=1,
        source=Source(sha256=easel.store.put(encode.png(picture))),
        upscaler=upscaler,
        scale=scale,
    )
    return easel.attempt(spec)


def enlarger(file: Path) -> Enlarger:
    own = UpscalerCard(key="own", title="Own", scales=(2, 4), origin=Origin(kind="file", where=str(file)))
    return Enlarger([LANCZOS, own], "cpu")


@pytest.mark.parametrize(("upscaler", "scale"), [("lanczos", 2), ("lanczos", 4), ("own", 2), ("own", 4)])
def test_a_picture_is_enlarged_to_the_size_that_was_asked_for(
    easel: Easel, picture: Image.Image, file: Path, upscaler: str, scale: int
) -> None:
    attempt = attempt_at(easel, picture, upscaler, scale)
    with easel.baton.held(attempt.turn):
        enlarger(file).upscale(attempt)

    (artifact,) = easel.artifacts
    large = encode.decode(easel.store.read(artifact.sha256))
    assert large.size == (picture.width * scale, picture.height * scale)
    assert easel.steps[-1][0] == easel.steps[-1][1]


def test_tiles_leave_no_seam(picture: Image.Image) -> None:
    whole = enlarge(network(), picture, 1000)

    for tile_px in (64, 24, 17):
        assert difference(enlarge(network(), picture, tile_px), whole) <= 1


def test_without_learning_the_network_repeats_pixels(picture: Image.Image) -> None:
    plain = network()
    for parameter in plain.body[-1].parameters():
        nn.init.zeros_(parameter)

    large = enlarge(plain, picture, 64)

    assert difference(large, picture.resize(large.size, Image.Resampling.NEAREST)) == 0


@pytest.mark.parametrize("scale", [2, 4])
def test_a_network_is_known_by_its_weights(tmp_path: Path, picture: Image.Image, scale: int) -> None:
    save_file(network(scale).state_dict(), tmp_path / "a.safetensors")

    found = load_network(tmp_path / "a.safetensors")

    assert found.scale == scale
    assert difference(enlarge(found, picture, 64), enlarge(network(scale), picture, 64)) == 0


def test_when_memory_runs_out_the_tiles_get_smaller(easel: Easel, picture: Image.Image, file: Path) -> None:
    large = picture.resize((300, 200))
    attempt = attempt_at(easel, large, "own", 2)
    tool = enlarger(file)
    net = tool._network("own")
    original, sizes = net.forward, list[int]()

    def scarce(seen: torch.Tensor) -> torch.Tensor:
        sizes.append(max(seen.shape))
        if max(seen.shape) > 200:
            raise torch.OutOfMemoryError("out of memory")
        return torch.as_tensor(original(seen))

    net.forward = scarce
    with easel.baton.held(attempt.turn):
        tool.upscale(attempt)

    assert sizes[0] > 200 >= sizes[-1]
    assert easel.artifacts[0].width_px == 600


def test_it_can_be_cancelled_between_two_tiles(easel: Easel, picture: Image.Image, file: Path) -> None:
    attempt = attempt_at(easel, picture.resize((600, 600)), "own", 2)
    attempt.say = lambda event: easel.baton.cancel(attempt.turn) if isinstance(event, Progress) else None

    with pytest.raises(Stopped), easel.baton.held(attempt.turn):
        enlarger(file).upscale(attempt)

    assert easel.artifacts == []


def test_an_upscaler_that_is_not_offered_is_refused(easel: Easel, picture: Image.Image, file: Path) -> None:
    attempt = attempt_at(easel, picture, "magic", 2)

    with pytest.raises(Unfit, match="magic"), easel.baton.held(attempt.turn):
        enlarger(file).upscale(attempt)


@pytest.mark.parametrize("content", [b"", b"no weights", b"\x08\x00\x00\x00\x00\x00\x00\x00{}      "])
def test_a_file_that_is_no_network_is_named_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.safetensors").write_bytes(content)

    with pytest.raises(CannotLoad, match=r"x\.safetensors"):
        load_network(tmp_path / "x.safetensors")


def test_a_network_that_does_not_enlarge_is_refused_and_the_job_ends(tmp_path: Path) -> None:
    save_file(network(scale=1).state_dict(), tmp_path / "sharpen.safetensors")

    with pytest.raises(CannotLoad, match=r"sharpen\.safetensors.*EASEL_UPSCALER"):
        load_network(tmp_path / "sharpen.safetensors")


def test_a_foreign_network_is_loaded_by_spandrel_or_says_that_it_needs_it(tmp_path: Path, picture: Image.Image) -> None:
    save_file(_esrgan(), tmp_path / "foreign.safetensors")
    if importlib.util.find_spec("spandrel") is None:
        with pytest.raises(CannotLoad, match="pip install spandrel"):
            load_network(tmp_path / "foreign.safetensors")
        return

    large = enlarge(load_network(tmp_path / "foreign.safetensors"), picture, 64)

    assert large.size == (picture.width * 4, picture.height * 4)
    spandrel = importlib.import_module("spandrel")
    twin = spandrel.ModelLoader(device="cpu").load_from_state_dict(network().state_dict()).model
    seen = torch.rand(1, 3, 24, 24)
    assert torch.allclose(twin(seen), network()(seen), atol=1e-6)


def _esrgan() -> dict[str, torch.Tensor]:
    """Return weights named as in a small ESRGAN of factor 4: 8 features, one block."""
    shapes = {"conv_first": (3, 8), "conv_body": (8, 8), "conv_up1": (8, 8), "conv_up2": (8, 8), "conv_hr": (8, 8)}
    shapes["conv_last"] = (8, 3)
    for block in (1, 2, 3):
        for layer in range(5):
            shapes[f"body.0.rdb{block}.conv{layer + 1}"] = (8 + 32 * layer, 32 if layer < 4 else 8)
    torch.manual_seed(1)
    weights = {}
    for name, (inputs, outputs) in shapes.items():
        weights[f"{name}.weight"] = torch.randn(outputs, inputs, 3, 3) * 0.05
        weights[f"{name}.bias"] = torch.zeros(outputs)
    return weights
