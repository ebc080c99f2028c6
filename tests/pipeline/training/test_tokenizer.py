from __future__ import annotations

import pytest
from transformers import CLIPTokenizer


@pytest.mark.parametrize(
    "text",
    [
        "a red star on a blue background",
        "красный кот на закате",
        "夜晚的黄色的星星",
        "a zxqwv dragon by greg",
        "naïve café ÿ",
        "🙂 smile",
    ],
)
def test_any_text_comes_back_from_its_tokens(small_tokenizer: CLIPTokenizer, text: str) -> None:
    ids = small_tokenizer(text).input_ids

    assert small_tokenizer.decode(ids, skip_special_tokens=True).replace(" ", "") == text.lower().replace(" ", "")


@pytest.mark.parametrize("text", ["zzzÿ", "q", "ж", "猫x"])
def test_unknown_letters_never_end_the_text_early(small_tokenizer: CLIPTokenizer, text: str) -> None:
    ids = small_tokenizer(text).input_ids

    assert ids[0] == small_tokenizer.bos_token_id
    assert ids.index(small_tokenizer.eos_token_id) == len(ids) - 1


def test_words_of_the_vocabulary_are_single_tokens(small_tokenizer: CLIPTokenizer) -> None:
    words = ["red", "star", "mushroom", "background", "night"]

    assert [len(small_tokenizer(word).input_ids) - 2 for word in words] == [1] * 5


def test_long_prompts_are_cut_at_77_tokens(small_tokenizer: CLIPTokenizer) -> None:
    ids = small_tokenizer("star " * 200, truncation=True, padding="max_length").input_ids

    assert len(ids) == 77
