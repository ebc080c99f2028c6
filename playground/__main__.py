"""`python -m playground`: a stand-in for Discord, in a process of its own."""

import argparse
import asyncio
import contextlib
import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from playground import ready
from playground.log import Log, to_stderr
from playground.server import Playground, PortInUse, playground
from playground.settings import CHANNELS, PEOPLE, Bucket, Fixed, Settings

UNUSABLE = 2  # exit code for a setting that cannot work
ENVIRONMENT = f"""
Environment (each can also be left out; what is not given is made once and kept in DIR/playground.sqlite):
  EASEL_PLAY_BOT_TOKEN       the bot's token (without it: made, and written to playground.json as bot_token)
  EASEL_PLAY_APPLICATION_ID  the application's id, which is the bot's user id too
  EASEL_PLAY_GUILD_ID        the server's id
  EASEL_PLAY_CHANNEL_IDS     ids of {", ".join(CHANNELS)}, with commas between
  EASEL_PLAY_PEOPLE_IDS      ids of {", ".join(PEOPLE)}
  EASEL_PLAY_PEOPLE_TOKENS   their tokens
  EASEL_PLAY_PAGE_KEY        the key in the address of the page
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run until SIGINT or SIGTERM; returns the exit code."""
    options = _parser().parse_args(argv)
    to_stderr()
    try:
        settings = _settings(options, os.environ)
        show_token = "EASEL_PLAY_BOT_TOKEN" not in os.environ
        return asyncio.run(_serve(settings, show_token=show_token, with_parent=options.with_parent))
    except PortInUse as error:
        return _unusable(str(error))
    except (OSError, sqlite3.Error) as error:
        return _unusable(f"The folder {options.data} cannot be used: {error}")
    except ValueError as error:
        return _unusable(str(error))


async def _serve(settings: Settings, *, show_token: bool, with_parent: bool) -> int:
    log, stop = Log(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: loop.call_soon_threadsafe(stop.set))
    if with_parent:
        threading.Thread(target=_wait_for_parent, args=(loop, stop), daemon=True).start()
    async with playground(settings, log) as opened:
        facts = opened.ready
        if show_token:
            facts["bot_token"] = opened.stage.world.identity.bot_token
        await asyncio.to_thread(ready.announce, settings.data, facts)
        log.info("playground.ready", url=opened.base_url, data=settings.data, strict=settings.spec is not None)
        try:
            await stop.wait()
        finally:
            await asyncio.to_thread(ready.withdraw, settings.data)
            _farewell(opened, log)
    return 0


