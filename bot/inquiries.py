"""Questions about pictures and prompts: what is to be seen here, and which words matter."""

from dataclasses import dataclass, replace
from fractions import Fraction

from bot import errors, prompt
from bot.studio import Asker
from bot.studio.briefs import limits_of
from bot.studio.house import House
from bot.studio.orders import suffix_of
from db import inquiries, people
from db.inquiries import Inquiry
from db.people import Taste
from pipeline import encode
from pipeline.questions import Describe, Description, Weigh, Weights

SHOWN = 4
MOST_GIVEN = 24
"""Descriptions of one picture; then they begin anew."""
LONGEST_RATIO = 32
"""The larger number of a ratio that is read off a picture."""


@dataclass(frozen=True, kw_only=True)
class Described:
    """A picture in words."""

    sha256: str
    prompts: tuple[str, ...]
    """Those to show, at most four, each with the picture's shape."""
    given: tuple[str, ...] = ()
    """Those that were shown before."""


@dataclass(frozen=True, kw_only=True)
class Shortened:
    """A prompt weighed."""

    marked: str
    """Strong words in bold, weak ones struck through, safe to show."""
    prompts: tuple[str, ...]
    """Shorter ones, ever shorter, with the parameters that were typed."""


class Inquiries:
    """Answers questions; they cost nothing."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def describe(self, url: str, by: Asker) -> Described:
        """Put the picture behind a link into words. Raises LinkUnusable, NotServedHere, CannotAnswer."""
        self._check_served(by)
        [found] = (await self._house.references.look_up([url])).values()
        shape = self._shape(found.width_px, found.height_px)
        return Described(sha256=found.sha256, prompts=await self._words(found.sha256, shape, ()))

    async def again(self, message_id: str) -> Described:
        """Put the same picture into other words. Raises JobUnknown, PictureGone, CannotAnswer."""
        known = await self.find(message_id)
        if known.sha256 is None:
            raise errors.JobUnknown
        if not self._house.store.has(known.sha256):
            raise errors.PictureGone
        # Fewer than four at last: there are no other words, and they begin anew, too. The message shows the last four.
        given = known.prompts if len(known.prompts) < MOST_GIVEN and len(known.prompts) % SHOWN == 0 else ()
        _, mark, ratio = known.prompts[0].rpartition(" --ar ")
        words = await self._words(known.sha256, f"{mark}{ratio}" if mark else "", given)
        return Described(sha256=known.sha256, prompts=words, given=given)

    async def shorten(self, text: str, by: Asker) -> Shortened:
        """Weigh the words of a prompt. Raises PromptError, CannotShorten, CannotAnswer."""
        self._check_served(by)
        taste = await self._house.database.read(people.taste, by.user_id)
        try:
            [text] = prompt.permute(prompt.expanded(text, options=taste.options), 1)
        except prompt.TooManyPrompts as error:
            raise errors.CannotShorten("braces") from error
        wish = prompt.parse(text, limits=self._limits(text, taste), options=taste.options)
        if wish.parts or wish.no or not wish.text:
            raise errors.CannotShorten("mixed")
        if len(wish.text.split()) < 2:
            raise errors.CannotShorten("short")
        weighed = await self._house.engine.ask(Weigh(prompt=wish.text))
        assert isinstance(weighed, Weights), "a question of one kind has answers of that kind"
        words = [(one.word, one.weight) for one in weighed.words]
        shorter = (prompt.spell(replace(wish, text=one)) for one in prompt.shorten_candidates(words))
        return Shortened(marked=prompt.marked(words), prompts=tuple(shorter))

    async def remember(self, found: Inquiry) -> None:
        """Remember what a message shows, so that its buttons work for ever."""
        await self._house.database.write(inquiries.put, found, self._house.clock())

    async def find(self, message_id: str) -> Inquiry:
        """Look up what a message shows; raises JobUnknown."""
        found = await self._house.database.read(inquiries.get, message_id)
        if found is None:
            raise errors.JobUnknown
        return found

    def picture(self, sha256: str) -> bytes:
        """Make the WebP of a described picture, far below any upload limit; slow, so call it in a thread.

        Raises PictureMissing.
        """
        return encode.preview(encode.decode(self._house.store.read(sha256)))

    async def _words(self, sha256: str, shape: str, given: tuple[str, ...]) -> tuple[str, ...]:
        answer = await self._house.engine.ask(Describe(sha256=sha256, count=len(given) + SHOWN))
        assert isinstance(answer, Description), "a question of one kind has answers of that kind"
        found = [f"{words}{shape}" for words in answer.prompts]
        fresh = [words for words in found if words not in given]
        return tuple((fresh or found)[:SHOWN])

    def _limits(self, text: str, taste: Taste) -> prompt.Limits:
        """What the model can do that would draw this prompt for this member."""
        models = self._house.catalog.models
        limits, suffix = limits_of(self._house.card, self._house), suffix_of(taste.preferences, models)
        key = prompt.model_of(text, limits=limits, options=taste.options, suffix=suffix)
        card = models.get(key or "")
        return limits_of(card, self._house) if card else limits

    def _shape(self, width_px: int, height_px: int) -> str:
        """Write the shape of a picture as a parameter, as far as the model can draw it."""
        card = self._house.card
        shape = min(max(Fraction(width_px, height_px), card.min_ratio), card.max_ratio)
        few = shape.limit_denominator(LONGEST_RATIO) if shape <= 1 else 1 / (1 / shape).limit_denominator(LONGEST_RATIO)
        shown = few if card.min_ratio <= few <= card.max_ratio else shape
        return f" --ar {prompt.Ratio(w=shown.numerator, h=shown.denominator)}"

    def _check_served(self, by: Asker) -> None:
        if by.guild_id is not None and self._house.settings.guilds and by.guild_id not in self._house.settings.guilds:
            raise errors.NotServedHere
