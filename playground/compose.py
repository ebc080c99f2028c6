"""What a message becomes of a request: a new one, or an edit of an old one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from playground import objects
from playground.attachments import Resolver, described, files_in, kept
from playground.cdn import Cdn
from playground.components import completed
from playground.identity import Actor
from playground.messages import LOADING, SUPPRESS_EMBEDS, V2, Message
from playground.snowflake import ChannelId, InteractionId, Json, UserId
from playground.uploads import FileFacts
from playground.world import World

ORDINARY, REPLY, COMMAND_ANSWER, MENU_ANSWER = 0, 19, 20, 23
EDITABLE_FLAGS = SUPPRESS_EMBEDS | V2
MENTION = re.compile(r"<@!?(\d{1,20})>")
EVERYONE_MENTION = re.compile(r"@(everyone|here)\b")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What is asked for: the message part of a body, and the files that came with it."""

    body: Json
    files: tuple[FileFacts, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What a new message is besides its contents."""

    channel_id: ChannelId
    author: Actor
    kind: int = ORDINARY
    flags: int = 0
    seen_by: UserId | None = None
    origin: InteractionId | None = None
    more: Json  # references, metadata, ids of the application


class Composer:
    """Makes messages; keeps nothing."""

    def __init__(self, world: World, cdn: Cdn) -> None:
        self._world = world
        self._cdn = cdn

    def new(self, frame: Frame, draft: Draft) -> Message:
        """A message that was not there before."""
        body = {
            "id": self._world.mint(),
            "channel_id": frame.channel_id,
            "type": frame.kind,
            "author": objects.user(frame.author),
            "content": "",
            "attachments": [],
            "embeds": [],
            "components": [],
            "mentions": [],
            "mention_roles": [],
            "mention_everyone": False,
            "pinned": False,
            "tts": False,
            "timestamp": objects.now(),
            "edited_timestamp": None,
            "flags": frame.flags,
            **frame.more,
        }
        blank = Message(body=body, seen_by=frame.seen_by, origin=frame.origin)
        return self._filled(blank, draft)

    def edited(self, old: Message, draft: Draft) -> Message:
        """The next state of a message; what the draft does not speak of stays."""
        flags = old.flags & ~LOADING
        asked = draft.body.get("flags")
        if isinstance(asked, int):
            flags = (flags & ~SUPPRESS_EMBEDS) | (asked & EDITABLE_FLAGS)
        stamped = old.body | {"flags": flags, "edited_timestamp": objects.now()}
        return self._filled(replace(old, body=stamped), draft)

    def _filled(self, old: Message, draft: Draft) -> Message:
        body = dict(old.body)
        notes = draft.body.get("attachments") or []
        attachments = kept(body["attachments"], draft.body)
        fresh = described(draft.files, notes, old.channel_id)
        resolver = Resolver([*old.embedded, *attachments, *fresh], self._cdn)
        if "embeds" in draft.body:
            body["embeds"] = resolver.embeds(_embed(e) for e in draft.body["embeds"] or [])
        shown_in_embeds = set(resolver.used)
        if "components" in draft.body:
            body["components"] = completed(resolver.components(draft.body["components"] or []))
        if "content" in draft.body:
            body["content"] = (draft.body["content"] or "").strip()
            body |= self._mentions(body["content"], draft.body.get("allowed_mentions"))
        pool = [*attachments, *fresh]
        body["attachments"] = [a for a in pool if a["id"] not in shown_in_embeds]
        embedded = old.embedded if "embeds" not in draft.body else (*old.embedded, *pool)
        return replace(
            old,
            body=body,
            files=tuple(sorted({*old.files, *(file.id for file in draft.files)} & files_in(body))),
            embedded=tuple(a for a in embedded if a["id"] in shown_in_embeds or "embeds" not in draft.body),
        )

    def _mentions(self, content: str, allowed: Any) -> Json:
        """Who is called by this text, as far as `allowed_mentions` lets it."""
        rule = allowed if isinstance(allowed, dict) else {"parse": ["users", "roles"]}
        parse, named = rule.get("parse") or [], {str(u) for u in rule.get("users") or []}
        ids = dict.fromkeys(MENTION.findall(content))
        actors = [self._world.actor(i) for i in ids if "users" in parse or i in named]
        everyone = "everyone" in parse and EVERYONE_MENTION.search(content) is not None
        return {"mentions": [objects.user(a) for a in actors if a], "mention_everyone": everyone}


def dropped_files(old: Message, new: Message | None) -> Iterable[str]:
    """Ids of files that nothing shows any more after a change (None: after deletion)."""
    return set(old.files) - set(new.files if new else ())


def _embed(embed: Json) -> Json:
    given = {key: value for key, value in embed.items() if value is not None}
    if "fields" in given:
        given["fields"] = [{"inline": False, **field} for field in given["fields"]]
    return {**given, "type": "rich"}
