"""The tables, as they stand after the newest migration; money in units (1 credit = 1000), times in UTC ms."""

from db.schema.columns import metadata
from db.schema.credits import account, change, clock, hold, lot, transfer
from db.schema.people import guild, member, own_option, picture, rating, report, showing
from db.schema.queue import flow, job, job_event, lane, quarantine, request
from db.schema.wishes import batch, inquiry, reference, ticket

__all__ = [
    "account",
    "batch",
    "change",
    "clock",
    "flow",
    "guild",
    "hold",
    "inquiry",
    "job",
    "job_event",
    "lane",
    "lot",
    "member",
    "metadata",
    "own_option",
    "picture",
    "quarantine",
    "rating",
    "reference",
    "report",
    "request",
    "showing",
    "ticket",
    "transfer",
]
