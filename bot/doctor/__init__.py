"""`easel doctor`: looks at everything that Easel needs, and says what is wrong and what mends it."""

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from typing import Any

from bot.doctor import account, given, home, machine, model, ports
from bot.doctor.finding import Finding, broken
from bot.settings import Settings

__all__ = ["Finding", "examine", "main"]


def main(settings: Settings, *, as_json: bool = False, ask: Sequence[str] = machine.ASK) -> int:
    """Print one line for each thing that was looked at; returns 0 when nothing is broken, else 1."""
    return asyncio.run(visit(settings, as_json=as_json, ask=ask))


async def visit(settings: Settings, *, as_json: bool = False, ask: Sequence[str] = machine.ASK) -> int:
    """Do what `main` does, on a running loop."""
    found = []
    async for finding in examine(settings, ask):
        found.append(finding)
        if not as_json:
            print(_hide(finding.line(), settings), flush=True)
    if as_json:
        print(_hide(json.dumps([finding.plain() for finding in found], ensure_ascii=False, indent=1), settings))
    else:
        print(summary(found), flush=True)
    return 1 if any(finding.level == "broken" for finding in found) else 0


async def examine(settings: Settings, ask: Sequence[str] = machine.ASK) -> AsyncIterator[Finding]:
    """Yield what is found, in a fixed order, while the slower checks are still at work.

    ask: the command that tells what torch sees
    """
    running = await asyncio.to_thread(home.in_use, settings.data)
    steps: dict[str, Coroutine[Any, Any, list[Finding]]] = {
        "settings": asyncio.to_thread(given.check, settings),
        "token": account.check(settings),
        "model and device": _model_and_machine(settings, ask),
        "data": asyncio.to_thread(home.check, settings.data, running=running),
        "ports": ports.check(settings, running=running),
    }
    async for finding in in_turn(steps):
        yield finding


async def in_turn(steps: Mapping[str, Coroutine[Any, Any, list[Finding]]]) -> AsyncIterator[Finding]:
    """Run all checks at once and yield what they find in their order; one that fails itself is a finding too."""
    tasks = {subject: asyncio.create_task(step) for subject, step in steps.items()}
    try:
        for subject, task in tasks.items():
            await asyncio.wait({task})
            if fault := task.exception():
                what = f"this could not be looked at ({type(fault).__name__}: {fault})."
                yield broken(subject, what, "That is a fault of Easel: please report it.")
            else:
                for finding in task.result():
                    yield finding
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)


async def _model_and_machine(settings: Settings, ask: Sequence[str]) -> list[Finding]:
    catalog, found = await asyncio.to_thread(model.check, settings)
    parameters = await asyncio.to_thread(model.parameters_of, catalog.default) if catalog else None
    painter = catalog is None or catalog.default.origin.kind != "scripted"
    return found + await machine.check(settings, machine.Load(parameters=parameters, painter=painter), ask)


def summary(found: Sequence[Finding]) -> str:
    ill = sum(finding.level == "broken" for finding in found)
    doubtful = sum(finding.level == "attention" for finding in found)
    if ill:
        return f"{ill} broken, {doubtful} to look at."
    return f"Nothing is broken; {doubtful} to look at." if doubtful else "All is well."


def _hide(text: str, settings: Settings) -> str:
    """No finding holds the token; this makes sure of it, whatever an error's text may repeat."""
    return text.replace(settings.token, "[hidden]") if settings.token else text
