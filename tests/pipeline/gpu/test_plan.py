"""Which plan is chosen from what is there."""

import itertools

import pytest

from pipeline.gpu.plan import Device, DeviceKind, Facts, Plan, PlanImpossible, Weight, choose_plan
from pipeline.setup import Dtype, Offload, Wishes

SKETCHBOOK = Weight(parameters=17_000_000, largest=11_500_000, side_px=256)
SDXL = Weight(parameters=3_470_000_000, largest=2_567_000_000, side_px=1024)
FLUX = Weight(parameters=16_900_000_000, largest=11_900_000_000, side_px=1024, float16=False)


def card(gib: int, *, number: int = 0, modern: bool = True) -> Device:
    mib = gib * 1024
    return Device(
        name=f"cuda:{number}",
        kind="cuda",
        title="NVIDIA",
        free_mib=mib - 500,
        total_mib=mib,
        bfloat16=modern,
    )


def shared(kind: DeviceKind, gib: int) -> Device:
    return Device(
        name=kind, kind=kind, title=kind.upper(), free_mib=gib * 1024 - 2048, total_mib=gib * 1024, bfloat16=False
    )


def facts(*devices: Device, cores: int = 8) -> Facts:
    return Facts(devices=[*devices, shared("cpu", 24)], cores=cores, torch="2.13.0", cuda_build=None)


def plan(weight: Weight, *devices: Device, wishes: Wishes | None = None) -> Plan:
    return choose_plan(facts(*devices), weight, wishes or Wishes())


@pytest.mark.parametrize(
    ("weight", "gib", "offload", "together"),
    [
        (SDXL, 80, "none", 4),
        (SDXL, 24, "none", 4),
        (SDXL, 12, "none", 1),
        (SDXL, 8, "model", 1),
        (SDXL, 4, "sequential", 1),
        (FLUX, 80, "none", 4),
        (FLUX, 32, "model", 2),
        (FLUX, 24, "sequential", 4),
        (SKETCHBOOK, 2, "none", 3),
        (SKETCHBOOK, 3, "none", 4),
    ],
)
def test_a_card_gets_as_much_of_the_model_as_fits(weight: Weight, gib: int, offload: Offload, together: int) -> None:
    chosen = plan(weight, card(gib))

    assert (chosen.device, chosen.dtype) == ("cuda:0", "bfloat16")
    assert chosen.offload == offload
    assert chosen.together(weight.side_px, weight.side_px, 4) == together


def test_more_memory_never_makes_a_plan_worse() -> None:
    order = ["sequential", "model", "none"]

    for weight in (SKETCHBOOK, SDXL, FLUX):
        plans = [plan(weight, card(gib)) for gib in range(2, 100)]
        for less, more in itertools.pairwise(plans):
            assert order.index(less.offload) <= order.index(more.offload)
            if less.offload == more.offload:
                assert less.pixels_at_once <= more.pixels_at_once
                assert less.tiling >= more.tiling


@pytest.mark.parametrize(
    ("device", "weight", "dtype"),
    [
        (card(24), SDXL, "bfloat16"),
        (card(24, modern=False), SDXL, "float16"),
        (card(48, modern=False), FLUX, "bfloat16"),
        (shared("mps", 64), SDXL, "float16"),
        (shared("mps", 64), FLUX, "bfloat16"),
    ],
)
def test_the_number_format_suits_device_and_model(device: Device, weight: Weight, dtype: Dtype) -> None:
    assert plan(weight, device).dtype == dtype


def test_without_a_card_the_processor_draws_in_float32_and_leaves_one_core_free() -> None:
    chosen = plan(SKETCHBOOK)

    assert (chosen.device, chosen.dtype, chosen.threads, chosen.offload) == ("cpu", "float32", 7, "none")
    assert chosen.together(256, 256, 4) == 4


def test_a_single_core_is_used() -> None:
    assert choose_plan(facts(cores=1), SKETCHBOOK, Wishes()).threads == 1


def test_the_owner_decides() -> None:
    wishes = Wishes(dtype="float16", offload="sequential", cpu_threads=3)

    chosen = plan(SKETCHBOOK, card(24), wishes=wishes)

    assert (chosen.dtype, chosen.offload, chosen.threads) == ("float16", "sequential", 3)


@pytest.mark.parametrize(
    ("wanted", "got"), [("auto", "cuda:0"), ("cuda", "cuda:0"), ("cuda:1", "cuda:1"), ("cpu", "cpu")]
)
def test_the_device_can_be_named(wanted: str, got: str) -> None:
    assert choose_plan(facts(card(24), card(24, number=1)), SDXL, Wishes(), wanted).device == got


@pytest.mark.parametrize("wanted", ["cuda", "cuda:0", "mps", "cuda:x", "gpu", ""])
def test_a_device_that_is_not_there_is_refused_and_those_that_are_get_named(wanted: str) -> None:
    with pytest.raises(PlanImpossible, match=r"EASEL_DEVICE.*cpu"):
        choose_plan(facts(), SDXL, Wishes(), wanted)


def test_a_model_larger_than_the_whole_memory_is_refused() -> None:
    with pytest.raises(PlanImpossible, match="smaller model"):
        plan(FLUX)


def test_a_small_apple_computes_attention_in_slices() -> None:
    assert plan(SDXL, shared("mps", 16)).attention == "sliced"
    assert plan(SDXL, shared("mps", 64)).attention == "sdpa"


def test_after_memory_ran_out_there_is_always_a_smaller_plan() -> None:
    first = plan(SDXL, card(24))

    second = first.smaller()
    third = second.smaller()

    assert (second.together(1024, 1024, 4), second.tiling, second.offload) == (1, True, "model")
    assert third.offload == "sequential"
    assert plan(SKETCHBOOK).smaller().offload == "none"


def test_larger_pictures_are_drawn_fewer_at_a_time_and_never_none() -> None:
    chosen = plan(SDXL, card(24))

    counts = [chosen.together(side, side, 4) for side in (512, 1024, 1536, 2048, 4096, 8192)]

    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == 1


@pytest.mark.parametrize("weight", [SKETCHBOOK, SDXL, FLUX])
@pytest.mark.parametrize("gib", [4, 24, 80])
def test_every_plan_explains_itself_in_a_sentence(weight: Weight, gib: int) -> None:
    chosen = plan(weight, card(gib))

    assert chosen.why.endswith(".")
    assert chosen.dtype in chosen.why
    assert "NVIDIA" in chosen.why
    assert "\n" not in chosen.why
