"""Where an old picture lies in a new, larger view: zoom out, pan, make square; pure."""

from fractions import Fraction

from bot import errors, prompt
from bot.actions import Action, Pan, Side, Square, Zoom
from pipeline.sizes import Size
from pipeline.spec import Place

GROWS = Fraction(3, 2)
"""How much longer a side is after a pan."""
USUAL_ZOOM = 2.0
"""Where a custom zoom does not say how far."""
_SAME_SHAPE = Fraction(2, 100)
"""Shapes this near are one shape: a model's sizes are multiples of something."""
_LARGEST_NUMBER = 200
"""In a ratio that people are shown."""


def ratio_after(action: Action, picture: Size, ratio: prompt.Ratio) -> prompt.Ratio:
    """The shape of the new picture, by the pixels of the old one; `ratio` where the action changes none."""
    match action.extends:
        case Pan(side=side):
            return _panned_ratio(picture, side)
        case Square():
            return prompt.SQUARE
        case _:
            return ratio


def place_of(action: Action, picture: Size, canvas: Size, zoom: float | None) -> Place:
    """Where the old picture lies in the new one; raises NothingToAdd when it would fill it.

    zoom: what --zoom said, for an action that lets it be said
    """
    place = _placed(action, picture, canvas, zoom)
    if place.width_px >= canvas.width_px and place.height_px >= canvas.height_px:
        raise errors.NothingToAdd
    return place


def _placed(action: Action, picture: Size, canvas: Size, zoom: float | None) -> Place:
    match action.extends:
        case Pan(side=side):
            return _panned(picture, canvas, side)
        case Zoom(factor=None):
            return _centred(picture, canvas, Fraction(zoom or USUAL_ZOOM).limit_denominator(10_000))
        case Zoom(factor=Fraction() as factor):
            return _centred(picture, canvas, factor)
        case _:
            return _centred(picture, canvas, Fraction(1))


def _centred(picture: Size, canvas: Size, zoom: Fraction) -> Place:
    """Fit the picture into the canvas, `zoom` times smaller than it could be, with equal margins to the pixel."""
    across = Fraction(canvas.width_px, picture.width_px) / zoom
    down = Fraction(canvas.height_px, picture.height_px) / zoom
    if abs(across / down - 1) > _SAME_SHAPE:
        across = down = min(across, down)
    width = _alike(picture.width_px * across, canvas.width_px)
    height = _alike(picture.height_px * down, canvas.height_px)
    left, top = (canvas.width_px - width) // 2, (canvas.height_px - height) // 2
    return Place(left_px=left, top_px=top, width_px=width, height_px=height)


def _alike(length: Fraction, whole: int) -> int:
    """The nearest whole number that leaves an even rest of `whole`, at least 1 or 2."""
    rest = 2 * round((whole - length) / 2)
    return max(whole - max(rest, 0), 2 - whole % 2)


def _panned_ratio(picture: Size, side: Side) -> prompt.Ratio:
    wider = side in ("left", "right")
    shape = Fraction(picture.width_px, picture.height_px) * (GROWS if wider else 1 / GROWS)
    shown = (
        shape.limit_denominator(_LARGEST_NUMBER) if shape > 1 else 1 / (1 / shape).limit_denominator(_LARGEST_NUMBER)
    )
    return prompt.Ratio(w=shown.numerator, h=shown.denominator)


def _panned(picture: Size, canvas: Size, side: Side) -> Place:
    """Lay the picture at the side that it grows away from, as high, or as wide, as the canvas."""
    if side in ("left", "right"):
        width = min(canvas.width_px, round(Fraction(picture.width_px * canvas.height_px, picture.height_px)))
        left = canvas.width_px - width if side == "left" else 0
        return Place(left_px=left, top_px=0, width_px=width, height_px=canvas.height_px)
    height = min(canvas.height_px, round(Fraction(picture.height_px * canvas.width_px, picture.width_px)))
    top = canvas.height_px - height if side == "up" else 0
    return Place(left_px=0, top_px=top, width_px=canvas.width_px, height_px=height)
