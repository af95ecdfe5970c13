"""Nothing is sent before what came while the storage was away is stored, and nothing is held for ever."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.messaging.replay_first import PATIENCE, SILENT, ReplayFirst
from tests.harness.fixed import NOW

SECOND = timedelta(seconds=1)


@dataclass
class Hosts:
    """Our host and another one, at a moment that moves."""

    now: datetime = NOW
    waiting: bool = False
    reported: dict[str, datetime] = field(default_factory=lambda: {"ours": NOW, "theirs": NOW})

    def __post_init__(self) -> None:
        self.first = ReplayFirst(lambda: self.waiting, lambda: self.reported, lambda: self.now)

    def after(self, time: timedelta) -> bool:
        self.now += time
        return self.first.may_send()


@pytest.fixture
def hosts() -> Hosts:
    return Hosts()


def test_without_trouble_nothing_waits(hosts: Hosts) -> None:
    assert hosts.after(timedelta(hours=1))


def test_what_lies_in_the_spool_of_this_host_goes_first(hosts: Hosts) -> None:
    hosts.waiting = True
    assert not hosts.after(SECOND)
    hosts.waiting = False
    assert hosts.after(SECOND)


def test_every_host_brings_back_its_own_first(hosts: Hosts) -> None:
    for _away in range(30):
        hosts.first.note_trouble()
        hosts.now += SECOND
    assert not hosts.after(SECOND)
    hosts.reported["ours"] = hosts.now + 5 * SECOND
    assert not hosts.after(SECOND)
    hosts.reported["theirs"] = hosts.now + 5 * SECOND
    assert hosts.after(SECOND)
    hosts.reported["theirs"] = NOW
    assert hosts.after(SECOND)  # that trouble is over


@pytest.mark.parametrize("stuck", ["ours", "theirs"])
def test_a_spool_that_does_not_empty_holds_nothing_for_ever(hosts: Hosts, stuck: str) -> None:
    hosts.waiting = stuck == "ours"
    hosts.first.note_trouble()
    assert not hosts.after(SECOND)
    assert not hosts.after(PATIENCE)
    assert hosts.after(SECOND)
    hosts.first.note_trouble()  # away again: what came then goes first as well
    assert not hosts.after(SECOND)


def test_a_host_that_was_gone_before_is_not_waited_for(hosts: Hosts) -> None:
    hosts.reported = {"theirs": NOW - 2 * SILENT}
    hosts.first.note_trouble()
    assert hosts.after(SECOND)
