"""News for open consoles: to whom, how soon, after a gap; and never words."""

import threading
import time
from collections.abc import Generator

import pytest

from bot.advisors import live
from bot.advisors.board import Advisor
from bot.advisors.live import Live, News
from bot.storage.redis import keys
from tests.advisors.test_desk import ANNA, BEA, BOB, asks
from tests.harness.advisor_line import ADA, AdvisorLine

Stream = Generator[News, None, None]


@pytest.fixture
def short_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "REST_SECONDS", 1.0)


def opened(service: Live, advisor: Advisor, after: str = "") -> tuple[Stream, News]:
    """A stream of news, and what it begins with."""
    stream = service.listen(advisor, after)
    return stream, next(stream)


def heard(stream: Stream) -> News:
    """The next news that is not a silence."""
    for _silence in range(20):
        news = next(stream)
        if news.id:
            return news
    raise AssertionError("twenty silences")


def test_whoever_asks_for_an_advisor_is_news_to_everybody(line: AdvisorLine, short_silence: None) -> None:
    service = Live(line.storage)
    streams = [opened(service, advisor)[0] for advisor in (ADA, BEA)]
    asks(line, ANNA)
    for stream in streams:
        assert heard(stream).board


def test_what_a_person_writes_is_news_to_the_one_who_has_them(line: AdvisorLine, short_silence: None) -> None:
    contact = asks(line, ANNA)
    line.desk.claim(ADA, contact, "a1")
    service = Live(line.storage)
    (hers, _here), (others, _there) = opened(service, ADA), opened(service, BEA)
    line.writes(ANNA, "ben je er?")
    assert heard(hers).contacts == (contact,)
    assert next(others) == News("")  # the silence of a stream that lives


def test_what_the_bot_does_alone_is_news_to_nobody(line: AdvisorLine, short_silence: None) -> None:
    stream, _here = opened(Live(line.storage), ADA)
    line.writes(BOB, "hoi")
    assert next(stream) == News("")


def test_after_a_gap_it_tells_what_was_missed(line: AdvisorLine) -> None:
    contact = asks(line, ANNA)
    line.desk.claim(ADA, contact, "a1")
    service = Live(line.storage)
    stream, here = opened(service, ADA)
    stream.close()
    line.writes(ANNA, "en toen")
    missed = opened(service, ADA, here.id)[1]
    assert missed.contacts == (contact,)
    assert opened(service, ADA, missed.id)[1] == News(missed.id)
    assert opened(service, BEA, here.id)[1] == News(missed.id)


def test_whoever_was_away_longer_than_the_feed_remembers_looks_at_everything(line: AdvisorLine) -> None:
    contact = asks(line, ANNA)
    line.desk.claim(ADA, contact, "a1")
    for number in range(501):
        line.client.xadd(f"{keys.shard(contact)}feed", {"c": contact, "w": "Heard", "n": str(number)})
    assert opened(Live(line.storage), BEA, str(int(time.time() * 1000) - 60_000))[1].board


def test_one_reader_serves_all_and_ends_with_the_last(line: AdvisorLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LOOK_SECONDS", 0.02)
    before = set(threading.enumerate())  # some of which may be ending
    service = Live(line.storage)
    streams = [opened(service, Advisor(f"advisor{number}"))[0] for number in range(20)]
    (reader,) = set(threading.enumerate()) - before
    for stream in streams:
        stream.close()
    reader.join(60)
    assert not reader.is_alive()
    stream, _here = opened(service, ADA)
    asks(line, ANNA)
    assert heard(stream).board


def test_redis_may_go_and_come_back(line: AdvisorLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LOOK_SECONDS", 0.05)
    stream, _here = opened(Live(line.storage), ADA)
    line.connection.close()
    line.client.client_kill_filter(_type="normal", skipme=True)
    asks(line, ANNA)
    assert heard(stream).board


def test_whoever_has_most_streams_makes_room_for_the_others(
    line: AdvisorLine, short_silence: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MAX_LISTENERS", 4)
    service = Live(line.storage)
    first, second, third = (opened(service, ADA)[0] for _stream in range(3))
    others = [opened(service, BEA)[0] for _stream in range(2)]
    assert list(first) == []  # it has ended
    asks(line, ANNA)
    for stream in (second, third, *others):
        assert heard(stream).board
