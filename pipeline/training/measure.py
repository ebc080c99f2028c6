"""The report card: what share of prompts is painted as asked, how sure that is, and how sure the judges are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt
from diffusers import StableDiffusionPipeline

from pipeline.training import ruler
from pipeline.training.captions import plain_caption
from pipeline.training.image_text import Reader
from pipeline.training.judge import HELD_OUT_SEED, Judge, look
from pipeline.training.scenes.backdrops import LANDSCAPES
from pipeline.training.scenes.render import render
from pipeline.training.scenes.scene import Scene, Stage, asked_of, scene_at
from pipeline.training.sheets import GUIDANCE, STEPS, paint, sheet

Pictures = Sequence[npt.NDArray[np.uint8]]


@dataclass(frozen=True, kw_only=True)
class Share:
    """So many of so many, with a 95 % confidence interval (Wilson's)."""

    right: int
    of: int

    @property
    def value(self) -> float:
        return self.right / self.of if self.of else math.nan

    def interval(self) -> tuple[float, float]:
        if not self.of:
            return (0.0, 1.0)
        z = 1.96
        spread = z * math.sqrt(self.value * (1 - self.value) / self.of + z * z / (4 * self.of * self.of))
        middle, scale = self.value + z * z / (2 * self.of), 1 + z * z / self.of
        return ((middle - spread) / scale, (middle + spread) / scale)

    def __str__(self) -> str:
        low, high = self.interval()
        return f"{self.value:.3f} ({low:.3f} – {high:.3f}, n={self.of})"


Shares = dict[str, Share]


@dataclass(frozen=True, kw_only=True)
class Judges:
    """Who looks at the pictures: the learnt judge, if there is one, and the image–text model, if there is one."""

    judge: Judge | None
    reader: Reader | None


@dataclass(frozen=True, kw_only=True)
class Table:
    """What was found on one kind of prompts."""

    title: str
    painted: Shares
    drawn: Shares
    mislabelled: Shares


@dataclass(frozen=True, kw_only=True)
class Card:
    """Everything measured about one checkpoint; the settings were tried on the first few prompts of the last table."""

    size_px: int
    steps: int
    guidance: float
    tables: Sequence[Table]
    grid_distance: float
    few: int
    settings: Sequence[tuple[float, int, Shares]]


def by_judge(judge: Judge, pictures: Pictures, scenes: Sequence[Scene]) -> Shares:
    """Share of pictures that the judge takes for what their prompt names, attribute by attribute."""
    pairs = list(zip(look(judge, pictures), map(asked_of, scenes), strict=True))
    shares = {}
    for name in judge.known:
        # What a prompt leaves unsaid is not asked for.
        asked = [(seen[name], said[name]) for seen, said in pairs if name in said]
        shares[name] = Share(right=sum(seen == wanted for seen, wanted in asked), of=len(asked))
    return shares


def by_ruler(pictures: Pictures, scenes: Sequence[Scene], things: Sequence[str]) -> Shares:
    """The same by direct measurement of single flat things: nothing learnt, outline, median colour and margins."""
    found = [
        (ruler.measure(picture, things), scene)
        for picture, scene in zip(pictures, scenes, strict=True)
        if scene.style == "flat" and scene.count == 1 and not scene.relation
    ]
    plain = [(m, s) for m, s in found if s.background not in LANDSCAPES]

    def share(name: str, pairs: Sequence[tuple[ruler.Measured, Scene]]) -> Share:
        return Share(right=sum(getattr(m, name) == getattr(s, name) for m, s in pairs), of=len(pairs))

    # Before a landscape a thing cannot be cut out reliably; the judge sees those.
    return {
        "thing on a plain background, measured": share("thing", plain),
        "colour on a plain background, measured": share("colour", plain),
        "background, measured": share("background", found),
    }


def by_reader(reader: Reader, pictures: Pictures, scenes: Sequence[Scene]) -> Shares:
    """How often the right caption of a single thing comes first, and among the first four, of all there are."""
    single = [(p, s) for p, s in zip(pictures, scenes, strict=True) if s.count == 1 and not s.relation]
    if not single:
        return {}
    shown, asked = zip(*single, strict=True)
    places = reader.places(shown, [replace(scene, names_size=False) for scene in asked])
    of = f"of {len(reader.captions):,} captions by the image–text model"
    return {
        f"first {of}": Share(right=sum(place == 0 for place in places), of=len(places)),
        f"among the first four {of}": Share(right=sum(place < 4 for place in places), of=len(places)),
    }


def all_judges(judges: Judges, pictures: Pictures, scenes: Sequence[Scene], stage: Stage) -> Shares:
    """Every share that can be had; without learnt judges only the measured ones."""
    learnt = by_judge(judges.judge, pictures, scenes) if judges.judge else {}
    read = by_reader(judges.reader, pictures, scenes) if judges.reader else {}
    return {**learnt, **by_ruler(pictures, scenes, tuple(dict.fromkeys(stage.things))), **read}


def held_out_scenes(stage: Stage, count: int, seed: int = HELD_OUT_SEED) -> list[Scene]:
    """Scenes whose combination of thing, colour and background no training has seen."""
    kept = replace(stage, only_held_out=True)
    return [scene_at(kept, seed, i) for i in range(count)]


def grid_distance(pipeline: StableDiffusionPipeline, scenes: Sequence[Scene], size_px: int) -> float:
    """Mean absolute difference, 0 … 255, between the four pictures of a grid, over some prompts."""
    grids = [paint(pipeline, [plain_caption(scene)] * 4, size_px, seed=number) for number, scene in enumerate(scenes)]
    apart = [np.abs(a.astype(np.int16) - b.astype(np.int16)).mean() for grid in grids for a, b in combinations(grid, 2)]
    return float(np.mean(apart))


@dataclass(frozen=True, kw_only=True)
class Session:
    """Who paints, who judges, at which size, and where contact sheets go."""

    pipeline: StableDiffusionPipeline
    judges: Judges
    size_px: int
    folder: Path

    def table(self, title: str, stage: Stage, count: int) -> Table:
        """Paint `count` held-out prompts of a stage, judge them, and judge the judges on drawings."""
        scenes = held_out_scenes(stage, count)
        pictures = paint(self.pipeline, [plain_caption(scene) for scene in scenes], self.size_px)
        sheet(pictures[:96], 12).save(self.folder / f"contact-{title.replace(' ', '-')}.png")
        drawn = [render(scene, self.size_px, self.size_px) for scene in scenes]
        return Table(
            title=title,
            painted=all_judges(self.judges, pictures, scenes, stage),
            drawn=all_judges(self.judges, drawn, scenes, stage),
            mislabelled=all_judges(self.judges, drawn, scenes[1:] + scenes[:1], stage),
        )

    def settings(self, stage: Stage, count: int) -> list[tuple[float, int, Shares]]:
        """The same prompts with other guidance and other numbers of steps."""
        few = held_out_scenes(stage, count)
        prompts = [plain_caption(scene) for scene in few]
        learnt = Judges(judge=self.judges.judge, reader=None)
        return [
            (g, s, all_judges(learnt, paint(self.pipeline, prompts, self.size_px, s, g), few, stage))
            for g in (1.0, GUIDANCE, 3.0, 5.0)
            for s in ((STEPS,) if g != GUIDANCE else (8, STEPS, 20))
        ]


def card(session: Session, stages: Mapping[str, Stage], count: int) -> Card:
    """Measure `count` prompts of the last stage, half as many of the others, and other settings on a tenth."""
    last = list(stages)[-1]
    tables = [session.table(title, stage, count if title == last else count // 2) for title, stage in stages.items()]
    few = max(24, count // 10)
    return Card(
        size_px=session.size_px,
        steps=STEPS,
        guidance=GUIDANCE,
        tables=tables,
        grid_distance=grid_distance(session.pipeline, held_out_scenes(next(iter(stages.values())), 6), session.size_px),
        few=few,
        settings=session.settings(stages[last], few),
    )


def as_markdown(result: Card) -> str:
    """The card as the tables of a model card."""
    lines = [
        f"{result.size_px}×{result.size_px} pixels, {result.steps} steps, guidance {result.guidance}; "
        "share of prompts painted as asked, with 95 % confidence interval."
    ]
    for table in result.tables:
        lines += ["", f"### {table.title.capitalize()}", "", *_rows(table)]
    lines += [
        "",
        f"Mean difference between the four pictures of a grid: {result.grid_distance:.1f} of 255.",
        "",
        f"### Other settings, on the first {result.few} prompts of the last table",
        "",
        *_settings(result.settings),
    ]
    return "\n".join(lines) + "\n"


def _rows(table: Table) -> list[str]:
    rows = [
        f"| {name} | {share} | {table.drawn[name].value:.3f} | {table.mislabelled[name].value:.3f} |"
        for name, share in table.painted.items()
        if share.of
    ]
    return ["| attribute | painted | the judge on drawings | the judge on wrong labels |", "|---|---|---|---|", *rows]


def _settings(settings: Sequence[tuple[float, int, Shares]]) -> list[str]:
    names = [name for name, share in settings[0][2].items() if share.of]
    rows = [
        f"| {guidance} | {steps} | " + " | ".join(f"{shares[name].value:.2f}" for name in names) + " |"
        for guidance, steps, shares in settings
    ]
    return [f"| guidance | steps | {' | '.join(names)} |", f"|---|---|{'---|' * len(names)}", *rows]
