"""What a model or a member cannot do is refused by name when it is typed, and left out when it is read back."""

import pytest

from bot.prompt import (
    AVAILABLE,
    DEFAULT_LIMITS,
    MECHANISMS,
    InvalidParameter,
    Limits,
    Part,
    Prompt,
    PromptError,
    StyleRef,
    arguments,
    echo,
    parse,
    recall,
    spell,
    with_style_codes,
)

# what is typed → the mechanism without which it cannot be done, and how it is named
NEEDS = {
    "fox --chaos 5": ("chaos", "--chaos"),
    "fox --seed 5": ("seed", "--seed"),
    "fox --sameseed 5": ("same_noise", "--sameseed"),
    "fox --sameseed": ("same_noise", "--sameseed"),
    "fox --stop 50": ("stop", "--stop"),
    "fox --stylize 50": ("stylize", "--stylize"),
    "fox --raw": ("stylize", "--raw"),
    "fox --style raw": ("stylize", "--raw"),
    "fox --weird 50": ("weird", "--weird"),
    "fox --tile": ("tile", "--tile"),
    "fox --video": ("previews", "--video"),
    "fox --no hats": ("negative", "--no"),
    "fox --sref 5": ("style_codes", "--sref"),
    "fox --sref random": ("style_codes", "--sref"),
    "fox --sref https://a.b": ("style_images", "--sref"),
    "fox:: snow": ("weights", "::"),
    "https://a.b fox": ("image_prompts", ""),
    "https://a.b https://c.d": ("image_prompts", ""),
}


@pytest.mark.parametrize("typed", NEEDS)
def test_what_the_model_cannot_do_is_refused_by_name_and_free_of_charge(typed: str) -> None:
    mechanism, name = NEEDS[typed]
    assert parse(typed)

    with pytest.raises(InvalidParameter) as caught:
        parse(typed, limits=Limits(mechanisms=MECHANISMS - {mechanism}))

    assert caught.value.title == "Not with this model"
    assert [fault.parameter for fault in caught.value.faults] == [name]
    assert "with this model" in caught.value.sentence
    assert "Nothing was charged" in caught.value.sentence


@pytest.mark.parametrize("typed", NEEDS)
def test_what_the_model_cannot_do_is_left_out_of_a_stored_prompt(typed: str) -> None:
    mechanism, _ = NEEDS[typed]
    limits = Limits(mechanisms=MECHANISMS - {mechanism})

    again = recall(typed, limits=limits)

    assert again.text == parse(typed).text
    assert again.text == "" or parse(echo(again), limits=limits) == again


def test_every_mechanism_is_covered_by_these_tests() -> None:
    assert {mechanism for mechanism, _ in NEEDS.values()} == MECHANISMS


