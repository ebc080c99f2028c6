"""What it costs to encode a 2048² grid, in CPU time of this process and bytes: `python -m bench.encoding`."""

import os
import statistics
import time
from collections.abc import Callable, Mapping
from io import BytesIO

from PIL import Image

from pipeline import encode, grid
from pipeline.provenance import Provenance

SIDE_PX = 1024
ROUNDS = 5
ABOUT = Provenance(prompt="a red fox", parameters="", seed=1, model="sdxl", job_id="-")

Encoder = Callable[[Image.Image], bytes]

ENCODERS: Mapping[str, Encoder] = {
    "PNG, Pillow's default (level 6)": lambda image: _saved(image, "PNG"),
    "PNG level 3": lambda image: _saved(image, "PNG", compress_level=3),
    "PNG level 2": lambda image: _saved(image, "PNG", compress_level=2),
    "PNG level 1": lambda image: _saved(image, "PNG", compress_level=1),
    "PNG level 1, run lengths only": lambda image: _saved(image, "PNG", compress_level=1, compress_type=3),
    "PNG as stored": encode.png,
    "WebP lossless, method 0": lambda image: _saved(image, "WEBP", lossless=True, quality=0, method=0),
    "WebP lossless, method 1": lambda image: _saved(image, "WEBP", lossless=True, quality=20, method=1),
    "WebP 90, method 0": lambda image: _saved(image, "WEBP", quality=90, method=0),
    "WebP 90, method 2": lambda image: _saved(image, "WEBP", quality=90, method=2),
    "WebP 90, method 4": lambda image: _saved(image, "WEBP", quality=90, method=4),
    "WebP 92, method 0": lambda image: _saved(image, "WEBP", quality=92, method=0),
    "grid as posted": lambda image: encode.grid(image, ABOUT, 10 * 2**20).data,
    "preview": lambda image: encode.preview(grid.contact([image])),
}


def photograph(grain: int) -> Image.Image:
    """Make something as smooth, edged and grainy as a photograph; grain 0 … 30 is the spread of the noise."""
    cells = []
    for cell in range(4):
        image = Image.merge("RGB", [_cloud(cell * 3 + band) for band in range(3)])
        noise = Image.merge("RGB", [_noise(SIDE_PX, grain) for _ in range(3)])
        cells.append(Image.blend(image, noise, 0.18) if grain else image)
    return grid.compose(cells)


def main() -> None:
    for grain in (0, 12, 30):
        image = photograph(grain)
        print(f"\n{image.width}×{image.height}, grain {grain}: median of {ROUNDS}, interleaved")
        times: dict[str, list[float]] = {name: [] for name in ENCODERS}
        sizes = {}
        for round_ in range(ROUNDS + 1):
            for name, encoder in ENCODERS.items():
                began = time.process_time()
                sizes[name] = len(encoder(image))
                if round_:
                    times[name].append(time.process_time() - began)
        for name in ENCODERS:
            print(f"{name:34} {1000 * statistics.median(times[name]):7.0f} ms {sizes[name] / 2**20:7.2f} MiB")


def _cloud(seed: int) -> Image.Image:
    """Sum octaves of smooth shapes."""
    total = Image.new("L", (SIDE_PX, SIDE_PX), 128)
    for octave in range(1, 8):
        cells = 2**octave + seed % 3
        layer = Image.frombytes("L", (cells, cells), os.urandom(cells * cells))
        total = Image.blend(total, layer.resize(total.size, Image.Resampling.BICUBIC), 1 / (octave + 1))
    return total.point([min(255, max(0, round((level - 128) * 2.2 + 128))) for level in range(256)])


def _noise(side: int, spread: int) -> Image.Image:
    return Image.effect_noise((side, side), float(max(1, spread)) * 3)


def _saved(image: Image.Image, kind: str, **options: int) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


if __name__ == "__main__":
    main()
