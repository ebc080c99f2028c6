"""A quiet, structured log: one line per event on stderr, `event key=value …`."""

import logging


class Log:
    """Writes `event key=value` lines; values are quoted only where they need it."""

    def __init__(self, name: str = "playground") -> None:
        self._logger = logging.getLogger(name)

    def debug(self, event: str, **facts: object) -> None:
        self._write(logging.DEBUG, event, facts)

    def info(self, event: str, **facts: object) -> None:
        self._write(logging.INFO, event, facts)

    def warning(self, event: str, **facts: object) -> None:
        self._write(logging.WARNING, event, facts)

    def exception(self, event: str, **facts: object) -> None:
        self._logger.error("%s", line(event, facts), exc_info=True)

    def _write(self, level: int, event: str, facts: dict[str, object]) -> None:
        if self._logger.isEnabledFor(level):
            self._logger.log(level, "%s", line(event, facts))


def line(event: str, facts: dict[str, object]) -> str:
    """One event as text."""
    return " ".join([event, *(f"{key}={quoted(value)}" for key, value in facts.items())])


def quoted(value: object) -> str:
    text = str(value)
    return repr(text) if not text or any(c.isspace() or c in "\"'=" for c in text) else text


def to_stderr(level: int = logging.INFO) -> None:
    """Send the log of this process to stderr; called once, by the process's own entry."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)-7s %(name)s %(message)s")
    logging.getLogger("playground").setLevel(level)
