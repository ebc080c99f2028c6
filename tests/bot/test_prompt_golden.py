"""What some 160 typed prompts become, or what is said about them; the table is the promise."""

import pytest

from bot.prompt import EmptyPrompt, InvalidParameter, PromptError, echo, parse

# typed → normalised
GOOD = {
    # descriptions
    "a red fox": "a red fox",
    "  a   red\tfox\n": "a red fox",
    "a red fox, in the snow.": "a red fox, in the snow.",
    "fox": "fox",
    "?": "?",
    "42": "42",
    "a fox - in snow": "a fox - in snow",
    "a fox -- in snow": "a fox -- in snow",
    "a fox — in snow": "a fox — in snow",
    "1990–2000 poster": "1990–2000 poster",
    "black-and-white fox": "black-and-white fox",
    "−5 degrees": "−5 degrees",
    "a --> b": "a --> b",
    "a --`fox`": "a --`fox`",
    "-no people": "-no people",
    "say \"--ar 3:2\"": "say \"--ar 3:2\"",
    "say “hello   world”": "say “hello   world”",
    "„fox”": "„fox”",
    "a {red, blue} fox": "a {red, blue} fox",
    "fox:: snow": "fox:: snow",
    "C++ and C#": "C++ and C#",
    "100% fox & 50€": "100% fox & 50€",
    "狐狸": "狐狸",
    "شجرة زيتون": "شجرة زيتون",
    "🦊 in ❄️": "🦊 in ❄️",
    "@everyone at a party": "@everyone at a party",
    "`fox` **bold**": "`fox` **bold**",
    "https://example.com/fox.png a fox": "https://example.com/fox.png a fox",
    "<https://example.com/fox.png> a fox": "https://example.com/fox.png a fox",
    "a fox (<https://example.com>)": "a fox (https://example.com)",
    "https://example.com/a--c5.png": "https://example.com/a--c5.png",
    # aspect ratio
    "fox --ar 3:2": "fox --ar 3:2",
    "fox --aspect 3:2": "fox --ar 3:2",
    "fox --AR 3:2": "fox --ar 3:2",
    "fox --Aspect 3:2": "fox --ar 3:2",
    "fox —ar 3:2": "fox --ar 3:2",
    "fox –ar 3:2": "fox --ar 3:2",
    "fox ‒ar 3:2": "fox --ar 3:2",
    "fox −ar 3:2": "fox --ar 3:2",
    "fox －－ａｒ ３：２": "fox --ar 3:2",
    "fox ---ar 3:2": "fox --ar 3:2",
    "fox -- ar 3:2": "fox --ar 3:2",
    "fox — ar 3:2": "fox --ar 3:2",
    "fox -ar 3:2": "fox --ar 3:2",
    "fox--ar 3:2": "fox --ar 3:2",
    "fox,--ar 3:2": "fox, --ar 3:2",
    "fox—ar 3:2": "fox --ar 3:2",
    "fox --ar3:2": "fox --ar 3:2",
    "fox --ar=3:2": "fox --ar 3:2",
    "fox --ar= 3:2": "fox --ar 3:2",
    "fox --ar = 3:2": "fox --ar 3:2",
    "fox --ar:3:2": "fox --ar 3:2",
    "fox --ar 3 : 2": "fox --ar 3:2",
    "fox --ar 3: 2": "fox --ar 3:2",
    "fox --ar 3 :2": "fox --ar 3:2",
    "fox --ar ３：２": "fox --ar 3:2",
    "fox --ar ٣:٢": "fox --ar 3:2",
    "fox --ar 3:2.": "fox --ar 3:2",
    "fox --ar 3:2,": "fox --ar 3:2",
    "fox --ar 1:1": "fox",
    "fox --ar 2:2": "fox",
    "fox --ar 1920:1080": "fox --ar 16:9",
    "fox --ar 139:100": "fox --ar 139:100",
    "fox --ar 1:14": "fox --ar 1:14",
    "fox --ar 14:1": "fox --ar 14:1",
    "fox --ar 03:02": "fox --ar 3:2",
    "fox --ar 3:2 --ar 16:9": "fox --ar 16:9",
    "fox --ar 3:2 --aspect 1:1": "fox",
    # chaos, quality, seed, stop
    "fox --chaos 20": "fox --chaos 20",
    "fox --c 20": "fox --chaos 20",
    "fox --c20": "fox --chaos 20",
    "fox --chaos 0": "fox",
    "fox --chaos 100": "fox --chaos 100",
    "fox --chaos +5": "fox --chaos 5",
    "fox --quality .5": "fox --quality 0.5",
    "fox --q .5": "fox --quality 0.5",
    "fox --q.5": "fox --quality 0.5",
    "fox --q 0,5": "fox --quality 0.5",
    "fox --q 0.25": "fox --quality 0.25",
    "fox --q 0.3": "fox --quality 0.25",
    "fox --q 0.01": "fox --quality 0.25",
    "fox --q 0.75": "fox --quality 0.5",
    "fox --q 1": "fox",
    "fox --q 1.0": "fox",
    "fox --q 2": "fox --quality 2",
    "fox --q 4": "fox --quality 2",
    "fox --seed 0": "fox --seed 0",
    "fox --seed 4294967295": "fox --seed 4294967295",
    "fox --seed 007": "fox --seed 7",
    "fox --seed=42": "fox --seed 42",
    "fox —seed 42": "fox --seed 42",
    "fox --stop 10": "fox --stop 10",
    "fox --stop 100": "fox",
    "fox --stop 55": "fox --stop 55",
    # no
    "fox --no hats": "fox --no hats",
    "fox --no hats, red cats": "fox --no hats, red cats",
    "fox --no hats,red cats": "fox --no hats, red cats",
    "fox --no  hats ,  red   cats ,": "fox --no hats, red cats",
    "fox --no=hats": "fox --no hats",
    "fox --no hats --no cats": "fox --no hats, cats",
    "fox --NO Hats": "fox --no Hats",
    "fox —no hats": "fox --no hats",
    "fox --no-ar 3:2": "fox --no ar 3:2",
    "fox --no \"red, blue\"": "fox --no \"red, blue\"",
    "fox --no 5\" nails, cats": "fox --no 5\" nails, cats",
    "fox --no hats --ar 3:2": "fox --ar 3:2 --no hats",
    # together
    "fox --no hats --seed 5 --ar 3:2 --q 2 --stop 50 --c 9":
        "fox --ar 3:2 --chaos 9 --quality 2 --seed 5 --stop 50 --no hats",
    "fox --ar 3:2--seed 5": "fox --ar 3:2 --seed 5",
    "fox --ar 3:2, --seed 5.": "fox --ar 3:2 --seed 5",
    "fox --seed 5 --seed 6": "fox --seed 6",
    "fox\n--ar 3:2\n--seed 5": "fox --ar 3:2 --seed 5",
    "f\u200box --a\u200br 3\u200d:2": "fox --ar 3:2",
}  # fmt: skip

