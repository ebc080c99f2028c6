"""From a card to a model on its device."""

import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import diffusers
import structlog
import torch
from diffusers import (
    AutoPipelineForImage2Image,
    AutoPipelineForInpainting,
    AutoPipelineForText2Image,
    DiffusionPipeline,
)
from diffusers.utils import logging as diffusers_logging
from huggingface_hub import snapshot_download
from transformers import CLIPTokenizer
from transformers.utils import logging as transformers_logging

from pipeline.cards import ModelCard
from pipeline.checkpoints import INDEX
from pipeline.gpu import memory
from pipeline.gpu.fetch import CannotLoad, Tell, fetch, variant_of, weigh
from pipeline.gpu.plan import Facts, Plan, PlanImpossible, choose_plan
from pipeline.gpu.preview import Projection, fit
from pipeline.setup import Wishes

log = structlog.get_logger(__name__)

CONFIGS = Path(__file__).parent.parent / "configs"
_DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
_CLIP = "openai/clip-vit-large-patch14"
_CLIP_FILES = ["vocab.json", "merges.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"]
_SECOND_PAD = "!"
_FEWEST_WORDS = 64
_WIDE_SIDE_PX = 768


@dataclass(kw_only=True)
class Model:
    """A model on its device; its parts are shared by all jobs, its scheduler is copied for each."""

    card: ModelCard
    plan: Plan
    base: Any
    projection: Projection | None = None

    def for_text(self) -> Any:
        """Return a pipeline of its own for one call, text to image."""
        try:
            return _quiet(AutoPipelineForText2Image.from_pipe(self.base, scheduler=self._scheduler()))
        except ValueError:  # a class that diffusers' table does not list
            return _quiet(type(self.base)(**self.base.components | {"scheduler": self._scheduler()}))

    def for_picture(self) -> Any:
        """Return a pipeline of its own for one call, image to image."""
        return _quiet(AutoPipelineForImage2Image.from_pipe(self.base, scheduler=self._scheduler()))

    def for_hole(self) -> Any:
        """Return a pipeline of its own for one call, which draws a part of a picture anew."""
        return _quiet(AutoPipelineForInpainting.from_pipe(self.base, scheduler=self._scheduler()))

    def _scheduler(self) -> Any:
        return copy.deepcopy(self.base.scheduler)


def load(card: ModelCard, facts: Facts, wishes: Wishes, device: str, tell: Tell) -> Model:
    """Fetch, plan, read and place a model. Raises CannotLoad."""
    path = fetch(card, offline=wishes.offline, tell=tell)
    try:
        plan = choose_plan(facts, weigh(path, card), wishes, device)
    except PlanImpossible as fault:
        raise CannotLoad(str(fault)) from fault
    torch.set_num_threads(plan.threads)
    transformers_logging.disable_progress_bar()
    with _counting(tell):
        base = _read(path, card, plan, offline=wishes.offline)
    _check_words(base, path)
    _choose_scheduler(base, card)
    model = Model(card=card, plan=plan, base=_quiet(base))
    _settle(model)
    model.projection = fit(base, card.latents) if "previews" in card.mechanisms else None
    return model


def _settle(model: Model) -> None:
    """Place a model; with less of it on the card if it does not fit after all. Raises CannotLoad."""
    while True:
        try:
            place(model)
        except (RuntimeError, MemoryError) as fault:
            if not memory.ran_out(fault):
                raise
        else:
            return
        memory.free()
        smaller = model.plan.smaller()
        if smaller.offload == model.plan.offload:
            raise CannotLoad(f"{model.card.title} does not fit into the memory of {model.plan.title}.")
        log.warning("the model does not fit, trying a smaller plan", offload=smaller.offload)
        model.plan = smaller


def place(model: Model) -> None:
    """Move a model to where its plan wants it; also called again when the plan has become smaller."""
    plan, base = model.plan, model.base
    if plan.kind == "cuda":
        torch.cuda.set_device(plan.device)
    if plan.offload == "model":
        base.enable_model_cpu_offload(device=plan.device)
    elif plan.offload == "sequential":
        base.remove_all_hooks()
        base.enable_sequential_cpu_offload(device=plan.device)
    else:
        base.to(plan.device)
    if plan.attention == "sliced":
        base.enable_attention_slicing()


def _read(path: Path, card: ModelCard, plan: Plan, *, offline: bool) -> Any:
    dtype = _DTYPES[plan.dtype]
    try:
        if path.is_file():
            return _read_file(path, card, dtype, offline=offline)
        return _read_folder(path, dtype)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RuntimeError, ImportError) as fault:
        log.exception("model not loaded", path=str(path))
        first_line = str(fault).strip().partition("\n")[0]
        raise CannotLoad(f"{path} could not be loaded: {first_line}") from fault


