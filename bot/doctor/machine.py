"""Looks at what computes: the device that torch sees, and whether the model fits into its memory."""

import asyncio
import contextlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.doctor.finding import Finding, attention, broken, ok
from bot.settings import Settings
from pipeline.local import cuda_advice, nvidia_card_present

ASK = (sys.executable, "-m", "pipeline.gpu", "--facts")
TIMEOUT_S = 120.0
"""The first import of torch on a slow disk takes long."""

Facts = Mapping[str, Any]
"""See pipeline.gpu.facts.report."""

_BYTES = {"float32": 4, "float16": 2, "bfloat16": 2}
_REINSTALL = "Install Easel again: pip install -e ."


@dataclass(frozen=True, kw_only=True)
class Load:
    """What the machine is to carry."""

    parameters: int | None
    """Of the model; None where that cannot be told."""
    painter: bool = True
    """False: no model is used, so that torch is not needed at all."""


async def check(
    settings: Settings, load: Load, ask: Sequence[str] = ASK, timeout_s: float = TIMEOUT_S
) -> list[Finding]:
    """Ask a process of its own, since torch must not come into this one."""
    card = await asyncio.to_thread(nvidia_card_present)
    try:
        facts = await _facts(ask, timeout_s)
    except (OSError, ValueError, TimeoutError) as fault:
        why = str(fault) or f"it did not answer within {timeout_s:.0f} s"
        what = f"torch does not start: {why}."
        return [broken("device", what, _REINSTALL) if load.painter else attention("device", what, _REINSTALL)]
    return [*judge(settings, facts, card=card), *memory(settings, facts, load)]


async def _facts(ask: Sequence[str], timeout_s: float) -> Facts:
    """Run the command and read its JSON. Raises OSError, ValueError, TimeoutError."""
    process = await asyncio.create_subprocess_exec(
        *ask, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), timeout_s)
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        lines = err.decode(errors="replace").strip().splitlines()
        raise ValueError(lines[-1] if lines else f"exit code {process.returncode}")
    facts = json.loads(out)
    if not isinstance(facts, dict) or not facts.get("devices"):
        raise ValueError("it names no device")
    return facts


def judge(settings: Settings, facts: Facts, *, card: bool) -> Iterator[Finding]:
    """Say what will be computed on; `card`: there is an NVIDIA card, whether or not torch sees it."""
    absent = [wanted for wanted in _wanted(settings) if _pick(facts, wanted) is None]
    if absent:
        there = ", ".join(f"{device['name']} ({device['title']})" for device in facts["devices"])
        yield broken(
            "device",
            f"EASEL_DEVICE asks for {', '.join(absent)}, but there is only {there}.",
            "Set EASEL_DEVICE to one of these, or to auto.",
        )
    if card and not facts.get("cuda"):
        what, _, mend = cuda_advice(facts.get("cuda_build")).partition(". Run")
        yield attention("device", f"{what}.", f"Run{mend}")
    elif not absent:
        names = [str(device["title"]) for wanted in _wanted(settings) if (device := _pick(facts, wanted))]
        yield ok("device", f"{', '.join(names)}, torch {facts.get('torch', '?')}.")


def _wanted(settings: Settings) -> list[str]:
    return [wanted.strip() for wanted in settings.device.split(",")]


def _pick(facts: Facts, wanted: str) -> Facts | None:
    """The device that a setting means: auto is the first, a kind its first."""
    for device in facts["devices"]:
        if wanted in ("auto", device["name"], device["kind"]):
            found: Facts = device
            return found
    return None


def memory(settings: Settings, facts: Facts, load: Load) -> Iterator[Finding]:
    """Say whether the weights fit; a little more is needed to paint with them."""
    device = _pick(facts, _wanted(settings)[0])
    if device is None:
        return
    free, total = int(device["free_mib"]), int(device["total_mib"])
    if load.parameters is None:
        yield ok("memory", f"{_gib(free)} of {_gib(total)} free on {device['title']}.")
        return
    plain = "float32" if device["kind"] == "cpu" else "float16"
    need = load.parameters * _BYTES.get(settings.dtype, _BYTES[plain]) >> 20
    machine = int(facts["devices"][-1]["total_mib"])
    if need <= free:
        yield ok("memory", f"the model takes {_gib(need)}; {_gib(free)} of {_gib(total)} are free.")
    elif need > machine and (need > total or device["kind"] != "cuda"):
        what = f"the model takes {_gib(need)}, but this machine has {_gib(machine)}."
        yield broken("memory", what, "Choose a smaller model with EASEL_MODEL.")
    elif device["kind"] == "cuda":
        what = f"the model takes {_gib(need)}, and {_gib(free)} are free on {device['title']}: parts of it take turns."
        yield attention(
            "memory", what, "It works, slowly. Close other programs that use the card, or use a smaller model."
        )
    else:
        what = f"the model takes {_gib(need)}, and only {_gib(free)} of {_gib(total)} are free."
        yield attention("memory", what, "Close other programs, or choose a smaller model with EASEL_MODEL.")


def _gib(mib: int) -> str:
    return f"{mib / 1024:.1f} GiB" if mib >= 1024 else f"{mib} MiB"
