"""The port of the bot's own pages beside a playground."""

import socket

from bot.play import _free_port


def free_pair() -> int:
    """A port that is free and has a free one after it."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def test_the_pages_are_next_to_the_playground_each_time() -> None:
    port = free_pair()
    assert [_free_port(port), _free_port(port)] == [port + 1, port + 1]


def test_a_taken_port_is_left_alone() -> None:
    port = free_pair()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port + 1))
        other.listen()
        found = _free_port(port)
    assert found not in (0, port + 1)


def test_a_playground_at_any_port_has_pages_at_any_port() -> None:
    assert _free_port(0) > 0
    assert _free_port(65535) > 0
