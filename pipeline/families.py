"""How families of diffusion models differ, as data, so that nothing that draws has to ask which family it has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

FamilyName = Literal[
    "sd",
    "sdxl",
    "sd3",
    "flux",
    "flux2",
    "zimage",
    "qwen",
    "sana",
    "sana_sprint",
    "pixart",
    "kandinsky",
    "kandinsky5",
    "doodle",
]
FAMILY_NAMES: tuple[FamilyName, ...] = get_args(FamilyName)

Mechanism = Literal[
    "seed",
    "chaos",
    "negative",
    "image_to_image",
    "inpaint",
    "stop",
    "tile",
    "previews",
    "weights",
    "stylize",
    "weird",
    "image_prompts",
    "style_images",
    "style_codes",
    "same_noise",
]
"""What a model can be asked for beyond a picture; buttons and parameters that need one are offered where it is there.

seed: pictures can be drawn again; chaos: pictures of a grid can be driven apart; negative: things can be ruled out;
image_to_image: a picture can be the start; inpaint: a part can be redrawn; stop: the picture can be taken half done;
tile: the picture can repeat without a seam; previews: the work can be watched; weights: parts of a prompt can count
more or less; stylize: the model's own taste can have more or less say; weird: the wish can be led astray;
image_prompts: pictures can be part of the wish; style_images, style_codes: the style of pictures, or one by number,
can be taken on; same_noise: the pictures of a grid can begin alike.
"""
MECHANISMS: tuple[Mechanism, ...] = get_args(Mechanism)

Condition = Literal["tokens", "pooled", "other"]
"""One value of what a pipeline's `encode_prompt` returns: what the wish became, token by token or as a whole; the rest.

The rest are masks, ids and the negative prompt.
"""

TASTE = "masterful composition, expressive lighting, rich colours, fine detail"
"""What `--stylize` leans towards, in words that models trained on captioned pictures know."""

Strength = Literal["subtle", "normal", "strong"]
STRENGTHS: tuple[Strength, ...] = get_args(Strength)


@dataclass(frozen=True, kw_only=True)
class LatentLayout:
    """What the tensors look like that a pipeline hands to its step callback."""

    order: Literal["bchw", "packed", "b1hwc"]
    """(B, C, H, W); (B, tokens, C × patch²); (B, 1, H, W, C)."""
    channels: int
    """Channels of one latent before packing."""
    scale_px: int
    """Picture pixels per latent cell, along each side."""
    patch: int = 1
    """Latent cells per token side, where packed."""


@dataclass(frozen=True, kw_only=True)
class Family:
    """What is true of every model of one architecture, unless its card says otherwise."""

    name: FamilyName
    title: str
    pipelines: tuple[str, ...] = ()
    """`_class_name` in model_index.json."""
    side_px: int
    """Side of the square picture that it was trained for."""
    size_step_px: int
    steps: int
    guidance: float
    latents: LatentLayout
    guidance_argument: str = "guidance_scale"
    init_image: Literal["strength", "reference", "none"] = "strength"
    """How a picture enters: noised by `strength`; looked at as a reference, without strength; not at all."""
    blank_negative: str | None = None
    """The negative prompt to pass when there is none; None passes nothing."""
    length_argument: str | None = None
    """Name of the call's argument that carries `max_prompt_tokens`, if there is one."""
    max_prompt_tokens: int = 77
    most_prompt_tokens: int = 4096
    """What an owner may raise that to: the pipelines of some families refuse more."""
    call: Mapping[str, object] = field(default_factory=dict)
    """Further arguments that every call needs."""
    conditions: tuple[Condition, ...] = ()
    """What `encode_prompt` returns, in its order; empty where the wish cannot be reached between text and picture."""
    repeats_itself: bool = True
    """`encode_prompt` returns one row for each picture; if not, the call repeats its one row later."""
    step_callback: Literal["callback_on_step_end", "callback"] = "callback_on_step_end"
    images_field: Literal["images", "image"] = "images"
    float16: bool = True
    """Its numbers stay within the range of float16; otherwise a card without bfloat16 computes it slowly."""
    mechanisms: frozenset[Mechanism]
    vary_strength: Mapping[Strength, float] = field(default_factory=lambda: _vary(0.35, 0.55, 0.75))
    """How far a variation leaves its picture, 0 … 1, as image-to-image strength."""
    few_steps: tuple[int, float] | None = None
    """(steps, guidance) of members that were distilled to draw in few steps; None when there are none."""


def _vary(subtle: float, normal: float, strong: float) -> Mapping[Strength, float]:
    return {"subtle": subtle, "normal": normal, "strong": strong}


