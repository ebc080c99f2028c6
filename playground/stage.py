"""Everything a request handler works with, in one place."""

from dataclasses import dataclass

from playground import problem
from playground.announce import Announcer
from playground.cdn import Cdn
from playground.compose import Composer, Draft, Frame, dropped_files
from playground.identity import Actor
from playground.interactions import Desk
from playground.log import Log
from playground.messages import LOADING, Message
from playground.permissions import Permission
from playground.problem import Problem
from playground.settings import Settings
from playground.slots import Slots
from playground.uploads import FileShelf
from playground.violations import Kind, Violations
from playground.world import Channel, World


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The open playground, as its handlers see it. Handlers are plain functions, so each request happens at once."""

    settings: Settings
    world: World
    cdn: Cdn
    shelf: FileShelf
    composer: Composer
    announcer: Announcer
    desk: Desk
    slots: Slots
    violations: Violations
    log: Log
    gateway_url: str

    def channel(self, actor: Actor, channel_id: str, needed: Permission | int = 0) -> Channel:
        """A channel that somebody sees; raises Problem 10003, 50001 (cannot see it) or 50013 (lacks `needed`)."""
        channel = self.world.channel(channel_id)
        if channel is None:
            raise problem.unknown_channel()
        granted = self.world.permissions(actor, channel)
        if not granted & Permission.VIEW_CHANNEL:
            raise problem.missing_access()
        if granted & needed != needed:
            raise problem.missing_permissions()
        return channel

    def add(self, frame: Frame, draft: Draft, nonce: object = None) -> Message:
        """Compose, keep and announce a new message. Raises Problem 50006 when there is nothing in it."""
        message = self.composer.new(frame, draft)
        if not frame.flags & LOADING:
            self._refuse_emptiness(message)
        self.world.keep_message(message)
        self.list_direct(frame.channel_id)
        self.announcer.created(message, nonce)
        return message

    def list_direct(self, channel_id: str, *, listed: bool = True) -> None:
        """Show a conversation in its person's list (its first message does), or take it out; tells them of a change."""
        channel = self.world.channel(channel_id)
        if channel is None or channel.person is None or channel.listed == listed:
            return
        channel.listed = listed
        self.world.keep_direct(channel)
        self.announcer.direct_listed(channel)

    def edit(self, old: Message, draft: Draft) -> Message:
        """Change a message and tell everybody. Raises Problem 50006 when nothing would be left of it."""
        message = self.composer.edited(old, draft)
        self._refuse_emptiness(message)
        self.world.keep_message(message)
        self.shelf.discard(dropped_files(old, message))
        self.announcer.updated(message)
        return message

    def delete(self, message: Message) -> None:
        self.world.forget_message(message)
        self.shelf.discard(dropped_files(message, None))
        self.announcer.deleted(message)

    def _refuse_emptiness(self, message: Message) -> None:
        if not any(message.body[key] for key in ("content", "embeds", "components", "attachments")):
            self.violations.add(Kind.RULE, "a message", "There is nothing in it (50006).")
            raise Problem(400, 50006, "Cannot send an empty message")
