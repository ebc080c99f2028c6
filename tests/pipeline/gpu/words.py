"""Tiny models that describe pictures: real classes, random weights, their own vocabularies."""

import json
from pathlib import Path

import torch
import transformers

from tests.pipeline.gpu import tiny

_VOCABULARY = {
    "things": ["star", "owl", "boat"],
    "colours": ["red", "orange", "blue"],
    "backgrounds": ["on a white background", "at night"],
    "styles": ["as a sketch", "in neon"],
    "numbers": ["two", "three"],
    "plurals": ["stars", "owls", "boats"],
    "templates": [
        ["{a} {colour} {thing}", "{a} {colour} {thing} {background}", "{a} {colour} {thing} {background}, {style}"],
        ["{number} {colour} {plural}", "{number} {colour} {plural} {background}"],
    ],
}


def clip(folder: Path) -> Path:
    """Save an image–text model with a vocabulary."""
    vision = {
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_attention_heads": 2,
        "num_hidden_layers": 1,
        "image_size": 32,
        "patch_size": 16,
        "projection_dim": 16,
    }
    config = transformers.CLIPConfig(text_config=tiny._clip().to_dict(), vision_config=vision, projection_dim=16)
    tiny._seeded(6, lambda: transformers.CLIPModel(config)).save_pretrained(folder)
    tiny._clip_tokenizer().save_pretrained(folder)
    side = {"height": 32, "width": 32}
    transformers.CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size=side).save_pretrained(folder)
    (folder / "vocabulary.json").write_text(json.dumps(_VOCABULARY))
    return folder


def blip(folder: Path) -> Path:
    """Save a captioning model."""
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[DEC]", "[ENC]", "a", "red", "blue", "star", "owl", "boat"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(words))
    tokenizer = transformers.BertTokenizer(str(folder / "vocab.txt"))
    config = transformers.BlipConfig(
        text_config={
            "vocab_size": len(words),
            "hidden_size": 16,
            "encoder_hidden_size": 16,
            "intermediate_size": 16,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "max_position_embeddings": 64,
            "bos_token_id": 5,
            "pad_token_id": 0,
            "eos_token_id": 3,
            "sep_token_id": 3,
        },
        vision_config={
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "image_size": 32,
            "patch_size": 16,
        },
        projection_dim=16,
    )
    torch.manual_seed(3)
    transformers.BlipForConditionalGeneration(config).eval().save_pretrained(folder)
    processor = transformers.BlipImageProcessorPil(size={"height": 32, "width": 32})
    transformers.BlipProcessor(image_processor=processor, tokenizer=tokenizer).save_pretrained(folder)
    return folder