_UNET: frozenset[Mechanism] = frozenset(MECHANISMS)
_TRANSFORMER = _UNET - {"tile"}
_WITHOUT_NEGATIVE = _TRANSFORMER - {"negative"}
_TEXT_ONLY = _TRANSFORMER - {"image_to_image", "inpaint", "image_prompts"}
_ENCODERS_OUT_OF_REACH: frozenset[Mechanism] = frozenset({"weights", "weird"})
_LATENTS_OUT_OF_REACH: frozenset[Mechanism] = frozenset({"style_images", "style_codes"})
_START_OUT_OF_REACH: frozenset[Mechanism] = frozenset({"chaos", "same_noise", "image_prompts"})
# Flow models begin with large steps: at the strengths that suit a UNet they give back the picture all but unchanged.
_FLOW_VARY = _vary(0.55, 0.72, 0.86)

_DOODLE = _UNET - {"negative", "stylize", "weird"}

_SAME_SIZE: Mapping[str, object] = {"use_resolution_binning": False}
"""Draw the size that was asked for, not the nearest bucket resized."""

_ALL = (
    Family(
        name="sd",
        title="Stable Diffusion 1 and 2",
        pipelines=("StableDiffusionPipeline",),
        side_px=512,
        size_step_px=8,
        steps=28,
        guidance=7.0,
        latents=LatentLayout(order="bchw", channels=4, scale_px=8),
        conditions=("tokens", "other"),
        mechanisms=_UNET,
        few_steps=(6, 1.0),
    ),
    Family(
        name="sdxl",
        title="Stable Diffusion XL",
        pipelines=("StableDiffusionXLPipeline",),
        side_px=1024,
        size_step_px=8,
        steps=28,
        guidance=5.5,
        latents=LatentLayout(order="bchw", channels=4, scale_px=8),
        conditions=("tokens", "other", "pooled", "other"),
        mechanisms=_UNET,
        few_steps=(6, 1.5),
    ),
    Family(
        name="sd3",
        title="Stable Diffusion 3",
        pipelines=("StableDiffusion3Pipeline",),
        side_px=1024,
        size_step_px=16,
        steps=28,
        guidance=4.5,
        latents=LatentLayout(order="bchw", channels=16, scale_px=8),
        length_argument="max_sequence_length",
        max_prompt_tokens=256,
        most_prompt_tokens=512,
        conditions=("tokens", "other", "pooled", "other"),
        mechanisms=_TRANSFORMER,
        vary_strength=_vary(0.5, 0.68, 0.82),
        few_steps=(4, 0.0),
    ),
    Family(
        name="flux",
        title="FLUX.1",
        pipelines=("FluxPipeline",),
        side_px=1024,
        size_step_px=16,
        steps=28,
        guidance=3.5,
        latents=LatentLayout(order="packed", channels=16, scale_px=8, patch=2),
        length_argument="max_sequence_length",
        max_prompt_tokens=512,
        most_prompt_tokens=512,
        float16=False,
        conditions=("tokens", "pooled", "other"),
        mechanisms=_WITHOUT_NEGATIVE,
        vary_strength=_vary(0.6, 0.76, 0.9),
        few_steps=(4, 0.0),
    ),
    Family(
        name="flux2",
        title="FLUX.2",
        pipelines=("Flux2KleinPipeline", "Flux2Pipeline"),
        side_px=1024,
        size_step_px=16,
        steps=28,
        guidance=4.0,
        latents=LatentLayout(order="packed", channels=32, scale_px=8, patch=2),
        init_image="reference",
        length_argument="max_sequence_length",
        max_prompt_tokens=512,
        float16=False,
        conditions=("tokens", "other"),
        mechanisms=_WITHOUT_NEGATIVE - {"inpaint"},
        few_steps=(4, 1.0),
    ),
    Family(
        name="zimage",
        title="Z-Image",
        pipelines=("ZImagePipeline",),
        side_px=1024,
        size_step_px=16,
        steps=28,
        guidance=4.0,
        latents=LatentLayout(order="bchw", channels=16, scale_px=8),
        length_argument="max_sequence_length",
        max_prompt_tokens=512,
        float16=False,
        conditions=("tokens", "other"),
        repeats_itself=False,
        mechanisms=_TRANSFORMER,
        vary_strength=_FLOW_VARY,
        few_steps=(9, 0.0),
    ),
    Family(
        name="qwen",
        title="Qwen-Image",
        pipelines=("QwenImagePipeline",),
        side_px=1024,
        size_step_px=16,
        steps=30,
        guidance=4.0,
        latents=LatentLayout(order="packed", channels=16, scale_px=8, patch=2),
        guidance_argument="true_cfg_scale",
        blank_negative=" ",
        length_argument="max_sequence_length",
        max_prompt_tokens=512,
        most_prompt_tokens=1024,
        float16=False,
        conditions=("tokens", "other"),
        mechanisms=_TRANSFORMER,
        vary_strength=_FLOW_VARY,
        few_steps=(8, 1.0),
    ),
    Family(
        name="sana",
        title="Sana",
        pipelines=("SanaPipeline",),
        side_px=1024,
        size_step_px=32,
        steps=20,
        guidance=4.5,
        latents=LatentLayout(order="bchw", channels=32, scale_px=32),
        init_image="none",
        length_argument="max_sequence_length",
        max_prompt_tokens=300,
        call={**_SAME_SIZE, "complex_human_instruction": None},
        float16=False,
        conditions=("tokens", "other", "other", "other"),
        mechanisms=_TEXT_ONLY,
    ),
    Family(
        name="sana_sprint",
        title="Sana Sprint",
        pipelines=("SanaSprintPipeline",),
        side_px=1024,
        size_step_px=32,
        steps=2,
        guidance=4.5,
        latents=LatentLayout(order="bchw", channels=32, scale_px=32),
        length_argument="max_sequence_length",
        max_prompt_tokens=300,
        call={**_SAME_SIZE, "complex_human_instruction": None},
        float16=False,
        conditions=("tokens", "other"),
        mechanisms=_WITHOUT_NEGATIVE - {"inpaint"} - _LATENTS_OUT_OF_REACH,
        vary_strength=_FLOW_VARY,
    ),
    Family(
        name="pixart",
        title="PixArt",
        pipelines=("PixArtSigmaPipeline", "PixArtAlphaPipeline"),
        side_px=1024,
        size_step_px=16,
        steps=20,
        guidance=4.5,
        latents=LatentLayout(order="bchw", channels=4, scale_px=8),
        init_image="none",
        length_argument="max_sequence_length",
        max_prompt_tokens=120,
        call={**_SAME_SIZE, "clean_caption": False},
        step_callback="callback",
        conditions=("tokens", "other", "other", "other"),
        mechanisms=_TEXT_ONLY - {"stop"},
    ),
    Family(
        name="kandinsky",
        title="Kandinsky 2.2",
        pipelines=("KandinskyV22CombinedPipeline", "KandinskyV22Pipeline"),
        side_px=768,
        size_step_px=64,
        steps=50,
        guidance=4.0,
        latents=LatentLayout(order="bchw", channels=4, scale_px=8),
        mechanisms=_TRANSFORMER - {"inpaint"} - _ENCODERS_OUT_OF_REACH - _LATENTS_OUT_OF_REACH - _START_OUT_OF_REACH,
    ),
    Family(
        name="kandinsky5",
        title="Kandinsky 5",
        pipelines=("Kandinsky5T2IPipeline",),
        side_px=1024,
        size_step_px=64,
        steps=50,
        guidance=3.5,
        latents=LatentLayout(order="b1hwc", channels=16, scale_px=8),
        init_image="none",
        length_argument="max_sequence_length",
        max_prompt_tokens=512,
        images_field="image",
        float16=False,
        mechanisms=_TEXT_ONLY - _ENCODERS_OUT_OF_REACH - _LATENTS_OUT_OF_REACH,
    ),
    Family(
        name="doodle",
        title="Doodle",
        side_px=512,
        size_step_px=8,
        steps=12,
        guidance=1.0,
        latents=LatentLayout(order="bchw", channels=3, scale_px=1),
        max_prompt_tokens=1000,
        mechanisms=_DOODLE,
        vary_strength=_vary(0.25, 0.45, 0.7),
    ),
)

