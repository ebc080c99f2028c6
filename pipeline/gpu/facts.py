"""What this machine computes with, as torch sees it."""

import contextlib
import math
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil
import torch

from pipeline.gpu.plan import Device, Facts

_MIB = 1 << 20
_AMPERE = 8  # the first generation of cards with bfloat16
_CONTAINER = Path("/sys/fs/cgroup")


def gather(wanted: str = "auto") -> Facts:
    """Look at every device, closely only at the card that is wanted: that takes some of its memory for good."""
    return Facts(
        devices=[*_cards(wanted), *_apple(), _cpu()],
        cores=cores(),
        torch=torch.__version__,
        cuda_build=torch.version.cuda,
    )


def report() -> dict[str, Any]:
    """Return the facts as JSON values, for `python -m pipeline.gpu --facts`."""
    facts = gather()
    plain = asdict(facts) | {"devices": [asdict(device) for device in facts.devices]}
    return plain | {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}


def cards() -> dict[str, Any]:
    """Return what the bot needs to know before anything is loaded."""
    return {"cards": torch.cuda.device_count() if torch.cuda.is_available() else 0, "cuda_build": torch.version.cuda}


def cores(container: Path = _CONTAINER) -> int:
    """Return how many cores this process may use, also inside a container with a quota."""
    process = psutil.Process()
    allowed = len(process.cpu_affinity()) if hasattr(process, "cpu_affinity") else 0
    quota, period = (*_limits(container / "cpu.max"), None, None)[:2]
    most = math.ceil(quota / period) if quota and period else 1 << 16
    return max(1, min(allowed or psutil.cpu_count() or 1, most))


def free_mib(device: str) -> int:
    """Return the memory of a device that another picture could use."""
    if device.startswith("cuda"):
        free, _ = torch.cuda.mem_get_info(device)
        cached = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return int(free + cached) // _MIB
    return host_memory_mib()[0]


def host_memory_mib(container: Path = _CONTAINER) -> tuple[int, int]:
    """Return the free and the whole memory of this machine, or of the container's share of it."""
    memory = psutil.virtual_memory()
    free, total = int(memory.available), int(memory.total)
    limit, used = (*_limits(container / "memory.max"), None)[0], (*_limits(container / "memory.current"), None)[0]
    if limit and limit < total:
        free, total = min(free, limit - (used or 0)), limit
    return max(0, free) // _MIB, total // _MIB


def _cards(wanted: str) -> list[Device]:
    if not torch.cuda.is_available():
        return []
    first = "cuda:0" if wanted in ("auto", "cuda") else wanted
    return [_card(number, closely=first == f"cuda:{number}") for number in range(torch.cuda.device_count())]


def _card(number: int, *, closely: bool) -> Device:
    properties = torch.cuda.get_device_properties(number)
    total_mib = properties.total_memory // _MIB
    return Device(
        name=f"cuda:{number}",
        kind="cuda",
        title=properties.name,
        free_mib=free_mib(f"cuda:{number}") if closely else total_mib,
        total_mib=total_mib,
        bfloat16=properties.major >= _AMPERE,
    )


def _apple() -> list[Device]:
    if not torch.backends.mps.is_available():
        return []
    free, total = host_memory_mib()
    return [
        Device(
            name="mps",
            kind="mps",
            title=f"Apple GPU ({platform.processor() or platform.machine()})",
            free_mib=free,
            total_mib=total,
            bfloat16=False,
        )
    ]


def _cpu() -> Device:
    free, total = host_memory_mib()
    return Device(name="cpu", kind="cpu", title="CPU", free_mib=free, total_mib=total, bfloat16=False)


def _limits(file: Path) -> list[int]:
    """Read the numbers of a control group's file; none where there is no such file or no limit."""
    with contextlib.suppress(OSError, ValueError):
        return [int(word) for word in file.read_text("ascii").split()]
    return []
