"""The doctor sees what is wrong, says what mends it, and gives nothing away."""

import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import filelock
import pytest
from aiohttp import web

from bot import doctor
from bot.chat.invite import PERMISSIONS
from bot.doctor import account, given, home, machine, model, ports
from bot.doctor.finding import Finding
from bot.settings import DiscordAddresses, Settings
from db import ledger
from db.database import Connection, Database

# Made up, in the shape of a real one.
TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAw." + "GaBcDe." + "not-a-real-token-not-a-real-token-1234"
CPU = {"name": "cpu", "kind": "cpu", "title": "CPU", "free_mib": 8192, "total_mib": 16384, "bfloat16": False}
CARD = {"name": "cuda:0", "kind": "cuda", "title": "NVIDIA Test", "free_mib": 8000, "total_mib": 8192, "bfloat16": True}
PLAIN = {"devices": [CPU], "cores": 4, "torch": "2.9.0", "cuda_build": None, "cuda": False, "mps": False}
WITH_CARD = PLAIN | {"devices": [CARD, CPU], "cuda_build": "12.8", "cuda": True}


@pytest.fixture(autouse=True)
def nothing_leaves_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doctor asks Discord itself unless told otherwise: a test that forgets to would fail here."""
    resolve = socket.getaddrinfo

    def only_loopback(host: Any, *rest: Any, **options: Any) -> Any:
        assert host in ("127.0.0.1", None), f"a test asked for {host}"
        return resolve(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", only_loopback)


def settings_of(tmp_path: Path, **changes: Any) -> Settings:
    return replace(Settings(data=tmp_path / "data", play_port=0), **changes)


def only(found: Iterator[Finding] | list[Finding], subject: str) -> Finding:
    [finding] = [each for each in found if each.subject == subject]
    return finding


def telling(facts: object) -> tuple[str, ...]:
    return (sys.executable, "-c", f"print({json.dumps(facts)!r})")


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(1)
        yield door.getsockname()[1]


@asynccontextmanager
async def discord_standing_in(**answers: Any) -> AsyncIterator[DiscordAddresses]:
    """A server that knows one token; an answer may be a status, or a body."""

    async def answer(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bot {TOKEN}":
            return web.json_response({"message": "401: Unauthorized", "code": 0}, status=401)
        body = told[request.path]
        return web.Response(status=body) if isinstance(body, int) else web.json_response(body)

    told = {
        "/users/@me": answers.get("me", {"id": "42", "username": "Easel"}),
        "/oauth2/applications/@me": answers.get("application", {"id": "42", "name": "Easel", "bot_public": True}),
        "/users/@me/guilds": answers.get(
            "guilds", [{"id": "100000000000000001", "name": "Atelier", "permissions": str(PERMISSIONS.value)}]
        ),
    }
    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield DiscordAddresses(api=f"http://127.0.0.1:{runner.addresses[0][1]}")
    finally:
        await runner.cleanup()


# -- the token, and what Discord says to it -----------------------------------


async def test_a_good_token_is_logged_in_with_and_the_invite_link_asks_for_exactly_what_is_needed(
    tmp_path: Path,
) -> None:
    async with discord_standing_in() as addresses:
        found = await account.check(settings_of(tmp_path, token=TOKEN, addresses=addresses))

    assert [each.level for each in found] == ["ok", "ok", "ok"]
    assert only(found, "token").what == "logged in as Easel (42)."
    invite = only(found, "invite").what
    assert "client_id=42" in invite
    assert f"permissions={PERMISSIONS.value}" in invite
    assert "Atelier" in only(found, "servers").what


async def test_no_token_is_no_fault_but_says_how_to_serve_discord(tmp_path: Path) -> None:
    [finding] = await account.check(settings_of(tmp_path))

    assert finding.level == "attention"
    assert ".env" in finding.mend


async def test_a_wrong_token_is_broken_and_says_where_to_get_the_right_one(tmp_path: Path) -> None:
    wrong = TOKEN[:-1] + "x"
    async with discord_standing_in() as addresses:
        [finding] = await account.check(settings_of(tmp_path, token=wrong, addresses=addresses))

    assert finding.level == "broken"
    assert "does not accept" in finding.what
    assert "Reset Token" in finding.mend


@pytest.mark.parametrize(
    ("token", "named"),
    [
        ("123456789012345678", "application's id"),
        ("a1" * 32, "public key"),
        ("abcdefghijklmnopqrstuvwxyz012345", "client secret"),
        ("hello", "three parts"),
    ],
)
async def test_what_is_no_bot_token_is_recognized_without_asking_discord(
    tmp_path: Path, token: str, named: str
) -> None:
    [finding] = await account.check(settings_of(tmp_path, token=token))

    assert finding.level == "broken"
    assert named in finding.what


async def test_without_network_the_doctor_says_so_and_soon(tmp_path: Path) -> None:
    with taken_port() as silent:  # accepts and never answers
        addresses = DiscordAddresses(api=f"http://127.0.0.1:{silent}")
        [silence] = await account.check(settings_of(tmp_path, token=TOKEN, addresses=addresses), timeout_s=0.1)
    [closed] = await account.check(settings_of(tmp_path, token=TOKEN, addresses=addresses))

    for finding in (silence, closed):
        assert finding.level == "broken"
        assert "cannot be reached" in finding.what
        assert "network" in finding.mend


@pytest.mark.parametrize(("status", "level"), [(429, "attention"), (503, "attention"), (403, "broken")])
async def test_trouble_of_discords_own_is_not_blamed_on_the_token(tmp_path: Path, status: int, level: str) -> None:
    async with discord_standing_in(me=status) as addresses:
        [finding] = await account.check(settings_of(tmp_path, token=TOKEN, addresses=addresses))

    assert finding.level == level
    assert "does not accept" not in finding.what


async def test_an_application_that_cannot_be_invited_is_broken(tmp_path: Path) -> None:
    application = {"id": "42", "bot_require_code_grant": True}
    async with discord_standing_in(application=application) as addresses:
        found = await account.check(settings_of(tmp_path, token=TOKEN, addresses=addresses))

    assert only(found, "invite").level == "broken"
    assert "Code Grant" in only(found, "invite").what


async def test_a_server_where_permissions_are_missing_is_named_with_them(tmp_path: Path) -> None:
    granted = PERMISSIONS.value & ~(1 << 15)  # without Attach Files
    guilds = [{"id": "1", "name": "Atelier", "permissions": str(granted)}, {"id": "2", "name": "B", "permissions": "8"}]
    async with discord_standing_in(guilds=guilds) as addresses:
        found = await account.check(settings_of(tmp_path, token=TOKEN, addresses=addresses))

    servers = only(found, "servers")
    assert servers.level == "attention"
    assert "on Atelier the bot lacks Attach Files." in servers.what


async def test_a_bot_on_no_server_and_one_not_on_the_named_servers_are_both_told(tmp_path: Path) -> None:
    guild = "200000000000000002"
    async with discord_standing_in(guilds=[]) as addresses:
        settings = settings_of(tmp_path, token=TOKEN, addresses=addresses, guilds=frozenset({guild}))
        found = [each for each in await account.check(settings) if each.subject == "servers"]

    assert [each.level for each in found] == ["attention", "attention"]
    assert guild in found[0].what
    assert "no server yet" in found[1].what


# -- what the owner wrote -----------------------------------------------------


def test_plain_settings_are_well(tmp_path: Path) -> None:
    found = given.check(settings_of(tmp_path), tmp_path / ".env")

    assert [each.level for each in found] == ["ok"]


def test_a_misspelt_setting_in_the_file_is_found_and_the_right_name_is_offered(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("EASEL_MODLE=sdxl\nEASEL_PLAY_SOMETHING=1\nHF_TOKEN=abc\n")
    dotenv.chmod(0o600)

    [finding] = given.check(settings_of(tmp_path), dotenv)

    assert "EASEL_MODLE" in finding.what
    assert "EASEL_MODEL?" in finding.mend


@pytest.mark.skipif(os.name != "posix", reason="Only POSIX has these permission bits.")
def test_a_file_of_secrets_that_others_can_read_is_told(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("DISCORD_TOKEN=\n")
    dotenv.chmod(0o644)

    [finding] = given.check(settings_of(tmp_path), dotenv)

    assert finding.level == "attention"
    assert finding.mend == f"Run: chmod 600 {dotenv}"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"fail_point": "x"}, "EASEL_FAIL_POINT"),
        ({"web_port": 8420, "web_host": "192.0.2.1"}, "EASEL_WEB_HOST"),
        ({"public_url": "https://art.example"}, "EASEL_WEB_PORT"),
        ({"home_guild": "1", "guilds": frozenset({"2"})}, "EASEL_HOME_GUILD"),
    ],
)
def test_settings_that_are_hardly_meant_get_attention(tmp_path: Path, changes: dict[str, Any], named: str) -> None:
    [finding] = given.check(settings_of(tmp_path, **changes), tmp_path / ".env")

    assert finding.level == "attention"
    assert named in finding.what


# -- the model ----------------------------------------------------------------


def test_a_model_that_is_not_there_is_broken_in_the_catalogs_own_words(tmp_path: Path) -> None:
    catalog, [finding] = model.check(settings_of(tmp_path, model=str(tmp_path / "nothing")))

    assert catalog is None
    assert finding.level == "broken"
    assert "There is no" in finding.what


def test_a_hub_model_that_is_not_here_will_be_fetched_unless_offline(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, model="easel-tests/no-such-sdxl")

    online = only(model.check(settings)[1], "model")
    offline = only(model.check(replace(settings, offline=True))[1], "model")

    assert (online.level, offline.level) == ("attention", "broken")
    assert "not on this disk yet" in online.what
    assert "EASEL_OFFLINE" in offline.what


def test_a_folder_is_found_and_its_parameters_are_counted_once(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    for part in ("unet", "vae"):
        (folder / part).mkdir(parents=True)
    (folder / "model_index.json").write_text('{"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "U"]}')
    _write_tensors(folder / "unet" / "a-00001-of-00002.safetensors", [4, 5])
    _write_tensors(folder / "unet" / "a-00002-of-00002.safetensors", [10])
    _write_tensors(folder / "unet" / "a.fp16.safetensors", [30])
    _write_tensors(folder / "vae" / "b.safetensors", [7])

    catalog, found = model.check(settings_of(tmp_path, model=str(folder)))

    assert catalog is not None
    assert only(found, "model").level == "ok"
    assert model.parameters_of(catalog.default) == 30 + 7


def test_an_upscaler_that_nobody_knows_is_told(tmp_path: Path) -> None:
    _, found = model.check(settings_of(tmp_path, upscaler="magic"))
    _, usual = model.check(settings_of(tmp_path))

    assert only(found, "model").level == "broken"
    assert "EASEL_UPSCALER" in only(found, "model").what
    assert only(usual, "upscaler").level == "ok"


def _write_tensors(path: Path, shape: list[int]) -> None:
    size = 2
    for length in shape:
        size *= length
    header = json.dumps({"t": {"dtype": "F16", "shape": shape, "data_offsets": [0, size]}}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(size))


# -- the machine --------------------------------------------------------------


async def test_the_device_is_what_torch_says_in_a_process_of_its_own(tmp_path: Path) -> None:
    found = await machine.check(settings_of(tmp_path), machine.Load(parameters=1_000_000), telling(WITH_CARD))

    assert only(found, "device").what == "NVIDIA Test, torch 2.9.0."
    assert only(found, "memory").level == "ok"


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ((sys.executable, "-c", "raise SystemExit('No module named torch')"), "No module named torch"),
        ((sys.executable, "-c", "print('surprise')"), "torch does not start"),
        ((sys.executable, "-c", "print('{}')"), "names no device"),
        (("/no/such/program",), "torch does not start"),
        ((sys.executable, "-c", "input()" if os.name == "nt" else "import signal; signal.pause()"), "did not answer"),
    ],
)
async def test_a_torch_that_does_not_start_is_broken_with_its_last_words(
    tmp_path: Path, command: tuple[str, ...], named: str
) -> None:
    load = machine.Load(parameters=None)
    [finding] = await machine.check(
        settings_of(tmp_path), load, command, timeout_s=1.0 if "signal" in command[-1] else 30
    )

    assert finding.level == "broken"
    assert named in finding.what


def test_a_card_that_torch_cannot_see_comes_with_the_command_that_mends_it(tmp_path: Path) -> None:
    [without] = machine.judge(settings_of(tmp_path), PLAIN, card=True)
    [driver] = machine.judge(settings_of(tmp_path), PLAIN | {"cuda_build": "12.8"}, card=True)

    assert without.level == "attention"
    assert "built without CUDA" in without.what
    assert 'pip install --force-reinstall "torch>=2.8,<2.14"' in without.mend
    assert "nvidia-smi" in driver.mend


def test_a_device_that_is_not_there_is_broken_and_the_others_are_named(tmp_path: Path) -> None:
    [finding] = machine.judge(settings_of(tmp_path, device="cuda:0,cuda:7"), WITH_CARD, card=True)

    assert finding.level == "broken"
    assert "asks for cuda:7" in finding.what
    assert "cuda:0 (NVIDIA Test), cpu (CPU)" in finding.what


@pytest.mark.parametrize(
    ("facts", "parameters", "level"),
    [
        (PLAIN, 1_000_000_000, "ok"),  # 3.7 GiB of 8
        (PLAIN, 3_000_000_000, "attention"),  # 11.2 GiB: more than is free, less than there is
        (PLAIN, 9_000_000_000, "broken"),  # 33.5 GiB
        (WITH_CARD, 3_000_000_000, "ok"),  # 5.6 GiB on the card
        (WITH_CARD, 6_000_000_000, "attention"),  # 11.2 GiB: parts take turns
        (WITH_CARD, 12_000_000_000, "broken"),  # 22.4 GiB fit into neither
        (PLAIN, None, "ok"),
    ],
)
def test_memory_is_compared_with_the_models_weights(
    tmp_path: Path, facts: dict[str, Any], parameters: int | None, level: str
) -> None:
    [finding] = machine.memory(settings_of(tmp_path), facts, machine.Load(parameters=parameters))

    assert finding.level == level
    assert bool(finding.mend) == (level != "ok")


# -- the data folder ----------------------------------------------------------


def test_a_folder_that_does_not_exist_yet_is_well_and_is_not_made(tmp_path: Path) -> None:
    data = tmp_path / "deep" / "data"

    running = home.in_use(data)
    found = home.check(data, running=running)

    assert {each.level for each in found} == {"ok"}
    assert not data.parent.exists()


def test_a_file_in_the_place_of_the_folder_is_broken(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    finding = only(home.check(tmp_path / "data", running=False), "data")

    assert finding.level == "broken"


def test_a_folder_that_may_not_be_written_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root, as in containers, may write everywhere

    finding = only(home.check(tmp_path, running=False), "data")

    assert finding.level == "broken"
    assert "EASEL_DATA" in finding.mend


@pytest.mark.parametrize(("free", "level"), [(100 << 20, "broken"), (2 << 30, "attention"), (50 << 30, "ok")])
def test_a_full_disk_is_told_before_it_hurts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, level: str
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": free}))

    assert only(home.check(tmp_path, running=False), "disk").level == level


async def test_a_database_in_use_is_examined_and_the_bot_on_it_is_seen(tmp_path: Path) -> None:
    with filelock.FileLock(tmp_path / home.LOCK):
        async with Database.open(tmp_path / home.DATABASE) as database:
            await database.write(ledger.open_account, "1", "2", 25_000, 1_700_000_000_000)
            running = home.in_use(tmp_path)
            found = home.check(tmp_path, running=running)

    assert only(found, "database").level == "ok"
    assert "just now" in only(found, "lock").what
    assert not home.in_use(tmp_path)


async def test_a_database_that_does_not_add_up_is_broken(tmp_path: Path) -> None:
    path = tmp_path / home.DATABASE
    async with Database.open(path) as database:
        await database.write(ledger.open_account, "1", "2", 25_000, 1_700_000_000_000)
        await database.write(_execute, "UPDATE lot SET posted_units = posted_units + 1")

    finding = only(home.check(tmp_path, running=False), "database")

    assert finding.level == "broken"
    assert "I1" in finding.what
    assert "backup" in finding.mend


async def test_a_database_from_a_newer_version_is_broken(tmp_path: Path) -> None:
    async with Database.open(tmp_path / home.DATABASE) as database:
        await database.write(_execute, "UPDATE alembic_version SET version_num = '9999'")

    finding = only(home.check(tmp_path, running=False), "database")

    assert finding.level == "broken"
    assert "newer" in finding.what


@pytest.mark.parametrize("content", [b"this is no database, whatever its name may say" * 40, b""])
def test_what_is_no_database_is_broken_and_an_empty_file_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / home.DATABASE).write_bytes(content)

    finding = only(home.check(tmp_path, running=False), "database")

    assert finding.level == ("broken" if content else "ok")


def _execute(conn: Connection, statement: str) -> None:
    conn.exec_driver_sql(statement)


# -- ports --------------------------------------------------------------------


async def test_free_ports_are_well(tmp_path: Path) -> None:
    with taken_port() as port:
        pass

    found = await ports.check(settings_of(tmp_path, web_port=port, play_port=port), running=False)

    assert {each.level for each in found} == {"ok"}


async def test_a_host_that_no_name_can_be_is_the_owners_to_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def encoded(host: str, *_rest: object, **_options: object) -> None:
        host.encode("idna")  # what the real one does first

    monkeypatch.setattr(socket, "getaddrinfo", encoded)
    settings = settings_of(tmp_path, web_port=8420, web_host="no..host", play_port=0)

    assert only(await ports.check(settings, running=False), "web port").level == "broken"


async def test_a_taken_port_is_broken_for_the_one_who_needs_it(tmp_path: Path) -> None:
    with taken_port() as port:
        found = await ports.check(settings_of(tmp_path, web_port=port, play_port=port), running=False)
        with_token = await ports.check(settings_of(tmp_path, token=TOKEN, play_port=port), running=False)

    assert only(found, "web port").level == "broken"
    assert "EASEL_WEB_PORT" in only(found, "web port").mend
    assert only(found, "playground port").level == "broken"
    assert only(with_token, "playground port").level == "attention"


@pytest.mark.parametrize(("status", "level"), [(200, "ok"), (503, "attention")])
async def test_a_running_bot_is_asked_how_it_is(tmp_path: Path, status: int, level: str) -> None:
    async with _health(status) as port:
        found = await ports.check(settings_of(tmp_path, web_port=port, play_port=port), running=True)

    assert only(found, "web port").level == level
    assert only(found, "playground port").level == "ok"


async def test_a_running_bot_that_does_not_answer_gets_attention(tmp_path: Path) -> None:
    with taken_port() as port:
        pass

    found = await ports.check(settings_of(tmp_path, web_port=port), running=True)

    assert only(found, "web port").level == "attention"


@asynccontextmanager
async def _health(status: int) -> AsyncIterator[int]:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({}, status=status)

    app = web.Application()
    app.router.add_get("/health", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


# -- the visit ----------------------------------------------------------------


async def test_a_visit_looks_at_everything_that_was_promised(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, model="doodle")

    found = [each async for each in doctor.examine(settings, telling(PLAIN))]

    assert {each.subject for each in found} == {
        *("settings", "token", "model", "upscaler", "device", "memory"),
        *("data", "disk", "database", "lock", "web port", "playground port"),
    }


def test_the_exit_code_and_the_last_line_say_whether_anything_is_broken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = settings_of(tmp_path, model="doodle")

    well = doctor.main(settings, ask=telling(PLAIN))
    said = capsys.readouterr().out.splitlines()
    ill = doctor.main(replace(settings, token="hello", model="nothing-of-the-kind"), ask=telling(PLAIN))
    complained = capsys.readouterr().out.splitlines()

    assert (well, ill) == (0, 1)
    assert said[-1].startswith("Nothing is broken")
    assert complained[-1].startswith("2 broken")
    assert all(line.split(" ")[0] in ("ok", "attention", "broken") for line in said[:-1] + complained[:-1])


async def test_no_secret_is_printed_whatever_happens(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with discord_standing_in(guilds=503) as addresses:
        for api in (addresses, DiscordAddresses(api=f"http://127.0.0.1:1/{TOKEN}")):
            settings = settings_of(tmp_path, token=TOKEN, addresses=api, model="doodle")
            await doctor.visit(settings, ask=telling(PLAIN))
            await doctor.visit(settings, ask=telling(PLAIN), as_json=True)

    said = capsys.readouterr()
    assert TOKEN not in said.out + said.err
    assert "[hidden]" in said.out


def test_the_machine_readable_form_holds_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    doctor.main(settings_of(tmp_path, model="doodle"), as_json=True, ask=telling(PLAIN))

    found = json.loads(capsys.readouterr().out)
    assert {"level", "subject", "what", "mend"} == set(found[0])


async def test_a_check_that_fails_itself_does_not_silence_the_others() -> None:
    async def well() -> list[Finding]:
        return [Finding("ok", "b", "fine")]

    async def ill() -> list[Finding]:
        raise AttributeError("surprise")

    found = [each async for each in doctor.in_turn({"a": ill(), "b": well()})]

    assert [(each.subject, each.level) for each in found] == [("a", "broken"), ("b", "ok")]
    assert "surprise" in found[0].what


def test_a_finding_is_one_line_whatever_it_quotes() -> None:
    finding = Finding("broken", "model", "first\n  second\tthird", "do\nthis")

    assert finding.line() == "broken    — model: first second third — do this"
