"""The signs on the bot's buttons look the same everywhere, on machines without emoji too."""

import re
from pathlib import Path

import playground
from bot.actions import ACTIONS
from bot.chat.present import GLOBE

DRAWING = Path(playground.__file__).parent / "page" / "emoji.js"


def test_the_playground_has_a_drawing_for_every_sign_on_a_button() -> None:
    text = DRAWING.read_text(encoding="utf-8")
    drawn = set(re.findall(r'"([^"]+)":', text[text.index("const DRAWN") : text.index("const MEANING")]))
    used = {action.emoji.replace("\ufe0f", "") for action in ACTIONS.values() if action.emoji}

    assert used | {GLOBE} <= drawn
