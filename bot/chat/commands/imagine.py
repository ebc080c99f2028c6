"""`/imagine`: four pictures of what a person describes."""

from discord import app_commands

from bot.chat.answer import Interaction
from bot.chat.asking import imagine_text
from bot.texts import say

LONGEST = 6000  # what a string option of a slash command may hold


@app_commands.command(name="imagine", description=say("command.imagine"))
@app_commands.describe(prompt=say("command.imagine.prompt"))
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
async def imagine(interaction: Interaction, prompt: app_commands.Range[str, 1, LONGEST]) -> None:
    await imagine_text(interaction, prompt)
