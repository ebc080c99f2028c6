"""What a job starts from, and its pictures at every stage, all by Doodle."""

from PIL import Image

from pipeline import doodle, encode, grid, inspiration
from pipeline.canvas import Canvas, NoHole, around, with_hole
from pipeline.inspiration import Inspiration
from pipeline.sizes import Size
from pipeline.spec import Spec
from pipeline.store import PictureMissing, PictureStore

Start = Image.Image | Canvas | Inspiration | None
"""What a job starts from."""

PREVIEWS = 4
"""About so many in a job."""


def start(spec: Spec, store: PictureStore) -> Start:
    """Read what a job starts from. Raises PictureMissing, PictureDamaged, NoHole."""
    if spec.verb == "draw":
        return inspiration.gather(spec, store)
    if spec.source is None:
        raise PictureMissing(f"To {spec.verb} takes a picture to start from")
    source = encode.decode(store.read(spec.source.sha256))
    if spec.verb == "repaint":
        if spec.mask is None or source.size != (spec.width_px, spec.height_px):
            raise NoHole("There is no mask, or the picture has another size than the job.")
        return with_hole(source, encode.decode(store.read(spec.mask)))
    if spec.verb == "extend":
        if spec.place is None:
            raise NoHole("There is no place for the picture.")
        return around(source, spec.place, Size(width_px=spec.width_px, height_px=spec.height_px))
    return source


def steps(spec: Spec) -> tuple[int, int]:
    """Return (all steps, steps after which the picture is taken)."""
    total = 1 if spec.verb == "upscale" else spec.steps
    return total, max(1, round(total * spec.stop / 100))


def shows(spec: Spec, step: int, last: int) -> bool:
    """Say whether a preview is due: a few times in a job, never at its end."""
    every = max(1, last // (PREVIEWS + 1))
    return spec.verb != "upscale" and step < last and step % every == 0


def preview(spec: Spec, source: Start, done: float) -> bytes:
    return encode.preview(sheet(spec, source, done))


def sheet(spec: Spec, source: Start, done: float) -> Image.Image:
    scale = min(1.0, 256 / max(spec.width_px, spec.height_px))
    size = (max(8, round(spec.width_px * scale)), max(8, round(spec.height_px * scale)))
    return grid.contact([picture(spec, slot, source, size, done) for slot in range(spec.count)])


def picture(spec: Spec, slot: int, source: Start, size: tuple[int, int], done: float) -> Image.Image:
    if source is None:
        return doodle.paint(spec, slot, size, done)
    if isinstance(source, Inspiration):
        return inspiration.heed(spec, source, doodle.paint(spec, slot, size, done))
    if isinstance(source, Canvas):
        return doodle.fill(spec, slot, source, size, done)
    if spec.verb == "upscale":
        return source.resize(size, Image.Resampling.LANCZOS)
    return doodle.vary(spec, slot, source, size, done)
