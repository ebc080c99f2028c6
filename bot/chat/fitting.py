"""Files that the platform calls too large are made smaller and sent again."""

import io
from collections.abc import Awaitable, Callable

import discord

from bot.errors import Unsent
from bot.parcels import Parcel

TOO_LARGE = 40005
MOST_SIZES = 8


async def sent_to_fit(
    limit: int | None,
    pack: Callable[[int | None], Awaitable[Parcel]],
    send: Callable[[Parcel, discord.File], Awaitable[object]],
) -> None:
    """Pack below a limit in bytes and send, each time smaller until it is taken; Unsent if it never is.

    Raises what packing and sending raise for any other reason.
    """
    for _ in range(MOST_SIZES):
        parcel = await pack(limit)
        try:
            await send(parcel, discord.File(io.BytesIO(parcel.data), parcel.file_name))
        except discord.HTTPException as error:
            if not too_large(error):
                raise
            limit = len(parcel.data) * 3 // 4
        else:
            return
    raise Unsent


def too_large(error: discord.HTTPException) -> bool:
    return error.code == TOO_LARGE or error.status == 413
