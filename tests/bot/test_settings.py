"""Settings: each is described with its right default, good values are taken, and bad ones are named all at once."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot.doctor.given import names
from bot.errors import SettingsUnusable
from bot.settings import Factors, Modes, Prices, Settings, load_dotenv, load_toml
from pipeline.catalog import Catalog
from pipeline.overrides import _FIELDS, SOURCE_FIELDS

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / ".env.example"
TABLES = ROOT / "easel.toml.example"
GUILD = "100000000000000001"
_ENTRY = re.compile(r"^#?([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)
_EXAMPLE_LINE = re.compile(r"^#(?=[\[a-z])", re.MULTILINE)


def described() -> dict[str, str]:
    return dict(_ENTRY.findall(EXAMPLE.read_text(encoding="utf-8")))


def faults_of(env: dict[str, str], toml: dict[str, object] | None = None) -> tuple[str, ...]:
    with pytest.raises(SettingsUnusable) as caught:
        Settings.from_env(env, toml)
    return caught.value.faults


# -- .env.example -------------------------------------------------------------


def test_the_example_names_every_setting_once_and_nothing_else() -> None:
    entries = _ENTRY.findall(EXAMPLE.read_text(encoding="utf-8"))

    assert sorted(name for name, _ in entries) == sorted(names())


@pytest.mark.parametrize("name", sorted(described()))
def test_the_example_gives_the_right_default(name: str) -> None:
    given = Settings.from_env({name: described()[name]})

    assert given == Settings.from_env({}) == Settings()


@pytest.mark.parametrize("name", sorted(described()))
def test_the_default_is_not_right_by_being_ignored(name: str) -> None:
    if name in ("DISCORD_TOKEN", "EASEL_DATA", "EASEL_MODEL", "EASEL_UPSCALER", "EASEL_DEVICE", "EASEL_FAIL_POINT"):
        other = "something-else"
    elif name.startswith(("EASEL_OWNERS", "EASEL_GUILDS", "EASEL_HOME")):
        other = GUILD
    else:
        other = _OTHER[name]

    assert Settings.from_env({name: other}) != Settings()


_OTHER = {
    "EASEL_BLOCKED_WORDS": "mud",
    "EASEL_START_CREDITS": "24",
    "EASEL_MAX_BATCH": "9",
    "EASEL_MAX_MEGAPIXELS": "16",
    "EASEL_PUBLIC_URL": "https://easel.example",
    "EASEL_MAX_RUNNING": "2",
    "EASEL_MAX_WAITING": "9",
    "EASEL_DESCRIBER": "none",
    "EASEL_DTYPE": "float16",
    "EASEL_OFFLOAD": "model",
    "EASEL_CPU_THREADS": "1",
    "EASEL_OFFLINE": "yes",
    "EASEL_GALLERY_URL": "https://gallery.example",
    "EASEL_WEB_HOST": "0.0.0.0",
    "EASEL_WEB_PORT": "8420",
    "EASEL_PLAY_PORT": "0",
    "EASEL_LOG_LEVEL": "DEBUG",
    "EASEL_LOG_FORMAT": "json",
    "EASEL_DISCORD_API": "http://127.0.0.1:1/api",
    "EASEL_DISCORD_GATEWAY": "ws://127.0.0.1:1",
    "EASEL_DISCORD_CDN": "http://127.0.0.1:1/cdn",
    "EASEL_DOODLE_STEP_MS": "1",
}


def test_each_setting_is_explained_by_one_line_above_it() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()

    for above, line in pairwise(lines):
        if _ENTRY.match(line):
            assert re.match(r"# [A-Zy]", above), line
            assert above.endswith("."), above


def test_the_example_copied_as_it_is_sets_nothing_but_an_empty_token() -> None:
    assert dotenv_values(EXAMPLE) == {"DISCORD_TOKEN": ""}


# -- easel.toml.example -------------------------------------------------------


def test_the_tables_copied_as_they_are_change_nothing() -> None:
    tables = load_toml(TABLES)

    assert Settings.from_env({}, tables) == Settings()
    for kind in (Prices, Factors, Modes):
        assert set(tables[kind.__name__.lower()]) == set(kind.__dataclass_fields__)


def test_the_examples_among_the_tables_work_and_show_every_field() -> None:
    tables = tomllib.loads(_EXAMPLE_LINE.sub("", TABLES.read_text(encoding="utf-8")))

    settings = Settings.from_env({"EASEL_MODEL": "atelier"}, tables)
    catalog = Catalog.from_tables(settings.model, settings.model_tables, None)

    assert (catalog.default.key, catalog.default.title, catalog.default.steps) == ("atelier", "Atelier", 30)
    assert set(catalog.models) == {"atelier", "house"}
    assert set(tables["models"]["atelier"]) == SOURCE_FIELDS | set(_FIELDS)


def test_an_absent_table_file_is_an_empty_one_and_a_broken_one_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "easel.toml"
    broken.write_text("[prices\n")

    assert load_toml(tmp_path / "none.toml") == {}
    with pytest.raises(SettingsUnusable, match=r"easel\.toml"):
        load_toml(broken)


# -- reading ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("https://art.example.org", "https://art.example.org"),
        ("https://example.org/easel/", "https://example.org/easel"),
        ("http://192.168.1.20:8420//", "http://192.168.1.20:8420"),
    ],
)
def test_an_address_may_have_a_path_and_loses_slashes_at_its_end(given: str, read: str) -> None:
    settings = Settings.from_env({"EASEL_PUBLIC_URL": given, "EASEL_GALLERY_URL": given, "EASEL_WEB_PORT": "8420"})

    assert (settings.pages_url, settings.gallery_url) == (read, read)


@pytest.mark.parametrize(
    "given", ["example.org/easel", "ftp://example.org", "https://", "https://a.org/?x=1", "https://[a"]
)
@pytest.mark.parametrize("name", ["EASEL_PUBLIC_URL", "EASEL_GALLERY_URL"])
def test_an_address_that_no_path_can_be_put_behind_is_refused_with_an_example(name: str, given: str) -> None:
    [fault] = faults_of({name: given})

    assert fault.startswith(f"{name}=")
    assert "https://example.org/easel" in fault


def test_nothing_given_is_everything_at_its_default() -> None:
    assert Settings.from_env({}) == Settings()


def test_all_faults_are_told_at_once_each_with_what_would_be_right() -> None:
    faults = faults_of(
        {"EASEL_MAX_WAITING": "many", "EASEL_WEB_PORT": "70000", "EASEL_DTYPE": "int4", "EASEL_OFFLINE": "perhaps"},
        {"prices": {"imagine": -1, "teleport": 2}},
    )

    assert len(faults) == 6
    told = "\n".join(faults)
    for part in (
        *("EASEL_MAX_WAITING='many'", "from 1 to 1000", "EASEL_WEB_PORT='70000'", "from 0 to 65535"),
        *("float32, float16, bfloat16", "yes or no", "imagine must be a number of credits", "not 'teleport'"),
    ):
        assert part in told


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EASEL_DATA", "~nobody-of-this-name/easel"),
        ("EASEL_OWNERS", "ada"),
        ("EASEL_GUILDS", "12, 13"),
        ("EASEL_HOME_GUILD", f"{GUILD}, 100000000000000002"),
        ("EASEL_START_CREDITS", "-1"),
        ("EASEL_START_CREDITS", "2.5"),
        ("EASEL_MAX_WAITING", "0"),
        ("EASEL_CPU_THREADS", "9999"),
        ("EASEL_LOG_LEVEL", "LOUD"),
        ("EASEL_OFFLOAD", "everything"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_by_name(name: str, value: str) -> None:
    [fault] = faults_of({name: value})

    assert fault.startswith(name)


@pytest.mark.parametrize(
    "pasted",
    ["abc.def.ghi", ' "abc.def.ghi" ', "<abc.def.ghi>", "Bot abc.def.ghi", "'Bot abc.def.ghi'", "[abc.def.ghi]"],
)
def test_a_token_is_understood_as_people_paste_it(pasted: str) -> None:
    assert Settings.from_env({"DISCORD_TOKEN": pasted}).token == "abc.def.ghi"


def test_the_token_is_not_shown_when_settings_are_printed() -> None:
    assert "abc.def.ghi" not in repr(Settings.from_env({"DISCORD_TOKEN": "abc.def.ghi"}))


def test_ids_may_be_separated_by_commas_spaces_or_both() -> None:
    settings = Settings.from_env({"EASEL_OWNERS": f"{GUILD},100000000000000002 100000000000000003, "})

    assert len(settings.owners) == 3


@pytest.mark.parametrize(("given", "units"), [(0, 0), (0.5, 500), (2, 2000), (1.0, 1000)])
def test_prices_are_given_in_credits_and_kept_in_units(given: float, units: int) -> None:
    assert Settings.from_env({}, {"prices": {"upscale": given}}).prices == Prices(upscale=units)


@pytest.mark.parametrize("table", [[], "1", {"imagine": True}, {"imagine": "free"}, {"imagine": 10**9}])
def test_prices_that_are_no_prices_are_refused(table: object) -> None:
    assert faults_of({}, {"prices": table})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_settings_file_is_read_as_every_system_writes_it(tmp_path: Path, encoding: str) -> None:
    written = tmp_path / ".env"
    written.write_bytes("DISCORD_TOKEN=abc\r\nEASEL_BLOCKED_WORDS=größer\r\n".encode(encoding))

    assert load_dotenv(written) == {"DISCORD_TOKEN": "abc", "EASEL_BLOCKED_WORDS": "größer"}
    assert load_dotenv(tmp_path / "none") == {}


def test_a_settings_file_in_another_encoding_is_refused_in_words(tmp_path: Path) -> None:
    written = tmp_path / ".env"
    written.write_bytes("EASEL_BLOCKED_WORDS=größer".encode("latin-1"))

    with pytest.raises(SettingsUnusable, match="Save it as UTF-8"):
        load_dotenv(written)
