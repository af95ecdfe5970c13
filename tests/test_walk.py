"""How far one message walks through the program: counts, never times."""

import pytest
import redis

from bench.walk import BEFORE, MOST, Count, Walks


@pytest.fixture(scope="module")
def walks(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Walks:
    """In an empty Redis: what other tests left to be sent would be walked too."""
    client = redis.Redis.from_url(redis_url)
    client.flushdb()
    client.close()
    return Walks(redis_url, tmp_path_factory.mktemp("walk"))


@pytest.fixture(scope="module")
def walked(walks: Walks) -> dict[str, Count]:
    return {name: profile.count() for name, profile in walks.measure().items()}


def test_every_way_in_is_walked(walked: dict[str, Count]) -> None:
    assert set(walked) == set(BEFORE)
    assert all(count.calls > count.modules > 1 for count in walked.values())


@pytest.mark.parametrize("name", MOST)
def test_a_message_walks_no_further_than_it_may(walked: dict[str, Count], name: str) -> None:
    assert walked[name].calls <= MOST[name].calls
    assert walked[name].modules <= MOST[name].modules
