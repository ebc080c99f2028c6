"""What some 300 typed prompts become, or what is said about them; the tables are the promise."""

import pytest

from bot.prompt import EmptyPrompt, InvalidParameter, InvalidPrompt, Limits, echo, parse

LIMITS = Limits(models={"7": "sketchbook", "6.1": "sdxl-base", "niji 6": "inky", "niji": "inky"})

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
    "a {red, blue} fox": r"a \{red, blue\} fox",
    r"a \{red, blue\} fox": r"a \{red, blue\} fox",
    r"c:\fox \\{": r"c:\fox \\{",
    "fox:: snow": "fox:: snow",
    "C++ and C#": "C++ and C#",
    "100% fox & 50€": "100% fox & 50€",
    "狐狸": "狐狸",
    "شجرة زيتون": "شجرة زيتون",
    "🦊 in ❄️": "🦊 in ❄️",
    "@everyone at a party": "@everyone at a party",
    "`fox` **bold**": "`fox` **bold**",
    "a fox (<https://example.com>)": "a fox (https://example.com)",
    "a fox, seen at https://example.com/a--c5": "a fox, seen at https://example.com/a--c5",
    # weights
    "space::2 ship": "space::2 ship",
    "space::2 ship::1": "space::2 ship",
    "space ::2 ship": "space::2 ship",
    "space::2ship": "space:: 2ship",
    "space::2, ship": "space::2 ship",
    "space::2.0 ship": "space::2 ship",
    "space::1.5 ship": "space::1.5 ship",
    "space::1,5 ship": "space::1.5 ship",
    "space::.5 ship": "space::0.5 ship",
    "space：：2 ship": "space::2 ship",
    "space:: 2 ship": "space:: 2 ship",
    "space::ship": "space:: ship",
    "space:::ship": "space:: ship",
    "space::2": "space::2",
    "space::1": "space",
    "space::": "space",
    ":: space": "space",
    "space:: :: ship": "space:: ship",
    "hot:: dog::-.5": "hot:: dog::-0.5",
    "hot:: dog::–0.5": "hot:: dog::-0.5",
    "hot:: dog::-0.5 --ar 3:2": "hot:: dog::-0.5 --ar 3:2",
    "hot:: dog::-0.5--ar 3:2": "hot:: dog::-0.5 --ar 3:2",
    "hot::--raw": "hot --raw",
    "a::0.1 b::0.2 c::-0.29": "a::0.1 b::0.2 c::-0.29",
    "cat::0 dog": "cat::0 dog",
    "fox:: snow --no red": "fox:: snow --no red",
    "train at 12:30, 16:9": "train at 12:30, 16:9",
    "a:b": "a:b",
    "train at 12::30?": "train at 12:: 30?",
    'a sign "fox::2 ship"': 'a sign "fox::2 ship"',
    "std::vector:: red": "std:: vector:: red",
    "seen at https://example.com:8080/a:: snow": "seen at https://example.com:8080/a:: snow",
    "seen at https://example.com/a::b": "seen at https://example.com/a::b",
    # image prompts
    "https://example.com/fox.png a fox": "<https://example.com/fox.png> a fox",
    "<https://example.com/fox.png> a fox": "<https://example.com/fox.png> a fox",
    "https://example.com/fox.png, a fox": "<https://example.com/fox.png> a fox",
    "https://example.com/fox.png:: a fox": "<https://example.com/fox.png> a fox",
    "https://a.b/1.png https://a.b/2.png": "<https://a.b/1.png> <https://a.b/2.png>",
    "https://a.b/1.png https://a.b/2.png fox:: snow::2": "<https://a.b/1.png> <https://a.b/2.png> fox:: snow::2",
    "https://a.b:8080/{c}.png fox": "<https://a.b:8080/%7Bc%7D.png> fox",
    "https://a.b/1.png fox --iw 2": "<https://a.b/1.png> fox --iw 2",
    "https://a.b/1.png fox --iw 0.25": "<https://a.b/1.png> fox --iw 0.25",
    "https://a.b/1.png fox --iw 1": "<https://a.b/1.png> fox",
    "https://a.b/1.png https://a.b/2.png --ar 2:3 --c 5": "<https://a.b/1.png> <https://a.b/2.png> --ar 2:3 --chaos 5",
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
    # taste
    "fox --stylize 250": "fox --stylize 250",
    "fox --s 0": "fox --stylize 0",
    "fox --s250": "fox --stylize 250",
    "fox -s 250": "fox --stylize 250",
    "fox --stylize 100": "fox",
    "fox --weird 3000": "fox --weird 3000",
    "fox --w 250": "fox --weird 250",
    "fox --weird 0": "fox",
    "fox --tile": "fox --tile",
    "fox --tile --tile": "fox --tile",
    "fox --raw": "fox --raw",
    "fox --style raw": "fox --raw",
    "fox --style RAW --no hats": "fox --no hats --raw",
    "fox --raw --no hats, cats --ar 3:2": "fox --ar 3:2 --no hats, cats --raw",
    "fox --sameseed 7": "fox --sameseed 7",
    "fox --sameseed": "fox --sameseed",
    "fox --sameseed 7 --seed 5": "fox --seed 5",
    "fox --seed 5 --sameseed 7": "fox --sameseed 7",
    # styles
    "fox --sref random": "fox --sref random",
    "fox --sref 123": "fox --sref 123",
    "fox --sref123": "fox --sref 123",
    "fox --sref 123 random 45,": "fox --sref 123 random 45",
    "fox --sref https://a.b/c.png": "fox --sref <https://a.b/c.png>",
    "fox --sref https://a.b/c.png::2 <https://a.b/d.png>::.5 https://a.b/e":
        "fox --sref <https://a.b/c.png>::2 <https://a.b/d.png>::0.5 <https://a.b/e>",
    "fox --sref 5 --sref random": "fox --sref random",
    "fox --sref 5 --sw 0": "fox --sref 5 --sw 0",
    "fox --sref 5 --sw 100": "fox --sref 5",
    # models
    "fox --v 7": "fox --v sketchbook",
    "fox --version 7": "fox --v sketchbook",
    "fox --v 7.0": "fox --v sketchbook",
    "fox –v 7": "fox --v sketchbook",
    "fox -v 7": "fox --v sketchbook",
    "fox --v6.1": "fox --v sdxl-base",
    "fox --v SDXL-base": "fox --v sdxl-base",
    "fox --niji": "fox --v inky",
    "fox --niji 6": "fox --v inky",
    "fox --niji 5 --ar 3:2": "fox --ar 3:2 --v inky",
    "fox --v 7 --niji": "fox --v inky",
    # how and where; what is shown elsewhere in the message is not repeated
    "fox --draft": "fox --draft",
    "fox --video": "fox --video",
    "fox --fast": "fox",
    "fox --turbo --relax": "fox",
    "fox --stealth": "fox",
    "fox --public": "fox",
    "fox --repeat 4": "fox",
    "fox --r 2": "fox",
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
    "https://a.b/1.png fox::2 snow --raw --no x --video --v 7 --draft --sw 50 --sref 9 --iw 2 --tile --w 9 --s 9":
        "<https://a.b/1.png> fox::2 snow --stylize 9 --weird 9 --tile --iw 2 --sref 9 --sw 50 --draft --video "
        "--v sketchbook --no x --raw",
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
    "--ar 3:2 a fox": ("--ar", "a fox --ar 3:2", "`a fox --ar 3:2`"),
    "fox --seed 1 2": ("--seed", "fox 2 --seed 1", "`2` comes after --seed 1"),
    # unknown
    "fox --apsect 3:2": ("--apsect", "--ar 3:2", "I don't know a parameter `--apsect`"),
    "fox --aspct 16:9": ("--aspct", "--ar 16:9", "Did you mean `--ar 16:9`?"),
    "fox --arr 3:2": ("--arr", "--ar 3:2", "These work here: --ar, --chaos, --quality, --seed, "),
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
    "fox --tiel": ("--tiel", "--tile", "Did you mean `--tile`?"),
    "fox --stylise 50": ("--stylise", "--stylize 50", "I don't know"),
    "fox --creff x": ("--creff", "--cref", "--cref does nothing here"),
    "fox --varsion 7": ("--varsion", "--v sketchbook", "I don't know"),
    "fox --self": ("--self", None, "I don't know a parameter `--self`.\nThese work here: --ar"),
    "fox --banana 5": ("--banana", None, "leave a space after it"),
    "—Hola, dijo": ("—Hola", None, "I don't know a parameter `—Hola`"),
    "sale --50% off": ("--50", None, "I don't know"),
    "fox --ar_3:2": ("--ar_3", "--ar 3:2", "I don't know"),
    # ranges of the newer ones
    "fox --s 1001": ("--stylize", "--stylize 1000", "a whole number from 0 to 1000; the default is 100"),
    "fox --s high": ("--stylize", "--stylize 250", "I can't read `high`"),
    "fox --w 3001": ("--weird", "--weird 3000", "from 0 to 3000; the default is 0"),
    "fox --iw 4": ("--iw", "--iw 3", "a number from 0 to 3; the default is 1"),
    "fox --sw 1001 --sref 5": ("--sw", "--sw 1000", "from 0 to 1000; the default is 100"),
    "fox --sameseed 4294967296": ("--sameseed", "--sameseed 4294967295", "from 0 to 4294967295"),
    "fox --sameseed x": ("--sameseed", "--sameseed 1234", "I can't read `x`"),
    "fox --repeat 1": ("--repeat", "--repeat 2", "from 2 to 10"),
    "fox --repeat 11": ("--repeat", "--repeat 10", "from 2 to 10"),
    "fox --repeat": ("--repeat", "--repeat 4", "needs a value"),
    "fox --zoom 2": ("--zoom", None, "the window that Custom Zoom opens"),
    "fox --tile red": ("--tile", "fox red --tile", "`red` comes after --tile"),
    "fox --v 5": ("--v", "--v sketchbook", "one of 7, 6.1, niji 6, niji"),
    "fox --v": ("--v", "--v sketchbook", "--v needs a value"),
    "fox --video 1": ("--video", "fox 1 --video", "`1` comes after --video"),
    "fox --style cute": ("--style", "--style raw", "belongs to models of others"),
    "fox --style 4b": ("--style", "--style raw", "belongs to models of others"),
    "fox --style random-32": ("--style", "--style raw", "belongs to models of others"),
    "fox --style raw-3x5Yz": ("--style", "--style raw", "belongs to models of others"),
    "fox --style": ("--style", "--style raw", "needs a value"),
    # styles and pictures
    "fox --sref": ("--sref", "--sref random", "links to pictures, numbers"),
    "fox --sref picasso": ("--sref", "--sref random", "I can't read `picasso`"),
    "fox --sref 4294967296": ("--sref", "--sref random", "from 0 to 4294967295"),
    "fox --sref 5 https://a.b": ("--sref", None, "links or numbers, not both"),
    "fox --sref https://a.b random": ("--sref", None, "links or numbers, not both"),
    "fox --sref 5::2": ("--sref", None, "Only links can have a weight"),
    "fox --sref https://a.b::-1": ("--sref", None, "must be above 0"),
    f"fox --sref https://a.b::{'9' * 400}": ("--sref", None, "below a million"),
    "fox --sref 1 2 3 4 5 6": ("--sref", "--sref 1 2 3 4 5", "5 styles at most"),
    "fox --sref 5 snow": ("--sref", "fox snow --sref 5", "`snow` comes after --sref 5"),
    "fox --sw 50": ("--sw", None, "Add --sref with a link or a number"),
    "fox --iw 2": ("--iw", None, "Put a link to a picture before your description"),
    "https://a.b https://c.d --s 50": ("--stylize", None, "--stylize needs a description"),
    "https://a.b https://c.d --w 50": ("--weird", None, "--weird needs a description"),
    "https://a.b https://c.d --sref 5": ("--sref", None, "--sref needs a description"),
    # of no use here, with what to use instead
    "fox --cref https://a.b": ("--cref", None, "Use --sref for the style of a picture"),
    "fox --cw 50": ("--cw", None, "--cw does nothing here"),
    "fox --oref https://a.b": ("--oref", None, "with --iw to say how much"),
    "fox --ow 50": ("--ow", None, "--ow does nothing here"),
    "fox --p": ("--p", None, "--stylize and --sref set the taste"),
    "fox --profile abc": ("--profile", None, "--profile does nothing here"),
    "fox --exp 10": ("--exp", None, "--stylize or --weird"),
    "fox --hd": ("--hd", None, "press U and Upscale"),
    "fox --sd": ("--sd", None, "Take it out"),
    "fox --sv 4": ("--sv", None, "--sw says how much"),
    "fox --motion low": ("--motion", None, "--video films"),
    "fox --loop": ("--loop", None, "--video films"),
    "fox --end https://a.b": ("--end", None, "--video films"),
    "fox --bs 4": ("--bs", None, "--video films"),
    "fox --wallpaper": ("--wallpaper", None, "for example --ar 16:9"),
    "fox --uplight": ("--uplight", None, "Press Upscale below"),
    "fox --testp": ("--testp", None, "--v chooses a model"),
    "fox --hq": ("--hq", None, "--v chooses a model"),
    "fox --w 100 --h 50": ("--h", None, "Use --ar"),
}  # fmt: skip


