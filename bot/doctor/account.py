"""Asks Discord about the token: whose it is, how to invite the bot, and where it may do its work."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.chat import invite
from bot.doctor.finding import Finding, attention, broken, ok
from bot.settings import DiscordAddresses, Settings

TIMEOUT_S = 10.0
COPY_ANEW = "Copy it anew: Developer Portal → your application → Bot → Reset Token, and put it into .env."
_SHAPE = re.compile(r"[\w-]{20,}\.[\w-]{5,}\.[\w-]{25,}", re.ASCII)
_LOOKS_LIKE = (
    (re.compile(r"[0-9]{15,20}"), "the application's id"),
    (re.compile(r"[0-9a-f]{64}"), "the application's public key"),
    (re.compile(r"[\w-]{32}", re.ASCII), "the client secret"),
)
_NAMES_SHOWN = 5
_GUILDS_ASKED = 200

Json = Any


class _Unanswered(Exception):
    """Discord did not give what was asked for; carries what to say."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.what)
        self.finding = finding


async def check(settings: Settings, timeout_s: float = TIMEOUT_S) -> list[Finding]:
    """Log in with the token and look around."""
    if not settings.token:
        return [
            attention(
                "token",
                "there is no DISCORD_TOKEN, so only the playground can be used.",
                "To serve Discord, put the bot's token into .env (docs/owners.md says where to get it).",
            )
        ]
    if settings.addresses.api == DiscordAddresses().api and not _SHAPE.fullmatch(settings.token):
        return [broken("token", _misshapen(settings.token), COPY_ANEW)]
    found: list[Finding] = []
    headers = {"Authorization": f"Bot {settings.token}"}
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    try:
        async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
            await _look_around(_Discord(session, settings.addresses.api), settings, found)
    except _Unanswered as fault:
        found.append(fault.finding)
    return found


def _misshapen(token: str) -> str:
    for shape, name in _LOOKS_LIKE:
        if shape.fullmatch(token):
            return f"DISCORD_TOKEN looks like {name}, which is not the bot's token."
    return "DISCORD_TOKEN is no bot token: those have three parts with dots between them."


@dataclass(frozen=True)
class _Discord:
    session: aiohttp.ClientSession
    api: str

    async def get(self, path: str) -> Json:
        """Return the JSON answer. Raises _Unanswered."""
        try:
            async with self.session.get(self.api + path) as answer:
                if answer.status == 200:
                    return await answer.json()
                raise _Unanswered(_refusal(answer.status))
        except (aiohttp.ClientError, TimeoutError, ValueError) as fault:
            # Only the kind is shown: an error's text may repeat the header that holds the token.
            what = f"Discord cannot be reached at {self.api} ({type(fault).__name__})."
            raise _Unanswered(
                broken("token", what, "Check the network, the clock, and that a firewall lets HTTPS out.")
            ) from None


def _refusal(status: int) -> Finding:
    if status == 401:
        return broken("token", "Discord does not accept this DISCORD_TOKEN.", COPY_ANEW)
    if status == 429:
        return attention("token", "Discord says that too much was asked of it.", "Wait a few minutes and try again.")
    if status >= 500:
        return attention("token", f"Discord has trouble of its own (HTTP {status}).", "Try again in a few minutes.")
    return broken("token", f"Discord refuses (HTTP {status}).", "Check EASEL_DISCORD_API if you have set it.")


async def _look_around(api: _Discord, settings: Settings, found: list[Finding]) -> None:
    me = await api.get("/users/@me")
    found.append(ok("token", f"logged in as {me['username']} ({me['id']})."))
    application = await api.get("/oauth2/applications/@me")
    found.extend(_invite(application))
    guilds = await api.get(f"/users/@me/guilds?limit={_GUILDS_ASKED}")
    found.extend(_servers(guilds, settings))


def _invite(application: Mapping[str, Json]) -> Iterator[Finding]:
    url = invite.invite_url(int(application["id"]))
    if application.get("bot_require_code_grant"):
        yield broken(
            "invite",
            '"Requires OAuth2 Code Grant" is on, so the invite link does not work.',
            "Switch it off: Developer Portal → your application → Bot.",
        )
        return
    who = "" if application.get("bot_public", True) else " (it works for you alone: the bot is not public)"
    yield ok("invite", f"{url}{who}")


def _servers(guilds: Sequence[Mapping[str, Json]], settings: Settings) -> Iterator[Finding]:
    there = {str(guild["id"]): guild for guild in guilds}
    absent = sorted((settings.guilds | {settings.home_guild or ""}) - {""} - there.keys())
    if absent and len(guilds) < _GUILDS_ASKED:
        yield attention(
            "servers",
            f"the settings name servers that the bot is not on: {', '.join(absent)}.",
            "Open the invite link to add it there, or correct EASEL_GUILDS and EASEL_HOME_GUILD.",
        )
    if not there:
        yield attention("servers", "the bot is on no server yet.", "Open the invite link above.")
        return
    lacking = [finding for guild in there.values() for finding in _lacking(guild)]
    yield from lacking
    if not lacking:
        names = [str(guild.get("name", key)) for key, guild in there.items()]
        more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
        yield ok("servers", f"may do its work on {', '.join(names[:_NAMES_SHOWN])}{more}.")


def _lacking(guild: Mapping[str, Json]) -> Iterator[Finding]:
    if "permissions" in guild and (names := invite.lacking(int(guild["permissions"]))):
        yield attention(
            "servers",
            f"on {guild.get('name', guild['id'])} the bot lacks {', '.join(names)}.",
            "Give these to its role, or open the invite link again.",
        )
