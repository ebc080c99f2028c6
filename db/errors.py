"""What can go wrong with the database, the credits and the queue; each docstring says it to people.

DatabaseError
├── DatabaseTooNew · DatabaseDamaged · DatabaseUnusable    start-up is refused
└── DatabaseUnavailable                                    a moment later it may work again
    ├── DatabaseBusy · DatabaseFull · DatabaseClosed
NotAccepted                                                nothing was written, nothing was charged
├── NotEnoughCredits · QueueFull · RequestConflict · Quarantined
NotEnoughFree                                              an admin asked for more than is free
LeaseLost                                                  another lease counts now
"""


class DatabaseError(Exception):
    """The database cannot be used."""


class DatabaseTooNew(DatabaseError):
    """The database was written by a newer version of Easel."""


class DatabaseDamaged(DatabaseError):
    """The database does not add up; it must be restored before Easel runs on it."""


class DatabaseUnusable(DatabaseError):
    """There is no database to be had at this path."""


class DatabaseUnavailable(DatabaseError):
    """The database cannot be written for the moment; nothing was changed."""


class DatabaseBusy(DatabaseUnavailable):
    """Another program holds the database; nothing was changed, try again in a moment."""


class DatabaseFull(DatabaseUnavailable):
    """The disk is full or refuses to write; nothing was changed. Free some space, a restart is not needed."""


class DatabaseClosed(DatabaseUnavailable):
    """Easel is shutting down; nothing was changed."""


class NotAccepted(Exception):
    """The request was turned down before anything was written."""


class NotEnoughCredits(NotAccepted):
    """The price is more than the member's free credits."""

    def __init__(self, *, free_units: int, price_units: int) -> None:
        super().__init__(f"{price_units} units are needed, {free_units} are free")
        self.free_units = free_units
        self.price_units = price_units


class QueueFull(NotAccepted):
    """The member has as many waiting jobs as are allowed."""

    def __init__(self, *, waiting: int, limit: int) -> None:
        super().__init__(f"{waiting} jobs are waiting, {limit} are allowed")
        self.waiting = waiting
        self.limit = limit


class RequestConflict(NotAccepted):
    """The same request came twice with different meanings."""

    def __init__(self, request_id: str) -> None:
        super().__init__(f"request {request_id} was accepted with another meaning")
        self.request_id = request_id


class Quarantined(NotAccepted):
    """Exactly these parameters have stopped the painter again and again; change something and try again."""

    def __init__(self, *, until: int) -> None:
        super().__init__(f"these parameters are in quarantine until {until}")
        self.until = until


class NotEnoughFree(Exception):
    """Less than that is free; what is held for running jobs cannot be taken."""

    def __init__(self, *, free_units: int) -> None:
        super().__init__(f"only {free_units} units are free")
        self.free_units = free_units


class LeaseLost(Exception):
    """The lease that this worker held no longer counts; whatever it did is to be thrown away."""
