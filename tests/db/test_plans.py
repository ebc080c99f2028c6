"""However long the history grows, no everyday statement reads all of it."""

from typing import Any

from sqlalchemy import Connection, event

from db import guilds, jobs, ledger, people, pictures
from db.people import Preferences
from tests.db.fresh import NOON, PICTURES, accept, bring, leased, new_job, queued, token

GROWING = ("account", "lot", "hold", "transfer", "change", "job", "request", "job_event", "picture", "rating", "member")


def everyday(conn: Connection) -> None:
    """Everything that happens while people use the bot."""
    ledger.grant(conn, "ada", "guild", 5000, "admin", "gift", NOON, expires_at=NOON + 1)
    parent = bring(conn, "delivered", dedupe_key="once", press_key="press")
    accept(conn, new_job(dedupe_key="once"), daily=9000)
    accept(conn, new_job(press_key="press"))
    for speed in ("turbo", "fast", "relax"):
        queued(conn, speed=speed, price_units=0)
    job = leased(conn)
    jobs.started(conn, job.id, token(job), NOON)
    jobs.requeue(conn, job.id, token(job), NOON, 0)
    job = jobs.lease(conn, "boot-1", NOON, "sketchbook") or job
    jobs.cancel(conn, job.id, NOON)
    jobs.cancel_flags(conn, [job.id])
    jobs.refund(conn, job.id, "cancelled", NOON + 5)
    jobs.attach_progress(conn, job.id, "progress", NOON)
    jobs.by_message(conn, "progress")
    job = leased(conn)
    jobs.rendered(conn, job.id, token(job), PICTURES, NOON)
    jobs.begin_delivery(conn, job.id, NOON)
    jobs.park_delivery(conn, job.id, NOON, 5)
    jobs.adopt(conn, job.id, "message", NOON)
    jobs.waiting(conn, NOON)
    jobs.may_start(conn, NOON, 1)
    jobs.outlooks(conn, NOON, 1, 3)
    jobs.due_deliveries(conn, NOON)
    jobs.recover(conn, "boot-2", NOON)
    jobs.active_of(conn, "ada", "guild")
    jobs.children(conn, parent.id)
    jobs.usage(conn, "ada", "guild")
    jobs.prune_requests(conn, NOON)
    ledger.take(conn, "ada", "guild", 1, "admin", "", NOON)
    ledger.set_free(conn, "ada", "guild", 1, "admin", "", NOON)
    ledger.tidy(conn, "ada", "guild", NOON + 5)
    ledger.history(conn, "ada", "guild", 5)
    guilds.set_daily(conn, "guild", 5, "admin", NOON)
    guilds.changes(conn, "guild", 5)
    pictures.of_job(conn, parent.id)
    pictures.rate(conn, "ada", parent.id, NOON)
    people.put(conn, "ada", Preferences(speed="relax"), NOON)
    people.taste(conn, "ada")
    people.set_option(conn, "ada", "mine", "--chaos 5")
    people.drop_option(conn, "ada", "mine")


def test_no_everyday_statement_reads_a_whole_table(conn: Connection) -> None:
    seen: dict[str, Any] = {}

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            seen[statement] = parameters[0] if many else parameters

    event.listen(conn.engine, "before_cursor_execute", note)
    everyday(conn)
    event.remove(conn.engine, "before_cursor_execute", note)

    scans = []
    for statement, parameters in seen.items():
        for step in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters):
            words = str(step.detail).split()
            whole_history = "job_member (user_id=?)" in step.detail  # of a member
            if (words[0] == "SCAN" and words[1] in GROWING) or whole_history:
                scans.append((step.detail, statement))

    assert len(seen) > 50
    assert scans == []
