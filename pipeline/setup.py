"""What a painter is told to be when it starts: plain values that fit into one frame."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from pipeline.cards import ModelCard, Origin, UpscalerCard

Dtype = Literal["float32", "float16", "bfloat16"]
Offload = Literal["none", "model", "sequential"]


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the owner insists on; "auto" and 0 leave the choice to the painter."""

    device: str = "auto"
    """"auto", "cpu", "mps", "cuda" (all cards), or cards by number, separated by commas: "cuda:0,cuda:2"."""
    dtype: Dtype | Literal["auto"] = "auto"
    offload: Offload | Literal["auto"] = "auto"
    cpu_threads: int = 0
    offline: bool = False
    """Never ask the network for a model."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long the bot waits for a painter, and how often it starts it again."""

    step_s: float | None = None
    """Longest time without any news while a job is drawn; None takes what the painter's plan says."""
    load_s: float = 1800.0
    """Longest time without any news while the model is loaded or fetched."""
    restart_s: tuple[float, ...] = (0.0, 1.0, 3.0, 10.0, 30.0)
    """Pauses before the first, second … restart in a row."""
    give_up_after: int = 5
    """Deaths in a row after which waiting jobs are given back."""
    second_wind_s: float = 60.0
    """Pause before each try after that."""
    answer_s: float = 120.0
    """Longest time for an answer to a question."""
    close_s: float = 3.0
    """How long a painter may take to end by itself."""


@dataclass(frozen=True, kw_only=True)
class Setup:
    """All that a painter needs to know."""

    name: str = "painter-0"
    device: str = "auto"
    """"auto", "cpu", "mps", "cuda" or one card: "cuda:1"."""
    wishes: Wishes
    models: Mapping[str, ModelCard]
    default: str
    """Key of the model to load at the start."""
    upscalers: Mapping[str, UpscalerCard]
    store: str
    """Folder of the picture store, absolute."""
    describer: str = ""
    """Folder or hub id of what describes pictures; empty: nothing does."""

    def on(self, device: str, name: str) -> "Setup":
        return replace(self, device=device, name=name)

    def to_plain(self) -> dict[str, Any]:
        """Turn the set-up into JSON values."""
        return {
            "name": self.name,
            "device": self.device,
            "wishes": asdict(self.wishes),
            "models": [card.to_plain() for card in self.models.values()],
            "default": self.default,
            "upscalers": [asdict(card) for card in self.upscalers.values()],
            "store": self.store,
            "describer": self.describer,
        }

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> "Setup":
        models = [ModelCard.from_plain(each) for each in plain["models"]]
        return Setup(
            name=plain["name"],
            device=plain["device"],
            wishes=Wishes(**plain["wishes"]),
            models={card.key: card for card in models},
            default=plain["default"],
            upscalers={each["key"]: _upscaler(each) for each in plain["upscalers"]},
            store=plain["store"],
            describer=plain["describer"],
        )


def _upscaler(plain: Mapping[str, Any]) -> UpscalerCard:
    return UpscalerCard(**dict(plain) | {"scales": tuple(plain["scales"]), "origin": Origin(**plain["origin"])})
