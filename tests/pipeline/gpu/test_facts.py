"""What this machine computes with."""

import json
from pathlib import Path

import pytest

from pipeline.gpu import facts


def test_the_processor_is_always_there_and_last() -> None:
    found = facts.gather()

    assert found.devices[-1].kind == "cpu"
    assert 0 < found.devices[-1].free_mib <= found.devices[-1].total_mib
    assert found.cores >= 1


def test_the_report_is_plain() -> None:
    report = json.loads(json.dumps(facts.report()))

    assert {"devices", "cores", "torch", "cuda_build", "cuda", "mps"} <= report.keys()
    assert {"name", "kind", "title", "free_mib", "total_mib"} <= report["devices"][-1].keys()


@pytest.mark.parametrize(
    ("quota", "cores"), [("100000 100000", 1), ("50000 100000", 1), ("max 100000", None), ("", None)]
)
def test_a_container_with_a_quota_has_fewer_cores(tmp_path: Path, quota: str, cores: int | None) -> None:
    (tmp_path / "cpu.max").write_text(quota)

    assert facts.cores(tmp_path) == (cores or facts.cores(tmp_path / "nowhere"))


def test_a_container_with_a_limit_has_less_memory(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text(str(512 << 20))
    (tmp_path / "memory.current").write_text(str(200 << 20))

    assert facts.host_memory_mib(tmp_path) == (312, 512)


def test_without_a_limit_the_machine_counts(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("max")

    assert facts.host_memory_mib(tmp_path)[1] == facts.host_memory_mib(tmp_path / "nowhere")[1]
