"""What members prefer, and the options that they name: shown, changed, and checked before they are kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from bot import errors, prompt
from bot.studio import Asker, House
from bot.studio.briefs import limits_of
from bot.studio.orders import check_mode, may
from db import people
from db.database import Conn
from db.jobs import Speed
from db.people import Preferences, Taste
from pipeline.cards import ModelCard

Switch = Literal["raw", "remix", "auto_dm", "stealth"]
SPEEDS: tuple[Speed, ...] = ("turbo", "fast", "relax")
USUAL_STYLIZE = 100


@dataclass(frozen=True, kw_only=True)
class Panel:
    """What a person can choose from, and what they have chosen."""

    preferences: Preferences
    models: tuple[ModelCard, ...]
    """The default first."""
    model: ModelCard
    """The one that draws for them."""
    speeds: tuple[Speed, ...]
    """Those that they may use here, most urgent first."""

    @property
    def speed(self) -> Speed:
        """The one that their jobs have."""
        return self.preferences.speed if self.preferences.speed in self.speeds else "fast"

    @property
    def stylize(self) -> int:
        return USUAL_STYLIZE if self.preferences.stylize is None else self.preferences.stylize


class Tastes:
    """Keeps what each member wants their jobs to be like."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def of(self, user_id: str) -> Taste:
        """Preferences and own options of a member, in one read."""
        return await self._house.database.read(people.taste, user_id)

    async def panel(self, by: Asker) -> Panel:
        return self._panel((await self.of(by.user_id)).preferences, by)

    async def choose(self, by: Asker, **wanted: Any) -> Panel:
        """Change some preferences; raises ModeOff. A model that is not in the catalog means the default."""
        if wanted.get("model") not in self._house.catalog.models:
            wanted = {name: None if name == "model" else value for name, value in wanted.items()}
        return await self._changed(lambda now: replace(now, **wanted), by)

    async def turn(self, by: Asker, switch: Switch) -> Panel:
        """Turn one preference on or off, whichever it is not; raises ModeOff."""

        def turned(now: Preferences) -> Preferences:
            wanted: dict[str, Any] = {switch: not getattr(now, switch)}
            return replace(now, **wanted)

        return await self._changed(turned, by)

    async def turn_variability(self, by: Asker) -> Panel:
        """Change between high and low variations."""
        return await self._changed(
            lambda now: replace(now, variability="low" if now.variability == "high" else "high"), by
        )

    async def reset(self, by: Asker) -> Panel:
        """Go back to the default model and its usual look, without a suffix; how jobs are ordered stays."""
        return await self._changed(lambda now: replace(now, model=None, stylize=None, raw=False, suffix=""), by)

    async def set_suffix(self, text: str, by: Asker) -> str:
        """Keep what is added to every prompt, as it is printed; empty: nothing. Raises PromptError."""
        limits = await self._limits(by)
        suffix = prompt.check_suffix(text, limits) if text.strip() else ""
        await self._changed(lambda now: replace(now, suffix=suffix), by)
        return suffix

    async def set_option(self, name: str, value: str, by: Asker) -> str:
        """Keep a named option, and return its name as it is kept. Raises PromptError, TooManyOptions."""
        kept = prompt.check_option(name, value, await self._limits(by))
        if not await self._house.database.write(people.set_option, by.user_id, kept, prompt.clean(value)):
            raise errors.TooManyOptions
        return kept

    async def drop_option(self, name: str, by: Asker) -> bool:
        """Forget a named option; False if there was none."""
        plain = prompt.clean(name).lstrip("-—–").casefold()
        return await self._house.database.write(people.drop_option, by.user_id, plain)

    async def options(self, user_id: str) -> Mapping[str, str]:
        """A member's own options by name."""
        return await self._house.database.read(people.options, user_id)

    async def _limits(self, by: Asker) -> prompt.Limits:
        """What the model that draws for this person can do."""
        return limits_of((await self.panel(by)).model, self._house)

    async def _changed(self, edit: Callable[[Preferences], Preferences], by: Asker) -> Panel:
        return self._panel(await self._house.database.write(self._change, edit, by), by)

    def _change(self, conn: Conn, edit: Callable[[Preferences], Preferences], by: Asker) -> Preferences:
        before = people.get(conn, by.user_id)
        after = edit(before)
        if after.speed != before.speed:
            check_mode(after.speed, by, self._house.settings)
        if after.stealth and not before.stealth:
            check_mode("stealth", by, self._house.settings)
        people.put(conn, by.user_id, after, self._house.clock())
        return after

    def _panel(self, preferences: Preferences, by: Asker) -> Panel:
        catalog, settings = self._house.catalog, self._house.settings
        others = (card for key, card in catalog.models.items() if key != catalog.default.key)
        return Panel(
            preferences=preferences,
            models=(catalog.default, *others),
            model=catalog.models.get(preferences.model or "", catalog.default),
            speeds=tuple(speed for speed in SPEEDS if may(speed, by, settings)),
        )
