"""The queue: what was accepted, whose turn it is, and how each job comes to its one end.

queued → leased → rendered → delivering → delivered, and from anywhere before the end → refunded.
"""

from db.errors import LeaseLost, NotAccepted, NotEnoughCredits, Quarantined, QueueFull, RequestConflict
from db.jobs.entry import accept, prune_requests
from db.jobs.forecast import outlooks, paces
from db.jobs.handover import adopt, begin_delivery, delivered, park_delivery
from db.jobs.keeping import Posting, copied, copies_owed, owes_copy, postings, remove, restore, show, stands_in
from db.jobs.rows import LONGEST_DELAY_MS, get
from db.jobs.turns import may_start
from db.jobs.values import (
    Acceptance,
    Film,
    HoldState,
    Job,
    Limits,
    NewJob,
    NewPicture,
    Outlook,
    Recovery,
    Share,
    Speed,
    State,
    Usage,
    Why,
)
from db.jobs.views import (
    active_of,
    ahead,
    by_message,
    cancel_flags,
    children,
    due_deliveries,
    lineage,
    untold,
    usage,
    waiting,
)
from db.jobs.work import attach_progress, cancel, lease, recover, refund, rendered, requeue, started

__all__ = [
    "LONGEST_DELAY_MS",
    "Acceptance", "Film", "HoldState", "Job", "LeaseLost", "Limits", "NewJob", "NewPicture", "NotAccepted",
    "NotEnoughCredits", "Outlook", "Posting", "Quarantined", "QueueFull", "Recovery", "RequestConflict", "Share",
    "Speed", "State", "Usage", "Why", "accept", "active_of", "adopt", "ahead", "attach_progress", "begin_delivery",
    "by_message", "cancel", "cancel_flags", "children", "copied", "copies_owed", "delivered", "due_deliveries", "get",
    "lease", "lineage", "may_start", "outlooks", "owes_copy", "paces", "park_delivery", "postings", "prune_requests",
    "recover", "refund", "remove", "rendered", "requeue", "restore", "show", "stands_in", "started", "untold", "usage",
    "waiting",
]  # fmt: skip
