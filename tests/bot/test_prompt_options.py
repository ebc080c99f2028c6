"""Own options and the suffix do what a member wrote into them, and no more."""

import pytest

from bot.prompt import (
    EmptyPrompt,
    InvalidParameter,
    InvalidPrompt,
    Limits,
    Part,
    Prompt,
    PromptError,
    Ratio,
    TooLong,
    check_option,
    check_suffix,
    echo,
    expand,
    model_of,
    parse,
    permute,
)

MINE = {"mine": "in the snow --chaos 5", "wide": "--ar 16:9", "loop": "--mine", "red_2": "red {barn, fox}"}
LIMITS = Limits(models={"7": "sketchbook", "6": "inky"})


# ---- own options


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("a fox --mine", "a fox in the snow --chaos 5"),
        ("a fox --MINE", "a fox in the snow --chaos 5"),
        ("a fox —mine --ar 3:2", "a fox in the snow --ar 3:2 --chaos 5"),
        ("a fox --wide --mine --chaos 7", None),
        ("a fox --mine --wide", "a fox in the snow --ar 16:9 --chaos 5"),
        ("a fox --mine --chaos 7", "a fox in the snow --chaos 7"),
        ("--mine", "in the snow --chaos 5"),
        ("fox:: --mine", "fox:: in the snow --chaos 5"),
        ('a sign "--mine"', 'a sign "--mine"'),
    ],
)
def test_an_own_option_stands_for_its_value_in_its_place(typed: str, shown: str | None) -> None:
    if shown is None:
        with pytest.raises(InvalidParameter, match="Parameters go last"):
            parse(typed, options=MINE)
    else:
        assert echo(parse(typed, options=MINE)) == shown


def test_an_option_inside_an_option_is_not_looked_at_again() -> None:
    with pytest.raises(InvalidParameter, match="I don't know a parameter `--mine`"):
        parse("a fox --loop", options=MINE)


def test_choices_inside_an_option_are_choices_of_the_prompt() -> None:
    assert permute(expand("a --red_2 at dawn", MINE), 40) == ("a red barn at dawn", "a red fox at dawn")


def test_options_that_make_a_prompt_too_long_are_told_so() -> None:
    with pytest.raises(TooLong, match="6000"):
        parse("--mine " * 800, options={"mine": "x" * 5000})


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("mine", "in the snow", "mine"),
        ("--Mine", "--ar 3:2", "mine"),
        ("—mine", "in the {snow, rain} --ar {3:2, 1:1}", "mine"),
        ("my_look_2", "oil --s 50", "my_look_2"),
        ("s_mine", "oil", "s_mine"),
    ],
)
def test_a_good_option_is_kept_under_its_plain_name(name: str, value: str, kept: str) -> None:
    assert check_option(name, value) == kept
    assert parse(f"fox --{kept}", options={kept: permute(value, 40)[0]})


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("ar", "fox", "--ar is a parameter already"),
        ("C", "fox", "--c is a parameter already"),
        ("cref", "fox", "--cref is a parameter already"),
        ("s250", "fox", "--s250 is a parameter already"),
        ("", "fox", "A name has letters"),
        ("my look", "fox", "`my look` can't be one"),
        ("2nd", "fox", "A name has letters"),
        ("größe", "fox", "A name has letters"),
        ("x" * 33, "fox", "A name has letters"),
        ("`@here`", "fox", "`'@here'` can't be one"),
        ("mine", " \u200b", "needs a value"),
        ("mine", "fox --chaos 101", "outside what --chaos takes"),
        ("mine", "fox --other", "I don't know a parameter"),
        ("mine", "--ar 3:2 fox", "Parameters go last"),
        ("mine", "a {b", "without its partner"),
        ("mine", "{a,b}" * 20, "prompts; 40 is the most"),
    ],
)
def test_an_option_that_could_not_work_is_refused_when_it_is_set(name: str, value: str, words: str) -> None:
    with pytest.raises(PromptError) as caught:
        check_option(name, value)

    assert words in caught.value.sentence


# ---- the suffix


def test_a_suffix_holds_where_the_prompt_says_nothing_else() -> None:
    suffix = "--ar 16:9 --s 250 --raw --no text"

    assert parse("a fox", suffix=suffix) == Prompt(
        text="a fox", ratio=Ratio(w=16, h=9), stylize=250, raw=True, no=("text",)
    )
    assert parse("a fox --ar 2:3 --s 50 --no hats", suffix=suffix) == Prompt(
        text="a fox", ratio=Ratio(w=2, h=3), stylize=50, raw=True, no=("text", "hats")
    )


