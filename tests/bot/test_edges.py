"""Small parts at the edge: pace, failpoints, logs, replies, and what the bot process may load."""

import asyncio
import logging
import subprocess
import sys

import pytest
import structlog

from bot import errors
from bot.chat.pace import Pace
from bot.failpoint import failpoint
from bot.logs import HIDDEN, configure
from bot.replies import REPLIES, reply_to


async def test_one_message_is_edited_once_per_gap_and_one_channel_too() -> None:
    pace = Pace(per_message_s=0.2, per_channel_s=0.1)
    loop = asyncio.get_running_loop()
    begin = loop.time()

    await pace.wait("channel", "a")
    first = loop.time() - begin
    await pace.wait("channel", "b")
    second = loop.time() - begin
    await pace.wait("channel", "a")
    third = loop.time() - begin
    await pace.wait("elsewhere", "c")
    other = loop.time() - begin - third

    assert first < 0.05
    assert second >= 0.09
    assert third >= 0.19
    assert other < 0.05


def test_a_failpoint_strikes_at_the_named_place_and_the_counted_time(monkeypatch: pytest.MonkeyPatch) -> None:
    struck: list[int] = []
    monkeypatch.setattr("os.kill", lambda pid, sig: struck.append(sig))
    point = failpoint("before_commit:accept@2")

    point("after_commit:accept")
    point("before_commit:accept")
    assert struck == []
    point("before_commit:accept")

    assert len(struck) == 1
    failpoint("")("before_commit:accept")
    assert len(struck) == 1


def test_no_secret_reaches_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    secret = "a-very-secret-token-of-the-owner"
    shaped = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"
    interaction_token = "aW50ZXJhY3Rpb246" + "x" * 90
    configure("DEBUG", "json", [secret])

    structlog.get_logger("easel").info("login", token=secret, url=f"https://x/{interaction_token}/messages")
    logging.getLogger("discord.http").warning("with %s", shaped)
    structlog.get_logger("easel").error("failed", exc_info=ValueError(f"bad token {secret} {shaped}"))

    out = capsys.readouterr().err
    assert HIDDEN in out
    assert secret not in out
    assert shaped not in out
    assert interaction_token not in out


def test_a_broken_connection_is_one_line_and_no_page_of_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", "text")

    gone = OSError("100% of the network is gone")
    logging.getLogger("discord.client").error("Attempting a reconnect in %.2fs", 1.5, exc_info=gone)

    out = capsys.readouterr().err
    assert "Attempting a reconnect in 1.50s: OSError: 100% of the network is gone" in out
    assert "Traceback" not in out


def test_every_refusal_has_words_and_a_bug_has_none() -> None:
    for name in vars(errors):
        kind = getattr(errors, name)
        if isinstance(kind, type) and issubclass(kind, errors.Refused):
            assert any(base in REPLIES for base in kind.__mro__), name
    assert reply_to(ValueError("secret detail")) is None


def test_the_base_class_answers_for_its_children() -> None:
    class NewRefusal(errors.Refused):
        """Not in the table."""

    notice = reply_to(NewRefusal())

    assert notice is not None
    assert notice.title == "Job action restricted"


def test_the_bot_process_never_loads_torch() -> None:
    code = (
        "import sys; import bot.app, bot.cli, bot.play, bot.chat.commands;"
        "sys.exit(any(name in sys.modules for name in ('torch', 'diffusers', 'transformers')))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
