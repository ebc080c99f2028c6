"""`python -m pipeline.gpu`: a painter, started by the bot; with `--facts`, one line of JSON about this machine."""

import json
import os
import signal
import sys
from pathlib import Path

import structlog

from pipeline.checkpoints import CheckpointUnusable, inspect
from pipeline.gpu.inbox import Inbox
from pipeline.setup import Setup
from pipeline.wire import Channel, Frame, WireError, check_welcome, hello

_USAGE = "A painter is started by the bot. By hand: python -m pipeline.gpu --facts"


def main() -> int:
    if sys.argv[1:] == ["--facts"]:
        return _facts()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the bot, which then hangs up
    # The real standard output stays silent: whatever a library prints goes where the log goes.
    sys.stdout = sys.stderr
    try:
        call = json.loads(sys.stdin.readline())
        channel = Channel.connect(int(call["port"]))
        channel.send(hello(str(call["secret"]), os.getpid()))
        setup = Setup.from_plain(check_welcome(channel.receive()))
    except (ValueError, TypeError, KeyError):
        sys.stderr.write(_USAGE + "\n")
        return 2
    except (WireError, OSError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 4
    if obstacle := _obstacle(setup):
        channel.send(Frame(kind="broken", body={"detail": obstacle}))
        return 3
    _prepare(setup)
    _log_for_the_bot()
    inbox = Inbox(channel)
    from pipeline.gpu.painter import serve  # noqa: PLC0415 - takes seconds, during which the inbox already listens

    return serve(channel, inbox, setup)


def _obstacle(setup: Setup) -> str | None:
    """Say at once what is wrong with a model on this machine's disk, before seconds are spent on reading torch."""
    origin = setup.models[setup.default].origin
    try:
        if origin.kind in ("folder", "file"):
            inspect(Path(origin.where))
    except CheckpointUnusable as fault:
        return str(fault)
    return None


def _prepare(setup: Setup) -> None:
    """Set what torch, transformers and the hub read from the environment when they are imported."""
    quiet = {
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "TRANSFORMERS_VERBOSITY": "error",
        "DIFFUSERS_VERBOSITY": "error",
        "TOKENIZERS_PARALLELISM": "false",
        # Threads that wait by spinning take the cores away from everyone else.
        "OMP_WAIT_POLICY": "PASSIVE",
    }
    if sys.platform == "linux":
        quiet["PYTORCH_ALLOC_CONF"] = "expandable_segments:True"  # pictures of changing sizes leave no gaps
    if setup.wishes.offline:
        quiet["HF_HUB_OFFLINE"] = "1"
    if setup.wishes.cpu_threads:
        quiet["OMP_NUM_THREADS"] = str(setup.wishes.cpu_threads)
    for name, value in quiet.items():
        os.environ.setdefault(name, value)


def _log_for_the_bot() -> None:
    """Write each entry as one line of JSON to standard error, where the bot reads it."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(default=str),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _facts() -> int:
    from pipeline.gpu.facts import report  # noqa: PLC0415 - torch is read only where it is needed

    sys.stdout.write(json.dumps(report()) + "\n")
    return 0


if __name__ == "__main__":
    # Threads that still compute must not keep the process alive.
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
