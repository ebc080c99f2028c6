"""The tokenizer: byte-level pairs learnt from captions, in the files that transformers' CLIPTokenizer reads."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers, trainers
from tokenizers.models import BPE
from transformers import CLIPTokenizer

from pipeline.training.captions import caption
from pipeline.training.scenes.scene import Stage, scene_at
from pipeline.training.words import OTHER_WORDS

START, END, WORD_END = "<|startoftext|>", "<|endoftext|>", "</w>"
MAX_TOKENS = 77
# How CLIP cuts text into words; see transformers' CLIPTokenizer.
WORDS = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def corpus(stage: Stage, count: int) -> list[str]:
    """Captions without the made-up words, and a list of words that prompts often hold."""
    rng = random.Random(5)
    lines = [caption(scene_at(stage, 5, i), rng).text.lower() for i in range(count)]
    seen = Counter(word for line in lines for word in line.split())
    known = [" ".join(word for word in line.split() if seen[word] > 3) for line in lines]
    return known + [" ".join(OTHER_WORDS)] * 40


def train(stage: Stage, folder: Path, vocabulary_size: int = 2048, captions: int = 20_000) -> CLIPTokenizer:
    """Learn the pairs and write `folder`/tokenizer."""
    learner = Tokenizer(BPE(unk_token=END, end_of_word_suffix=WORD_END, continuing_subword_prefix=""))
    learner.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    learner.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(WORDS), behavior="removed", invert=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False),
    ])  # fmt: skip
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size - len(alphabet) - 2,
        initial_alphabet=alphabet,
        end_of_word_suffix=WORD_END,
        min_frequency=4,
        show_progress=False,
    )
    learner.train_from_iterator(corpus(stage, captions), trainer)
    _write(json.loads(learner.to_str())["model"], alphabet, folder / "tokenizer")
    return load(folder)


def _write(model: dict[str, object], alphabet: list[str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary, merges = model["vocab"], model["merges"]
    assert isinstance(vocabulary, dict)
    assert isinstance(merges, list)
    tokens = sorted(vocabulary, key=lambda token: int(vocabulary[token]))
    # Every byte also needs its form at a word's end, or an unknown last letter would become the end of the text.
    tokens += [letter + WORD_END for letter in alphabet] + [START, END]
    numbered = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    (folder / "vocab.json").write_text(json.dumps(numbered, ensure_ascii=False), encoding="utf-8")
    pairs = [pair if isinstance(pair, str) else " ".join(pair) for pair in merges]
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(pairs) + "\n", encoding="utf-8")
    settings = {
        "tokenizer_class": "CLIPTokenizer",
        "bos_token": START,
        "eos_token": END,
        "unk_token": END,
        "pad_token": END,
        "model_max_length": MAX_TOKENS,
        "do_lower_case": True,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")


def load(folder: Path) -> CLIPTokenizer:
    return CLIPTokenizer.from_pretrained(folder / "tokenizer")