def test_a_typed_default_beats_the_suffix_and_is_not_shown() -> None:
    assert echo(parse("a fox --s 100 --ar 1:1", suffix="--ar 16:9 --s 250")) == "a fox"


def test_a_typed_seed_beats_a_same_seed_of_the_suffix() -> None:
    prompt = parse("a fox --seed 5", suffix="--sameseed 6")

    assert (prompt.seed, prompt.same_noise) == (5, False)


def test_what_the_prompt_has_no_use_for_is_left_out_of_the_suffix() -> None:
    blend = "https://a.b/1.png https://a.b/2.png"

    assert parse(blend, suffix="--s 250 --w 9 --sref 5 --sw 50 --ar 3:2").evolve(images=()) == Prompt(
        text="", ratio=Ratio(w=3, h=2)
    )
    assert parse("a fox", suffix="--iw 2 --sw 50") == Prompt(text="a fox")


def test_what_the_model_cannot_do_is_left_out_of_the_suffix_but_not_of_the_prompt() -> None:
    plain = Limits(mechanisms=frozenset({"seed"}), tallest=Ratio(w=1, h=2), widest=Ratio(w=2, h=1))

    assert parse("a fox", limits=plain, suffix="--s 250 --raw --ar 3:1") == Prompt(text="a fox", ratio=Ratio(w=2, h=1))
    with pytest.raises(InvalidParameter, match="--stylize doesn't work with this model"):
        parse("a fox --s 300", limits=plain, suffix="--s 250")


def test_a_suffix_alone_draws_nothing() -> None:
    with pytest.raises(EmptyPrompt):
        parse("", suffix="--ar 3:2")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("--s 250 —ar 16:9", "--stylize 250 --ar 16:9"),
        ("  --raw   --no hats, cats ", "--raw --no hats, cats"),
        ("--s 100", "--stylize 100"),
        ("--niji", "--niji"),
        ("--v 7 --sw 50 --iw 2 --fast --stealth", "--v sketchbook --sw 50 --iw 2 --fast --stealth"),
        ("", ""),
    ],
)
def test_a_suffix_is_kept_in_its_normal_form(typed: str, kept: str) -> None:
    limits = Limits(models={"7": "sketchbook", "niji": "inky"})

    shown = check_suffix(typed, limits)

    assert shown == kept.replace("--niji", "--v inky")
    assert check_suffix(shown, limits) == shown
    assert parse("a fox", limits=limits, suffix=shown) == parse("a fox", limits=limits, suffix=typed)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("oil painting", "`oil painting` isn't one"),
        ("oil --ar 3:2", "`oil` isn't one"),
        ("--ar 3:2 oil", "comes after --ar 3:2"),
        ("--chaos 101", "outside what --chaos takes"),
        ("--mine", "I don't know a parameter"),
        ("--cref https://a.b", "does nothing here"),
        ("--repeat 3", "--repeat belongs in a single prompt"),
        ("--r 3 --zoom 2", "--zoom belongs in a single prompt"),
    ],
)
def test_a_suffix_that_could_not_work_is_refused_when_it_is_set(typed: str, words: str) -> None:
    with pytest.raises(PromptError) as caught:
        check_suffix(typed)

    assert words in caught.value.sentence


def test_a_suffix_that_the_model_cannot_follow_is_refused_when_it_is_set() -> None:
    with pytest.raises(InvalidParameter, match="--weird doesn't work") as caught:
        check_suffix("--ar 3:2 --weird 9", Limits(mechanisms=frozenset()))

    assert caught.value.title == "Not with this model"


# ---- which model


@pytest.mark.parametrize(
    ("typed", "suffix", "model"),
    [
        ("a fox", "", None),
        ("a fox --v 7", "", "sketchbook"),
        ("a fox --v 7 --version 6", "", "inky"),
        ("a fox", "--v 6", "inky"),
        ("a fox --v 7", "--v 6", "sketchbook"),
        ("a fox --new", "", "inky"),
        ("a fox --v 99 --ar x --banana", "", "sketchbook"),
        ("--v", "", "sketchbook"),
        ("", "oil --v", "sketchbook"),
    ],
)
def test_the_model_can_be_asked_for_before_the_rest_is_read(typed: str, suffix: str, model: str | None) -> None:
    assert model_of(typed, limits=LIMITS, options={"new": "--v 6"}, suffix=suffix) == model


def test_weights_and_options_go_together() -> None:
    prompt = parse("fox::2 --mine", options=MINE)

    assert prompt.parts == (Part(text="fox", weight=2), Part(text="in the snow"))
    with pytest.raises(InvalidPrompt):
        parse("fox::-2 --mine", options=MINE)
