"""Looks at what the owner wrote: the settings themselves, and the file .env."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.doctor.finding import Finding, attention, ok
from bot.settings import Settings, load_dotenv
from pipeline.checkpoints import did_you_mean

SUBJECT = "settings"
OURS = ("EASEL_", "DISCORD_")
PLAYGROUND_ONLY = "EASEL_PLAY_"
"""Prefix of the settings that the playground's own process reads."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_GROUP_AND_OTHERS = 0o077


class _Asked(Mapping[str, str]):
    """An empty environment that remembers what was looked for in it."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def names() -> frozenset[str]:
    """Every setting that Easel reads from the environment."""
    asked = _Asked()
    Settings.from_env(asked)
    return frozenset(asked.names)


def check(settings: Settings, dotenv: Path = Path(".env")) -> list[Finding]:
    """Look for settings that are readable but hardly meant."""
    found = [*_file(dotenv), *_guilds(settings), *_for_tests(settings), *_door(settings)]
    return found or [ok(SUBJECT, f"all can be read; the data folder is {settings.data}.")]


def _file(dotenv: Path) -> Iterator[Finding]:
    if not dotenv.is_file():
        return
    if os.name == "posix" and dotenv.stat().st_mode & _GROUP_AND_OTHERS:
        yield attention(SUBJECT, f"{dotenv} holds secrets and other users can read it.", f"Run: chmod 600 {dotenv}")
    known = names()
    for name in load_dotenv(dotenv):
        if name.startswith(OURS) and name not in known and not name.startswith(PLAYGROUND_ONLY):
            guess = did_you_mean(name, known)
            yield attention(SUBJECT, f"{dotenv} sets {name}, which Easel does not know.", f"Take it out.{guess}")


def _guilds(settings: Settings) -> Iterator[Finding]:
    if settings.home_guild and settings.guilds and settings.home_guild not in settings.guilds:
        yield attention(
            SUBJECT,
            "EASEL_HOME_GUILD names a server that EASEL_GUILDS does not.",
            "Add it to EASEL_GUILDS, or direct messages are paid by a server that is not served.",
        )


def _for_tests(settings: Settings) -> Iterator[Finding]:
    if settings.fail_point:
        yield attention(
            SUBJECT, "EASEL_FAIL_POINT is set: it kills the bot on purpose, for tests.", "Take EASEL_FAIL_POINT out."
        )


def _door(settings: Settings) -> Iterator[Finding]:
    if settings.public_url and not settings.web_port:
        yield attention(
            SUBJECT,
            "EASEL_PUBLIC_URL is set and EASEL_WEB_PORT is not, so Vary (Region) is not offered.",
            "Set EASEL_WEB_PORT to the port that this address leads to, or take EASEL_PUBLIC_URL out.",
        )
    if settings.web_port and settings.web_host not in LOOPBACK:
        yield attention(
            SUBJECT,
            f"EASEL_WEB_HOST={settings.web_host}: other machines can read the bot's health page.",
            "Set EASEL_WEB_HOST to 127.0.0.1 unless that is what you want.",
        )
