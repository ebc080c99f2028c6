"""Bots that are broken on purpose: the kill loop must find each of them out.

`python -m tests.faults.broken NAME run` is `python -m bot run` with one promise taken away.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace

from bot import cli
from bot.chat.courier import ChatCourier
from bot.parcels import Parcel
from bot.runner import Runner
from db import jobs, pictures
from db.jobs import Job


def no_look_first() -> None:
    """Posts after a restart without looking whether the result is there already."""
    deliver = ChatCourier.deliver

    async def hasty(self: ChatCourier, parcel: Parcel) -> str:
        return await deliver(self, replace(parcel, look_first=False))

    ChatCourier.deliver = hasty  # type: ignore[method-assign]


def charge_first() -> None:
    """Marks a job as delivered, and charges for it, before it posts."""

    async def greedy(self: Runner, job: Job) -> None:
        shop = self._shop
        begun = await shop.database.write(jobs.begin_delivery, job.id, shop.clock())
        await shop.database.write(jobs.delivered, job.id, "0", shop.clock())
        if begun is not None:
            stored = await shop.database.read(pictures.of_job, job.id)
            await self._deliver_within_limit(begun, stored, look_first=False)

    Runner._post = greedy  # type: ignore[method-assign]


BROKEN: Mapping[str, Callable[[], None]] = {"no_look_first": no_look_first, "charge_first": charge_first}

if __name__ == "__main__":
    BROKEN[sys.argv[1]]()
    sys.exit(cli.main(sys.argv[2:]))