# typed → the parameter at fault, the nearest right spelling, words of the sentence
BAD: dict[str, tuple[str, str | None, str]] = {
    # ranges
    "fox --chaos 101": ("--chaos", "--chaos 100", "a whole number from 0 to 100; the default is 0"),
    "fox --chaos -1": ("--chaos", "--chaos 0", "outside what --chaos takes"),
    "fox --chaos −1": ("--chaos", "--chaos 0", "outside"),
    "fox --stop 9": ("--stop", "--stop 10", "from 10 to 100; the default is 100"),
    "fox --stop 101": ("--stop", "--stop 100", "outside"),
    "fox --seed -5": ("--seed", "--seed 0", "without it, a random one is chosen"),
    "fox --seed 4294967296": ("--seed", "--seed 4294967295", "from 0 to 4294967295"),
    "fox --q 0": ("--quality", "--quality 0.25", "one of 0.25, 0.5, 1, 2; the default is 1"),
    "fox --q 50": ("--quality", "--quality 2", "outside"),
    "fox --q -1": ("--quality", "--quality 0.25", "outside"),
    "fox --ar 15:1": ("--ar", "--ar 14:1", "from 1:14 to 14:1; the default is 1:1"),
    "fox --ar 1:15": ("--ar", "--ar 1:14", "outside"),
    "fox --ar 0:5": ("--ar", "--ar 3:2", "outside"),
    "fox --ar 5:0": ("--ar", "--ar 3:2", "outside"),
    # unreadable
    "fox --ar 16x9": ("--ar", "--ar 16:9", "I can't read `16x9`"),
    "fox --ar 16/9": ("--ar", "--ar 16:9", "two whole numbers, width:height"),
    "fox --ar 16×9": ("--ar", "--ar 16:9", "I can't read"),
    "fox --ar 16-9": ("--ar", "--ar 16:9", "I can't read"),
    "fox --ar 16 9": ("--ar", "--ar 16:9", "I can't read"),
    "fox --ar 1.39:1": ("--ar", "--ar 139:100", "I can't read `1.39:1`"),
    "fox --ar 1.5": ("--ar", "--ar 3:2", "I can't read"),
    "fox --ar portrait": ("--ar", "--ar 2:3", "I can't read `portrait`"),
    "fox --ar wide": ("--ar", "--ar 16:9", "I can't read"),
    "fox --ar 99x1": ("--ar", "--ar 14:1", "I can't read"),
    "fox --ar banana": ("--ar", "--ar 3:2", "I can't read `banana`"),
    "fox --ar 3:": ("--ar", "--ar 3:2", "I can't read"),
    "fox --ar {3:2, 1:1}": ("--ar", "--ar 3:2", "I can't read"),
    "fox --chaos lots": ("--chaos", "--chaos 20", "I can't read `lots`"),
    "fox --chaos 12.5": ("--chaos", "--chaos 12", "a whole number"),
    "fox --chaos 50%": ("--chaos", "--chaos 50", "I can't read `50%`"),
    "fox --seed random": ("--seed", "--seed 1234", "I can't read `random`"),
    "fox --seed 12ab": ("--seed", "--seed 12", "I can't read"),
    "fox --seed 99999999999999999999": ("--seed", "--seed 4294967295", "I can't read"),
    "fox --q high": ("--quality", "--quality 0.5", "I can't read `high`"),
    "fox --stop early": ("--stop", "--stop 80", "I can't read `early`"),
    # nothing after the name
    "fox --ar": ("--ar", "--ar 3:2", "--ar needs a value: two whole numbers"),
    "fox --seed": ("--seed", "--seed 1234", "For example: `--seed 1234`"),
    "fox --no": ("--no", "--no text, people", "the things to leave out"),
    "fox --no ,,": ("--no", "--no text, people", "the things to leave out"),
    "fox --ar --seed 5": ("--ar", "--ar 3:2", "needs a value"),
    "fox --q=": ("--quality", "--quality 0.5", "needs a value"),
    # text after parameters
    "fox --ar 3:2 in the snow": ("--ar", "fox in the snow --ar 3:2", "`in the snow` comes after --ar 3:2"),
    "fox --seed 5 snow --ar 3:2": ("--seed", "fox snow --seed 5", "Parameters go last"),
    "--ar 3:2 a fox": ("--ar", "a fox --ar 3:2", "`/imagine a fox --ar 3:2`"),
    "fox --seed 1 2": ("--seed", "fox 2 --seed 1", "`2` comes after --seed 1"),
    # unknown
    "fox --apsect 3:2": ("--apsect", "--ar 3:2", "I don't know a parameter `--apsect`"),
    "fox --aspct 16:9": ("--aspct", "--ar 16:9", "Did you mean `--ar 16:9`?"),
    "fox --arr 3:2": ("--arr", "--ar 3:2", "These work here: --ar, --chaos, --quality, --seed, --stop, --no."),
    "fox --ratio 3:2": ("--ratio", "--ar 3:2", "I don't know"),
    "fox --size 3:2": ("--size", "--ar 3:2", "I don't know"),
    "fox --chaso 20": ("--chaso", "--chaos 20", "I don't know"),
    "fox --kaos 20": ("--kaos", "--chaos 20", "I don't know"),
    "fox --sed 5": ("--sed", "--seed 5", "I don't know"),
    "fox --seeed 5": ("--seeed", "--seed 5", "I don't know"),
    "fox --qualtiy .5": ("--qualtiy", "--quality 0.5", "I don't know"),
    "fox --stpo 50": ("--stpo", "--stop 50", "I don't know"),
    "fox --negative hats": ("--negative", "--no hats", "I don't know"),
    "fox --without hats": ("--without", "--no hats", "I don't know"),
    "fox —negative hats": ("—negative", "--no hats", "leave a space after it"),
    "fox --tiel": ("--tiel", "--tile", "--tile isn't here yet"),
    "fox --stylise 50": ("--stylise", "--stylize", "--stylize isn't here yet"),
    "fox --banana 5": ("--banana", None, "leave a space after it"),
    "—Hola, dijo": ("—Hola", None, "I don't know a parameter `—Hola`"),
    "sale --50% off": ("--50", None, "I don't know"),
    "fox --ar_3:2": ("--ar_3", "--ar 3:2", "I don't know"),
    # known, but later
    "fox --tile": ("--tile", None, "--tile isn't here yet"),
    "fox --s 250": ("--s", None, "--s isn't here yet"),
    "fox --stylize 250": ("--stylize", None, "--stylize isn't here yet"),
    "fox --weird 5": ("--weird", None, "--weird isn't here yet"),
    "fox --v 7": ("--v", None, "--v isn't here yet"),
    "fox –v 5": ("--v", None, "--v isn't here yet"),
    "fox --v6.1": ("--v", None, "--v isn't here yet"),
    "fox --niji": ("--niji", None, "--niji isn't here yet"),
    "fox --style raw": ("--style", None, "--style isn't here yet"),
    "fox --raw": ("--raw", None, "--raw isn't here yet"),
    "fox --iw 2": ("--iw", None, "--iw isn't here yet"),
    "fox --sref https://example.com/a.png": ("--sref", None, "--sref isn't here yet"),
    "fox --repeat 4": ("--repeat", None, "--repeat isn't here yet"),
    "fox --p abc": ("--p", None, "--p isn't here yet"),
    "fox --fast": ("--fast", None, "--fast isn't here yet"),
    "fox --turbo --stealth": ("--turbo", None, "--stealth isn't here yet"),
    "fox --zoom 2": ("--zoom", None, "--zoom isn't here yet"),
    "fox --hq": ("--hq", None, "--hq isn't here yet"),
    "fox --w 100 --h 50": ("--w", None, "--h isn't here yet"),
}  # fmt: skip