@pytest.mark.parametrize("typed", GOOD)
def test_a_typed_prompt_becomes_its_normal_form(typed: str) -> None:
    assert echo(parse(typed, limits=LIMITS)) == GOOD[typed]


@pytest.mark.parametrize("typed", GOOD)
def test_a_normal_form_is_its_own_normal_form(typed: str) -> None:
    assert echo(parse(GOOD[typed], limits=LIMITS)) == GOOD[typed]


@pytest.mark.parametrize("typed", BAD)
def test_a_wrong_parameter_is_named_with_what_is_allowed_and_the_nearest_right_spelling(typed: str) -> None:
    parameter, nearest, words = BAD[typed]

    with pytest.raises(InvalidParameter) as caught:
        parse(typed, limits=LIMITS)

    assert caught.value.title == "Invalid parameter"
    assert (caught.value.parameter, caught.value.nearest) == (parameter, nearest)
    assert words in caught.value.sentence
    assert caught.value.command.startswith("/imagine ")


@pytest.mark.parametrize("typed", [typed for typed, (_, nearest, _) in BAD.items() if nearest and nearest != "--cref"])
def test_the_spelling_that_is_offered_works(typed: str) -> None:
    nearest = BAD[typed][1] or ""
    given = {"--iw": "https://a.b fox --iw 3", "--sw": "fox --sref 5"}.get(nearest.partition(" ")[0], "fox")

    offered = f"{given} {nearest}" if nearest.startswith("--") else nearest

    assert parse(offered, limits=LIMITS)


