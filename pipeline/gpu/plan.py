"""How a model is to be run on a device: chosen from what is there, and explained in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.setup import Dtype, Offload, Wishes

DeviceKind = Literal["cuda", "mps", "cpu"]

_BYTES = {"float32": 4, "float16": 2, "bfloat16": 2}
_MIB = 1 << 20
# Room for one picture of a million pixels while it is drawn and decoded, at two bytes a value; twice that at four.
_MIB_PER_MEGAPIXEL = 3500
# Contexts, kernels and fragments.
_OVERHEAD_MIB = {"cuda": 800, "mps": 1500, "cpu": 600}
_STEP_S = {"cuda": 300.0, "mps": 600.0, "cpu": 1800.0}
_SLICE_BELOW_PICTURES = 2


class PlanImpossible(ValueError):
    """The model cannot run here; the message is a sentence for the owner."""


@dataclass(frozen=True, kw_only=True)
class Device:
    """One thing to compute on."""

    name: str
    """As torch calls it: "cuda:0", "mps", "cpu"."""
    kind: DeviceKind
    title: str
    """For people: "NVIDIA GeForce RTX 4090"."""
    free_mib: int
    total_mib: int
    bfloat16: bool
    """Computes in bfloat16 at full speed."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What there is to compute with."""

    devices: Sequence[Device]
    """All of them, the CPU last."""
    cores: int
    """Those that this process may use."""
    torch: str
    """Its version."""
    cuda_build: str | None
    """The CUDA version that torch was built for; None for a build without."""


@dataclass(frozen=True, kw_only=True)
class Weight:
    """How large a model is."""

    parameters: int
    largest: int
    """Parameters of its largest part."""
    side_px: int
    """Side of the picture that it usually draws."""
    float16: bool = True
    """Stays within the range of float16."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How to run a model."""

    device: str
    kind: DeviceKind
    title: str
    dtype: Dtype
    attention: Literal["sdpa", "sliced"] = "sdpa"
    offload: Offload = "none"
    pixels_at_once: int
    """Pictures are drawn together up to this many pixels; one is always drawn."""
    tiling: bool = False
    """Decode in tiles, which shows at their seams: only where a picture does not fit otherwise."""
    threads: int
    step_s: float
    """Longest time that one step may take before the painter counts as hanging."""
    why: str

    def together(self, width_px: int, height_px: int, count: int) -> int:
        """Return how many of `count` pictures are drawn at a time."""
        return max(1, min(count, self.pixels_at_once // (width_px * height_px)))

    def smaller(self) -> "Plan":
        """Return the plan to fall back to when memory ran out: one picture at a time, in tiles, less on the card."""
        offload: Offload = self.offload
        if self.kind == "cuda":
            offload = "model" if self.offload == "none" else "sequential"
        return replace(self, pixels_at_once=0, tiling=True, offload=offload)


def choose_plan(facts: Facts, weight: Weight, wishes: Wishes, device: str = "auto") -> Plan:
    """Choose device, number format, offloading and batch for a model. Raises PlanImpossible.

    device: "auto", a kind ("cuda") or a name ("cuda:1")
    """
    chosen = _device(facts, device)
    dtype = _dtype(chosen, weight, wishes)
    offload = _offload(chosen, weight, wishes, dtype)
    room_mib = _room_mib(chosen, weight, dtype, offload)
    one_mib = _picture_mib(weight.side_px**2, dtype)
    if chosen.kind == "cpu" and _size_mib(weight.parameters, dtype) > chosen.total_mib:
        raise PlanImpossible(
            f"This model needs about {_gib(_size_mib(weight.parameters, dtype))} of memory, but this machine has "
            f"{_gib(chosen.total_mib)} in all. Choose a smaller model with EASEL_MODEL."
        )
    plan = Plan(
        device=chosen.name,
        kind=chosen.kind,
        title=chosen.title,
        dtype=dtype,
        attention="sliced" if chosen.kind == "mps" and room_mib < _SLICE_BELOW_PICTURES * one_mib else "sdpa",
        offload=offload,
        pixels_at_once=max(0, int(room_mib / _picture_mib(1_000_000, dtype) * 1_000_000)),
        tiling=room_mib < one_mib,
        threads=_threads(facts, wishes),
        step_s=_STEP_S[chosen.kind],
        why="",
    )
    return replace(plan, why=_explain(plan, chosen, weight))


def _device(facts: Facts, wanted: str) -> Device:
    kind = wanted.partition(":")[0]
    for device in facts.devices:
        if wanted in ("auto", device.name) or (wanted == kind == device.kind):
            return device
    there = ", ".join(f"{device.name} ({device.title})" for device in facts.devices)
    raise PlanImpossible(f"There is no device {wanted!r}, which EASEL_DEVICE asks for. There are: {there}.")


def _dtype(device: Device, weight: Weight, wishes: Wishes) -> Dtype:
    if wishes.dtype != "auto":
        return wishes.dtype
    if device.kind == "cpu":
        return "float32"  # CPUs without the instructions are 8 to 80 times slower at anything else
    if device.kind == "cuda" and device.bfloat16:
        return "bfloat16"
    return "float16" if weight.float16 else "bfloat16"


def _offload(device: Device, weight: Weight, wishes: Wishes, dtype: Dtype) -> Offload:
    if device.kind != "cuda":
        return "none"  # elsewhere host and device share one memory
    if wishes.offload != "auto":
        return wishes.offload
    # A picture that is decoded in tiles needs a third of its usual room.
    room_mib = device.free_mib - _OVERHEAD_MIB["cuda"] - _picture_mib(weight.side_px**2, dtype) // 3
    if _size_mib(weight.parameters, dtype) <= room_mib:
        return "none"
    return "model" if _size_mib(weight.largest, dtype) <= room_mib else "sequential"


def _room_mib(device: Device, weight: Weight, dtype: Dtype, offload: Offload) -> int:
    """Return the memory that is left for pictures once the weights are in place."""
    resident = {"none": weight.parameters, "model": weight.largest, "sequential": 0}[offload]
    return device.free_mib - _OVERHEAD_MIB[device.kind] - _size_mib(resident, dtype)


def _threads(facts: Facts, wishes: Wishes) -> int:
    return wishes.cpu_threads or max(1, facts.cores - 1)


def _size_mib(parameters: int, dtype: Dtype) -> int:
    return parameters * _BYTES[dtype] // _MIB


def _picture_mib(pixels: int, dtype: Dtype) -> int:
    return _MIB_PER_MEGAPIXEL * _BYTES[dtype] // 2 * pixels // 1_000_000 + 1


def _explain(plan: Plan, device: Device, weight: Weight) -> str:
    where = {
        "none": f"the model takes {_gib(_size_mib(weight.parameters, plan.dtype))}",
        "model": "the model's parts take turns on it, because they do not fit together",
        "sequential": "the model passes through it layer by layer, because its largest part does not fit: slow",
    }[plan.offload]
    many = plan.together(weight.side_px, weight.side_px, 4)
    pictures = f"{many} pictures at a time" if many > 1 else "one picture at a time"
    threads = f", {plan.threads} thread{'s' if plan.threads > 1 else ''}" if plan.kind == "cpu" else ""
    tiles = ", decoded in tiles" if plan.tiling else ""
    return f"{device.title} ({_gib(device.free_mib)} free{threads}): {plan.dtype}, {where}, {pictures}{tiles}."


def _gib(mib: int) -> str:
    return f"{mib / 1024:.1f} GiB" if mib >= 1024 else f"{mib} MiB"
