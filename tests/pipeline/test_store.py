import errno
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.store import PictureDamaged, PictureMissing, PictureStore, StoreFull

OLD_S = 3600.0


@pytest.fixture
def store(tmp_path: Path) -> PictureStore:
    return PictureStore(tmp_path / "pictures")


def files(store: PictureStore) -> list[Path]:
    return [path for path in store._root.rglob("*") if path.is_file() and path.name != ".lock"]


def age(path: Path, seconds: float = 2 * OLD_S) -> None:
    past = time.time() - seconds
    os.utime(path, (past, past))


def test_what_was_put_is_read_back_under_its_hash(store: PictureStore) -> None:
    sha256 = store.put(b"a picture")

    assert sha256 == hashlib.sha256(b"a picture").hexdigest()
    assert store.read(sha256) == b"a picture"
    assert store.path(sha256).read_bytes() == b"a picture"
    assert store.has(sha256)


def test_putting_the_same_bytes_again_keeps_one_file(store: PictureStore) -> None:
    assert store.put(b"twice") == store.put(b"twice")

    assert len(files(store)) == 1


def test_pictures_are_private_to_the_owner(store: PictureStore) -> None:
    path = store.path(store.put(b"private"))

    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "a" * 63, "A" * 64, "g" * 64, "a" * 64 + "\n", "/" + "a" * 63, "\x00" * 64]
)
def test_a_name_that_is_no_hash_opens_nothing(store: PictureStore, name: str) -> None:
    assert not store.has(name)
    with pytest.raises(PictureMissing):
        store.path(name)
    with pytest.raises(PictureMissing):
        store.read(name)


@given(st.text())
def test_no_text_ever_leads_out_of_the_store(name: str) -> None:
    store = PictureStore(Path("/nonexistent"))

    with pytest.raises(PictureMissing):
        store.path(name)


def test_an_unknown_picture_is_missing(store: PictureStore) -> None:
    with pytest.raises(PictureMissing):
        store.read("0" * 64)


def test_a_changed_picture_is_noticed_and_healed_by_putting_it_again(store: PictureStore) -> None:
    sha256 = store.put(b"whole")
    store.path(sha256).write_bytes(b"whol")

    with pytest.raises(PictureDamaged):
        store.read(sha256)
    store.put(b"whole")

    assert store.read(sha256) == b"whole"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_keeps_nothing_half(store: PictureStore, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def full(_handle: int) -> None:
        raise OSError(code, "full")

    store.put(b"before")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StoreFull):
            store.put(b"one too many")

    assert len(files(store)) == 1
    assert store.read(store.put(b"one too many")) == b"one too many"


def test_a_file_size_limit_is_a_full_store(store: PictureStore) -> None:
    program = f"""
import resource
from pathlib import Path
from pipeline.store import PictureStore, StoreFull
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    PictureStore(Path({str(store._root)!r})).put(bytes(5000))
except StoreFull:
    print("full")
"""
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)

    assert out.stdout == "full\n"
    assert files(store) == []


def test_other_faults_of_the_disk_are_not_called_full(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(OSError, match=r".") as caught:
        PictureStore(tmp_path / "file").put(b"x")

    assert not isinstance(caught.value, StoreFull)


def test_a_writer_killed_at_any_moment_leaves_only_whole_pictures(store: PictureStore) -> None:
    program = f"""
import os
from pathlib import Path
from pipeline.store import PictureStore
store = PictureStore(Path({str(store._root)!r}))
print("ready", flush=True)
while True:
    store.put(os.urandom(300_000))
"""
    for _ in range(3):
        writer = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(0.05)
        writer.send_signal(signal.SIGKILL)
        writer.wait(10)
        writer.stdout.close()

    whole = [path for path in files(store) if not path.name.endswith(".unfinished")]
    assert all(hashlib.sha256(path.read_bytes()).hexdigest() == path.name for path in whole)


def test_many_threads_and_stores_may_put_the_same_pictures(store: PictureStore) -> None:
    pictures = [bytes([number]) * 5000 for number in range(8)]

    with ThreadPoolExecutor(8) as threads:
        names = list(threads.map(lambda n: PictureStore(store._root).put(pictures[n % 8]), range(64)))

    assert len(set(names)) == 8
    assert sorted(path.name for path in files(store)) == sorted(set(names))
    assert all(store.read(name) in pictures for name in names)


def test_sweep_takes_old_pictures_that_nobody_keeps(store: PictureStore) -> None:
    old, kept, young = store.put(b"old"), store.put(b"kept"), store.put(b"young")
    age(store.path(old))
    age(store.path(kept))

    assert store.sweep({kept}, OLD_S) == 1
    assert not store.has(old)
    assert store.has(kept)
    assert store.has(young)


def test_sweep_takes_leftovers_of_interrupted_writes_but_nothing_foreign(store: PictureStore) -> None:
    folder = store.path(store.put(b"x")).parent
    leftover, fresh, foreign = folder / "tmp1.unfinished", folder / "tmp2.unfinished", folder / "README"
    for path in (leftover, fresh, foreign):
        path.write_bytes(b"")
    age(leftover)
    age(foreign)

    assert store.sweep(set(), OLD_S) == 1
    assert not leftover.exists()
    assert fresh.exists()
    assert foreign.exists()


def test_sweeping_a_store_that_was_never_used_is_fine(store: PictureStore) -> None:
    assert store.sweep(set(), 0) == 0


def test_a_picture_put_again_is_young_again(store: PictureStore) -> None:
    sha256 = store.put(b"again")
    age(store.path(sha256))
    store.put(b"again")

    assert store.sweep(set(), OLD_S) == 0
    assert store.has(sha256)


def test_no_sweep_takes_a_picture_that_has_just_been_put(store: PictureStore, monkeypatch: pytest.MonkeyPatch) -> None:
    sha256 = store.put(b"contested")
    age(store.path(sha256))
    deleting, was_put = threading.Event(), threading.Event()
    unlink = Path.unlink

    def hesitant(path: Path) -> None:
        deleting.set()
        was_put.wait(0.3)
        unlink(path)

    monkeypatch.setattr(Path, "unlink", hesitant)
    sweeper = threading.Thread(target=store.sweep, args=(set(), OLD_S))
    sweeper.start()
    assert deleting.wait(10)
    store.put(b"contested")
    was_put.set()
    sweeper.join()

    assert store.read(sha256) == b"contested"
