"""One frozen Settings, read once from the environment and easel.toml; all faults are listed at once."""

import codecs
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args
from urllib.parse import urlsplit

from dotenv import dotenv_values

from bot.errors import SettingsUnusable

T = TypeVar("T")
UNITS_PER_CREDIT = 1000
MOST_PORT = 65535


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
    upscale_subtle: int = UNITS_PER_CREDIT
    upscale_creative: int = UNITS_PER_CREDIT
    zoom: int = UNITS_PER_CREDIT
    pan: int = UNITS_PER_CREDIT
    region: int = UNITS_PER_CREDIT


@dataclass(frozen=True, kw_only=True)
class Factors:
    """What prices are multiplied by; `[factors]` of easel.toml."""

    turbo: float = 2.0
    fast: float = 1.0
    relax: float = 0.0
    draft: float = 0.5


Who = Literal["everyone", "admins", "nobody"]


@dataclass(frozen=True, kw_only=True)
class Modes:
    """Who may use what beside the ordinary way, which is fast and public; `[modes]` of easel.toml."""

    turbo: Who = "everyone"
    relax: Who = "everyone"
    stealth: Who = "everyone"


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
    max_running: int = 3
    max_waiting: int = 10
    max_batch: int = 10
    """How many jobs one prompt may become, by braces or `--repeat`."""
    model: str = "sketchbook"
    upscaler: str = "auto"
    describer: str = "auto"
    max_megapixels: int = 32
    device: str = "auto"
    dtype: str = "auto"
    offload: str = "auto"
    cpu_threads: int = 0
    offline: bool = False
    public_url: str | None = None
    """Where people reach our pages from outside; None: links to them are not given out."""
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
    factors: Factors = Factors()
    modes: Modes = Modes()
    model_tables: Mapping[str, Any] = field(default_factory=dict)

    @property
    def pages_url(self) -> str | None:
        """Where people reach our pages; None when they cannot."""
        return self.public_url if self.web_port else None

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
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsUnusable([f"{path}: {error}"]) from error


