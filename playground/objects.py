"""The people, places and things of the world as the JSON objects that Discord sends."""

from collections.abc import Collection
from datetime import UTC, datetime

from playground.identity import BOT_NAME, GUILD_NAME, Actor, Bot, Person
from playground.permissions import EVERYONE, EVERYTHING, Overwrite
from playground.snowflake import EPOCH_MS, Json, made_at_ms
from playground.world import Channel, World

LOCALE = "en-US"
GUILD_COMMANDS_BADGE = 1 << 23  # application flag: has registered a slash command


def instant(ms: float) -> str:
    """A moment as Discord writes it."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="microseconds")


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def user(actor: Actor) -> Json:
    bot = isinstance(actor, Bot)
    return {
        "id": actor.id,
        "username": actor.name.lower() if not bot else actor.name,
        "global_name": None if bot else actor.name,
        "discriminator": "0000" if bot else "0",
        "avatar": None,
        "banner": None,
        "accent_color": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
        "bot": bot,
        "system": False,
        "public_flags": 0,
        "flags": 0,
    }


def myself(actor: Actor) -> Json:
    """A user as that user sees itself."""
    return {**user(actor), "mfa_enabled": True, "locale": LOCALE, "verified": True, "email": None, "premium_type": 0}


def membership(world: World, actor: Actor) -> Json:
    """A guild member without its user, as messages carry it."""
    return {
        "roles": world.roles_of(actor),
        "joined_at": instant(EPOCH_MS),
        "nick": None,
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "premium_since": None,
    }


def member(world: World, actor: Actor) -> Json:
    return {"user": user(actor), **membership(world, actor)}


def overwrite(it: Overwrite) -> Json:
    return {"id": it.target, "type": it.kind, "allow": str(it.allow), "deny": str(it.deny)}


def channel(world: World, it: Channel) -> Json:
    return {
        "id": it.id,
        "type": 0,
        "guild_id": world.identity.guild_id,
        "name": it.place.name,
        "topic": None,
        "nsfw": it.place.nsfw,
        "position": it.position,
        "parent_id": None,
        "permission_overwrites": [overwrite(o) for o in it.overwrites.values()],
        "rate_limit_per_user": 0,
        "flags": 0,
        "last_message_id": world.messages.last_id(it.id),
    }


def direct(world: World, it: Channel, viewer: Actor) -> Json:
    """A conversation of two, as one of them sees it."""
    assert it.person is not None
    other = world.identity.bot if viewer == it.person else it.person
    return {
        "id": it.id,
        "type": 1,
        "flags": 0,
        "last_message_id": world.messages.last_id(it.id),
        "recipients": [user(other)],
    }


def place(world: World, it: Channel, viewer: Actor) -> Json:
    """Any channel, as somebody sees it."""
    return channel(world, it) if it.person is None else direct(world, it, viewer)


def reaction(emoji: str, people: Collection[str], viewer_id: str) -> Json:
    """One kind of reaction on a message, and whether somebody is among those who gave it."""
    return {
        "emoji": {"id": None, "name": emoji},
        "count": len(people),
        "count_details": {"burst": 0, "normal": len(people)},
        "burst_colors": [],
        "me": viewer_id in people,
        "me_burst": False,
    }


def role(role_id: str, name: str, permissions: int, position: int, *, bot_id: str | None = None) -> Json:
    """A role; one with a bot's id belongs to that bot alone."""
    return {
        "id": role_id,
        "name": name,
        "permissions": str(permissions),
        "position": position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": bot_id is not None,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
        **({"tags": {"bot_id": bot_id}} if bot_id else {}),
    }


def roles(world: World) -> list[Json]:
    identity = world.identity
    return [
        role(identity.guild_id, "@everyone", EVERYONE, 0),
        role(identity.bot_role_id, BOT_NAME, EVERYONE, 1, bot_id=identity.application_id),
        role(identity.admin_role_id, "Admin", EVERYTHING, 2),
    ]


def guild(world: World) -> Json:
    """The guild as `GET /guilds/{id}` answers it."""
    return {
        "id": world.identity.guild_id,
        "name": GUILD_NAME,
        "owner_id": world.identity.people[0].id,
        "roles": roles(world),
        "features": [],
        "emojis": [],
        "stickers": [],
        "region": "playground",
        "preferred_locale": LOCALE,
        "afk_timeout": 300,
        "max_members": 100,
        "max_presences": None,
        "max_stage_video_channel_users": 0,
        "max_video_channel_users": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "widget_enabled": False,
        "nsfw": False,
        **dict.fromkeys(_ZEROES, 0),
        **dict.fromkeys(_NOTHINGS),
    }


_ZEROES = (
    "default_message_notifications",
    "explicit_content_filter",
    "mfa_level",
    "nsfw_level",
    "premium_tier",
    "system_channel_flags",
    "verification_level",
)
_NOTHINGS = (
    "afk_channel_id",
    "application_id",
    "banner",
    "description",
    "discovery_splash",
    "home_header",
    "icon",
    "incidents_data",
    "public_updates_channel_id",
    "rules_channel_id",
    "safety_alerts_channel_id",
    "splash",
    "system_channel_id",
    "vanity_url_code",
    "widget_channel_id",
)


def guild_for_gateway(world: World, actor: Actor, visible: list[Channel]) -> Json:
    """The guild with its channels and members, as GUILD_CREATE (and a person's READY) has it."""
    everyone: list[Actor] = [world.identity.bot, *world.identity.people]
    return {
        **guild(world),
        "joined_at": instant(EPOCH_MS),
        "large": False,
        "unavailable": False,
        "member_count": len(everyone),
        "members": [member(world, a) for a in everyone if isinstance(actor, Person) or a == actor],
        "channels": [channel(world, c) for c in visible],
        "hub_type": None,
        **{key: [] for key in _EMPTY_LISTS},
    }


_EMPTY_LISTS = (
    "guild_scheduled_events",
    "presences",
    "soundboard_sounds",
    "stage_instances",
    "threads",
    "voice_states",
)


def application(world: World) -> Json:
    """The bot's application as its owner sees it."""
    return {
        "id": world.identity.application_id,
        "name": BOT_NAME,
        "icon": None,
        "description": "",
        "summary": "",
        "type": None,
        "bot": user(world.identity.bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": GUILD_COMMANDS_BADGE,
        "flags_new": str(GUILD_COMMANDS_BADGE),
        "hook": True,
        "owner": user(world.identity.people[0]),
        "team": None,
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
        "integration_types_config": {"0": {}},
        "event_webhooks_status": 1,
    }


def application_in_short(world: World) -> Json:
    """The application as people's clients see it."""
    whole = application(world)
    return {key: whole[key] for key in ("id", "name", "icon", "description", "flags", "bot")}


def created_at(snowflake: str) -> str:
    """When the thing with this id came into being."""
    return instant(made_at_ms(snowflake))


def unix_time() -> float:
    """Seconds since 1970."""
    return datetime.now(UTC).timestamp()
