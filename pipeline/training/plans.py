"""How long and how wide to train, for a processor core and for a GPU."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pipeline.training.autoencoder import AutoencoderPlan
from pipeline.training.decoder import DecoderPlan
from pipeline.training.gallery import GalleryPlan
from pipeline.training.image_text import ImageTextPlan
from pipeline.training.judge import DEFAULT_COURSE
from pipeline.training.latents import SceneSet
from pipeline.training.loop import Course
from pipeline.training.scenes.scene import FIRST_STAGE, WHOLE_STAGE, Stage
from pipeline.training.scenes.things import THINGS
from pipeline.training.text_encoder import TextPlan
from pipeline.training.unet import Phase, UnetPlan
from pipeline.training.upscaler import UpscalerPlan

EVERYTHING = Stage(things=tuple(THINGS), size=(0.4, 0.72))


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything one run of training is made of."""

    stage: Stage = WHOLE_STAGE
    # The autoencoder sees every thing at many sizes; other styles are its decoder's second lesson.
    any_scene: Stage = EVERYTHING
    text: TextPlan = field(default_factory=TextPlan)
    autoencoder: AutoencoderPlan = field(default_factory=AutoencoderPlan)
    decoder: DecoderPlan = field(default_factory=DecoderPlan)
    unet: UnetPlan = field(default_factory=UnetPlan)
    gallery: GalleryPlan = field(default_factory=GalleryPlan)
    image_text: ImageTextPlan = field(default_factory=ImageTextPlan)
    upscaler: UpscalerPlan = field(default_factory=UpscalerPlan)
    judge: Course = DEFAULT_COURSE

    @property
    def painted(self) -> Stage:
        """What the painter learned last: the stage in the styles of its last phase."""
        return replace(self.stage, styles=tuple(self.unet.phases[-1].times))


# About eight hours of one core that multiplies in bfloat16 (AVX-512), nearly half of them the painter's last phase.
CORE = Plan()
GPU = Plan(
    autoencoder=AutoencoderPlan(
        decoder_width=64,
        course=Course(steps=8000, batch=32, peak_rate=1.5e-3, slowest_average=0.998, weight_decay=1e-4),
    ),
    unet=UnetPlan(
        channels=(64, 128, 192),
        attend=(True, True, True),
        phases=(
            Phase(
                set=SceneSet(name="128", stage=FIRST_STAGE, size_px=128, count=60_000),
                course=Course(steps=6000, batch=128, peak_rate=1e-3),
            ),
            Phase(
                set=SceneSet(name="whole-128", stage=WHOLE_STAGE, size_px=128, count=60_000),
                course=Course(steps=12_000, batch=128, peak_rate=1e-3),
            ),
            Phase(
                set=SceneSet(name="whole-256", stage=WHOLE_STAGE, size_px=256, count=60_000),
                course=Course(steps=12_000, batch=96, peak_rate=6e-4),
            ),
        ),
    ),
    judge=Course(steps=3000, batch=128, peak_rate=2e-3, slowest_average=0.99),
)
PLANS: Mapping[str, Plan] = {"core": CORE, "gpu": GPU}
