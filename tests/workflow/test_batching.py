"""Reading at half price: batches are sent and waited for, and only then is anything read."""

from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError

from audit_agent.domain.documents import RunState
from tests.workflow.conftest import Bench
from tests.workflow.post import Post
from tests.workflow.shelf import Shelf, begin_reading, until


def test_batches_are_awaited_with_growing_pauses_before_anything_is_read(play: Any) -> None:
    async def scenario(bench: Bench) -> tuple[Post, Shelf, int]:
        post, shelf = bench.world.post, bench.world.shelf
        # Given batches of 60 documents that are ready after 45 minutes and 5 polls: 1, 2, 4, 8, 15 and 15 minutes
        post.batch_size, post.polls_needed = 60, 6
        handle = await begin_reading(bench, 95, economy=True)
        await until(lambda: "create 1" in post.did[3:])
        await bench.pass_time(handle, timedelta(minutes=44))
        read_early = len(shelf.read)
        await bench.pass_time(handle, timedelta(minutes=2))
        await handle.result()
        return post, shelf, read_early

    post, shelf, read_early = play(scenario)
    assert post.did == ["prepare 0 to 60", "create 1", "prepare 60 to 95", "create 1", *["poll 2"] * 6, "collect 2"]
    assert read_early == 0
    assert shelf.offsets() == list(range(0, 95, 10))
    assert shelf.marks == [RunState.READING, RunState.IN_BATCHES, RunState.READING, RunState.READ]


def test_continued_as_new_or_in_ranges_each_document_is_sent_in_one_batch(play: Any) -> None:
    async def scenario(bench: Bench) -> Post:
        handle = await begin_reading(bench, 100, economy=True, range=60, pages_each_run=2)
        await until(lambda: bench.world.post.did.count("create 1") == 2)
        for first in (0, 60):
            await bench.pass_time(bench.env.client.get_workflow_handle(f"{handle.id}/{first}"), timedelta(minutes=1))
        await handle.result()
        assert bench.world.shelf.offsets() == list(range(0, 100, 10))
        return bench.world.post

    post = play(scenario)
    assert sorted(one for one in post.did if one.startswith("prepare")) == ["prepare 0 to 60", "prepare 60 to 100"]


def test_a_batch_that_the_service_does_not_take_is_given_up_and_everything_read_all_the_same(play: Any) -> None:
    async def scenario(bench: Bench) -> tuple[Post, Shelf]:
        bench.world.post.refuses = True
        handle = await begin_reading(bench, 20, economy=True)
        await handle.result()
        return bench.world.post, bench.world.shelf

    post, shelf = play(scenario)
    assert post.did == ["prepare 0 to 20", "cancel 1"]
    assert shelf.offsets() == [0, 10]


def test_cancelling_cancels_the_batches_that_are_awaited(play: Any) -> None:
    async def scenario(bench: Bench) -> tuple[Post, Shelf]:
        handle = await begin_reading(bench, 20, economy=True)
        await until(lambda: "create 1" in bench.world.post.did)
        await handle.cancel()
        with pytest.raises(WorkflowFailureError):
            await handle.result()
        return bench.world.post, bench.world.shelf

    post, shelf = play(scenario)
    assert post.did == ["prepare 0 to 20", "create 1", "cancel 1"]
    assert shelf.read == []


def test_nothing_is_sent_while_paused(play: Any) -> None:
    async def scenario(bench: Bench) -> tuple[list[str], list[str]]:
        post = bench.world.post
        handle = await begin_reading(bench, 20, economy=True, paused=True)
        await until(lambda: RunState.PAUSED in bench.world.shelf.marks)
        before = list(post.did)
        await handle.signal("resume")
        await until(lambda: "create 1" in post.did)
        await bench.pass_time(handle, timedelta(minutes=1))
        await handle.result()
        return before, post.did

    before, did = play(scenario)
    assert before == []
    assert did == ["prepare 0 to 20", "create 1", "poll 1", "collect 1"]
