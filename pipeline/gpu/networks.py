"""Networks that enlarge pictures, from safetensors files: our own small one, and what spandrel knows."""

import importlib
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from pipeline.gpu.compact import Compact
from pipeline.gpu.fetch import CannotLoad


def load_network(file: Path) -> Any:
    """Load a network that enlarges from a safetensors file: our compact one, or what spandrel knows. Raises CannotLoad.

    What is returned is called with (B, 3, H, W) in [0, 1] and has `scale`, `parameters()` and `to()`.
    """
    try:
        weights = load_file(file)
        network = Compact.of_weights(weights)
    except (OSError, SafetensorError, RuntimeError, ValueError) as fault:
        raise CannotLoad(f"The upscaler {file} could not be read: {fault}") from fault
    found = network if network is not None else _by_spandrel(file, weights)
    if found.scale < 2:
        raise CannotLoad(f"The upscaler {file} does not enlarge: name one that does with EASEL_UPSCALER.")
    return found


def _by_spandrel(file: Path, weights: dict[str, Tensor]) -> Any:
    try:
        with _without_torchvision():
            spandrel: Any = importlib.import_module("spandrel")
    except (ImportError, RuntimeError) as fault:
        raise CannotLoad(f"The upscaler {file} needs spandrel: pip install spandrel --no-deps") from fault
    try:
        found = spandrel.ModelLoader(device="cpu").load_from_state_dict(weights)
    except (spandrel.UnsupportedModelError, RuntimeError) as fault:
        raise CannotLoad(f"{file} is no upscaler that spandrel knows.") from fault
    if not isinstance(found, spandrel.ImageModelDescriptor) or found.input_channels != 3:
        raise CannotLoad(f"{file} does not enlarge colour pictures.")
    return _Described(found)


class _Described(torch.nn.Module):
    """A spandrel model with the manners of our own."""

    def __init__(self, found: Any) -> None:
        super().__init__()
        self.network = found.model
        self.scale = int(found.scale)
        self._found = found

    def forward(self, picture: Tensor) -> Tensor:
        enlarged: Tensor = self._found(picture)
        return enlarged


@contextmanager
def _without_torchvision() -> Iterator[None]:
    """Let spandrel be imported where torchvision is absent or broken.

    Only two of its forty-odd architectures use it, for three names, and none when it is imported.
    """
    try:
        importlib.import_module("torchvision")  # finding the package is not enough: it may be broken
    except (ImportError, RuntimeError):
        pass
    else:
        yield
        return
    functional = types.ModuleType("torchvision.transforms.functional")
    names = {"InterpolationMode": object, "normalize": _absent, "rotate": _absent}
    vars(functional).update(names)
    transforms = types.ModuleType("torchvision.transforms")
    vars(transforms)["functional"] = functional
    package = types.ModuleType("torchvision")
    vars(package)["transforms"] = transforms
    stand_ins = {module.__name__: module for module in (package, transforms, functional)}
    before = {name: sys.modules.pop(name) for name in stand_ins if name in sys.modules}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name in stand_ins:
            del sys.modules[name]
        sys.modules.update(before)


def _absent(*_args: Any, **_options: Any) -> Any:
    raise NotImplementedError("This upscaler needs torchvision.")
