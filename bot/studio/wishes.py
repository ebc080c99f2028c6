"""From what was typed to wishes that can become jobs: braces, own options, models, pictures behind links."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot import errors, prompt
from bot.references import References, lasting
from bot.studio.briefs import limits_of, spec_of
from bot.studio.house import Asker, House
from bot.studio.orders import Order, order_of, suffix_of
from db import references
from db.database import Conn
from db.people import Taste
from pipeline.cards import ModelCard
from pipeline.spec import Spec

SEEDS = 1 << 32


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One prompt, read for one model, with all that it points to."""

    prompt: prompt.Prompt
    card: ModelCard
    seen: Mapping[str, str]
    """sha256 of the stored picture behind each link."""
    order: Order

    @property
    def spec(self) -> Spec:
        """Spell the wish out; without a typed seed, each reading of this draws another."""
        return spec_of(self.prompt, self.card, seed=self.prompt.seed, seen=self.seen)

    @property
    def echo(self) -> str:
        return prompt.echo(self.prompt)


def variants(house: House, text: str, options: Mapping[str, str]) -> tuple[str, ...]:
    """List the prompts that a text stands for, whose braces or own options hold choices. Raises PromptError."""
    return prompt.permute(prompt.expanded(text, options=options), house.settings.max_batch)


def read(house: House, text: str, by: Asker, taste: Taste, *, many: bool = False) -> list[Wish]:
    """Read one prompt without braces: one wish, or several where it says `--repeat`; their pictures still unseen.

    Raises PromptError, ModeOff, OneAtATime.
    """
    suffix = suffix_of(taste.preferences, house.catalog.models)
    limits = limits_of(house.catalog.default, house)
    key = prompt.model_of(text, limits=limits, options=taste.options, suffix=suffix)
    card = house.catalog.models.get(key, house.card) if key else house.card
    wish = prompt.parse(text, limits=limits_of(card, house), options=taste.options, suffix=suffix)
    order = order_of(taste.preferences, by, house.settings, wish, many=many)
    once = replace(wish, repeat=None)
    return [Wish(prompt=_with_styles(once), card=card, seen={}, order=order) for _ in range(wish.repeat or 1)]


async def look_up(desk: References, wishes: list[Wish]) -> list[Wish]:
    """Find the pictures behind all links. Raises LinkUnusable."""
    found = await desk.look_up([url for wish in wishes for url in links(wish.prompt)])
    seen = {lasting(url): one.sha256 for url, one in found.items()}
    lasted = [replace(wish, prompt=_with_lasting_links(wish.prompt)) for wish in wishes]
    return [replace(wish, seen={url: seen[url] for url in links(wish.prompt)}) for wish in lasted]


def seen_in(conn: Conn, wish: prompt.Prompt) -> Mapping[str, str]:
    """Find the pictures behind the links of a prompt that was accepted once. Raises PictureGone."""
    wanted = links(wish)
    known = references.known(conn, [lasting(url) for url in wanted])
    if any(lasting(url) not in known for url in wanted):
        raise errors.PictureGone
    return {url: known[lasting(url)].sha256 for url in wanted}


def links(wish: prompt.Prompt) -> tuple[str, ...]:
    """List every link to a picture that a prompt has."""
    return (*wish.images, *(ref.url for ref in wish.style_refs if ref.url))


def _with_lasting_links(wish: prompt.Prompt) -> prompt.Prompt:
    """Print links without the signatures that file servers hang on them: those are long and soon worth nothing."""
    refs = tuple(replace(ref, what=lasting(ref.url)) if ref.url else ref for ref in wish.style_refs)
    return replace(wish, images=tuple(map(lasting, wish.images)), style_refs=refs)


def _with_styles(wish: prompt.Prompt) -> prompt.Prompt:
    return prompt.with_style_codes(wish, lambda: secrets.randbelow(SEEDS))
