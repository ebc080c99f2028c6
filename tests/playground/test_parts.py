"""The small parts on their own: ids, permissions, picture sizes, the log."""

import io
import mimetypes
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from playground.cdn import square
from playground.components import completed, walk
from playground.log import line
from playground.permissions import EVERYTHING, Overwrite, Permission, in_channel, named
from playground.pictures import size_of
from playground.problem import Wrong, invalid
from playground.rules.message import Sent, message_rules
from playground.snowflake import Mint, is_snowflake, made_at_ms
from playground.uploads import kind_of, plain_name

KEYS = st.sampled_from(
    ["content", "embeds", "components", "attachments", "flags", "allowed_mentions", "type", "id", "url", "fields",
     "custom_id", "options", "items", "image", "parse", "name", "value", "label", "style", "message_reference"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def test_ids_only_grow_and_know_their_moment() -> None:
    mint = Mint()
    ids = [mint() for _ in range(1000)]

    assert ids == sorted(set(ids), key=int)
    assert abs(made_at_ms(ids[0]) - time.time() * 1000) < 5000
    assert Mint(int(ids[-1]) + 10**15)() == str(int(ids[-1]) + 10**15 + 1)


@pytest.mark.parametrize(
    ("value", "is_one"), [("1", True), ("", False), ("-1", False), ("١", False), ("9" * 20, False)]
)
def test_ids_are_told_from_other_text(value: str, is_one: bool) -> None:
    assert is_snowflake(value) is is_one


def test_later_overwrites_win_and_an_administrator_has_everything() -> None:
    send = Permission.SEND_MESSAGES
    everyone = Overwrite(target="1", kind=0, deny=send)
    user = Overwrite(target="2", kind=1, allow=send)

    assert in_channel(send, [everyone]) == 0
    assert in_channel(send, [everyone, user]) == send
    assert in_channel(Permission.ADMINISTRATOR, [everyone]) == EVERYTHING
    assert named(["view_channel", "SEND_MESSAGES"]) == (1 << 10) | (1 << 11)


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("PNG", {}),
        ("GIF", {}),
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
    ],
)
def test_sizes_are_read_from_every_kind_of_picture(form: str, options: dict[str, bool]) -> None:
    file = io.BytesIO()
    Image.new("RGB", (70, 30)).save(file, form, **options)

    assert size_of(file.getvalue()) == (70, 30)


def test_an_animated_webp_tells_its_size_too() -> None:
    file = io.BytesIO()
    frames = [Image.new("RGB", (70, 30), colour) for colour in ("red", "blue")]
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:])

    assert size_of(file.getvalue()) == (70, 30)


@settings(deadline=None)
@given(
    st.binary(max_size=40),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFFxxxxWEBPVP8X", b"\xff\xd8\xff"]),
)
def test_broken_pictures_have_no_size_or_some_size(data: bytes, head: bytes) -> None:
    size = size_of(head + data)

    assert size is None or len(size) == 2


@pytest.mark.parametrize(
    ("side", "size"), [(60_000, (60_000, 60_000)), (0, None), ((1 << 31) - 1, ((1 << 31) - 1,) * 2), (1 << 31, None)]
)
def test_a_picture_may_claim_to_be_huge_but_not_to_be_nothing(side: int, size: tuple[int, int] | None) -> None:
    claimed = square((1, 2, 3), side_px=1)
    head = claimed[:16] + side.to_bytes(4, "big") * 2

    assert size_of(head + claimed[24:]) == size


def test_a_plain_square_is_a_picture() -> None:
    with Image.open(io.BytesIO(square((1, 2, 3), side_px=5))) as picture:
        assert (picture.size, picture.getpixel((2, 2))) == ((5, 5), (1, 2, 3))


@pytest.mark.parametrize(
    ("given", "plain"),
    [("a b.png", "a_b.png"), ("../x", ".._x"), ("ä.png", "_.png"), ('a"\r\n.png', "a___.png"), ("", "unknown")],
)
def test_file_names_become_plain(given: str, plain: str) -> None:
    assert plain_name(given) == plain


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.webp", "image/webp"),
        ("A.PNG", "image/png"),
        ("a.jpeg", "image/jpeg"),
        ("a.mp4", "video/mp4"),
        ("a.txt", "text/plain"),
        ("a", "application/octet-stream"),
    ],
)
def test_a_file_is_of_the_same_kind_on_every_machine(name: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many machines have no list of kinds, and Python's own lacked WebP for long."""
    monkeypatch.setattr(mimetypes, "knownfiles", [])
    monkeypatch.setattr(mimetypes, "_db", None)

    assert kind_of(name) == kind


@settings(deadline=None)
@given(st.dictionaries(KEYS, JSON, max_size=5))
def test_no_body_breaks_the_rules_themselves(body: dict[str, object]) -> None:
    assert isinstance(message_rules(Sent(body=body)), list)


def test_components_keep_their_ids_and_get_new_ones() -> None:
    row = {"type": 1, "components": [{"type": 2, "id": 7, "url": None}, {"type": 2}]}

    done = completed([row])

    assert [c["id"] for c in walk(done)] == [1, 7, 2]
    assert "url" not in done[0]["components"][0]
    assert "id" not in row


def test_faults_stand_at_their_place_in_the_answer() -> None:
    problem = invalid([Wrong(at=("embeds", 0, "title"), message="too long")])

    assert problem.body["errors"]["embeds"]["0"]["title"]["_errors"][0]["message"] == "too long"


def test_the_log_quotes_only_what_needs_it() -> None:
    assert line("a.b", {"n": 1, "word": "x", "text": "x y"}) == "a.b n=1 word=x text='x y'"
