"""Pictures that Doodle looks at before it paints: they show through, or give their colours away."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageOps, ImageStat

from pipeline import encode
from pipeline.spec import Reference, Spec
from pipeline.store import PictureStore


@dataclass(frozen=True, kw_only=True)
class Inspiration:
    """The pictures that a prompt points to, with their weights."""

    images: tuple[tuple[Image.Image, float], ...]
    styles: tuple[tuple[Image.Image, float], ...]


def gather(spec: Spec, store: PictureStore) -> Inspiration | None:
    """Read what a spec points to; None when that is nothing. Raises PictureMissing, PictureDamaged."""
    if not (spec.images or spec.style_images):
        return None
    return Inspiration(images=_read(spec.images, store), styles=_read(spec.style_images, store))


def heed(spec: Spec, seen: Inspiration, painted: Image.Image) -> Image.Image:
    """Lay the image prompts below a painted picture as far as `--iw` says, and move its colours towards the styles."""
    if seen.images and spec.image_weight > 0:
        share = spec.image_weight / (1 + spec.image_weight)
        painted = Image.blend(painted, _mixed(seen.images, painted.size), share)
    if seen.styles and spec.style_weight > 0:
        share = spec.style_weight / (100 + spec.style_weight)
        painted = Image.blend(painted, _recoloured(painted, _mixed(seen.styles, painted.size)), share)
    return painted


def turn_of(spec: Spec) -> float:
    """How far the numbers of `--sref` turn all hues, in parts of the circle."""
    if not spec.style_codes:
        return 0.0
    dice = random.Random(hashlib.sha256(repr(spec.style_codes).encode()).digest())  # noqa: S311 - pictures, not secrets
    return dice.uniform(0.15, 0.85) * min(1.0, spec.style_weight / 100)


def _read(references: Sequence[Reference], store: PictureStore) -> tuple[tuple[Image.Image, float], ...]:
    return tuple((encode.decode(store.read(one.sha256)), one.weight) for one in references)


def _mixed(pictures: Sequence[tuple[Image.Image, float]], size: tuple[int, int]) -> Image.Image:
    """Mix pictures by their weights, one after the other."""
    mixed, total = ImageOps.fit(pictures[0][0], size), pictures[0][1]
    for picture, weight in pictures[1:]:
        total += weight
        mixed = Image.blend(mixed, ImageOps.fit(picture, size), weight / total)
    return mixed


def _recoloured(picture: Image.Image, like: Image.Image) -> Image.Image:
    """Give a picture the mean and spread that another has in each channel."""
    own, wanted = ImageStat.Stat(picture), ImageStat.Stat(like)
    bands = []
    for band, channel in enumerate(picture.split()):
        gain = wanted.stddev[band] / max(own.stddev[band], 1e-6)
        bands.append(channel.point(_line(gain, wanted.mean[band] - gain * own.mean[band])))
    return Image.merge("RGB", bands)


def _line(gain: float, offset: float) -> list[int]:
    return [max(0, min(255, round(gain * level + offset))) for level in range(256)]
