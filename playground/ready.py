"""The file by which others find the playground: there when it is ready, gone when it is not."""

import json
import os
from pathlib import Path

from playground.snowflake import Json

NAME = "playground.json"


def announce(folder: Path, facts: Json) -> None:
    """Write it whole or not at all, readable by its owner only (it holds tokens)."""
    fresh = folder / f".{NAME}.{os.getpid()}"
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(facts, file, indent=1)
    fresh.replace(folder / NAME)


def withdraw(folder: Path) -> None:
    (folder / NAME).unlink(missing_ok=True)
