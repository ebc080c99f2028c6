"""Rules of the Discord side that need no Discord: verdicts, what is ours, whose delivery a message is."""

from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.actions import ACTIONS
from bot.app import _why_closed
from bot.chat import present
from bot.chat.answer import asker, check_permissions
from bot.chat.courier import _carries, _verdict
from bot.chat.present import cancel_view
from bot.chat.pressing import own_message
from bot.custom_ids import control_id, custom_id, read_custom_id
from bot.errors import ActionRestricted, MissingPermissions, TryLater, Undeliverable
from bot.texts import say

JOB = "0b7e4f0e-6a55-4d0e-9c0b-1f2e3d4c5b6a"
OTHER = "11111111-6a55-4d0e-9c0b-1f2e3d4c5b6a"
US = 42


def answered(status: int, code: int) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="")
    return discord.HTTPException(response, {"code": code, "message": "no"})


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, 10003),  # unknown channel
        (404, 10004),  # unknown guild
        (403, 50001),  # missing access
        (403, 50013),  # missing permissions
        (403, 50007),  # cannot send messages to this user
        (400, 50083),  # thread is archived
        (403, 50278),  # no mutual guilds
        (400, 200000),  # blocked by the server's own filter
        (400, 50035),  # invalid form body
    ],
)
def test_what_can_never_be_posted_is_refunded(status: int, code: int) -> None:
    assert isinstance(_verdict(answered(status, code)), Undeliverable)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (500, 0),
        (502, 0),
        (503, 130000),  # overloaded
        (429, 20028),  # the channel's write limit
        (403, 0),  # something between us and Discord
        (404, 0),
        (400, 40004),  # sending is switched off for the moment
        (401, 0),  # our token was reset: the owner mends that, the picture waits
    ],
)
def test_what_may_pass_is_tried_again(status: int, code: int) -> None:
    verdict = _verdict(answered(status, code))

    assert isinstance(verdict, TryLater)
    assert not verdict.too_large


@pytest.mark.parametrize(("status", "code"), [(413, 0), (400, 40005), (413, 40005)])
def test_what_is_too_large_is_made_smaller(status: int, code: int) -> None:
    verdict = _verdict(answered(status, code))

    assert isinstance(verdict, TryLater)
    assert verdict.too_large


def shown(*, files: tuple[str, ...] = (), ids: tuple[str, ...] = (), author: int = US) -> Any:
    return SimpleNamespace(
        attachments=[SimpleNamespace(filename=name) for name in files],
        components=[SimpleNamespace(children=[SimpleNamespace(custom_id=one) for one in ids])],
        author=SimpleNamespace(id=author),
    )


@pytest.mark.parametrize(
    ("message", "is_it"),
    [
        (shown(files=(f"ada_red_fox_{JOB}.webp",)), True),
        (shown(ids=(f"MJ::JOB::upsample::1::{JOB}",)), True),
        (shown(ids=(f"MJ::JOB::reroll::0::{JOB}::SOLO",)), True),
        (shown(files=(f"{JOB}_grid_0.webp",), ids=(f"MJ::CancelJob::ByJobid::{JOB}",)), False),
        (shown(files=(f"ada_red_fox_{OTHER}.webp",), ids=(f"MJ::JOB::upsample::1::{OTHER}",)), False),
        (shown(), False),
    ],
)
def test_a_delivery_is_known_by_its_file_or_its_buttons_and_progress_is_none(message: Any, *, is_it: bool) -> None:
    job: Any = SimpleNamespace(id=JOB)

    assert _carries(message, job) is is_it


EVERY_BUTTON = [
    *(custom_id(action, 1 if action.takes_slot else 0, JOB) for action in ACTIONS.values() if action.offered_on),
    control_id("cancel", JOB),
    control_id("bookmark", JOB),
]


def pressing(pressed: str, message: Any) -> Any:
    return SimpleNamespace(
        message=message, data={"custom_id": pressed}, client=SimpleNamespace(user=SimpleNamespace(id=US))
    )


@pytest.mark.parametrize("pressed", EVERY_BUTTON)
def test_a_press_counts_only_on_our_message_that_carries_this_button(pressed: str) -> None:
    ours = shown(ids=(pressed,))

    assert own_message(pressing(pressed, ours)) is ours
    for wrong in (
        None,
        shown(ids=(pressed,), author=7),
        shown(),
        shown(ids=(pressed.replace(JOB, OTHER),)),
        shown(ids=(pressed + "x",)),
    ):
        with pytest.raises(ActionRestricted):
            own_message(pressing(pressed, wrong))


