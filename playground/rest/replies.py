"""Messages that answer an interaction: what surrounds them, and who sees them."""

from playground import objects
from playground.compose import COMMAND_ANSWER, MENU_ANSWER, REPLY, Frame
from playground.interactions import Interaction
from playground.messages import EPHEMERAL, SILENT, SUPPRESS_EMBEDS, V2, Message
from playground.rest.messages import reference_to
from playground.rules.callback import COMMAND, COMPONENT
from playground.rules.commands import MESSAGE_MENU
from playground.snowflake import Json
from playground.stage import Stage

REPLY_FLAGS = EPHEMERAL | SUPPRESS_EMBEDS | SILENT | V2


def frame(stage: Stage, interaction: Interaction, flags: int, *, followup: bool = False) -> Frame:
    """The frame of an answer: a button is replied to, and a follow-up replies to the answer before it."""
    identity = stage.world.identity
    replied = _replied(stage, interaction, followup=followup)
    return Frame(
        channel_id=interaction.channel_id,
        author=identity.bot,
        kind=_kind(interaction, replied, followup=followup),
        flags=flags,
        seen_by=interaction.person.id if flags & EPHEMERAL else None,
        origin=interaction.id,
        more={
            "application_id": identity.application_id,
            "webhook_id": identity.application_id,
            "interaction_metadata": _metadata(stage, interaction, followup=followup),
            **({"interaction": _older_form(interaction)} if interaction.command else {}),
            **({"message_reference": reference_to(replied, stage)} if replied else {}),
        },
    )


def installed_at(stage: Stage, interaction: Interaction) -> Json:
    """Where the application is installed, as an interaction says it; a conversation with the bot counts as guild 0."""
    return {"0": stage.world.guild_of(interaction.channel_id).get("guild_id", "0")}


def belongs(message: Message | None, interaction: Interaction) -> bool:
    """Whether a message may be reached with the token of an interaction."""
    return message is not None and (message.origin == interaction.id or message.id == interaction.original)


def _kind(interaction: Interaction, replied: Message | None, *, followup: bool) -> int:
    if interaction.kind == COMMAND and not followup:
        return MENU_ANSWER if interaction.menu else COMMAND_ANSWER
    return REPLY if replied else 0


def _replied(stage: Stage, interaction: Interaction, *, followup: bool) -> Message | None:
    target = interaction.target if interaction.menu == MESSAGE_MENU else None
    wanted = (followup and interaction.original) or interaction.source or target
    return stage.world.messages.get(wanted) if wanted else None


def _metadata(stage: Stage, interaction: Interaction, *, followup: bool) -> Json:
    opener = interaction.opener
    began_at = {"interacted_message_id": interaction.source} if interaction.kind == COMPONENT else {}
    return {
        "id": interaction.id,
        "type": interaction.kind,
        "user": objects.user(interaction.person),
        "authorizing_integration_owners": installed_at(stage, interaction),
        **began_at,
        **_target(stage, interaction),
        **({"triggering_interaction_metadata": _metadata(stage, opener, followup=False)} if opener else {}),
        **({"original_response_message_id": interaction.original} if followup and interaction.original else {}),
    }


def _target(stage: Stage, interaction: Interaction) -> Json:
    """Whom or what a context menu was opened on."""
    if interaction.menu == MESSAGE_MENU:
        return {"target_message_id": interaction.target}
    target = stage.world.actor(interaction.target or "") if interaction.menu else None
    return {"target_user": objects.user(target)} if target else {}


def _older_form(interaction: Interaction) -> Json:
    return {
        "id": interaction.id,
        "type": interaction.kind,
        "name": interaction.command,
        "user": objects.user(interaction.person),
    }
