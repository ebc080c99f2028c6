"""Brings a model's files onto this machine and weighs them, before anything is loaded."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path

from diffusers import DiffusionPipeline
from huggingface_hub import constants
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError

from pipeline.cards import ModelCard, Origin
from pipeline.checkpoints import CheckpointUnusable, inspect, read_header
from pipeline.gpu.plan import Weight

Tell = Callable[[int, int], None]
"""Called with (done, total) in bytes or parts; total 0 when unknown."""

_LOOK_S = 2.0


class CannotLoad(Exception):
    """The model cannot be loaded; the message is a sentence for the owner."""


def fetch(card: ModelCard, *, offline: bool, tell: Tell) -> Path:
    """Return the folder or file of a model, from the hub if need be. Raises CannotLoad."""
    origin = card.origin
    if origin.kind == "scripted":
        raise CannotLoad(f"{card.title}: there is nothing to load for a painter.")
    path = _from_hub(origin, offline=offline, tell=tell) if origin.kind == "hub" else Path(origin.where)
    try:
        inspect(path)
    except CheckpointUnusable as fault:
        raise CannotLoad(str(fault)) from fault
    return path


def variant_of(folder: Path) -> str | None:
    """Return the variant whose weights to load, where a folder holds no plain ones."""
    weights = [path.name for path in folder.glob("*/*.safetensors")]
    marked = [name for name in weights if ".fp16." in name]
    return "fp16" if marked and len(marked) == len(weights) else None


def weigh(path: Path, card: ModelCard) -> Weight:
    """Count the parameters of a model from the headers of its files. Raises CannotLoad."""
    try:
        parts = _folder_parts(path) if path.is_dir() else [_count(path)]
    except (CheckpointUnusable, OSError) as fault:
        raise CannotLoad(str(fault)) from fault
    return Weight(
        parameters=sum(parts),
        largest=max(parts, default=0),
        side_px=int(card.size_rule.area_px**0.5),
        float16=card.traits.float16,
    )


def _folder_parts(folder: Path) -> list[int]:
    variant = variant_of(folder)
    return [
        sum(_count(file) for file in part.glob("*.safetensors") if (".fp16." in file.name) == (variant == "fp16"))
        for part in sorted(folder.iterdir())
        if part.is_dir()
    ]


def _count(file: Path) -> int:
    return sum(prod(tensor.shape) for tensor in read_header(file).values())


def _from_hub(origin: Origin, *, offline: bool, tell: Tell) -> Path:
    for variant in dict.fromkeys((origin.variant, None)):
        # What was fetched once is used without asking the network again.
        with contextlib.suppress(OSError, ValueError):
            return _download(origin.where, variant, local_only=True)
    if offline:
        raise CannotLoad(
            f"{origin.where} is not on this machine, and EASEL_OFFLINE forbids fetching it. "
            "Fetch it once with EASEL_OFFLINE off, or name a model folder."
        )
    with _watching(origin.where, tell), _explaining(origin.where):
        try:
            return _download(origin.where, origin.variant, local_only=False)
        except ValueError:
            if origin.variant is None:
                raise
            return _download(origin.where, None, local_only=False)


def _download(repository: str, variant: str | None, *, local_only: bool) -> Path:
    folder = DiffusionPipeline.download(
        repository, variant=variant, use_safetensors=True, local_files_only=local_only, trust_remote_code=False
    )
    return Path(folder)


@contextmanager
def _explaining(repository: str) -> Iterator[None]:
    try:
        yield
    except GatedRepoError as fault:
        raise CannotLoad(
            f"{repository} asks for its licence to be accepted: do that on its page on the hub, "
            "and put your access token into HF_TOKEN."
        ) from fault
    except RepositoryNotFoundError as fault:
        raise CannotLoad(f"There is no model {repository} on the hub, or it is private. Check EASEL_MODEL.") from fault
    except (HfHubHTTPError, OSError, ValueError) as fault:
        first_line = str(fault).strip().partition("\n")[0]
        raise CannotLoad(f"{repository} could not be fetched from the hub: {first_line}") from fault


@contextmanager
def _watching(repository: str, tell: Tell) -> Iterator[None]:
    """Tell how many bytes have arrived while something is fetched."""
    folder = Path(constants.HF_HUB_CACHE) / f"models--{repository.replace('/', '--')}" / "blobs"
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(_LOOK_S):
            with contextlib.suppress(OSError):
                tell(sum(file.stat().st_size for file in folder.glob("*")), 0)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
