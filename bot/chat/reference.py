"""What a message of ours replies to."""

from typing import Any

import discord

from db.jobs import Job


def reply(job: Job, message_id: str | None) -> dict[str, Any]:
    """The reference to what was pressed, or none: after a crash nobody may know the waiting message."""
    if message_id is None:
        return {}
    reference = discord.MessageReference(
        message_id=int(message_id),
        channel_id=int(job.channel_id),
        guild_id=int(job.guild_id) if job.guild_id else None,
        fail_if_not_exists=False,
    )
    return {"reference": reference}
