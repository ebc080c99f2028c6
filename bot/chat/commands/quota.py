"""`/quota`: admins look after the credits of their server's members; each change is kept with who and why."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.chat import present
from bot.chat.answer import Interaction, asker, privately
from bot.quotas import MOST_CREDITS, Quotas
from bot.settings import UNITS_PER_CREDIT
from bot.studio import Asker
from bot.texts import credits, say
from db.ledger import Balance, Change

if TYPE_CHECKING:
    from bot.chat.client import EaselClient

quota = app_commands.Group(
    name="quota",
    description=say("command.quota"),
    default_permissions=discord.Permissions(manage_guild=True),
    guild_only=True,
    allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
)

Amount = app_commands.Range[int, 0, MOST_CREDITS]
Reason = app_commands.Range[str, 1, 200]
MEMBER, AMOUNT, REASON = say("command.option.member"), say("command.option.amount"), say("command.option.reason")


@quota.command(name="show", description=say("command.quota.show"))
@app_commands.describe(member=MEMBER)
async def show(interaction: Interaction, member: discord.User) -> None:
    client: EaselClient = interaction.client
    async with privately(interaction):
        account = await client.quotas.show(str(member.id), asker(interaction))
        lines = [_balance(member, account.balance)]
        if account.daily_units:
            lines.append(say("quota.daily_show", amount=credits(account.daily_units)))
        if account.history:
            lines += [say("quota.history"), *(_change(change) for change in account.history)]
        await interaction.edit_original_response(content="\n".join(lines)[:2000])


@quota.command(name="grant", description=say("command.quota.grant"))
@app_commands.describe(member=MEMBER, n=AMOUNT, reason=REASON)
async def grant(interaction: Interaction, member: discord.User, n: Amount, reason: Reason = "") -> None:
    facts = {"amount": credits(n * UNITS_PER_CREDIT)}
    await _changed(interaction, member, lambda to, by: to.grant(str(member.id), n, reason, by), "quota.granted", facts)


@quota.command(name="take", description=say("command.quota.take"))
@app_commands.describe(member=MEMBER, n=AMOUNT, reason=REASON)
async def take(interaction: Interaction, member: discord.User, n: Amount, reason: Reason = "") -> None:
    facts = {"amount": credits(n * UNITS_PER_CREDIT)}
    await _changed(interaction, member, lambda to, by: to.take(str(member.id), n, reason, by), "quota.taken", facts)


@quota.command(name="set", description=say("command.quota.set"))
@app_commands.describe(member=MEMBER, n=AMOUNT, reason=REASON)
async def set_(interaction: Interaction, member: discord.User, n: Amount, reason: Reason = "") -> None:
    await _changed(interaction, member, lambda to, by: to.set(str(member.id), n, reason, by), "quota.set", {})


@quota.command(name="reset", description=say("command.quota.reset"))
@app_commands.describe(member=MEMBER, reason=REASON)
async def reset(interaction: Interaction, member: discord.User, reason: Reason = "") -> None:
    await _changed(interaction, member, lambda to, by: to.reset(str(member.id), reason, by), "quota.set", {})


@quota.command(name="daily", description=say("command.quota.daily"))
@app_commands.describe(n=AMOUNT)
async def daily(interaction: Interaction, n: Amount) -> None:
    client: EaselClient = interaction.client
    async with privately(interaction):
        await client.quotas.daily(n, asker(interaction))
        text = say("quota.daily", amount=credits(n * UNITS_PER_CREDIT)) if n else say("quota.daily_off")
        await interaction.edit_original_response(content=text)


async def _changed(
    interaction: Interaction,
    member: discord.User,
    change: Callable[[Quotas, Asker], Awaitable[Balance]],
    key: str,
    facts: Mapping[str, str],
) -> None:
    """Change a member's credits, and say what is free then."""
    client: EaselClient = interaction.client
    async with privately(interaction):
        balance = await change(client.quotas, asker(interaction))
        who, free = present.mention(str(member.id)), credits(balance.free_units)
        await interaction.edit_original_response(content=say(key, who=who, free=free, **facts))


def _balance(member: discord.User, balance: Balance) -> str:
    return say(
        "quota.balance",
        who=present.mention(str(member.id)),
        free=credits(balance.free_units),
        held=credits(balance.held_units),
    )


def _change(change: Change) -> str:
    who = present.mention(change.actor) if change.actor.isdecimal() else change.actor
    sign = "+" if change.gives else "−"
    reason = discord.utils.escape_markdown(change.reason)
    return f"- <t:{change.at // 1000}:d> {change.kind} {sign}{credits(change.units)} · {who} {reason}".rstrip()
