"""What the job queue promises, tried on the real one (Procrastinate on PostgreSQL) and on the model that the simulation stands on."""

from __future__ import annotations

import asyncio

import pytest
from tests.integration.engine.queues import Diary, Queue, until, working

# Longer than a worker needs to begin what it may begin: it is woken when a job is asked for.
MOMENT_S = 0.3


@pytest.fixture
def diary() -> Diary:
    return Diary()


# ---------------------------------------------------------------- one running, one waiting


async def test_what_is_asked_for_is_done(queue: Queue, diary: Diary) -> None:
    async with working(queue, diary) as face:
        await face.settle(7)
        await face.poll(3)
        await until(lambda: len(diary.ended) == 2)
        await until(lambda: not queue.left())
    assert sorted(diary.ended) == ["poll 3", "settle 7"]


async def test_what_was_asked_for_before_there_was_a_worker_is_done_when_one_comes(
    queue: Queue, diary: Diary
) -> None:
    async with queue.face(diary) as face:
        for number in range(1, 6):
            await face.settle(number)
    async with working(queue, diary, concurrency=1):
        await until(lambda: not queue.left())
    assert diary.ended == [f"settle {number}" for number in range(1, 6)], "the first comes first"


async def test_who_asks_for_what_waits_already_asks_for_nothing(queue: Queue, diary: Diary) -> None:
    async with queue.face(diary) as one, queue.face(diary) as two:
        await asyncio.gather(*(face.settle(1) for face in [one, two] * 10))
    assert queue.left() == [("company-1", "waits")]
    async with working(queue, diary):
        await until(lambda: not queue.left())
    assert diary.ended == ["settle 1"]


async def test_while_one_runs_one_more_waits_and_is_done_after_it(
    queue: Queue, diary: Diary
) -> None:
    diary.hold("settle 1")
    async with working(queue, diary) as face, working(queue, diary):
        await face.settle(1)
        await until(lambda: diary.begun)
        for _ in range(5):
            await face.settle(1)
        await asyncio.sleep(MOMENT_S)
        assert queue.left() == [("company-1", "runs"), ("company-1", "waits")]
        diary.let_go("settle 1")
        await until(lambda: not queue.left())
    assert diary.ended == ["settle 1"] * 2
    assert diary.most["settle 1"] == 1, "never two at once"


async def test_companies_and_pairs_do_not_wait_for_one_another(queue: Queue, diary: Diary) -> None:
    held = ("settle 1", "settle 2", "poll 1", "poll 2")
    diary.hold(*held)
    async with working(queue, diary) as face:
        for number in (1, 2):
            await face.settle(number)
            await face.poll(number)
        await until(lambda: diary.most_of_all == 4)
        diary.let_go(*held)
    assert sorted(diary.ended) == sorted(held)


async def test_a_worker_has_no_more_jobs_at_once_than_it_may(queue: Queue, diary: Diary) -> None:
    diary.hold("settle 1", "settle 2")
    async with working(queue, diary, concurrency=2) as face:
        for number in range(1, 5):
            await face.settle(number)
        await until(lambda: len(diary.begun) == 2)
        await asyncio.sleep(MOMENT_S)
        assert diary.begun == ["settle 1", "settle 2"]
        diary.let_go("settle 1", "settle 2")
        await until(lambda: not queue.left())
    assert diary.most_of_all == 2


async def test_a_job_that_raises_is_over_and_the_worker_goes_on(queue: Queue, diary: Diary) -> None:
    diary.spoil("settle 1")
    async with working(queue, diary) as face:
        await face.settle(1)
        await until(lambda: not queue.left())
        await asyncio.sleep(MOMENT_S)
        assert (diary.begun, diary.ended) == (["settle 1"], []), "it is not tried again by itself"
        await face.settle(1)
        await until(lambda: diary.ended)
    assert diary.begun == ["settle 1"] * 2


# ---------------------------------------------------------------- workers that stop in order


async def test_who_stops_ends_what_it_has_begun_and_leaves_the_rest(
    queue: Queue, diary: Diary
) -> None:
    diary.hold("settle 1")
    async with queue.face(diary) as face:
        for number in (1, 2, 3):
            await face.settle(number)
        work = asyncio.create_task(face.work(concurrency=1))
        await until(lambda: diary.begun)
        work.cancel()
        await asyncio.sleep(MOMENT_S)
        assert not work.done(), "it waits for its job"
        diary.let_go("settle 1")
        await asyncio.wait([work])
    assert diary.ended == ["settle 1"]
    assert queue.left() == [("company-2", "waits"), ("company-3", "waits")]
    async with working(queue, diary):
        await until(lambda: not queue.left())
    assert sorted(diary.ended) == ["settle 1", "settle 2", "settle 3"]