@pytest.mark.parametrize("pressed", EVERY_BUTTON)
def test_a_cut_or_altered_custom_id_means_nothing(pressed: str) -> None:
    assert read_custom_id(pressed) is not None

    for wrong in (
        pressed[:-1],
        pressed + "0",
        pressed.replace("MJ", "mj"),
        pressed.replace(JOB, JOB.upper()),
        " " + pressed,
    ):
        assert read_custom_id(wrong) is None


def test_before_we_know_ourselves_no_message_is_ours() -> None:
    interaction = pressing(EVERY_BUTTON[0], shown(ids=(EVERY_BUTTON[0],)))
    interaction.client.user = None

    with pytest.raises(ActionRestricted):
        own_message(interaction)


@pytest.mark.parametrize("lacking", ["view_channel", "send_messages", "attach_files", "read_message_history"])
def test_each_needed_permission_is_missed_by_its_name(lacking: str) -> None:
    held = discord.Permissions.all()
    held.update(**{lacking: False, "administrator": False})
    interaction: Any = SimpleNamespace(guild_id=1, app_permissions=held, channel=None)

    with pytest.raises(MissingPermissions) as caught:
        check_permissions(interaction)

    assert len(caught.value.names) == 1
    interaction.app_permissions = discord.Permissions(administrator=True)
    check_permissions(interaction)
    interaction.guild_id = None
    check_permissions(interaction)


def test_in_a_thread_the_permission_for_threads_counts() -> None:
    thread = discord.Thread.__new__(discord.Thread)
    held = discord.Permissions(
        view_channel=True, attach_files=True, read_message_history=True, send_messages_in_threads=True
    )
    interaction: Any = SimpleNamespace(guild_id=1, app_permissions=held, channel=thread)
    check_permissions(interaction)

    held.update(send_messages_in_threads=False, send_messages=True)
    with pytest.raises(MissingPermissions, match="Send Messages in Threads"):
        check_permissions(interaction)


@pytest.mark.parametrize(
    ("guild_id", "permissions", "is_admin"),
    [
        (1, discord.Permissions(manage_guild=True), True),
        (1, discord.Permissions(administrator=True), True),
        (1, discord.Permissions(manage_messages=True, manage_channels=True), False),
        (None, discord.Permissions.all(), False),
    ],
)
def test_who_may_manage_the_server_is_an_admin_and_in_direct_messages_nobody_is(
    guild_id: int | None, permissions: discord.Permissions, *, is_admin: bool
) -> None:
    interaction: Any = SimpleNamespace(
        id=1,
        user=SimpleNamespace(id=2, name="ada"),
        guild_id=guild_id,
        channel_id=3,
        permissions=permissions,
        filesize_limit=10,
        locale="en-US",
    )

    assert asker(interaction).is_admin is is_admin


async def test_views_are_finished_before_they_are_sent() -> None:
    assert cancel_view(JOB).is_finished()


def closed(code: int) -> discord.ConnectionClosed:
    socket: Any = SimpleNamespace(close_code=code)
    return discord.ConnectionClosed(socket, shard_id=None, code=code)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (closed(4004), "DISCORD_TOKEN"),
        (closed(4011), "more than 2,500"),
        (closed(4013), "code 4013"),
        (discord.PrivilegedIntentsRequired(None), "code 4014"),
        (closed(4999), "code 4999"),
    ],
)
def test_what_the_gateway_says_last_is_put_in_a_sentence(error: Exception, words: str) -> None:
    assert words in _why_closed(ExceptionGroup("outer", [ExceptionGroup("inner", [error])]))


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("url", [None, "https://easel.example.org/a/gallery/of/ours"])
@pytest.mark.parametrize("hidden", [False, True])
def test_the_longest_message_of_every_kind_fits_even_where_it_is_shown_again(
    action: str, url: str | None, *, hidden: bool
) -> None:
    snowflake = "9" * 20
    job: Any = SimpleNamespace(
        id=JOB, user_id=snowflake, prompt="x" * 6000, action=action, parent_slot=4, remixed=False, speed="turbo",
        stealth=hidden,
    )  # fmt: skip
    spec: Any = SimpleNamespace(verb=ACTIONS[action].verb, upscaler="lanczos")

    text = present.final(job, spec, smaller=True, gallery_url=url)
    parent = say("show.parent", url=present.jump_url(snowflake, snowflake, snowflake))

    assert len(f"{text}\n{parent}") <= present.MESSAGE_LIMIT
