from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sizes import BadRatio, Size, SizeRule, fit, parse_ratio, pixels, within

SIDES = (256, 512, 768, 1024, 2048)
rules = st.builds(
    lambda side, step: SizeRule(area_px=side * side, step_px=step), st.sampled_from(SIDES), st.sampled_from((8, 16))
)
ratios = st.builds(Fraction, st.integers(1, 400), st.integers(1, 400))
MEGAPIXEL = SizeRule(area_px=1024 * 1024, step_px=16)


def size(text: str, rule: SizeRule = MEGAPIXEL) -> tuple[int, int]:
    fitted = fit(parse_ratio(text), rule)
    return fitted.width_px, fitted.height_px


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [
        ("1:1", (1024, 1024)),
        ("3:2", (1344, 896)),
        ("2:3", (896, 1344)),
        ("16:9", (1456, 816)),
        ("9:16", (816, 1456)),
        ("4:3", (1232, 928)),
        ("3:4", (928, 1232)),
        ("6:4", (1344, 896)),
        ("1920:1080", (1456, 816)),
    ],
)
def test_familiar_shapes_of_megapixel_models_have_the_familiar_sizes(ratio: str, expected: tuple[int, int]) -> None:
    assert size(ratio) == expected
    assert size(ratio, SizeRule(area_px=1024 * 1024, step_px=8)) == expected


@pytest.mark.parametrize(("ratio", "expected"), [("1:1", (512, 512)), ("3:2", (672, 448)), ("16:9", (728, 408))])
def test_half_as_large_models_have_half_the_familiar_sizes(ratio: str, expected: tuple[int, int]) -> None:
    assert size(ratio, SizeRule(area_px=512 * 512, step_px=8)) == expected


@pytest.mark.parametrize(("ratio", "expected"), [("1:1", (256, 256)), ("3:2", (336, 224)), ("16:9", (344, 192))])
def test_small_models_come_as_close_as_their_steps_allow(ratio: str, expected: tuple[int, int]) -> None:
    assert size(ratio, SizeRule(area_px=256 * 256, step_px=8)) == expected


@pytest.mark.parametrize("ratio", ["2:1", "21:9", "5:4", "7:4", "1:2", "139:100"])
def test_other_shapes_of_megapixel_models_keep_about_the_area(ratio: str) -> None:
    width, height = size(ratio)

    assert 0.95 <= width * height / 1024**2 <= 1.21
    assert abs(width / height / float(parse_ratio(ratio)) - 1) < 0.02


@given(ratios, rules)
def test_every_size_is_on_the_grid_of_the_model_and_close_in_shape_and_area(ratio: Fraction, rule: SizeRule) -> None:
    fitted = fit(ratio, rule)

    short = min(fitted.width_px, fitted.height_px)
    assert fitted.width_px % rule.step_px == 0
    assert fitted.height_px % rule.step_px == 0
    assert abs(fitted.width_px / fitted.height_px / float(rule.clamp(ratio)) - 1) <= rule.step_px / short
    assert 1 - 2 * rule.step_px / short <= fitted.area_px / rule.area_px <= 1.2 + rule.step_px / short


@given(ratios, rules)
def test_a_turned_ratio_gives_the_turned_size(ratio: Fraction, rule: SizeRule) -> None:
    assert fit(1 / ratio, rule) == fit(ratio, rule).turned()


@given(ratios, st.integers(1, 9), rules)
def test_only_the_quotient_counts(ratio: Fraction, factor: int, rule: SizeRule) -> None:
    width, height = ratio.numerator * factor, ratio.denominator * factor

    assert pixels(width, height, rule) == pixels(ratio.numerator, ratio.denominator, rule)


def test_shapes_beyond_what_the_model_allows_become_the_nearest_that_it_does() -> None:
    rule = SizeRule(area_px=512 * 512, step_px=8, min_ratio=Fraction(1, 2), max_ratio=Fraction(2))

    assert fit(Fraction(14), rule) == fit(Fraction(2), rule)
    assert fit(Fraction(1, 14), rule) == fit(Fraction(1, 2), rule)
    assert not rule.allows(Fraction(14))
    assert rule.allows(Fraction(2))


@pytest.mark.parametrize(
    ("text", "ratio"), [("3:2", Fraction(3, 2)), (" 16 : 9 ", Fraction(16, 9)), ("1:1", Fraction(1))]
)
def test_a_ratio_is_two_whole_numbers(text: str, ratio: Fraction) -> None:
    assert parse_ratio(text) == ratio


@pytest.mark.parametrize(
    "text", ["", "3", "3:", ":2", "1.5:1", "-3:2", "3:2:1", "0:1", "1:0", "٣:٢", "123456:1", "3/2"]
)
def test_anything_else_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(BadRatio, match=r"\.$"):
        parse_ratio(text)


def test_within_shrinks_to_the_longest_side_and_never_enlarges() -> None:
    assert within(Size(width_px=2688, height_px=1792), 512) == Size(width_px=512, height_px=341)
    assert within(Size(width_px=100, height_px=50), 512) == Size(width_px=100, height_px=50)
    assert within(Size(width_px=5000, height_px=1), 100) == Size(width_px=100, height_px=1)