async def test_what_takes_too_long_for_who_stops_is_cut_short_and_asked_for_anew(
    queue: Queue, diary: Diary
) -> None:
    diary.hold("settle 1")
    async with working(queue, diary) as face:
        await face.settle(1)
        await until(lambda: diary.begun)
    assert (diary.ended, queue.left()) == ([], [("company-1", "waits")])
    diary.let_go("settle 1")
    async with working(queue, diary):
        await until(lambda: not queue.left())
    assert diary.ended == ["settle 1"]


# ---------------------------------------------------------------- workers that die


async def test_the_job_of_a_dead_worker_is_asked_for_anew_once_it_has_been_silent_long_enough(
    queue: Queue, diary: Diary
) -> None:
    async with queue.face(diary) as face, queue.far() as far:
        await face.settle(1)
        await until(lambda: far.told == ["begun settle 1"])
        await far.die()
        assert await face.rescue() == 0, "it may only be slow"
        await far.age()
        assert queue.left() == [("company-1", "runs")]
        assert await face.rescue() == 1
        assert queue.left() == [("company-1", "waits")]
        assert await face.rescue() == 0
    async with working(queue, diary):
        await until(lambda: not queue.left())
    assert diary.ended == ["settle 1"]


async def test_of_many_that_find_the_jobs_of_a_dead_worker_one_asks_anew_for_each(
    queue: Queue, diary: Diary
) -> None:
    async with queue.face(diary) as one, queue.face(diary) as two, queue.far() as far:
        await one.settle(1)
        await one.poll(1)
        await until(lambda: len(far.told) == 2)
        await one.poll(1)
        await far.die()
        await far.age()
        rescued = await asyncio.gather(*(face.rescue() for face in [one, two] * 3))
    assert sum(rescued) == 2
    assert queue.left() == [("company-1", "waits"), ("pair-1", "waits")], "with what waited already"
    async with working(queue, diary) as face:
        await asyncio.gather(*(face.rescue() for _ in range(3)))
        await until(lambda: not queue.left())
    assert sorted(diary.ended) == ["poll 1", "settle 1"]


async def test_rescuers_beside_a_worker_that_begins_the_job_at_once_do_not_double_it(
    queue: Queue, diary: Diary
) -> None:
    async with queue.far() as far:
        async with queue.face(diary) as face:
            await face.settle(1)
            await until(lambda: far.told)
        await far.die()
        await far.age()
        async with working(queue, diary) as one, working(queue, diary) as two:
            rescued = await asyncio.gather(*(face.rescue() for face in [one, two] * 5))
            await until(lambda: not queue.left())
    assert (sum(rescued), diary.ended) == (1, ["settle 1"])


# ---------------------------------------------------------------- workers that were only asleep


async def test_a_late_zombie_does_not_end_the_run_of_its_successor(
    queue: Queue, diary: Diary
) -> None:
    diary.hold("settle 1")
    async with queue.far() as zombie:
        async with queue.face(diary) as face:
            await face.settle(1)
            await until(lambda: zombie.told)
        await zombie.pause()
        await zombie.age()
        async with working(queue, diary) as face:
            assert await face.rescue() == 1
            await until(lambda: diary.begun)
            await zombie.let_go()
            await zombie.wake()
            await until(lambda: zombie.told == ["begun settle 1", "ended settle 1"])
            await asyncio.sleep(MOMENT_S)
            assert queue.left() == [("company-1", "runs")], "it is its successor's"
            await zombie.die()
            await face.settle(1)
            await asyncio.sleep(MOMENT_S)
            assert queue.left() == [("company-1", "runs"), ("company-1", "waits")]
            diary.let_go("settle 1")
            await until(lambda: not queue.left())
    assert (diary.ended, diary.most["settle 1"]) == (["settle 1"] * 2, 1)


async def test_a_woken_zombie_goes_on_working(queue: Queue, diary: Diary) -> None:
    async with queue.face(diary) as face, queue.far() as zombie:
        await face.settle(1)
        await until(lambda: zombie.told)
        await zombie.pause()
        await zombie.age()
        async with working(queue, diary):
            assert await face.rescue() == 1
            await until(lambda: not queue.left())
        await zombie.let_go()
        await zombie.wake()
        await until(lambda: len(zombie.told) == 2)
        await face.poll(5)
        await until(lambda: zombie.told[2:] == ["begun poll 5"])
        await zombie.let_go()
        await until(lambda: not queue.left())


async def test_who_was_forgotten_while_it_slept_loses_the_job_that_it_still_has(
    queue: Queue, diary: Diary
) -> None:
    async with queue.far() as zombie:
        async with queue.face(diary) as face:
            await face.settle(1)
            await until(lambda: zombie.told)
        await zombie.pause()
        await zombie.age()
        async with working(queue, diary) as face:  # who begins to work forgets the silent
            await face.poll(1)
            await until(lambda: diary.ended == ["poll 1"])
            await zombie.wake()
            await asyncio.sleep(MOMENT_S)
            assert await face.rescue() == 1, "although it is awake"
            await until(lambda: not queue.left())
    assert diary.ended == ["poll 1", "settle 1"]
