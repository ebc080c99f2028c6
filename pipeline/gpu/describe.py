"""Says what is to be seen in a picture: by ranking captions made of known words, or by a model that writes them."""

import json
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, product
from pathlib import Path
from typing import Any, Protocol

import torch
import transformers
from huggingface_hub import snapshot_download
from PIL import Image
from torch import Tensor

from pipeline.gpu.fetch import CannotLoad

VOCABULARY = "vocabulary.json"
"""Beside a model that ranks: {"things": […], "colours": […], …, "templates": [["{a} {colour} {thing}", …], …]}.

Each template may use the words of the lists, by their names without the s, and `{a}` for "a" or "an". Every list of
templates is one way to see a picture; in it, a later one says more than an earlier one.
"""

_FILES = ["*.json", "*.txt", "*.model", "*.safetensors"]
_KEPT = 8
_AT_A_TIME = 64
_MOST_REMEMBERED = 20_000
_LONGEST_CAPTION = 48


class Describer(Protocol):
    """Finds words for pictures."""

    def describe(self, picture: Image.Image, count: int) -> tuple[str, ...]:
        """Return up to `count` different prompts that a picture like this could have come from, best first."""
        ...


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """What captions can be made of."""

    words: Mapping[str, Sequence[str]]
    """By the name that templates use."""
    ways: Sequence[Sequence[str]]
    """Ways to see a picture, each as templates that say more and more."""

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> "Vocabulary":
        """Read a vocabulary. Raises ValueError, KeyError, TypeError."""
        words = {name.removesuffix("s"): tuple(values) for name, values in plain.items() if name != "templates"}
        if not all(isinstance(way, list) for way in plain["templates"]):
            raise ValueError(
                'templates must be lists of templates, one for each way to see a picture: [["…", "…"], …].'
            )
        found = Vocabulary(words=words, ways=tuple(tuple(way) for way in plain["templates"]))
        for template in chain.from_iterable(found.ways):
            if unknown := set(names_in(template)) - set(words):
                raise ValueError(f"The template {template!r} uses words of which there is no list: {sorted(unknown)}.")
        if not all(found.ways) or not found.ways:
            raise ValueError("There are no templates, or an empty list of them.")
        return found

    def grown(self, choice: Mapping[str, str], template: str) -> Iterator[Mapping[str, str]]:
        """Fill in what a template needs beyond what has been chosen, in every way."""
        missing = [name for name in names_in(template) if name not in choice]
        for values in product(*(self.words[name] for name in missing)):
            yield {**choice, **dict(zip(missing, values, strict=True))}


def names_in(template: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(template) if name and name != "a"]


def caption(template: str, choice: Mapping[str, str]) -> str:
    """Fill a template in; `{a}` becomes what the next word asks for."""
    text = template.format(a="{a}", **{name: choice[name] for name in names_in(template)})
    before, mark, after = text.partition("{a} ")
    return f"{before}{'an' if after[:1].lower() in 'aeiou' else 'a'} {after}" if mark else text


