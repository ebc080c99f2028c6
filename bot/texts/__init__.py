"""Every sentence, label and title that a person reads, by key; those about prompts live in `bot.prompt.texts`."""

from collections.abc import Mapping

from bot.texts import buttons, commands, help, jobs, refusals, units, web

ENGLISH: Mapping[str, str] = {
    **jobs.TEXTS,
    **buttons.TEXTS,
    **web.TEXTS,
    **refusals.TEXTS,
    **commands.TEXTS,
    **help.TEXTS,
    **units.TEXTS,
}
"""The table to translate, all areas together."""


LANGUAGES: Mapping[str, Mapping[str, str]] = {}
"""Other languages, by Discord's code ("de", "pt-BR"): a table with any keys of the English one that begin with
`command.`, and the names of commands and options, `name.prefer.option.set.value`. What is missing stays English."""


def say(key: str, **facts: object) -> str:
    """Give the sentence for a key, its facts filled in; an unknown key raises KeyError."""
    return ENGLISH[key].format(**facts)


def credits(units: int) -> str:
    """Write an amount of money for people: "1 credit", "2.5 credits"."""
    amount = f"{units / 1000:.3f}".rstrip("0").rstrip(".")
    return say("credit.one") if amount == "1" else say("credit.many", amount=amount)


def duration(seconds: float) -> str:
    """Write how long something takes, as roughly as it is known."""
    if seconds < 10:
        return say("time.moment")
    if seconds < 50:
        return say("time.seconds", number=round(seconds / 10) * 10)
    if seconds < 3300:
        minutes = max(1, round(seconds / 60))
        return say("time.minute") if minutes == 1 else say("time.minutes", number=minutes)
    hours = round(seconds / 3600)
    return say("time.hour") if hours == 1 else say("time.hours", number=hours)


def images(count: int) -> str:
    return say("image.one") if count == 1 else say("image.many", amount=count)
