"""The command `easel`: run · play · doctor · models."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot import logs
from bot.clock import wall_clock
from bot.errors import CannotStart, SettingsUnusable
from bot.settings import MOST_PORT, Settings, load_dotenv, load_toml
from db import ledger
from db.errors import DatabaseError
from pipeline.catalog import ModelUnusable
from pipeline.wellknown import WELL_KNOWN

if TYPE_CHECKING:
    from bot.app import Bot

MENDABLE = (CannotStart, DatabaseError, ModelUnusable)

CANNOT_START = 2
"""Exit code when something has to be mended first."""

NOTHING_TO_SERVE = (
    "There is no DISCORD_TOKEN. Put it into a file named .env here (see .env.example), or start the playground"
    " with: easel play"
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code: 0 fine, 2 something has to be mended first."""
    arguments = _parser().parse_args(argv)
    try:
        settings = _with_flags(read_settings(), arguments)
        os.environ.pop("DISCORD_TOKEN", None)  # child processes inherit the environment, and none of them needs it
        logs.configure(settings.log_level, settings.log_format, [settings.token])
        return _run(arguments.command, settings, arguments)
    except SettingsUnusable as error:
        return _stop("Some settings cannot be used:\n  " + "\n  ".join(error.faults))
    except CannotStart as error:
        return _stop(str(error))
    except KeyboardInterrupt:
        return 0


def read_settings() -> Settings:
    """Read .env and the environment (which wins) and easel.toml from the working directory."""
    own = {key: value for key, value in load_dotenv(Path(".env")).items() if value is not None}
    for name, value in own.items():
        if not name.startswith(("EASEL_", "DISCORD_")):
            os.environ.setdefault(name, value)  # HF_TOKEN and the like are for the painter, which inherits them
    env = own | dict(os.environ)
    return Settings.from_env(env, load_toml(Path("easel.toml")))


def _run(command: str | None, settings: Settings, arguments: argparse.Namespace) -> int:
    if command == "doctor":
        from bot import doctor  # noqa: PLC0415 - only where it is wanted

        return doctor.main(settings, as_json=arguments.json)
    if command == "models":
        return _models(settings)
    if command is None:
        command = "run" if settings.token else "play"
    if command == "run" and not settings.token:
        raise CannotStart(NOTHING_TO_SERVE)
    work = _serve(settings) if command == "run" else _play(settings, browser=not arguments.no_browser)
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(_until_told(work))
    return 0


async def _until_told(work: Coroutine[Any, Any, None]) -> None:
    """Work until Ctrl-C, or until a container is told to stop; both end everything in order."""
    task = asyncio.create_task(work)
    with contextlib.suppress(NotImplementedError):  # Windows has no handler for it, and no SIGTERM either
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await task


async def _serve(settings: Settings) -> None:
    from bot import app  # noqa: PLC0415 - discord.py takes a third of a second

    def ready(bot: app.Bot) -> None:
        _say(f"Easel {version('easel')} is online as {bot.client.user}.")
        _describe(bot)
        _say(f"Invite it to a server:  {bot.client.invite_url}")

    with _mendable():
        await app.serve(settings, ready)


async def _play(settings: Settings, *, browser: bool) -> None:
    from bot import app  # noqa: PLC0415
    from bot.play import open_page, playground  # noqa: PLC0415

    aside: set[asyncio.Task[None]] = set()
    with _mendable():
        hints = await asyncio.to_thread(_hints, settings)
    async with playground(settings, hints=hints) as ground:

        def ready(bot: app.Bot) -> None:
            _say(f"Easel {version('easel')}: the playground is open. Nothing leaves this machine.")
            _describe(bot)
            _say(f"Open:  {ground.page_url}\nCtrl-C ends it.")
            if browser:
                aside.add(asyncio.create_task(open_page(ground.page_url)))

        async def prepare(bot: app.Bot) -> None:
            if ground.penniless_id:
                await bot.database.write(ledger.open_account, ground.penniless_id, ground.guild_id, 0, wall_clock())

        with _mendable():
            async with asyncio.TaskGroup() as tasks:
                watch = tasks.create_task(ground.ended(), name="playground")
                await app.serve(ground.settings, ready, prepare)
                watch.cancel()


def _hints(settings: Settings) -> str:
    """What the page's first screen says of the model."""
    from bot.engines import catalog_of  # noqa: PLC0415
    from bot.hints import hints_of  # noqa: PLC0415

    return hints_of(catalog_of(settings).default).to_json()


@contextlib.contextmanager
def _mendable() -> Iterator[None]:
    """Turn what an owner can mend into CannotStart, whatever it was wrapped in."""
    try:
        yield
    except* MENDABLE as group:
        first: BaseException = group
        while isinstance(first, BaseExceptionGroup):
            first = first.exceptions[0]
        raise CannotStart(str(first)) from None


def _describe(bot: "Bot") -> None:
    _say(f"Model:  {bot.studio.card.title}")
    for note in bot.catalog.notes:
        _say(note)


def _models(settings: Settings) -> int:
    from bot.engines import catalog_of  # noqa: PLC0415

    with _mendable():
        catalog = catalog_of(settings)
    for card in {**WELL_KNOWN, **catalog.models}.values():
        mark = "*" if card.key == catalog.default.key else " "
        _say(f"{mark} {card.key:24} {card.title}")
    return 0


def _with_flags(settings: Settings, arguments: argparse.Namespace) -> Settings:
    """Flags beat settings."""
    if arguments.port is not None:
        settings = replace(settings, play_port=arguments.port)
    return replace(settings, data=Path(arguments.data)) if arguments.data else settings


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="easel",
        description="A self-hosted, Midjourney-style Discord bot. Without a command: the bot if there is a"
        " DISCORD_TOKEN, else the playground.",
    )
    parser.add_argument("--version", action="version", version=f"easel {version('easel')}")
    parser.set_defaults(port=None, data=None, no_browser=False, command=None)
    _play_flags(parser)
    commands = parser.add_subparsers(dest="command", metavar="command")
    run = commands.add_parser("run", help="serve Discord; a DISCORD_TOKEN is needed")
    run.add_argument("--data", default=argparse.SUPPRESS, metavar="DIR", help="data folder (EASEL_DATA)")
    _play_flags(commands.add_parser("play", help="try everything in a browser, with a stand-in for Discord"))
    doctor = commands.add_parser("doctor", help="check token, model, device, memory, disk, database and ports")
    doctor.add_argument("--data", default=argparse.SUPPRESS, metavar="DIR", help="data folder (EASEL_DATA)")
    doctor.add_argument("--json", action="store_true", help="for programs")
    commands.add_parser("models", help="list the models that EASEL_MODEL may name")
    return parser


def _play_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=_port, default=argparse.SUPPRESS, metavar="N", help="the playground's port")
    parser.add_argument("--data", default=argparse.SUPPRESS, metavar="DIR", help="data folder (EASEL_DATA)")
    parser.add_argument(
        "--no-browser", action="store_true", default=argparse.SUPPRESS, help="do not open the page in a browser"
    )


def _port(text: str) -> int:
    """Read a port. Raises ArgumentTypeError."""
    if not text.isdecimal() or int(text) > MOST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r}: a whole number from 0 to {MOST_PORT} is needed")
    return int(text)


def _say(text: str) -> None:
    print(text, flush=True)


def _stop(sentence: str) -> int:
    print(sentence, file=sys.stderr, flush=True)
    return CANNOT_START