def _read_folder(folder: Path, dtype: torch.dtype) -> Any:
    options: dict[str, Any] = {
        "dtype": dtype,
        "use_safetensors": True,
        "local_files_only": True,
        "variant": variant_of(folder),
    }
    try:
        return AutoPipelineForText2Image.from_pretrained(folder, **options)
    except ValueError as fault:
        if "AutoPipeline" not in str(fault):
            raise
        return DiffusionPipeline.from_pretrained(folder, **options)  # a class that diffusers' table does not list


def _read_file(file: Path, card: ModelCard, dtype: torch.dtype, *, offline: bool) -> Any:
    config = _config_of(file, card)
    index = DiffusionPipeline.load_config(config)
    pipeline = getattr(diffusers, index["_class_name"])
    return pipeline.from_single_file(
        str(file),
        config=str(config),
        local_files_only=True,
        dtype=dtype,
        **_tokenizers(config, index, offline=offline),
    )


def _config_of(file: Path, card: ModelCard) -> Path:
    """Return the folder that says how a single file's model is built: one of the same name beside it, or ours."""
    beside = file.with_suffix("")
    wide = card.size_rule.area_px >= _WIDE_SIDE_PX**2
    ours = CONFIGS / (f"{card.family}-{_WIDE_SIDE_PX}" if wide else card.family)
    for folder in (beside, ours, CONFIGS / card.family):
        if (folder / INDEX).is_file():
            return folder
    raise CannotLoad(
        f"{file} is a {card.traits.title} model, which Easel loads from folders and the hub only. "
        f"If you have its configuration in diffusers' layout, put it into a folder {beside} beside it."
    )


def _tokenizers(config: Path, index: Mapping[str, Any], *, offline: bool) -> dict[str, Any]:
    """Load the tokenizers that a configuration names but does not hold: they are CLIP's, on the hub, 2 MB."""
    missing = [part for part in index if part.startswith("tokenizer") and not (config / part).is_dir()]
    try:
        return {part: _clip_tokenizer(config, part, offline=offline) for part in missing}
    except OSError as fault:
        raise CannotLoad(
            f"A single file holds no tokenizer, and {_CLIP}, which has it, is neither on this machine nor to be had "
            "from the hub now. Start Easel once with a connection, or name a model folder."
        ) from fault


def _clip_tokenizer(config: Path, part: str, *, offline: bool) -> Any:
    """Load CLIP's tokenizer, fetched once. Raises OSError where it cannot be had."""
    # OpenCLIP's encoders, which are told by place and width, pad with another token than OpenAI's.
    second = part.endswith("_2") or config.name.endswith(str(_WIDE_SIDE_PX))
    try:
        folder = snapshot_download(_CLIP, allow_patterns=_CLIP_FILES, local_files_only=True)
    except OSError:
        if offline:
            raise
        folder = snapshot_download(_CLIP, allow_patterns=_CLIP_FILES)
    return CLIPTokenizer.from_pretrained(folder, **{"pad_token": _SECOND_PAD} if second else {})


def _check_words(base: Any, path: Path) -> None:
    """Refuse a tokenizer that knows no words: that is what transformers makes of one whose files are missing."""
    for part, component in base.components.items():
        if part.startswith("tokenizer") and component is not None and len(component) < _FEWEST_WORDS:
            raise CannotLoad(f"{path} lacks the files of its {part}: get the model again, whole.")


def _choose_scheduler(base: Any, card: ModelCard) -> None:
    if card.scheduler is None:
        return
    wanted: Any = getattr(diffusers, card.scheduler, None)
    try:
        # Schedulers of flow models scale where others add; what lacks a package says so at the first question.
        if not hasattr(wanted, "from_config") or not (hasattr(wanted, "add_noise") or hasattr(wanted, "scale_noise")):
            raise CannotLoad(f"{card.key}: diffusers has no scheduler {card.scheduler!r}.")
        base.scheduler = wanted.from_config(base.scheduler.config)
    except (ImportError, ValueError, TypeError) as fault:
        first_line = str(fault).strip().partition("\n")[0]
        raise CannotLoad(f"{card.key}: the scheduler {card.scheduler} cannot be used here: {first_line}") from fault


def _quiet(pipeline: Any) -> Any:
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


@contextmanager
def _counting(tell: Tell) -> Iterator[None]:
    """Tell how many parts of a pipeline are loaded: only its progress bar knows."""

    def bar(parts: Any, **_options: Any) -> Iterator[Any]:
        parts = list(parts)
        for done, part in enumerate(parts):
            tell(done, len(parts))
            yield part
        tell(len(parts), len(parts))

    usual = diffusers_logging.tqdm
    diffusers_logging.tqdm = bar
    try:
        yield
    finally:
        diffusers_logging.tqdm = usual
