"""Abstract pictures painted with plain shapes, decided by seed, slot and prompt; for machines without any weights."""

import colorsys
import hashlib
import math
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from pipeline.canvas import Canvas
from pipeline.inspiration import turn_of
from pipeline.spec import Spec

Color = tuple[int, int, int]
Point = tuple[float, float]

# Hues of colour words, 0 … 1, with saturation.
_HUES: dict[str, tuple[float, float]] = {
    "red": (0.0, 0.78), "crimson": (0.97, 0.75), "orange": (0.07, 0.85), "amber": (0.11, 0.85), "gold": (0.13, 0.75),
    "yellow": (0.15, 0.85), "lime": (0.23, 0.7), "green": (0.35, 0.6), "forest": (0.38, 0.5), "mint": (0.44, 0.5),
    "teal": (0.49, 0.6), "cyan": (0.51, 0.7), "sky": (0.56, 0.65), "sea": (0.54, 0.6), "ocean": (0.56, 0.65),
    "blue": (0.61, 0.7), "navy": (0.63, 0.6), "indigo": (0.69, 0.55), "violet": (0.75, 0.55), "purple": (0.78, 0.55),
    "magenta": (0.85, 0.7), "pink": (0.92, 0.65), "rose": (0.95, 0.6), "brown": (0.06, 0.45), "desert": (0.09, 0.5),
    "sunset": (0.04, 0.75), "fire": (0.03, 0.85), "grey": (0.6, 0.08), "gray": (0.6, 0.08), "white": (0.6, 0.1),
    "black": (0.65, 0.12), "snow": (0.57, 0.2), "night": (0.66, 0.5),
}  # fmt: skip
_DARK = frozenset({"night", "black", "dark", "space", "star", "stars", "moon", "navy", "midnight", "neon"})
_LAYERS = 12
_GRAIN_PX = 192


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Colours that go together; `sky` runs from top to bottom."""

    sky: tuple[Color, Color]
    inks: tuple[Color, ...]
    light: Color


@dataclass(frozen=True, kw_only=True)
class _Sheet:
    """A picture in the making, in unit coordinates: x and y from 0 to 1."""

    image: Image.Image
    dice: random.Random
    palette: Palette

    def scaled(self, points: Sequence[Point]) -> list[Point]:
        width, height = self.image.size
        return [(x * width, y * height) for x, y in points]

    def fill(self, points: Sequence[Point], color: Color, opacity: float = 1.0) -> None:
        """Fill a polygon."""
        mask = Image.new("L", self.image.size)
        ImageDraw.Draw(mask).polygon(self.scaled(points), fill=round(255 * opacity))
        self.image.paste(color, mask=mask)

    def disc(self, center: Point, radius: float, color: Color, opacity: float = 1.0, blur: float = 0.0) -> None:
        """Fill a circle; radius and blur in parts of the shorter side."""
        width, height = self.image.size
        shrink = 4 if blur else 1  # a soft edge needs no fine mask, and blurring a large one is slow
        small = (width // shrink, height // shrink)
        short = min(small)
        x, y, reach = center[0] * small[0], center[1] * small[1], radius * short
        mask = Image.new("L", small)
        ImageDraw.Draw(mask).ellipse((x - reach, y - reach, x + reach, y + reach), fill=round(255 * opacity))
        if blur:
            mask = mask.filter(ImageFilter.GaussianBlur(blur * short)).resize(self.image.size)
        self.image.paste(color, mask=mask)


def paint(spec: Spec, slot: int, size: tuple[int, int], done: float = 1.0) -> Image.Image:
    """Paint picture `slot` (from 0) of a job, in any size; `done` from 0 to 1 is how far the work is.

    Equal for equal (seed, slot, spec), whatever else is painted; a larger size shows the same picture.
    """
    common, own = _dice(spec, None), _dice(spec, None if spec.same_noise else slot)
    wild = own.random() * 100 < spec.chaos
    scene = (own if wild else common).choice(_SCENES)
    turn = own.uniform(-0.5, 0.5) * spec.chaos / 100 + own.uniform(-0.02, 0.02)
    palette = _palette(_loudest_first(spec), common, turn + turn_of(spec))
    # Twice the size, then down: smooth edges.
    image = _sky((2 * size[0], 2 * size[1]), palette)
    scene(_Sheet(image=image, dice=own, palette=palette), max(1, round(_LAYERS * done)))
    return _finished(spec, image, size, own, done)


def vary(spec: Spec, slot: int, source: Image.Image, size: tuple[int, int], done: float = 1.0) -> Image.Image:
    """Paint a variation of `source`: bent, its hues turned and painted over, all by the strength in the spec."""
    own = _dice(spec, slot)
    strength = spec.source.strength if spec.source else 1.0
    base = source.convert("RGB").resize((2 * size[0], 2 * size[1]), Image.Resampling.BICUBIC)
    image = _turned(_bent(base, own, strength), own.uniform(-0.12, 0.12) * strength)
    sheet = _Sheet(image=image, dice=own, palette=_palette(spec.prompt, own, own.uniform(-0.1, 0.1)))
    for _ in range(round(9 * strength * done)):
        _accent(sheet, 0.25 + 0.5 * strength)
    return _finished(spec, image, size, own, done)


def fill(spec: Spec, slot: int, canvas: Canvas, size: tuple[int, int], done: float = 1.0) -> Image.Image:
    """Paint something into the hole of a canvas; at its full size, what is kept of it stays to the last bit."""
    own = _dice(spec, slot)
    image = canvas.picture.resize((2 * size[0], 2 * size[1]), Image.Resampling.BICUBIC)
    sheet = _Sheet(image=image, dice=own, palette=_palette(spec.prompt, own, own.uniform(-0.1, 0.1)))
    for _ in range(max(1, round(2 * _LAYERS * done))):
        _accent(sheet, 0.75)
    drawn = _finished(spec, image, size, own, done)
    box = (0, 0, *canvas.picture.size)
    return canvas.joined(drawn, box) if size == canvas.picture.size else canvas.glimpsed(drawn, box, max(size))


def _dice(spec: Spec, slot: int | None) -> random.Random:
    text = f"{spec.seed}|{slot}|{' '.join(_words(spec.prompt))}|{' '.join(_words(spec.negative))}"
    return random.Random(hashlib.sha256(text.encode()).digest())  # noqa: S311 - pictures, not secrets


def _loudest_first(spec: Spec) -> str:
    """The words that decide the colours: of a prompt with weights, those of the loudest part first."""
    loud = sorted((part for part in spec.parts if part.weight > 0), key=lambda part: -part.weight)
    return " ".join(part.text for part in loud) or spec.prompt


def heeds(word: str) -> bool:
    """Say whether a word decides the colours."""
    return word in _HUES or word in _DARK


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _palette(prompt: str, dice: random.Random, turn: float) -> Palette:
    words = _words(prompt)
    named = [_HUES[word] for word in words if word in _HUES]
    hue, saturation = named[0] if named else (dice.random(), dice.uniform(0.45, 0.7))
    second = named[1][0] if len(named) > 1 else hue + dice.choice((0.08, -0.1, 0.42, 0.5))
    dark = bool(_DARK.intersection(words)) or (not named and dice.random() < 0.35)
    top, bottom = (0.1, 0.34) if dark else (0.62, 0.88)
    shades = [0.3, 0.42, 0.55, 0.66, 0.76] if dark else [0.28, 0.4, 0.52, 0.64, 0.74]
    return Palette(
        sky=(_color(hue + turn, top, saturation), _color(second + turn, bottom, saturation * 0.8)),
        inks=tuple(_color((hue, second)[i % 2] + turn + 0.02 * i, shade, saturation) for i, shade in enumerate(shades)),
        light=_color(second + turn + 0.05, 0.9, 0.6),
    )


def _color(hue: float, lightness: float, saturation: float) -> Color:
    red, green, blue = colorsys.hls_to_rgb(hue % 1.0, lightness, min(1.0, saturation))
    return round(255 * red), round(255 * green), round(255 * blue)


def _between(first: Color, second: Color, share: float) -> Color:
    red, green, blue = (round(a + (b - a) * min(1.0, share)) for a, b in zip(first, second, strict=True))
    return red, green, blue


def _sky(size: tuple[int, int], palette: Palette) -> Image.Image:
    top, bottom = (Image.new("RGB", size, color) for color in palette.sky)
    return Image.composite(bottom, top, Image.linear_gradient("L").resize(size))


def _hills(sheet: _Sheet, layers: int) -> None:
    """A sun or moon over ridges, the nearer the darker."""
    dice, palette = sheet.dice, sheet.palette
    sun = (dice.uniform(0.15, 0.85), dice.uniform(0.15, 0.45))
    sheet.disc(sun, 0.26, palette.light, 0.5, blur=0.09)
    sheet.disc(sun, dice.uniform(0.07, 0.13), palette.light)
    ridges = dice.randint(4, 6)
    far, near = max(palette.sky[1], palette.inks[-1], key=sum), min(palette.inks, key=sum)
    for ridge in range(min(ridges, layers)):
        level = 0.42 + 0.5 * ridge / ridges + dice.uniform(-0.03, 0.03)
        waves = [(dice.uniform(0.5, 1.6) * (1 + ridge / 4), dice.uniform(0, 6.3), 0.05 / (i + 1)) for i in range(4)]
        line = [(x / 60, level + sum(a * math.sin(f * (i + 1) * x / 12 + p) for i, (f, p, a) in enumerate(waves)))
                for x in range(61)]  # fmt: skip
        sheet.fill([(0, 1), *line, (1, 1)], _between(far, near, (ridge + 0.6) / (ridges - 0.4)))


def _orbs(sheet: _Sheet, layers: int) -> None:
    """Overlapping translucent discs with soft shadows."""
    dice, palette = sheet.dice, sheet.palette
    for layer in range(layers):
        center = (dice.uniform(0.05, 0.95), dice.uniform(0.05, 0.95))
        radius = dice.uniform(0.06, 0.3) * (1.25 - layer / _LAYERS * 0.7)
        sheet.disc((center[0] + 0.012, center[1] + 0.02), radius, (12, 12, 24), 0.28, blur=0.02)
        sheet.disc(center, radius, dice.choice(palette.inks), dice.uniform(0.7, 0.95))
        sheet.disc((center[0] - radius * 0.3, center[1] - radius * 0.3), radius * 0.35, palette.light, 0.5, blur=0.03)


def _ribbons(sheet: _Sheet, layers: int) -> None:
    """Flowing bands from edge to edge."""
    dice, palette = sheet.dice, sheet.palette
    tilt = dice.uniform(-0.5, 0.5)
    for layer in range(layers):
        start, width = -0.2 + 1.3 * layer / _LAYERS, dice.uniform(0.03, 0.12)
        phase, waves, swing = dice.uniform(0, 6.3), dice.uniform(3, 7), dice.uniform(0.03, 0.1)
        xs = [x / 48 for x in range(49)]
        upper = [(x, start + tilt * (x - 0.5) + swing * math.sin(waves * x + phase)) for x in xs]
        lower = [(x, y + width * (1 + 0.6 * math.sin(2 * waves * x))) for x, y in reversed(upper)]
        sheet.fill([*upper, *lower], palette.inks[layer % len(palette.inks)], dice.uniform(0.75, 1.0))


def _shards(sheet: _Sheet, layers: int) -> None:
    """A fan of splinters around one point of light."""
    dice, palette = sheet.dice, sheet.palette
    center = (dice.uniform(0.3, 0.7), dice.uniform(0.3, 0.7))
    turn = dice.uniform(0, 6.3)
    for layer in range(layers):
        angle = turn + 6.28 * layer / _LAYERS + dice.uniform(-0.15, 0.15)
        spread, reach = dice.uniform(0.12, 0.4), dice.uniform(0.35, 0.95)
        tips = [
            (center[0] + reach * math.cos(a), center[1] + reach * math.sin(a)) for a in (angle - spread, angle + spread)
        ]
        sheet.fill([center, *tips], dice.choice(palette.inks), dice.uniform(0.6, 0.95))
        ridge = (center[0] + reach * 0.8 * math.cos(angle), center[1] + reach * 0.8 * math.sin(angle))
        sheet.fill([center, tips[0], ridge], palette.light, 0.16)
    sheet.disc(center, 0.16, palette.light, 0.7, blur=0.05)


def _bloom(sheet: _Sheet, layers: int) -> None:
    """A flower of rounded petals, ring inside ring."""
    dice, palette = sheet.dice, sheet.palette
    center = (dice.uniform(0.38, 0.62), dice.uniform(0.38, 0.62))
    petals, turn = dice.randint(5, 11), dice.uniform(0, 6.3)
    sheet.disc(center, 0.5, palette.light, 0.35, blur=0.12)
    for layer in range(layers):
        reach = 0.46 * (1 - layer / (_LAYERS + 1))
        ring = [6.2832 * i / 180 for i in range(180)]
        shape = [
            (
                center[0] + reach * (0.72 + 0.28 * math.cos(petals * a + layer)) * math.cos(a + turn + layer * 0.21),
                center[1] + reach * (0.72 + 0.28 * math.cos(petals * a + layer)) * math.sin(a + turn + layer * 0.21),
            )
            for a in ring
        ]
        sheet.fill(shape, palette.inks[layer % len(palette.inks)], 0.8)
    sheet.disc(center, 0.045, palette.light)


_SCENES: tuple[Callable[[_Sheet, int], None], ...] = (_hills, _orbs, _ribbons, _shards, _bloom)


def _accent(sheet: _Sheet, opacity: float) -> None:
    dice = sheet.dice
    center = (dice.uniform(0.05, 0.95), dice.uniform(0.05, 0.95))
    sheet.disc(center, dice.uniform(0.03, 0.16), dice.choice(sheet.palette.inks), opacity, blur=dice.uniform(0, 0.03))


def _bent(image: Image.Image, dice: random.Random, strength: float) -> Image.Image:
    """Pull the corners and the middle of a picture about, at most a sixth of its side."""
    width, height = image.size

    def pulled(x: int, y: int) -> Point:
        give = 0.16 * strength
        # Inwards only, so that nothing from outside the picture comes in.
        dx = dice.uniform(0, give) * (1 if x == 0 else -1 if x == 2 else dice.choice((-1, 1)) * 0.6)
        dy = dice.uniform(0, give) * (1 if y == 0 else -1 if y == 2 else dice.choice((-1, 1)) * 0.6)
        return (x / 2 + dx) * width, (y / 2 + dy) * height

    knots = {(x, y): pulled(x, y) for x in range(3) for y in range(3)}
    mesh = []
    for x in range(2):
        for y in range(2):
            box = (x * width // 2, y * height // 2, (x + 1) * width // 2, (y + 1) * height // 2)
            corners = (knots[x, y], knots[x, y + 1], knots[x + 1, y + 1], knots[x + 1, y])
            mesh.append((box, tuple(value for corner in corners for value in corner)))
    return image.transform(image.size, Image.Transform.MESH, mesh, Image.Resampling.BICUBIC)


def _turned(image: Image.Image, turn: float) -> Image.Image:
    """Turn all hues by a part of the circle."""
    hue, saturation, value = image.convert("HSV").split()
    hue = hue.point([(level + round(256 * turn)) % 256 for level in range(256)])
    return Image.merge("HSV", (hue, saturation, value)).convert("RGB")


def _finished(spec: Spec, image: Image.Image, size: tuple[int, int], dice: random.Random, done: float) -> Image.Image:
    """Bring a picture to its size; unfinished ones are out of focus."""
    image = image.resize(size, Image.Resampling.BOX)
    if spec.tile:
        image = _tiled(image)
    if done < 1:
        image = image.filter(ImageFilter.GaussianBlur(min(size) * 0.06 * (1 - done) ** 1.5))
    grain = Image.frombytes("L", (_GRAIN_PX, _GRAIN_PX), dice.randbytes(_GRAIN_PX**2)).resize(size)
    depth = 4 + 40 * (1 - done)
    speckle = grain.point([round((level - 127.5) / 127.5 * depth + 128) for level in range(256)])
    return ImageChops.add(image, Image.merge("RGB", (speckle,) * 3), offset=-128)


def _tiled(image: Image.Image) -> Image.Image:
    """Let each edge go over into the opposite one: towards it, the picture fades into itself moved by half."""
    width, height = image.size
    ramp = [abs(2 * level - 255) for level in range(256)]
    down = Image.linear_gradient("L").point(ramp)
    for mask, shift in ((down.rotate(90), (width // 2, 0)), (down, (0, height // 2))):
        image = Image.composite(ImageChops.offset(image, *shift), image, mask.resize(image.size))
    return image
