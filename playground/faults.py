"""Faults that tests order: requests of the bot that fail, hang or lose their answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Effect(StrEnum):
    """What happens to a request that a rule catches."""

    BEFORE = "before"  # fails, and nothing was done
    AFTER = "after"  # was done, but the answer says that it failed
    DROP_BEFORE = "drop_before"  # the connection breaks, and nothing was done
    DROP_AFTER = "drop_after"  # was done, but the connection breaks before the answer
    DELAY = "delay"  # is done after `delay_s`


@dataclass(kw_only=True)
class Rule:
    """Catches the next `times` requests whose method is equal and whose path matches somewhere."""

    effect: Effect
    method: str = ""  # empty: any
    path: str = ""  # a regular expression, searched in the path after /api/v10
    times: int = 1
    skip: int = 0  # let so many matching requests through first
    status: int = 500
    code: int = 0
    delay_s: float = 0.0

    def catches(self, method: str, path: str) -> bool:
        """Whether this request is caught; counts it."""
        if self.times <= 0 or (self.method and self.method != method) or not re.search(self.path, path):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


class Faults:
    """The rules in force."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def add(self, described: Mapping[str, Any]) -> None:
        """Add a rule; raises TypeError, ValueError or re.error when it is not one."""
        rule = Rule(**{**described, "effect": Effect(described.get("effect", "before"))})
        re.compile(rule.path)
        self._rules.append(rule)

    def catch(self, method: str, path: str) -> Rule | None:
        """The first rule that catches a request."""
        self._rules = [rule for rule in self._rules if rule.times > 0]
        return next((rule for rule in self._rules if rule.catches(method, path)), None)

    def clear(self) -> None:
        self._rules.clear()
