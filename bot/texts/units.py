"""Amounts of credits, time and pictures."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    # Units
    "time.moment": "a few seconds",
    "time.seconds": "about {number} seconds",
    "time.minute": "about a minute",
    "time.minutes": "about {number} minutes",
    "time.hour": "about an hour",
    "time.hours": "about {number} hours",
    "credit.one": "1 credit",
    "credit.many": "{amount} credits",
    "image.one": "1 image",
    "image.many": "{amount} images",
}