FAMILIES: Mapping[FamilyName, Family] = {family.name: family for family in _ALL}
_BY_PIPELINE = {pipeline: family for family in _ALL for pipeline in family.pipelines}

# Parts of a repository's name that give its family away; the first that is found counts.
_TELLTALES: tuple[tuple[str, FamilyName], ...] = (
    ("flux.2", "flux2"),
    ("flux2", "flux2"),
    ("flux", "flux"),
    ("z-image", "zimage"),
    ("qwen-image", "qwen"),
    ("sana_sprint", "sana_sprint"),
    ("sana", "sana"),
    ("pixart", "pixart"),
    ("kandinsky-5", "kandinsky5"),
    ("kandinsky-2-2", "kandinsky"),
    ("stable-diffusion-3", "sd3"),
    ("sdxl", "sdxl"),
    ("-xl", "sdxl"),
    ("stable-diffusion", "sd"),
)


def family_of_pipeline(class_name: str) -> Family | None:
    """Return the family whose folders name this pipeline class."""
    return _BY_PIPELINE.get(class_name)


def family_of_name(repository: str) -> Family | None:
    """Guess the family of a hub repository from its name; None when nothing gives it away."""
    name = repository.rpartition("/")[2].lower()
    return next((FAMILIES[family] for part, family in _TELLTALES if part in name), None)