# typed → words of the sentence
ODD = {
    "hot dog animal::-1": "The weights add up to -1, and they must add up to more than 0: `hot dog animal` -1",
    "hot:: dog::-1": "add up to 0",
    "a::.1 b::.2 c::-.3": "add up to 0",
    "fox::0": "add up to 0",
    "::2 fox": "There is nothing before `::2`",
    "fox::2 ::3": "There is nothing before `::3`",
    "https://a.b/1.png": "One picture needs a description after it, or a second picture",
    "https://a.b/1.png --ar 3:2": "One picture needs a description",
    "https://a.b/1.png::2 fox": "A picture takes no weight of its own",
    "a fox https://a.b/1.png in snow": "`/imagine https://a.b/1.png a fox in snow`",
    "https://a.b/1 a fox https://a.b/2.JPG?x=1": "`/imagine https://a.b/1 https://a.b/2.JPG?x=1 a fox`",
    " ".join(["https://a.b/1.png"] * 7): "That prompt has 7 pictures; 5 is the most. Please leave 2 out.",
}  # fmt: skip


@pytest.mark.parametrize("typed", ODD)
def test_a_description_that_cannot_be_drawn_is_refused_with_what_to_change(typed: str) -> None:
    with pytest.raises(InvalidPrompt) as caught:
        parse(typed, limits=LIMITS)

    assert caught.value.title == "Invalid prompt"
    assert ODD[typed] in caught.value.sentence
    assert caught.value.command.startswith("/imagine ")


@pytest.mark.parametrize("typed", ["", " ", "\u200b", "--ar 3:2", "--no hats", "— –"])
def test_a_prompt_with_nothing_to_draw_is_empty(typed: str) -> None:
    with pytest.raises(EmptyPrompt):
        parse(typed)
