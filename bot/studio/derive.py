"""What each button means for the painter: the spec of a new job, from the finished one that it is made from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from bot import errors, prompt
from bot.actions import ACTIONS, Action, Pan, Square
from bot.studio import frames
from bot.studio.briefs import inherited, spec_of
from bot.studio.house import House
from db.jobs import Job
from db.pictures import Picture
from pipeline.cards import ModelCard
from pipeline.demands import missing
from pipeline.sizes import Size
from pipeline.spec import Source, Spec, Verb

UPSCALE = 2
UNITS_PER_MEGAPIXEL = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Start:
    """All that a new job is made from."""

    house: House
    parent: Job
    action: Action
    card: ModelCard
    own: prompt.Prompt
    """What the parent wished for, without its seed."""
    wish: prompt.Prompt
    """What is wished for now."""
    seen: Mapping[str, str]
    """sha256 of the stored picture behind each link of the wish."""
    picture: Picture | None
    """The one that was pressed; None where the whole result was."""
    mask: str | None

    @cached_property
    def old(self) -> Spec:
        return Spec.from_json(self.parent.spec)

    @property
    def pressed(self) -> Picture:
        if self.picture is None:
            raise errors.ActionRestricted
        return self.picture

    @property
    def verb(self) -> Verb:
        """What is done: drawing again does again what was done before."""
        return self.action.verb if self.picture else self.old.verb


def spec_for(start: Start) -> Spec:
    """Spell out what a press means. Raises NotWithThisModel, TooLarge, NothingToAdd, PictureGone, ActionRestricted."""
    spec = _MAKERS[start.action.verb](start)
    if lacking := missing(spec, start.card):
        raise errors.NotWithThisModel(lacking[0])
    for sha256 in (spec.source.sha256 if spec.source else None, spec.mask):
        if sha256 is not None and not start.house.store.has(sha256):
            raise errors.PictureGone
    return spec


def shaped(start: Start, wish: prompt.Prompt) -> prompt.Prompt:
    """The wish with the shape that the new picture will have, whatever it said; what is drawn wider is no tile."""
    if start.verb == "extend":
        wish = wish.evolve(tile=False)
    if start.picture is None and start.verb in ("extend", "repaint"):
        return wish.evolve(ratio=start.own.ratio)  # the same frame again
    if start.action.verb == "repaint":
        return wish.evolve(ratio=start.own.ratio)
    if isinstance(start.action.extends, Pan | Square):
        return wish.evolve(ratio=frames.ratio_after(start.action, size_of(start.pressed), wish.ratio))
    return wish


def echo_of(start: Start, wish: prompt.Prompt) -> str:
    """How the new job's messages show a wish: with its shape at the end, where the action has changed that."""
    last = "ar" if isinstance(start.action.extends, Pan | Square) else ""
    return prompt.echo(shaped(start, wish), last=last)


def size_of(picture: Picture) -> Size:
    return Size(width_px=picture.width_px, height_px=picture.height_px)


def _fresh(start: Start) -> Spec:
    """The wish as it counts for what is done, on its own."""
    wish = inherited(shaped(start, start.wish), start.verb)
    return spec_of(wish, start.card, seed=wish.seed, seen=start.seen)


def _again(start: Start) -> Spec:
    """The same once more with another seed: of the same picture, in the same place, as far as there is one."""
    old, spec = start.old, _fresh(start)
    if old.verb == "vary":
        return spec.evolve(verb="vary", source=old.source)
    if old.verb in ("extend", "repaint"):
        return spec.evolve(
            verb=old.verb,
            source=old.source,
            mask=old.mask,
            place=old.place,
            width_px=old.width_px,
            height_px=old.height_px,
        )
    return spec


def _vary(start: Start) -> Spec:
    strength = start.card.vary_strength[start.action.strength]
    return _fresh(start).evolve(verb="vary", source=Source(sha256=start.pressed.sha256, strength=strength))


def _repaint(start: Start) -> Spec:
    if start.mask is None:
        raise errors.ActionRestricted  # without the editor nobody has said where
    picture = start.pressed
    return _fresh(start).evolve(
        verb="repaint",
        source=Source(sha256=picture.sha256),
        mask=start.mask,
        width_px=picture.width_px,
        height_px=picture.height_px,
    )


def _extend(start: Start) -> Spec:
    picture, spec = start.pressed, _fresh(start)
    canvas = Size(width_px=spec.width_px, height_px=spec.height_px)
    place = frames.place_of(start.action, size_of(picture), canvas, start.wish.zoom)
    return spec.evolve(verb="extend", source=Source(sha256=picture.sha256), place=place)


def _upscale(start: Start) -> Spec:
    """Nothing is drawn: the parent's spec, of which only the picture counts."""
    return _enlarged(start, start.old).evolve(verb="upscale")


def _refine(start: Start) -> Spec:
    if start.card.traits.init_image != "strength":
        raise errors.NotWithThisModel("image_to_image")
    spec = _enlarged(start, _fresh(start))
    assert spec.source is not None
    source = Source(sha256=spec.source.sha256, strength=start.card.refine_strength)
    return spec.evolve(verb="refine", source=source, chaos=0)


def _enlarged(start: Start, spec: Spec) -> Spec:
    """One picture of twice the size; what was enlarged already is enlarged again from what it was then."""
    sha256, size = start.pressed.sha256, size_of(start.pressed)
    if ACTIONS[start.parent.action].gives == "upscaled":
        assert start.old.source is not None
        sha256 = start.old.source.sha256
    else:
        size = Size(width_px=size.width_px * UPSCALE, height_px=size.height_px * UPSCALE)
    if size.area_px > start.house.settings.max_megapixels * UNITS_PER_MEGAPIXEL:
        raise errors.TooLarge
    return spec.evolve(
        source=Source(sha256=sha256),
        mask=None,
        place=None,
        count=1,
        width_px=size.width_px,
        height_px=size.height_px,
        stop=100,
        scale=UPSCALE,
        upscaler=start.house.catalog.upscaler.key,
        film=False,
    )


_MAKERS: Mapping[Verb, Callable[[Start], Spec]] = {
    "draw": _again,
    "vary": _vary,
    "repaint": _repaint,
    "extend": _extend,
    "upscale": _upscale,
    "refine": _refine,
}
