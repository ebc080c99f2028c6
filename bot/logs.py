"""Structured logs on stderr: text for a terminal, JSON for a machine, secrets in neither."""

import logging
import re
import sys
from collections.abc import Collection
from typing import Any

import structlog

# The three parts of a bot token; interaction tokens are long runs of the same letters.
_TOKEN = re.compile(r"[\w-]{23,30}\.[\w-]{6,7}\.[\w-]{27,}|(?<=/)[\w-]{80,}")
HIDDEN = "[hidden]"


class _Redact:
    """Takes secrets out of everything that is logged, tracebacks and foreign loggers included."""

    def __init__(self, secrets: Collection[str]) -> None:
        self._secrets = tuple(secret for secret in secrets if len(secret) >= 8)

    def __call__(self, _logger: Any, _name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
        return {key: self.clean(value) if isinstance(value, str) else value for key, value in event.items()}

    def clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return _TOKEN.sub(HIDDEN, text)


class _Shorter(logging.Filter):
    """A connection that breaks is everyday life: one line says so, where discord.py logs a page of traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[1] is not None and str(record.msg).startswith("Attempting a reconnect"):
            error = record.exc_info[1]
            why = f"{type(error).__name__}: {error}".replace("%", "%%")
            record.msg, record.exc_info = f"{record.msg}: {why}", None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


def configure(level: str, style: str, secrets: Collection[str] = ()) -> None:
    """Send our own and discord.py's logs through one chain; `style` is auto, text or json."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    plain = style == "json" or (style == "auto" and not sys.stderr.isatty())
    final: structlog.types.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=not plain, pad_event_to=0)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _Redact(secrets), final],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("discord", "alembic", "aiohttp"):
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    client = logging.getLogger("discord.client")
    client.filters[:] = [_Shorter()]