@pytest.mark.parametrize("typed", GOOD)
def test_a_typed_prompt_becomes_its_normal_form(typed: str) -> None:
    assert echo(parse(typed)) == GOOD[typed]


@pytest.mark.parametrize("typed", GOOD)
def test_a_normal_form_is_its_own_normal_form(typed: str) -> None:
    assert echo(parse(GOOD[typed])) == GOOD[typed]


@pytest.mark.parametrize("typed", BAD)
def test_a_wrong_parameter_is_named_with_what_is_allowed_and_the_nearest_right_spelling(typed: str) -> None:
    parameter, nearest, words = BAD[typed]

    with pytest.raises(InvalidParameter) as caught:
        parse(typed)

    assert caught.value.title == "Invalid parameter"
    assert (caught.value.parameter, caught.value.nearest) == (parameter, nearest)
    assert words in caught.value.sentence
    assert caught.value.command.startswith("/imagine ")


@pytest.mark.parametrize("typed", [typed for typed, (_, nearest, _) in BAD.items() if nearest])
def test_the_spelling_that_is_offered_works_or_says_that_it_comes_later(typed: str) -> None:
    nearest = BAD[typed][1] or ""
    offered = f"fox {nearest}" if nearest.startswith("--") else nearest

    try:
        parse(offered)
    except PromptError as error:
        assert "isn't here yet" in error.sentence  # noqa: PT017 -- both outcomes are right


@pytest.mark.parametrize("typed", ["", " ", "\u200b", "--ar 3:2", "--no hats", "— –"])
def test_a_prompt_with_nothing_to_draw_is_empty(typed: str) -> None:
    with pytest.raises(EmptyPrompt):
        parse(typed)
