import json
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checkpoints import CheckpointUnusable, Tensor, inspect, read_header


def write(path: Path, header: Any, body: bytes = b"", length: int | None = None) -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + body)
    return path


def entry(dtype: str = "F16", shape: Any = (2, 3), offsets: Any = (0, 12)) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


_TWIN = b'"a": {"dtype": "U8", "shape": [], "data_offsets": [0, 1]}'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "m.safetensors"


def test_a_sound_header_is_read(file: Path) -> None:
    header = {
        "__metadata__": {"format": "pt"},
        "a": entry(),
        "b": entry("F32", [], (12, 16)),
        "c": entry("U8", [0], (16, 16)),
    }

    assert read_header(write(file, header, bytes(16))) == {
        "a": Tensor(dtype="F16", shape=(2, 3)),
        "b": Tensor(dtype="F32", shape=()),
        "c": Tensor(dtype="U8", shape=(0,)),
    }


def test_what_the_library_writes_is_read(file: Path) -> None:
    numpy = pytest.importorskip("numpy")
    library = pytest.importorskip("safetensors.numpy")
    library.save_file({"w": numpy.zeros((3, 5), "float32"), "b": numpy.ones(7, "int64")}, file)

    assert read_header(file) == {"w": Tensor(dtype="F32", shape=(3, 5)), "b": Tensor(dtype="I64", shape=(7,))}


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ({"a": entry()}, bytes(11)),
        ({"a": entry()}, bytes(13)),
        ({"a": entry(offsets=(0, 10))}, bytes(10)),
        ({"a": entry(offsets=(2, 14))}, bytes(14)),
        ({"a": entry(), "b": entry(offsets=(6, 18))}, bytes(18)),
        ({"a": entry(), "b": entry(offsets=(0, 12))}, bytes(12)),
        ({"a": entry(offsets=(12, 0))}, bytes(12)),
        ({"a": entry(offsets=(-12, 0))}, bytes(0)),
        ({"a": entry(shape=(-2, -3))}, bytes(12)),
        ({"a": entry(shape=(2.0, 3))}, bytes(12)),
        ({"a": entry(shape=(True, 6))}, bytes(12)),
        ({"a": entry(shape="23")}, bytes(12)),
        ({"a": entry(shape=None)}, bytes(12)),
        ({"a": entry("F12")}, bytes(12)),
        ({"a": entry([])}, bytes(12)),  # type: ignore[arg-type]
        ({"a": entry(offsets=(0, 12, 24))}, bytes(12)),
        ({"a": {}}, b""),
        ({"a": 3}, b""),
        ([], b""),
        (3, b""),
        (b"", b""),
        (b"{", b""),
        (b"\xff\xfe", b""),
        (b'{"a":' * 50_000, b""),
        (b"{" + _TWIN + b"," + _TWIN + b"}", b"x"),
        (b'{"a": {"dtype": "U8", "shape": [' + b"9" * 6000 + b'], "data_offsets": [0, 1]}}', b"x"),
    ],
)  # fmt: skip
def test_a_damaged_or_lying_header_is_refused(file: Path, header: Any, body: bytes) -> None:
    with pytest.raises(CheckpointUnusable, match="safetensors"):
        read_header(write(file, header, body))


@pytest.mark.parametrize("length", [3, 100, 100_000_001, 2**63, 2**64 - 1])
def test_a_header_longer_than_the_file_or_the_limit_is_not_read(file: Path, length: int) -> None:
    with pytest.raises(CheckpointUnusable):
        read_header(write(file, b"{}", length=length))


def test_a_header_beyond_100_mb_is_refused_even_if_it_is_there(file: Path) -> None:
    with file.open("wb") as out:
        out.write(struct.pack("<Q", 100_000_001))
        out.truncate(100_000_001 + 8)  # a hole, which takes no room

    with pytest.raises(CheckpointUnusable, match="not a whole"):
        read_header(file)


@given(st.binary(max_size=200))
def test_no_bytes_break_it(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "noise.safetensors"
    path.write_bytes(data)

    with pytest.raises(CheckpointUnusable):
        read_header(path)


def test_an_empty_checkpoint_is_whole(file: Path) -> None:
    assert read_header(write(file, {})) == {}


def test_a_model_that_is_not_there_is_missed_in_words_even_where_its_neighbours_may_not_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_folder: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)

    with pytest.raises(CheckpointUnusable, match="There is no"):
        inspect(tmp_path / "model.safetensors")
