"""Fairness: whoever waits is served by need and share, not by how much others have queued."""

import statistics
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from db import jobs
from db.jobs import Speed
from db.jobs.turns import MAX_SKIPS, ROUND, Turn, next_turn
from tests.db import fresh
from tests.db.fresh import NOON, accept, leased, new_job, queued, token

COSTS = st.integers(1, 6000)
FEW = settings(max_examples=25, deadline=None)


@contextmanager
def queue() -> Iterator[Connection]:
    with fresh.memory().connect() as conn, conn.begin():
        yield conn


def take(conn: Connection, warm: str | None = None) -> jobs.Job | None:
    return jobs.lease(conn, "boot-1", NOON, warm)


@FEW
@given(st.lists(st.tuples(st.sampled_from("abc"), COSTS), min_size=1, max_size=40), st.data())
def test_members_who_always_wait_get_equal_shares(asked: list[tuple[str, int]], data: st.DataObject) -> None:
    with queue() as conn:
        for user, cost in asked:
            queued(conn, user, est_units=cost, price_units=0)
        served: Counter[str] = Counter()
        most = {user: max(cost for who, cost in asked if who == user) for user, _ in asked}
        left = Counter(user for user, _ in asked)
        while all(left.values()):
            job = take(conn)
            assert job is not None
            served[job.user_id] += job.est_units
            left[job.user_id] -= 1
            for one, other in combinations(most, 2):
                assert abs(served[one] - served[other]) <= most[one] + most[other]
            if data.draw(st.booleans()):  # somebody asks for more: it must not change the bound
                user = data.draw(st.sampled_from(sorted(most)))
                queued(conn, user, est_units=most[user], price_units=0)
                left[user] += 1


@FEW
@given(
    st.lists(
        st.one_of(st.just(None), st.tuples(st.sampled_from("abc"), st.sampled_from(list(ROUND)), COSTS)), max_size=60
    )
)
def test_a_lease_is_given_exactly_when_something_waits(steps: list[tuple[str, Speed, int] | None]) -> None:
    with queue() as conn:
        waiting = 0
        for step in steps:
            if step is None:
                assert (take(conn) is not None) == (waiting > 0)
                waiting = max(0, waiting - 1)
            else:
                user, speed, cost = step
                queued(conn, user, speed=speed, est_units=cost, price_units=0)
                waiting += 1


@FEW
@given(st.lists(st.tuples(st.sampled_from("ab"), COSTS), min_size=2, max_size=25), st.randoms(use_true_random=False))
def test_a_members_own_jobs_stay_in_order_and_tags_never_fall_behind(asked: list[tuple[str, int]], rng: Random) -> None:
    with queue() as conn:
        order: dict[str, list[str]] = {"a": [], "b": []}
        for user, cost in asked:
            position = conn.execute(text("SELECT position FROM lane WHERE speed = 'fast'")).scalar_one()
            job = queued(conn, user, est_units=cost, price_units=0)
            tag = conn.execute(text("SELECT tag FROM job WHERE id = :id"), {"id": job.id}).scalar_one()
            assert tag >= position
            order[user].append(job.id)
            if rng.random() < 0.3 and order[user]:
                gone = rng.choice(order[user])
                assert jobs.cancel(conn, gone, NOON) == "refunded"
                order[user].remove(gone)
            if rng.random() < 0.3 and (job_taken := take(conn)) is not None:
                assert order[job_taken.user_id].pop(0) == job_taken.id
        while (job_taken := take(conn)) is not None:
            assert order[job_taken.user_id].pop(0) == job_taken.id
        assert order == {"a": [], "b": []}


def test_cancelled_jobs_do_not_cost_a_member_the_place_in_the_queue(conn: Connection) -> None:
    regrets = [queued(conn, "ada").id for _ in range(10)]
    rivals = [queued(conn, "bob").id for _ in range(3)]
    for job_id in regrets:
        jobs.cancel(conn, job_id, NOON)

    again = queued(conn, "ada").id

    assert [leased(conn).id for _ in range(3)] in ([rivals[0], again, rivals[1]], [again, *rivals[:2]])


def test_a_newcomer_does_not_wait_behind_somebodys_two_hundred_jobs() -> None:
    rng = Random(1)
    arrivals = sorted([(0, "hog")] * 200 + [(rng.randrange(1_500_000), f"light-{k % 20}") for k in range(60)])
    waits, end, now = [], 0, 0
    with queue() as conn:
        came: dict[str, int] = {}
        while arrivals or came:
            while arrivals and arrivals[0][0] <= now:
                at, user = arrivals.pop(0)
                came[queued(conn, user, price_units=0).id] = at
            job = take(conn)
            if job is None:
                now = arrivals[0][0]
                continue
            arrived = came.pop(job.id)
            now += 10_000
            if job.user_id == "hog":
                end = now
            else:
                waits.append(now - 10_000 - arrived)

    assert statistics.median(waits) < 20_000
    assert max(waits) < 60_000
    assert end == 2_600_000, "the hog pays only for the work of the others"


