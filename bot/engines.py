"""Which engine paints: the owner's card through painters, or the scripted stand-in where there are no weights."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, cast

import pipeline
from bot.settings import Settings
from pipeline.catalog import Catalog
from pipeline.engine import Engine
from pipeline.fake import FakeEngine, steady
from pipeline.local import LocalEngine
from pipeline.setup import Wishes
from pipeline.store import PictureStore

BUILT_IN_FOLDER = Path(pipeline.__file__).parent / "sketchbook"


def catalog_of(settings: Settings) -> Catalog:
    """Read what models there are; raises ModelUnusable with a sentence. Reads files: call it in a thread."""
    return Catalog.from_tables(
        settings.model, settings.model_tables, BUILT_IN_FOLDER, settings.upscaler, settings.describer
    )


@asynccontextmanager
async def open_engine(settings: Settings, catalog: Catalog, store: PictureStore) -> AsyncIterator[Engine]:
    """Start the painters, or the stand-in when the catalog's default is it."""
    if catalog.default.origin.kind == "scripted":
        yield FakeEngine(store, steady(settings.doodle_step_s), models=catalog.models)
        return
    async with LocalEngine.open(catalog=catalog, store=settings.data / "pictures", wishes=_wishes(settings)) as engine:
        yield engine


def _wishes(settings: Settings) -> Wishes:
    return Wishes(
        device=settings.device,
        dtype=cast(Literal["auto", "float32", "float16", "bfloat16"], settings.dtype),  # checked by Settings
        offload=cast(Literal["auto", "none", "model", "sequential"], settings.offload),
        cpu_threads=settings.cpu_threads,
        offline=settings.offline,
    )
