"""A job after its end: where it stands, taken away and brought back, copied and reported."""

from sqlalchemy import Connection

from db import jobs, people, pictures
from db.jobs import Posting
from db.people import Preferences
from tests.db.fresh import NOON, bring, queued


def test_the_newest_showing_comes_first_and_the_delivery_last(conn: Connection) -> None:
    job = bring(conn, "delivered")
    first = Posting(guild_id="guild", channel_id="channel", message_id=job.result_message_id or "")
    later = Posting(guild_id="guild", channel_id="other", message_id="m1")
    last = Posting(guild_id=None, channel_id="direct", message_id="m2")

    jobs.show(conn, job.id, later, NOON + 1)
    jobs.show(conn, job.id, last, NOON + 2)

    assert jobs.postings(conn, job) == [last, later, first]
    assert [found.id for posting in (first, later, last) if (found := jobs.by_message(conn, posting.message_id))] == [
        job.id
    ] * 3


def test_a_job_that_is_not_delivered_stands_nowhere(conn: Connection) -> None:
    assert jobs.postings(conn, queued(conn)) == []


def test_a_job_belongs_to_its_channel_and_to_those_where_it_was_shown(conn: Connection) -> None:
    job, other = bring(conn, "delivered"), bring(conn, "delivered")
    jobs.show(conn, job.id, Posting(guild_id=None, channel_id="direct", message_id="m1"), NOON)

    assert jobs.stands_in(conn, job, "guild", "channel")
    assert jobs.stands_in(conn, job, None, "direct")
    assert not jobs.stands_in(conn, job, None, "channel")
    assert not jobs.stands_in(conn, other, None, "direct")


def test_only_delivered_jobs_are_taken_away_and_once(conn: Connection) -> None:
    job, waiting = bring(conn, "delivered"), queued(conn)

    assert not jobs.remove(conn, waiting.id, NOON)
    assert jobs.remove(conn, job.id, NOON)
    assert not jobs.remove(conn, job.id, NOON)
    found = jobs.get(conn, job.id)
    assert found is not None
    assert found.removed
    assert jobs.restore(conn, job.id, NOON)
    assert not jobs.restore(conn, job.id, NOON)


def owed(conn: Connection, since: int = NOON) -> list[str]:
    return [job.id for job in jobs.copies_owed(conn, since)]


def test_a_copy_is_owed_from_the_delivery_until_it_is_noted_as_sent(conn: Connection) -> None:
    people.put(conn, "ada", Preferences(auto_dm=True), NOON)
    on_its_way = bring(conn, "delivering")
    before = owed(conn)
    jobs.delivered(conn, on_its_way.id, "m1", NOON)
    jobs.delivered(conn, on_its_way.id, "m1", NOON)

    assert (before, owed(conn), owed(conn, NOON + 1)) == ([], [on_its_way.id], [])
    assert jobs.owes_copy(conn, on_its_way.id)

    jobs.copied(conn, on_its_way.id, NOON)

    assert owed(conn) == []
    assert not jobs.owes_copy(conn, on_its_way.id)


def test_no_copy_is_owed_to_those_who_do_not_want_it_nor_in_a_conversation_nor_without_a_result(
    conn: Connection,
) -> None:
    bring(conn, "delivered", "ben")
    people.put(conn, "ada", Preferences(auto_dm=True), NOON)
    bring(conn, "delivered", guild_id=None)
    bring(conn, "refunded")

    assert owed(conn) == []


def test_a_copy_is_owed_no_more_when_it_is_not_wanted_any_more_or_its_result_was_taken_away(conn: Connection) -> None:
    people.put(conn, "ada", Preferences(auto_dm=True), NOON)
    job, gone = bring(conn, "delivered"), bring(conn, "delivered")
    jobs.remove(conn, gone.id, NOON)
    left = owed(conn)
    people.put(conn, "ada", Preferences(), NOON)

    assert (left, owed(conn)) == ([job.id], [])


def test_a_member_reports_a_job_once_and_is_counted_since_a_moment(conn: Connection) -> None:
    job, other = bring(conn, "delivered"), bring(conn, "delivered")

    assert pictures.report(conn, "ben", job.id, NOON)
    assert not pictures.report(conn, "ben", job.id, NOON + 5)
    assert pictures.report(conn, "ben", other.id, NOON + 9)
    assert pictures.report(conn, "eve", job.id, NOON)

    assert pictures.reports_since(conn, "ben", NOON) == 2
    assert pictures.reports_since(conn, "ben", NOON + 1) == 1
