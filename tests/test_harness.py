"""What the tests themselves stand on: their ports, and who runs where."""

import os
import random
import threading

import pytest
import redis

from bot.storage.redis import keys
from tests.harness.fixed import ROOT
from tests.harness.in_redis import all_is_sent
from tests.harness.processes import free_port, own_ports
from tests.harness.scheduling import LONGEST, ROOMS, place, room


def test_no_port_is_given_twice_whatever_seeds_the_random_numbers() -> None:
    found = []
    for _time in range(300):
        random.seed(0)  # as Hypothesis does before and after each of its tests
        found.append(free_port())
    assert len(set(found)) == 300


def test_no_two_test_processes_share_a_port() -> None:
    own = [
        set(own_ports({"PYTEST_XDIST_WORKER_COUNT": "3", "PYTEST_XDIST_WORKER": f"gw{number}"})) for number in range(5)
    ]
    assert own[0].isdisjoint(own[1] | own[2])
    assert own[1].isdisjoint(own[2])
    assert own[3] == own[0], "a process that takes the place of one that died"
    assert own_ports({}) == range(15000, 32000)


def test_the_longest_begin_first() -> None:
    tests = ["tests/test_cli.py::test_a", "tests/processes/test_kill.py::test_b", "tests/console/test_in_browser.py::c"]
    assert sorted(tests, key=lambda test: place(room(test))) == tests[::-1]


def test_every_module_named_in_the_order_is_there() -> None:
    names = {*ROOMS, *LONGEST} - {*ROOMS.values()}
    assert [name for name in names if not (ROOT / name).exists()] == []


@pytest.fixture(scope="module")
def process_of_the_module() -> int:
    return os.getpid()


@pytest.mark.parametrize("copy", range(6))
def test_a_module_stays_in_one_test_process(process_of_the_module: int, copy: int) -> None:
    """What a module has started is started once."""
    _seen.add(copy)
    assert os.getpid() == process_of_the_module
    assert _seen == set(range(copy + 1))


_seen: set[int] = set()


def test_a_message_that_moves_between_the_lists_is_not_taken_for_sent(clean_redis: redis.Redis) -> None:
    shard = keys.ALL_SHARDS[0]
    assert all_is_sent(clean_redis)
    later = clean_redis.register_script("redis.call('DEL', KEYS[1]) redis.call('ZADD', KEYS[2], 0, 'anna')")
    now = clean_redis.register_script("redis.call('DEL', KEYS[2]) redis.call('XADD', KEYS[1], '*', 'c', 'anna')")
    names = [f"{shard}outbox", f"{shard}later"]
    later(names)
    over = threading.Event()

    def move() -> None:
        while not over.is_set():
            now(names)
            later(names)

    moving = threading.Thread(target=move)
    moving.start()
    try:
        assert not any(all_is_sent(clean_redis) for _look in range(200))
    finally:
        over.set()
        moving.join()
