"""One frozen Settings, read once from the environment and easel.toml; all faults are listed at once."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from bot.errors import SettingsUnusable

T = TypeVar("T")
UNITS_PER_CREDIT = 1000


@dataclass(frozen=True, kw_only=True)
class DiscordAddresses:
    """Where the platform lives; only the playground and tests change this."""

    api: str = "https://discord.com/api/v10"
    gateway: str = "wss://gateway.discord.gg/"
    cdn: str = "https://cdn.discordapp.com"


@dataclass(frozen=True, kw_only=True)
class Prices:
    """What each action costs, in units; `[prices]` of easel.toml, there in credits."""

    imagine: int = UNITS_PER_CREDIT
    reroll: int = UNITS_PER_CREDIT
    variation: int = UNITS_PER_CREDIT
    upscale: int = UNITS_PER_CREDIT


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that an owner decides; every field is described in `.env.example`."""

    token: str = field(default="", repr=False)
    data: Path = Path("easel-data")
    owners: frozenset[str] = frozenset()
    guilds: frozenset[str] = frozenset()
    home_guild: str | None = None
    blocked_words: tuple[str, ...] = ()
    start_units: int = 25 * UNITS_PER_CREDIT
    max_waiting: int = 10
    model: str = "sketchbook"
    upscaler: str = "auto"
    device: str = "auto"
    dtype: str = "auto"
    offload: str = "auto"
    cpu_threads: int = 0
    offline: bool = False
    gallery_url: str | None = None
    web_host: str = "127.0.0.1"
    web_port: int = 0
    play_port: int = 8410
    log_level: str = "INFO"
    log_format: str = "auto"
    addresses: DiscordAddresses = DiscordAddresses()
    fail_point: str = ""
    doodle_step_s: float = 0.05
    """Pace of the scripted stand-in."""
    prices: Prices = Prices()
    model_tables: Mapping[str, Any] = field(default_factory=dict)

    @staticmethod
    def from_env(env: Mapping[str, str], toml: Mapping[str, Any] | None = None) -> "Settings":
        """Read every setting; raises SettingsUnusable with one line for each fault."""
        reader = _Reader(env)
        settings = _read(reader, toml or {})
        if reader.faults:
            raise SettingsUnusable(reader.faults)
        return settings


def load_toml(path: Path) -> Mapping[str, Any]:
    """Read easel.toml; an absent file is an empty one, a broken one raises SettingsUnusable."""
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsUnusable([f"{path}: {error}"]) from error


