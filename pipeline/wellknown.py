"""Models that owners can name by a short key: where they live and how they are best drawn with."""

from dataclasses import replace
from typing import Any

from pipeline.cards import ModelCard, Origin, card_of, usual_mechanisms, usual_qualities
from pipeline.families import FAMILIES, FamilyName

_SDXL_TERMS = "CreativeML Open RAIL++-M: commercial use allowed, with use restrictions."
_STABILITY_TERMS = "Stability AI Community License: free below a yearly revenue limit; accept it on the hub first."
_FLUX_TERMS = "FLUX non-commercial licence; accept it on the hub first."
_APACHE = "Apache 2.0."


def _hub(family: FamilyName, key: str, where: str, title: str, licence: str, **changes: Any) -> ModelCard:
    """Make a card; `changes` are fields of the card, or `side` and `variant`."""
    origin = Origin(kind="hub", where=where, variant=changes.pop("variant", None))
    card = card_of(FAMILIES[family], key=key, origin=origin, side_px=changes.pop("side", None))
    card = replace(card, title=title, licence=licence, **changes)
    return replace(
        card,
        qualities=usual_qualities(card.steps),
        mechanisms=usual_mechanisms(FAMILIES[family], card.guidance),
    )


_SHELF = (
    _hub(
        "sd",
        "sd15",
        "stable-diffusion-v1-5/stable-diffusion-v1-5",
        "Stable Diffusion 1.5",
        "CreativeML Open RAIL-M: commercial use allowed, with use restrictions.",
        variant="fp16",
    ),
    _hub(
        "sdxl",
        "sdxl",
        "stabilityai/stable-diffusion-xl-base-1.0",
        "Stable Diffusion XL",
        _SDXL_TERMS,
        variant="fp16",
    ),
    _hub(
        "sdxl",
        "sdxl-turbo",
        "stabilityai/sdxl-turbo",
        "SDXL Turbo",
        _STABILITY_TERMS,
        variant="fp16",
        side=512,
        steps=4,
        guidance=0.0,
    ),
    _hub(
        "sdxl",
        "sdxl-lightning",
        "Lykon/dreamshaper-xl-lightning",
        "DreamShaper XL Lightning",
        _SDXL_TERMS,
        variant="fp16",
        steps=5,
        guidance=2.0,
        scheduler="DPMSolverMultistepScheduler",
    ),
    _hub(
        "sd3",
        "sd35-medium",
        "stabilityai/stable-diffusion-3.5-medium",
        "Stable Diffusion 3.5 Medium",
        _STABILITY_TERMS,
        steps=40,
    ),
    _hub(
        "flux",
        "flux-schnell",
        "black-forest-labs/FLUX.1-schnell",
        "FLUX.1 schnell",
        _APACHE,
        steps=4,
        guidance=0.0,
        max_prompt_tokens=256,
    ),
    _hub("flux", "flux-dev", "black-forest-labs/FLUX.1-dev", "FLUX.1 dev", _FLUX_TERMS),
    _hub(
        "flux2",
        "flux2-klein",
        "black-forest-labs/FLUX.2-klein-4B",
        "FLUX.2 klein 4B",
        _APACHE,
        steps=4,
        guidance=1.0,
    ),
    _hub("flux2", "flux2-dev", "black-forest-labs/FLUX.2-dev", "FLUX.2 dev", _FLUX_TERMS),
    _hub(
        "zimage",
        "z-image-turbo",
        "Tongyi-MAI/Z-Image-Turbo",
        "Z-Image Turbo",
        _APACHE,
        steps=9,
        guidance=0.0,
    ),
    _hub("qwen", "qwen-image", "Qwen/Qwen-Image", "Qwen-Image", _APACHE),
    _hub(
        "sana",
        "sana",
        "Efficient-Large-Model/SANA1.5_1.6B_1024px_diffusers",
        "Sana 1.5 1.6B",
        "NVIDIA's own licence: read it on the hub before serving others.",
    ),
    _hub(
        "sana_sprint",
        "sana-sprint",
        "Efficient-Large-Model/Sana_Sprint_1.6B_1024px_diffusers",
        "Sana Sprint 1.6B",
        "NVIDIA's own licence: read it on the hub before serving others.",
    ),
    _hub(
        "pixart",
        "pixart-sigma",
        "PixArt-alpha/PixArt-Sigma-XL-2-1024-MS",
        "PixArt-Σ",
        "CreativeML Open RAIL++-M: commercial use allowed, with use restrictions.",
        max_prompt_tokens=300,
    ),
    _hub(
        "kandinsky",
        "kandinsky22",
        "kandinsky-community/kandinsky-2-2-decoder",
        "Kandinsky 2.2",
        _APACHE,
    ),
)

WELL_KNOWN = {card.key: card for card in _SHELF}
BY_REPOSITORY = {card.origin.where.lower(): card for card in WELL_KNOWN.values()}

DOODLE = replace(
    card_of(FAMILIES["doodle"], key="doodle", origin=Origin(kind="scripted", where="")),
    title="Doodle, which paints abstract pictures without a model",
)
