"""Blocked words are found through disguises, and innocent prompts are left alone."""

import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.moderation import Blocklist

BLOCKED = [
    *("ass", "sex", "tit", "cum", "god", "anal", "gore", "nude", "cock", "dick", "rape", "porn", "kill", "hell"),
    *("blood", "naked", "penis", "corpse", "weapon", "murder", "terrorist", "beheading", "school shooting"),
]

_FULL_WIDTH = {chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)}
_CYRILLIC = dict(zip("aceiopsxyhkmt", "асеіорѕхуһкмт", strict=True))
_GREEK = dict(zip("aeiknoptuvx", "αεικηορτυνχ", strict=True))
_SMALL_CAPITALS = dict(zip("abcdeghijklmnoprtuvw", "ᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡ", strict=True))


def _each(table: dict[str, str]) -> Callable[[str], str]:
    return lambda word: "".join(table.get(char, char) for char in word)


def _between(gap: str) -> Callable[[str], str]:
    return lambda word: gap.join(word.replace(" ", ""))


def _middle(word: str, insert: str) -> str:
    return word[: len(word) // 2] + insert + word[len(word) // 2 :]


DISGUISES: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "mixed case": lambda word: "".join(c.upper() if n % 2 else c for n, c in enumerate(word)),
    "full width": _each(_FULL_WIDTH),
    "mathematical": lambda word: "".join(chr(0x1D4D0 + ord(c) - 97 + 26) if c.isalpha() else c for c in word),
    "in circles": lambda word: "".join(chr(0x24D0 + ord(c) - 97) if c.isalpha() else c for c in word),
    "in black squares": lambda word: "".join(chr(0x1F170 + ord(c) - 97) if c.isalpha() else c for c in word),
    "small capitals": _each(_SMALL_CAPITALS),
    "zero width": _between("\u200b"),
    "soft hyphens": _between("\u00ad"),
    "direction marks": lambda word: f"\u202d{_middle(word, chr(0x200E))}\u202c",
    "accents": lambda word: unicodedata.normalize("NFC", "".join(c + "\u0301" for c in word)),
    "struck through": lambda word: "".join(c + "\u0336\u0317" for c in word),
    "cyrillic": _each(_CYRILLIC),
    "greek": _each(_GREEK),
    "one digit": lambda word: word.translate(str.maketrans("oeis", "0315"), ) if len(word) > 3 else word,
    "signs": _each({"a": "@", "s": "$", "i": "!"}),
    "dots": _between("."),
    "spelled out": _between(" "),
    "underscores": _between("_"),
    "pictures between": _between("🔥"),
    "stretched": lambda word: _middle(word, word[len(word) // 2] * 4),
    "a star": lambda word: word[0] + "*" + word[2:] if len(word) > 3 else word,
    "hyphen": lambda word: _middle(word, "-"),
    "cut in two": lambda word: _middle(word, " "),
}  # fmt: skip

CLEAN = """
a red fox in the snow
a class of students painting in a sunny classroom
a bass guitar on green grass
a glass vase on a brass table
an assassin bug on a leaf, macro photo
the town of Scunthorpe at dawn
an Essex village in the rain
a cocktail with a slice of lime
a peacock showing its feathers
a weathercock on a church tower
a Hitchcock film poster, no text
portrait of Charles Dickens reading
a shiitake mushroom soup
an analyst looking at charts
a canal in Venice at night, moonlight
an analog camera on a desk
banal everyday objects, still life
a therapist's office with plants
grapes and a carafe of wine
a drape of red velvet
a scraped knee with a plaster, watercolour
a skilled carpenter at work
a killer whale jumping, sunset
a kilt and bagpipes in the Highlands
shells on the beach
hello written in neon letters
a shell-shaped lamp
Michelle in a blue dress, oil painting
a bloodhound sleeping by the fire
bloodshot clouds over the sea
an hourglass with blue sand
the goddess of spring, art nouveau
a good dog in a hat
godzilla made of paper
a title page of an old book
titanium watch on marble
a titmouse on a branch
Titian style portrait
a cucumber salad
a cumulus cloud over a wheat field
a document on a wooden desk
circumference of a circle drawn in chalk
the accumulated snow on a roof
a gorgeous ball gown
a gorge with a waterfall
a gorilla in the mist
category theory as a landscape
an allegory of time, baroque
a denuded tree in winter
nudibranch in a coral reef
a sextant on an old map
a sextet playing jazz
Middlesex county fair
unisex jacket product photo
a sixth sense, surrealism
the pen is mightier than the sword, engraving
a peninsula seen from above
a corps of ballet dancers
corporate headquarters, brutalism
a bookshelf with weaponless knights
a murmuration of starlings
a murder-mystery dinner table without people
a territory map, hand drawn
terraced rice fields
a terrarium with moss
behead is not here, only be heading home at dusk
a school bus shooting through the rain
children leaving school, a photographer shooting film
shooting star over a lake
a 455 horsepower engine, cutaway drawing
a Galaxy A55 phone on a table
room 5301, hotel corridor, 35mm
1988 style computer poster
an f/1.4 portrait lens
4k, 8k, hdr, high detail, sharp focus
50mm f1.8 1/200 s iso 100
a 3d render of a 7 storey house
C-3PO style robot, brass
a S P A C E poster with wide letters
J. R. R. Tolkien style map
U.S.S. Enterprise made of clay
A. S. Byatt's study, ink
e. e. cummings typing
vitamins A, C, E and K as cartoon heroes
a - b - c building blocks
x-ray of a flower
t-shirt design, cat astronaut
a $5 bill folded into a crane
10$ watch, 20€ shoes
AT&T style logo from the seventies
user@example.com written on a wall
wow!!! a huge explosion of colours!
what?! a talking tree
c'est la vie, affiche de Paris
a caf\u00e9 in Montmartre
un chat noir sur un toit
ein Fuchs im Schnee, \u00d6lgem\u00e4lde
Spa\u00df am Strand
m\u00fa\u00f1ecas de trapo
una monta\u00f1a al amanecer
\u043b\u0438\u0441\u0430 \u0432 \u0441\u043d\u0435\u0433\u0443, \u0430\u043a\u0432\u0430\u0440\u0435\u043b\u044c
\u043a\u043e\u0442 \u043d\u0430 \u043a\u0440\u044b\u0448\u0435
\u03bc\u03b9\u03b1 \u03b1\u03bb\u03b5\u03c0\u03bf\u03cd \u03c3\u03c4\u03bf \u03c7\u03b9\u03cc\u03bd\u03b9
\u96ea\u306e\u4e2d\u306e\u72d0
\u4e00\u53ea\u72d0\u72f8\u5728\u96ea\u4e2d
\ub208 \uc18d\uc758 \uc5ec\uc6b0
\u062b\u0639\u0644\u0628 \u0641\u064a \u0627\u0644\u062b\u0644\u062c
\u05e9\u05d5\u05e2\u05dc \u05d1\u05e9\u05dc\u05d2
\u0c28\u0c15\u0c4d\u0c15 \u0c2e\u0c02\u0c1a\u0c41\u0c32\u0c4b
\u0e08\u0e34\u0e49\u0e07\u0e08\u0e2d\u0e01\u0e43\u0e19\u0e2b\u0e34\u0e21\u0e30
tulku c\u00e1o trong tuy\u1ebft
a cat and a dog, pencil drawing --ar 3:2
a house on a cliff --no people, cars
city at night, rain, neon --chaos 20
an old lighthouse --seed 42
a watercolour of hills --quality .5
cyberpunk alley, reflections, volumetric light
isometric tiny island, low poly
a knight in shining armour, full body
the sea in the style of Hokusai
a bowl of ramen, steam, studio light
an owl wearing a monocle
a dragon curled around a teapot
an astronaut riding a horse on mars
a bicycle leaning against a yellow wall
a library with endless shelves
portrait of an old fisherman, film grain
a Ferris wheel in fog
a hedgehog in a tea cup
a paper boat in a puddle
hot air balloons over Cappadocia
a steam engine crossing a viaduct
a minimalist logo of a mountain
a tiger made of stained glass
a violin on a snowy bench
a ladder to the moon
two penguins holding hands
a castle in the clouds, matte painting
a mossy stone bridge
a jar of fireflies
the last tram at midnight
a robot watering plants
a desert highway, vanishing point
a field of lavender at sunset
a cabin by a frozen lake
an octopus playing drums
a ballet dancer made of smoke
macro of a dew drop on a leaf
a whale swimming through clouds
a street market in Marrakesh
a samurai under cherry blossoms
a greenhouse on a spaceship
a cross section of the earth, infographic
an abandoned theme park, overgrown
a portrait in the style of Vermeer
a bookstore cat asleep
a knitted sweater with reindeer
a clockwork butterfly
a mountain pass, hikers, morning mist
assorted spices in wooden bowls
an embassy building, modernist
passengers waiting for a train
massive stone columns
a compass rose, gold leaf
mass in a gothic cathedral
a jackass penguin chick
grassland with zebras
harassed office clerk, caricature
cassette tapes, eighties, pastel
a molasses cookie
the ambassador's dinner, oil on canvas
dickcissel bird on a fence
a cockatoo and a cockpit
rapeseed fields in bloom
a trapeze artist
a parapet walk above the city
pornic harbour at low tide
nudge, a board game box cover
a naked mole-rat colony drawn for children
bare trees, red sky
a blood orange cut in half
skeleton dancing, day of the dead
a sword on the wall of a museum
a graveyard in autumn, peaceful
a hot dog stand
a rooster at dawn
a donkey in a meadow
a sixties kitchen
the number 69 bus in London
8-bit hero, pixel art
b00k cover, glitch style
h3x grid pattern
f00d truck logo
l33t style poster
a stylised letter A, S and S-curve road
an S-curve
as simple as it gets
as soon as the rain stops
it is a test
this is it, the final poster
i.e. a very small house, e.g. a hut
o.k. sign made of flowers
n.b. no people
p.s. I love you, postcard
""".strip().splitlines()  # fmt: skip

# Blocked by the list above and meant so: the owner wrote these very words.
HONEST = ("blood orange", "naked mole-rat", "murder-mystery")


@pytest.fixture(scope="module")
def blocklist() -> Blocklist:
    return Blocklist(BLOCKED)


@pytest.mark.parametrize("word", BLOCKED)
def test_a_blocked_word_is_found_anywhere_in_a_prompt_and_named_as_the_owner_wrote_it(
    blocklist: Blocklist, word: str
) -> None:
    for prompt in (word, f"a fox, {word}, snow", f"({word})", f"{word}.", f"“{word}”", f"very-{word}"):
        assert blocklist.find(prompt) == word


def test_at_least_95_of_100_disguises_are_seen_through(blocklist: Blocklist) -> None:
    tried = [(name, word, disguise(word)) for name, disguise in DISGUISES.items() for word in BLOCKED]

    missed = [(name, word) for name, word, disguised in tried if blocklist.find(f"a fox, {disguised} in snow") != word]

    assert len(DISGUISES) >= 20
    assert len(missed) / len(tried) < 0.05, missed


def test_innocent_prompts_are_left_alone(blocklist: Blocklist) -> None:
    innocent = [prompt for prompt in CLEAN if not any(words in prompt for words in HONEST)]

    stopped = [(prompt, found) for prompt in innocent if (found := blocklist.find(prompt))]

    assert len(innocent) >= 200
    assert len(stopped) / len(innocent) < 0.005, stopped


@pytest.mark.parametrize(
    ("blocked", "innocent"),
    [
        ("ass", "class"), ("ass", "455"), ("ass", "a55"), ("ass", "as soon"), ("god", "good"), ("tit", "title"),
        ("sex", "Essex"), ("penis", "the pen is red"), ("cunt", "Scunthorpe"), ("hell", "shell"), ("gore", "gorge"),
        ("school shooting", "school"), ("school shooting", "a school, then shooting"), ("88", "1988"), ("c4", "c45"),
        ("hell", "he'll see"), ("hell", "he’ll see"), ("heroin", "a hero in a cape"), ("slaughter", "the cat's laughter"),
    ],
)  # fmt: skip
def test_a_word_inside_another_is_not_that_word(blocked: str, innocent: str) -> None:
    assert Blocklist([blocked]).find(innocent) is None


@pytest.mark.parametrize(
    ("blocked", "typed"),
    [
        ("88", "the 88 sign"),
        ("c4", "C4!"),
        ("война", "ВОЙНА и мир"),
        ("血腥", "很血腥的画"),
        ("がん", "これはがんです"),
        ("fête", "FETE"),
    ],
)
def test_numbers_and_other_scripts_can_be_blocked(blocked: str, typed: str) -> None:
    assert Blocklist([blocked]).find(typed) == blocked


def test_a_voice_mark_makes_another_word_in_japanese() -> None:
    assert Blocklist(["がん"]).find("かんさつ") is None


def test_blank_words_block_nothing() -> None:
    blocklist = Blocklist(["", "  ", "\u200b", "..."])

    assert len(blocklist) == 0
    assert blocklist.find("... a fox") is None


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_any_text_can_be_checked_against_any_word(text: str) -> None:
    found = Blocklist([text, "gore"]).find(f"{text} gore")

    assert found in (text.strip(), "gore")


@pytest.mark.parametrize("hostile", ["*a " * 2000, "***.***." * 750, "g*o*r*e*" * 750, "ggoorree" * 750, "g " * 3000])
def test_6000_hostile_characters_against_200_words_do_not_hold_up_the_event_loop(hostile: str) -> None:
    blocklist = Blocklist([f"g{first}o{second}re" for first in "abcdefghijklmnopqrst" for second in "abcdefghij"])
    begin = time.perf_counter()

    blocklist.find(hostile[:6000])

    assert time.perf_counter() - begin < 0.5
