"""The key that signs links: made at the first start, kept in the data folder, readable by its owner only."""

import contextlib
import os
import secrets
from pathlib import Path

NAME = "secret"
BYTES = 32


def secret_of(data: Path) -> bytes:
    """Read the key of a data folder, or make it; slow, so call it in a thread. Raises OSError."""
    path = data / NAME
    with contextlib.suppress(FileNotFoundError):
        found = path.read_bytes()
        if len(found) == BYTES:
            return found
        path.unlink()  # cut short by a crash: links given out with it are lost, and asked for anew
    key = secrets.token_bytes(BYTES)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
    return key
