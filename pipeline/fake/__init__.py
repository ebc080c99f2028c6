"""The engine without a model: it paints doodles, and goes wrong exactly as it is told to."""

from pipeline.fake.engine import FakeEngine
from pipeline.fake.script import Behaviour, Script, mischief, steady

__all__ = ["Behaviour", "FakeEngine", "Script", "mischief", "steady"]