def _wait_for_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Stop when whoever started us is gone, however it went."""
    # Unbuffered: a thread that sleeps in sys.stdin holds its lock, and the interpreter cannot end in peace.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    with contextlib.suppress(RuntimeError):  # the loop has ended already
        loop.call_soon_threadsafe(stop.set)


def _farewell(opened: Playground, log: Log) -> None:
    """One closing line: what was served, and in strict mode how much was checked."""
    judge = opened.door.judge
    checked = {"requests_checked": judge.requests, "responses_checked": judge.responses} if judge else {}
    answered = sum(opened.door.traffic.by_status.values())
    log.info("playground.closed", answered=answered, **checked, violations=opened.stage.violations.count)


def _settings(options: argparse.Namespace, environment: Mapping[str, str]) -> Settings:
    """Raises ValueError with a sentence for people."""
    if options.strict and options.spec is None:
        raise ValueError("--strict needs --spec PATH, the official OpenAPI file of Discord's API.")
    if options.strict and not options.spec.is_file():
        raise ValueError(f"--spec {options.spec}: there is no such file.")
    return Settings(
        data=options.data,
        port=options.port,
        fixed=_fixed(environment),
        spec=options.spec if options.strict else None,
        hints=options.hints,
        closed_dms=_names(options.closed_dms),
        world=options.world,
        time_scale=options.time_scale,
        ack_deadline_s=options.ack_deadline,
        token_life_s=options.token_life,
        nonce_window_s=options.nonce_window,
        attachment_size_limit=options.attachment_size_limit,
        cdn_life_s=options.cdn_life,
        bucket=_bucket(options.bucket, strict=options.strict),
    )


def _names(text: str) -> frozenset[str]:
    """Read "Ben,Dan"."""
    names = frozenset(name.strip() for name in text.split(",") if name.strip())
    if unknown := names - set(PEOPLE):
        raise ValueError(f"--closed-dms {min(unknown)}: the people are {', '.join(PEOPLE)}.")
    return names


def _fixed(environment: Mapping[str, str]) -> Fixed:
    def one(name: str) -> str:
        return environment.get(f"EASEL_PLAY_{name}", "").strip()

    def several(name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in one(name).split(",")) if one(name) else ()

    ids = [one("APPLICATION_ID"), one("GUILD_ID"), *several("CHANNEL_IDS"), *several("PEOPLE_IDS")]
    if wrong := next((i for i in ids if i and not i.isdigit()), None):
        raise ValueError(f"{wrong!r} is no id: ids are made of digits.")
    return Fixed(
        application_id=one("APPLICATION_ID"),
        guild_id=one("GUILD_ID"),
        channel_ids=several("CHANNEL_IDS"),
        people_ids=several("PEOPLE_IDS"),
        people_tokens=several("PEOPLE_TOKENS"),
        bot_token=one("BOT_TOKEN"),
        page_key=one("PAGE_KEY"),
    )


def _bucket(text: str | None, *, strict: bool) -> Bucket | None:
    """Read "5/5" as five per five seconds; left out, limits are on in strict mode only."""
    if text is None:
        return Bucket(limit=5, per_s=5.0) if strict else None
    if text == "off":
        return None
    limit, _, per_s = text.partition("/")
    try:
        return Bucket(limit=int(limit), per_s=float(per_s))
    except ValueError:
        raise ValueError(f'--bucket {text}: write it as "5/5" (five requests per five seconds) or "off".') from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m playground",
        description="A stand-in for Discord on this machine: REST, gateway, CDN and a page to chat on.",
        epilog=ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--port", type=int, default=8410, help="port on 127.0.0.1; 0 = any that is free (default 8410)")
    add("--data", type=Path, required=True, metavar="DIR", help="folder for playground.json, messages and files")
    add("--with-parent", action="store_true", help="end when standard input closes: no orphan keeps the port")
    add("--hints", default="", metavar="JSON", help="what the page's first screen says: title, lines, examples")
    add("--strict", action="store_true", help="check every request and answer against the official file")
    add("--spec", type=Path, metavar="PATH", help="the official OpenAPI file (for --strict)")
    add("--world", action="store_true", help="open /_world/… by which tests order faults and read the log")
    add("--closed-dms", default="", metavar="NAMES", help="people who take no direct messages, such as Ben,Dan")
    add("--time-scale", type=float, default=1.0, metavar="F", help="multiplies both deadlines (default 1)")
    add("--ack-deadline", type=float, default=3.0, metavar="S", help="seconds for the first answer (default 3)")
    add(
        "--token-life",
        type=float,
        default=900.0,
        metavar="S",
        help="seconds an interaction's token lives (default 900)",
    )
    add("--nonce-window", type=float, default=300.0, metavar="S", help="seconds a nonce is remembered (default 300)")
    add("--attachment-size-limit", type=int, default=10 << 20, metavar="BYTES", help="per file (default 10 MiB)")
    add("--cdn-life", type=float, default=86_400.0, metavar="S", help="seconds a CDN address is good (default a day)")
    add(
        "--bucket",
        metavar="N/S",
        help='rate limit per route, such as 5/5, or "off" (default: 5/5 with --strict, else off)',
    )
    return parser


def _unusable(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return UNUSABLE


if __name__ == "__main__":
    sys.exit(main())