@given(
    st.lists(st.tuples(st.sampled_from(list(ROUND)), COSTS), min_size=1, max_size=60),
    st.dictionaries(st.sampled_from(list(ROUND)), st.lists(COSTS, min_size=1, max_size=30), min_size=1),
)
def test_speeds_that_always_wait_share_eight_to_four_to_one(
    warm_up: list[tuple[Speed, int]], lanes: dict[Speed, list[int]]
) -> None:
    turn = Turn(deficits=dict.fromkeys(ROUND, 0), current="relax")
    for speed, cost in warm_up:
        _, turn = next_turn(turn, {speed: cost})
    turn = Turn(deficits=dict.fromkeys(ROUND, 0), current=turn.current)
    served: Counter[Speed] = Counter()
    taken: Counter[Speed] = Counter()

    for _ in range(200):
        costs = {speed: line[taken[speed] % len(line)] for speed, line in lanes.items()}
        speed, turn = next_turn(turn, costs)
        served[speed] += costs[speed]
        taken[speed] += 1
        rounds = {name: served[name] / ROUND[name] for name in lanes}
        # Within a round one lane may be a whole quantum and a largest job ahead of another.
        slack = 2 + sum(max(lanes[name]) / ROUND[name] for name in lanes)
        assert max(rounds.values()) - min(rounds.values()) <= slack


def test_a_speed_alone_gets_everything() -> None:
    turn = Turn(deficits=dict.fromkeys(ROUND, 0), current="turbo")

    for _ in range(50):
        speed, turn = next_turn(turn, {"relax": 1_000_000})
        assert speed == "relax"


def test_relax_moves_however_much_turbo_there_is(conn: Connection) -> None:
    for k in range(40):
        queued(conn, f"t{k}", speed="turbo", price_units=0)
        queued(conn, f"f{k}", speed="fast", price_units=0)
    for k in range(5):
        queued(conn, f"r{k}", speed="relax", price_units=0)

    first = [leased(conn).speed for _ in range(26)]

    assert Counter(first) == {"turbo": 16, "fast": 8, "relax": 2}
    assert first[0] == "turbo"


def test_jobs_that_must_wait_do_not_hold_up_others(conn: Connection) -> None:
    queued(conn, "ada")
    mine = leased(conn)
    jobs.requeue(conn, mine.id, token(mine), NOON, 60_000)
    other = queued(conn, "bob", speed="relax")

    assert leased(conn).id == other.id
    assert jobs.lease(conn, "boot-1", NOON) is None


def test_a_job_for_a_warm_model_may_go_a_little_earlier(conn: Connection) -> None:
    cold = queued(conn, "ada", model="other")
    warm = queued(conn, "bob", model="sketchbook")
    far = [queued(conn, "bob", model="third") for _ in range(3)][-1]

    assert [job.id for job in (take(conn, "sketchbook"), take(conn, "sketchbook")) if job] == [warm.id, cold.id]
    job = take(conn, "none-such")
    assert job is not None
    assert job.id != far.id


def test_a_job_too_far_back_does_not_go_first_for_its_model(conn: Connection) -> None:
    cold = queued(conn, "ada", model="other")
    for _ in range(4):
        last = queued(conn, "bob", model="other")
    last = queued(conn, "bob", model="sketchbook")

    job = take(conn, "sketchbook")

    assert job is not None
    assert (job.id == cold.id, job.id == last.id) == (True, False)


@FEW
@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["warm", "cold"])), min_size=1, max_size=40))
def test_nobody_is_overtaken_more_than_four_times_for_a_model(asked: list[tuple[str, str]]) -> None:
    with queue() as conn:
        for user, model in asked:
            queued(conn, user, model=model, price_units=0)
        taken = 0
        while take(conn, "warm") is not None:
            taken += 1
            worst = conn.execute(text("SELECT MAX(skips) FROM job")).scalar_one()
            assert worst <= MAX_SKIPS
        assert taken == len(asked)


def test_a_restart_does_not_change_the_order() -> None:
    def drain(*, restart_every: int | None) -> list[str]:
        with queue() as conn:
            rng, order = Random(7), []
            for k in range(30):
                queued(conn, f"u{rng.randrange(4)}", request_id=str(k), est_units=rng.randrange(1, 4000), price_units=0)
            for k in range(30):
                job = jobs.lease(conn, f"boot-{k}", NOON)
                assert job is not None
                if restart_every and k % restart_every == 0:
                    jobs.recover(conn, f"boot-{k}-again", NOON)
                    job = jobs.lease(conn, f"boot-{k}-again", NOON)
                    assert job is not None
                order.append(job.request_id)
                jobs.refund(conn, job.id, "failed", NOON)
            return order

    assert drain(restart_every=None) == drain(restart_every=3)


@pytest.mark.parametrize("speed", list(ROUND))
def test_the_promised_place_is_the_place(conn: Connection, speed: Speed) -> None:
    for k in range(12):
        queued(conn, f"u{k % 3}", speed=speed, price_units=0)
    last = accept(conn, new_job("newcomer", speed=speed, price_units=0))

    for _ in range(last.ahead):
        assert leased(conn).id != last.job.id
    assert leased(conn).id == last.job.id


def test_the_promised_place_is_close_where_speeds_are_mixed(conn: Connection) -> None:
    for k in range(30):
        queued(conn, f"t{k}", speed="turbo", price_units=0)
        queued(conn, f"r{k}", speed="relax", price_units=0)
    mine = [accept(conn, new_job(f"f{k}", speed="fast", price_units=0)) for k in range(8)]

    order = [leased(conn).id for _ in range(40)]

    for one in mine:
        assert abs(order.index(one.job.id) - one.ahead) <= 8