class _Reader:
    """Takes typed values out of strings and remembers what was wrong with them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.faults: list[str] = []

    def get(self, name: str, parse: Callable[[str], T], default: T, wanted: str) -> T:
        raw = self.env.get(name, "").strip()
        if not raw:
            return default
        try:
            return parse(raw)
        except ValueError:
            self.faults.append(f"{name}={raw!r}: {wanted}.")
            return default

    def text(self, name: str, default: str) -> str:
        return self.env.get(name, "").strip() or default

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        def parse(raw: str) -> int:
            value = int(raw)
            if not low <= value <= high:
                raise ValueError
            return value

        return self.get(name, parse, default, f"a whole number from {low} to {high} is needed")

    def yes(self, name: str) -> bool:
        words = {
            "1": True,
            "true": True,
            "yes": True,
            "on": True,
            "0": False,
            "false": False,
            "no": False,
            "off": False,
        }

        def parse(raw: str) -> bool:
            if raw.lower() not in words:
                raise ValueError
            return words[raw.lower()]

        return self.get(name, parse, False, "yes or no is needed")

    def ids(self, name: str) -> frozenset[str]:
        def parse(raw: str) -> frozenset[str]:
            found = frozenset(raw.replace(",", " ").split())
            if not all(part.isdecimal() and 15 <= len(part) <= 20 for part in found):
                raise ValueError
            return found

        return self.get(name, parse, frozenset(), "Discord ids are needed (long numbers, separated by commas)")

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        by_lower = {value.lower(): value for value in allowed}

        def parse(raw: str) -> str:
            if raw.lower() not in by_lower:
                raise ValueError
            return by_lower[raw.lower()]

        return self.get(name, parse, allowed[0], "one of " + ", ".join(allowed) + " is needed")


def _fail_point(raw: str) -> str:
    name, at, count = raw.rpartition("@")
    if at and not (name and count.isdecimal() and int(count) > 0):
        raise ValueError
    return raw


def _token(raw: str) -> str:
    """People paste tokens with quotes, brackets or the word Bot; take these away."""
    return raw.strip().strip("\"'<>[]() ").removeprefix("Bot ").strip()


def _read(reader: _Reader, toml: Mapping[str, Any]) -> Settings:
    homes = reader.ids("EASEL_HOME_GUILD")
    if len(homes) > 1:
        reader.faults.append("EASEL_HOME_GUILD: one server's id is needed, not several.")
    plain = DiscordAddresses()
    return Settings(
        token=_token(reader.text("DISCORD_TOKEN", "")),
        data=Path(reader.text("EASEL_DATA", "easel-data")).expanduser(),
        owners=reader.ids("EASEL_OWNERS"),
        guilds=reader.ids("EASEL_GUILDS"),
        home_guild=next(iter(sorted(homes)), None),
        blocked_words=tuple(w.strip() for w in reader.text("EASEL_BLOCKED_WORDS", "").split(",") if w.strip()),
        start_units=reader.whole("EASEL_START_CREDITS", 25, 0, 1_000_000) * UNITS_PER_CREDIT,
        max_waiting=reader.whole("EASEL_MAX_WAITING", 10, 1, 1000),
        model=reader.text("EASEL_MODEL", "sketchbook"),
        upscaler=reader.text("EASEL_UPSCALER", "auto"),
        device=reader.text("EASEL_DEVICE", "auto"),
        dtype=reader.one_of("EASEL_DTYPE", ("auto", "float32", "float16", "bfloat16")),
        offload=reader.one_of("EASEL_OFFLOAD", ("auto", "none", "model", "sequential")),
        cpu_threads=reader.whole("EASEL_CPU_THREADS", 0, 0, 1024),
        offline=reader.yes("EASEL_OFFLINE"),
        gallery_url=reader.text("EASEL_GALLERY_URL", "").rstrip("/") or None,
        web_host=reader.text("EASEL_WEB_HOST", "127.0.0.1"),
        web_port=reader.whole("EASEL_WEB_PORT", 0, 0, 65535),
        play_port=reader.whole("EASEL_PLAY_PORT", 8410, 0, 65535),
        log_level=reader.one_of("EASEL_LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR")),
        log_format=reader.one_of("EASEL_LOG_FORMAT", ("auto", "text", "json")),
        addresses=DiscordAddresses(
            api=reader.text("EASEL_DISCORD_API", plain.api),
            gateway=reader.text("EASEL_DISCORD_GATEWAY", plain.gateway),
            cdn=reader.text("EASEL_DISCORD_CDN", plain.cdn),
        ),
        fail_point=reader.get("EASEL_FAIL_POINT", _fail_point, "", "name@count is needed, such as after_post@1"),
        doodle_step_s=reader.whole("EASEL_DOODLE_STEP_MS", 50, 0, 60_000) / 1000,
        prices=_prices(reader, toml.get("prices", {})),
        model_tables={"models": toml["models"]} if "models" in toml else {},
    )


def _prices(reader: _Reader, table: object) -> Prices:
    if not isinstance(table, Mapping):
        reader.faults.append("easel.toml: [prices] must be a table.")
        return Prices()
    known = Prices.__dataclass_fields__
    found: dict[str, int] = {}
    for name, value in table.items():
        if name not in known:
            reader.faults.append(f"easel.toml: [prices] knows {', '.join(known)}, not {name!r}.")
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1_000_000:
            reader.faults.append(f"easel.toml: [prices] {name} must be a number of credits, 0 or more.")
        else:
            found[name] = round(value * UNITS_PER_CREDIT)
    return Prices(**found)
