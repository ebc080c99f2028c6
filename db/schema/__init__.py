"""The tables, as they stand after the newest migration; money in units (1 credit = 1000), times in UTC ms."""

from db.schema.columns import metadata
from db.schema.credits import account, change, clock, hold, lot, transfer
from db.schema.people import guild, member, picture, rating
from db.schema.queue import flow, job, job_event, lane, quarantine, request

__all__ = [
    "account",
    "change",
    "clock",
    "flow",
    "guild",
    "hold",
    "job",
    "job_event",
    "lane",
    "lot",
    "member",
    "metadata",
    "picture",
    "quarantine",
    "rating",
    "request",
    "transfer",
]