def load_dotenv(path: Path) -> Mapping[str, str | None]:
    """Read .env; an absent file is an empty one, one that is no text raises SettingsUnusable."""
    try:
        start = path.read_bytes()[:2] if path.is_file() else b""
        is_utf16 = start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # what PowerShell writes
        return dotenv_values(path, encoding="utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeError as error:
        raise SettingsUnusable([f"{path} is not readable as text. Save it as UTF-8."]) from error
    except OSError as error:
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

    def address(self, name: str) -> str | None:
        """An address that paths can be put behind; slashes at its end are taken away."""
        wanted = "an address with http:// or https:// is needed, such as https://art.example.org or https://example.org/easel"
        return self.get(name, _address, None, wanted)

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        by_lower = {value.lower(): value for value in allowed}

        def parse(raw: str) -> str:
            if raw.lower() not in by_lower:
                raise ValueError
            return by_lower[raw.lower()]

        return self.get(name, parse, allowed[0], "one of " + ", ".join(allowed) + " is needed")


def _address(raw: str) -> str | None:
    parts = urlsplit(raw)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError
    return raw.rstrip("/")


def _folder(raw: str) -> Path:
    try:
        return Path(raw).expanduser()
    except RuntimeError as error:
        raise ValueError from error


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
        data=reader.get("EASEL_DATA", _folder, Path("easel-data"), "there is no home folder of that name"),
        owners=reader.ids("EASEL_OWNERS"),
        guilds=reader.ids("EASEL_GUILDS"),
        home_guild=next(iter(sorted(homes)), None),
        blocked_words=tuple(w.strip() for w in reader.text("EASEL_BLOCKED_WORDS", "").split(",") if w.strip()),
        start_units=reader.whole("EASEL_START_CREDITS", 25, 0, 1_000_000) * UNITS_PER_CREDIT,
        max_running=reader.whole("EASEL_MAX_RUNNING", 3, 1, 1000),
        max_waiting=reader.whole("EASEL_MAX_WAITING", 10, 1, 1000),
        max_batch=reader.whole("EASEL_MAX_BATCH", 10, 1, 40),
        model=reader.text("EASEL_MODEL", "sketchbook"),
        upscaler=reader.text("EASEL_UPSCALER", "auto"),
        describer=reader.text("EASEL_DESCRIBER", "auto"),
        max_megapixels=reader.whole("EASEL_MAX_MEGAPIXELS", 32, 1, 1000),
        device=reader.text("EASEL_DEVICE", "auto"),
        dtype=reader.one_of("EASEL_DTYPE", ("auto", "float32", "float16", "bfloat16")),
        offload=reader.one_of("EASEL_OFFLOAD", ("auto", "none", "model", "sequential")),
        cpu_threads=reader.whole("EASEL_CPU_THREADS", 0, 0, 1024),
        offline=reader.yes("EASEL_OFFLINE"),
        public_url=reader.address("EASEL_PUBLIC_URL"),
        gallery_url=reader.address("EASEL_GALLERY_URL"),
        web_host=reader.text("EASEL_WEB_HOST", "127.0.0.1"),
        web_port=reader.whole("EASEL_WEB_PORT", 0, 0, MOST_PORT),
        play_port=reader.whole("EASEL_PLAY_PORT", 8410, 0, MOST_PORT),
        log_level=reader.one_of("EASEL_LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR")),
        log_format=reader.one_of("EASEL_LOG_FORMAT", ("auto", "text", "json")),
        addresses=DiscordAddresses(
            api=reader.text("EASEL_DISCORD_API", plain.api),
            gateway=reader.text("EASEL_DISCORD_GATEWAY", plain.gateway),
            cdn=reader.text("EASEL_DISCORD_CDN", plain.cdn),
        ),
        fail_point=reader.get("EASEL_FAIL_POINT", _fail_point, "", "name@count is needed, such as after_post@1"),
        doodle_step_s=reader.whole("EASEL_DOODLE_STEP_MS", 50, 0, 60_000) / 1000,
        prices=Prices(**_table(reader, toml, Prices, _units)),
        factors=Factors(**_table(reader, toml, Factors, _factor)),
        modes=Modes(**_table(reader, toml, Modes, _who)),
        model_tables={"models": toml["models"]} if "models" in toml else {},
    )


def _table(
    reader: _Reader, toml: Mapping[str, Any], kind: type[Prices | Factors | Modes], read: Callable[[object], T]
) -> dict[str, T]:
    """Read the table that a class of settings is named after; `read` raises ValueError with what is needed."""
    title, table = kind.__name__.lower(), toml.get(kind.__name__.lower(), {})
    if not isinstance(table, Mapping):
        reader.faults.append(f"easel.toml: [{title}] must be a table.")
        return {}
    known = kind.__dataclass_fields__
    found: dict[str, T] = {}
    for name, value in table.items():
        if name not in known:
            reader.faults.append(f"easel.toml: [{title}] knows {', '.join(known)}, not {name!r}.")
            continue
        try:
            found[name] = read(value)
        except ValueError as fault:
            reader.faults.append(f"easel.toml: [{title}] {name} must be {fault}.")
    return found


def _units(value: object) -> int:
    return round(_number(value, 1_000_000, "a number of credits, 0 or more") * UNITS_PER_CREDIT)


def _factor(value: object) -> float:
    return float(_number(value, 1000, "a number from 0 to 1000"))


def _number(value: object, most: int, wanted: str) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise ValueError(wanted)
    return value


def _who(value: object) -> Who:
    for known in get_args(Who):
        if value == known:
            return known  # type: ignore[no-any-return]  # typeshed gives the values of a Literal as Any
    raise ValueError(f"one of {', '.join(get_args(Who))}")