@dataclass(eq=False, kw_only=True)
class Ranker:
    """Composes captions, says more and more, and keeps those that an image–text model finds fitting (CLIP's layout)."""

    model: Any
    tokenizer: Any
    image_processor: Any
    vocabulary: Vocabulary
    _known: dict[str, Tensor] = field(default_factory=dict)

    @torch.no_grad()
    def describe(self, picture: Image.Image, count: int) -> tuple[str, ...]:
        looks = self.image_processor(images=picture.convert("RGB"), return_tensors="pt")["pixel_values"]
        seen = _unit(self.model.get_image_features(pixel_values=looks.to(self.model.device)))[0]
        found: dict[str, float] = {}
        for way in self.vocabulary.ways:
            found |= self._best_of(way, seen, max(count, _KEPT))
        # A caption that says less is kept only if it fits better than those that say more.
        return tuple(sorted(found, key=lambda text: -found[text])[:count])

    def _best_of(self, way: Sequence[str], seen: Tensor, count: int) -> Mapping[str, float]:
        """The captions that fit best, `count` of each template, with how well they fit."""
        choices: list[Mapping[str, str]] = [{}]
        found: dict[str, float] = {}
        for template in way:
            grown = [each for choice in choices for each in self.vocabulary.grown(choice, template)]
            captions = [caption(template, each) for each in grown]
            scores = self._fit(captions, seen)
            ranked = sorted(zip(scores, range(len(grown)), strict=True), key=lambda pair: (-pair[0], pair[1]))[:count]
            choices = [grown[place] for _, place in ranked]
            found |= {captions[place]: score for score, place in ranked}
        return found

    def _fit(self, captions: Sequence[str], seen: Tensor) -> list[float]:
        new = [text for text in dict.fromkeys(captions) if text not in self._known]
        if len(self._known) + len(new) > _MOST_REMEMBERED:
            self._known.clear()
            new = list(dict.fromkeys(captions))
        for start in range(0, len(new), _AT_A_TIME):
            texts = new[start : start + _AT_A_TIME]
            tokens = self.tokenizer(texts, padding=True, truncation=True, return_tensors="pt").to(self.model.device)
            features = self.model.get_text_features(**{k: tokens[k] for k in ("input_ids", "attention_mask")})
            self._known |= dict(zip(texts, _unit(features), strict=True))
        return [float(self._known[text] @ seen) for text in captions]


@dataclass(eq=False, kw_only=True)
class Captioner:
    """Lets a captioning model write: one caption by search, the others by chance, the same chances every time."""

    model: Any
    processor: Any

    @torch.no_grad()
    def describe(self, picture: Image.Image, count: int) -> tuple[str, ...]:
        inputs = self.processor(images=picture.convert("RGB"), return_tensors="pt").to(self.model.device)
        texts = self._written(inputs, num_beams=3, do_sample=False)
        devices = [self.model.device] if self.model.device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices):
            torch.manual_seed(0)
            for _ in range(2):
                if len(dict.fromkeys(texts)) < count:
                    texts += self._written(inputs, do_sample=True, top_p=0.9, num_return_sequences=2 * count)
        return tuple(dict.fromkeys(filter(None, texts)))[:count]

    def _written(self, inputs: Any, **how: Any) -> list[str]:
        written = self.model.generate(**inputs, max_new_tokens=_LONGEST_CAPTION, **how)
        texts: list[str] = self.processor.batch_decode(written, skip_special_tokens=True)
        return [" ".join(text.split()) for text in texts]


def load_describer(where: str, *, offline: bool, device: str) -> Describer:
    """Load what describes from a folder or the hub: a ranker if a vocabulary lies beside it. Raises CannotLoad."""
    try:
        folder = Path(where)
        if not folder.is_dir():
            folder = Path(snapshot_download(where, allow_patterns=_FILES, local_files_only=offline))
        loaded = _ranker(folder) if (folder / VOCABULARY).is_file() else _captioner(folder)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RuntimeError, ImportError) as fault:
        first_line = str(fault).strip().partition("\n")[0]
        raise CannotLoad(f"What describes pictures, {where}, could not be loaded: {first_line}") from fault
    loaded.model.eval().to(device)
    return loaded


def _ranker(folder: Path) -> Ranker:
    return Ranker(
        model=transformers.CLIPModel.from_pretrained(folder, use_safetensors=True, local_files_only=True).float(),
        tokenizer=transformers.CLIPTokenizer.from_pretrained(folder),
        image_processor=transformers.CLIPImageProcessorPil.from_pretrained(folder),
        vocabulary=Vocabulary.from_plain(json.loads((folder / VOCABULARY).read_text(encoding="utf-8"))),
    )


def _captioner(folder: Path) -> Captioner:
    kind = transformers.AutoModelForImageTextToText
    model = kind.from_pretrained(folder, use_safetensors=True, local_files_only=True)
    processor = transformers.AutoProcessor.from_pretrained(folder, local_files_only=True)
    return Captioner(model=model, processor=processor)


def _unit(features: Any) -> Tensor:
    values: Tensor = getattr(features, "pooler_output", features)
    return torch.nn.functional.normalize(values.float(), dim=-1)