def test_a_default_that_is_typed_asks_nothing_of_the_model() -> None:
    nothing = Limits(mechanisms=frozenset())

    for row in AVAILABLE:
        if row.default:
            assert parse(f"fox --{row.name} {row.default}", limits=nothing) == Prompt(text="fox")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("fox --style cute", "--style"),
        ("fox --style", "--style"),
        ("fox --raw", "--raw"),
        ("fox --weird 9999", "--weird"),
    ],
)
def test_what_the_model_lacks_is_said_and_no_value_of_it_offered(typed: str, name: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        parse(typed, limits=Limits(mechanisms=frozenset({"chaos"})))

    assert caught.value.title == "Not with this model"
    assert caught.value.sentence == (
        f"{name} doesn't work with this model. Leave it out, or choose another model. Nothing was charged."
    )


@pytest.mark.parametrize("has", ["style_codes", "style_images", "stylize"])
def test_a_style_of_others_leads_to_sref_where_that_works(has: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        parse("fox --style cute", limits=Limits(mechanisms=frozenset({"stylize", has})))

    assert ("--sref" in caught.value.sentence) == (has != "stylize")


def test_an_unknown_name_leads_only_to_what_works_here() -> None:
    with pytest.raises(InvalidParameter) as caught:
        parse("fox --raws --chaso 5", limits=Limits(mechanisms=frozenset({"chaos"})))

    raws, chaso = caught.value.faults
    assert (raws.nearest, chaso.nearest) == (None, "--chaos 5")
    assert "--chaos, " in caught.value.sentence
    for name in ("--raw,", "--stylize,", "--zoom"):
        assert name not in caught.value.sentence


def test_other_faults_beside_it_make_it_an_invalid_parameter_again() -> None:
    with pytest.raises(InvalidParameter) as caught:
        parse("fox --tile --chaos 101", limits=Limits(mechanisms=frozenset({"chaos"})))

    assert caught.value.title == "Invalid parameter"
    assert {fault.parameter for fault in caught.value.faults} == {"--tile", "--chaos"}


@pytest.mark.parametrize(
    ("typed", "limits", "words"),
    [
        ("fox --v 7", Limits(), "There is only one model here"),
        ("fox --niji", Limits(models={"7": "a"}), "No model here is called niji"),
        ("fox --v 8", Limits(models={"7": "a", "sdxl": "b"}), "one of 7, sdxl"),
        ("fox --repeat 5", Limits(max_repeat=4), "from 2 to 4"),
        ("fox --repeat 2", Limits(max_repeat=1), "Repeats are switched off here"),
        ("fox --zoom 3", Limits(zoom=True), "a number from 1 to 2"),
        ("fox --zoom 1.5", Limits(), "the window that Custom Zoom opens"),
        ("https://a.b https://c.d fox", Limits(max_images=1), "has 2 pictures; 1 is the most"),
        ("fox --sref 1 2", Limits(max_images=1), "1 styles at most"),
    ],
)
def test_what_a_member_or_an_owner_did_not_allow_is_told_with_what_is(typed: str, limits: Limits, words: str) -> None:
    with pytest.raises(PromptError) as caught:
        parse(typed, limits=limits)

    assert words in caught.value.sentence


def test_a_custom_zoom_takes_its_parameter_and_does_not_keep_it() -> None:
    prompt = parse("a fox --ar 3:2 --zoom 1.5", limits=Limits(zoom=True))

    assert prompt.zoom == 1.5
    assert echo(prompt) == "a fox --ar 3:2"
    assert spell(prompt) == "a fox --ar 3:2 --zoom 1.5"


def test_orders_are_read_and_not_shown_as_part_of_the_prompt() -> None:
    prompt = parse("a fox --turbo --stealth --repeat 4")

    assert (prompt.speed, prompt.stealth, prompt.repeat) == ("turbo", True, 4)
    assert echo(prompt) == "a fox"
    assert spell(prompt) == "a fox --turbo --stealth --repeat 4"
    assert (parse("a fox --relax --public").speed, parse("a fox --relax --public").stealth) == ("relax", False)
    assert (parse("a fox").speed, parse("a fox").stealth, parse("a fox").repeat) == (None, None, None)


def test_a_pan_shows_the_new_shape_last_even_when_it_is_a_square() -> None:
    prompt = parse("a fox --ar 2:3 --no hats --raw")

    assert echo(prompt, last="ar") == "a fox --no hats --raw --ar 2:3"
    assert echo(prompt.evolve(ratio=parse("x").ratio), last="ar") == "a fox --no hats --raw --ar 1:1"
    assert parse(echo(prompt, last="ar")) == prompt


def test_the_parameters_alone_can_be_printed() -> None:
    assert arguments(parse("https://a.b fox:: snow --ar 3:2 --raw --fast")) == "--ar 3:2 --raw"
    assert arguments(parse("fox")) == ""


def test_random_styles_become_numbers_once_and_stay_so() -> None:
    codes = iter((7, 8))

    drawn = with_style_codes(parse("fox --sref random 12 random"), lambda: next(codes))

    assert [ref.code for ref in drawn.style_refs] == [7, 12, 8]
    assert echo(drawn) == "fox --sref 7 12 8"
    assert with_style_codes(drawn, lambda: next(codes)) == drawn


def test_styles_say_what_they_are() -> None:
    (link, plain) = parse("fox --sref https://a.b::2.5 https://c.d").style_refs
    (word,) = parse("fox --sref random").style_refs

    assert (link.url, link.code, link.weight) == ("https://a.b", None, 2.5)
    assert plain == StyleRef(what="https://c.d")
    assert (word.url, word.code, word.what) == (None, None, "random")


def test_parts_images_and_text_are_told_apart() -> None:
    prompt = parse("<https://a.b/1.png> https://c.d/2.jpg hot air balloon::2 dog::-.5 at 12:30 --no red")

    assert prompt.images == ("https://a.b/1.png", "https://c.d/2.jpg")
    assert prompt.parts == (
        Part(text="hot air balloon", weight=2),
        Part(text="dog", weight=-0.5),
        Part(text="at 12:30", weight=1),
    )
    assert prompt.text == "hot air balloon at 12:30"
    assert prompt.no == ("red",)


@pytest.mark.parametrize(
    "stored",
    [
        *("fox::-2", "::2", "https://a.b/1.png", "https://a.b::2 fox", "fox https://a.b/1.png", "--cref x", "fox --hd"),
        *("fox --chaos 999 --banana 5 snow", "--v 7", "fox --iw 2 --sw 50", "{", "a }{ b", "", "fox --repeat 99"),
        *("https://a.b " * 9, "fox --sref 1 https://a.b", "x" * 9000),
    ],
)
def test_whatever_was_stored_can_be_read_back(stored: str) -> None:
    again = recall(stored)

    assert recall(spell(again)) == again


def test_a_stored_value_out_of_range_becomes_the_nearest() -> None:
    again = recall("fox --chaos 999 --stylize 5000 --ar 99:1 --q 9 --repeat 99 snow --weird x")

    assert (again.chaos, again.stylize, str(again.ratio), again.quality) == (100, 1000, "14:1", 2.0)
    assert (again.repeat, again.weird) == (10, 0)


def test_the_limits_as_they_come_allow_what_the_fact_sheet_allows() -> None:
    assert (DEFAULT_LIMITS.max_repeat, DEFAULT_LIMITS.max_permutations, DEFAULT_LIMITS.max_chars) == (10, 40, 6000)
