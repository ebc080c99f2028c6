"""What stands on buttons and in forms."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    # Buttons
    "button.upsample": "U{slot}",
    "button.variation": "V{slot}",
    "button.upsample_v7_2x_subtle": "Upscale (Subtle)",
    "button.upsample_v7_2x_creative": "Upscale (Creative)",
    "button.upscaled.upsample_v7_2x_subtle": "Redo Upscale (Subtle)",
    "button.upscaled.upsample_v7_2x_creative": "Redo Upscale (Creative)",
    "button.low_variation": "Vary (Subtle)",
    "button.high_variation": "Vary (Strong)",
    "button.inpaint": "Vary (Region)",
    "button.outpaint_50": "Zoom Out 2x",
    "button.outpaint_75": "Zoom Out 1.5x",
    "button.custom_zoom": "Custom Zoom",
    "button.outpaint_100": "Make Square",
    "button.web": "Web",
    "button.cancel": "Cancel Job",
    # Forms that let the prompt be changed first
    "form.remix": "Remix Prompt",
    "form.remix.field": "New prompt for image #{slot}",
    "form.reroll": "Imagine This!",
    "form.reroll.field": "New prompt",
    "form.zoom": "Zoom Out",
    "form.zoom.field": "Prompt",
    "form.pan": "Pan{manner}",
    "form.pan.field": "Prompt",
    "form.kept": "Your text is too long to be shown here. It stays unless you type another.",
    "region.link": "Mark what should be drawn anew, here: {url}\nThe link is for you, and for one use.",
}
