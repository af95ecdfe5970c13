"""One person removed everywhere: here, in the spool, at Twilio."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bot.advisors.board import Advisor
from bot.channels.sending import TwilioCopies
from bot.dialogue.conversation import Conversation
from bot.handoff.refusals import Reason, Refused
from bot.messages import Channel, Inbound
from bot.messaging.erasing import Eraser
from bot.ports.spool import Spooled
from bot.storage.redis import keys
from bot.storage.spool import FileSpool, FileSpoolReader
from tests.harness.advisor_line import ADA, AdvisorLine
from tests.harness.events import events_of
from tests.messaging.test_provider_eraser import reconcile

ANNA, BOB = "+31612345601", "+31612345602"


@pytest.fixture
def line(line: AdvisorLine) -> AdvisorLine:
    line.now = datetime.now(UTC)
    return line


def eraser(line: AdvisorLine, folder: Path) -> tuple[Eraser, FileSpool]:
    key = X25519PrivateKey.generate()
    spool, reader = FileSpool(folder, key.public_key()), FileSpoolReader(folder, key, line.reports)
    copies = TwilioCopies(line.sender(5.0))
    return Eraser(line.runner, line.storage, copies, reader, line.contacts, lambda: line.now), spool


def talk(line: AdvisorLine, number: str, channel: Channel = Channel.SMS) -> str:
    contact = line.contacts(channel, number)[0]
    for text in ("hoi", "ik ben bang", "code", "medewerker"):
        line.twilio.text(number, text, channel.value)
    line.desk.reply(ADA, contact, "Ik ben er", f"a {contact}")
    line.desk.note(ADA, contact, "rustig", f"n {contact}")
    return contact


def traces(client: redis.Redis, contact: str) -> set[bytes]:
    """Every key that names the person, or holds their id in clear."""
    readers: dict[Any, Callable[[Any], object]] = {
        b"stream": client.xrange, b"hash": client.hgetall, b"set": client.smembers, b"string": client.get,
        b"zset": lambda name: client.zrange(name, 0, -1), b"list": lambda name: client.lrange(name, 0, -1),
    }  # fmt: skip
    found = set()
    names: list[bytes] = client.keys("*")  # type: ignore[assignment]  # typed as if decoded
    for name in names:
        if contact in f"{name!r} {readers[client.type(name)](name)!r}":
            found.add(name)
    return found


def test_nothing_of_a_person_is_left_and_all_of_another(line: AdvisorLine, tmp_path: Path) -> None:
    gone, stays = [talk(line, ANNA), talk(line, ANNA, Channel.WHATSAPP)], talk(line, BOB)
    erases, spool = eraser(line, tmp_path)
    for contact in (*gone, stays):
        inbound = Inbound(message_id=f"SM {contact}", contact=contact, channel=Channel.SMS, text="geheim")
        spool.add(Spooled(inbound, Conversation(), (), "", None))
        line.desk.check_in(ADA, contact, line.now.date() + timedelta(days=3), "bel het ministerie")
    before = traces(line.client, stays)
    assert len(list(line.client.scan_iter("helpline:code:*"))) == 3
    assert erases.erase(ANNA) == (2, 0)
    for contact in gone:
        turns, outbox = f"{keys.person(contact)}turns", f"{keys.shard(contact)}outbox"
        assert traces(line.client, contact) <= {turns.encode(), outbox.encode()}
        assert 0 < line.client.ttl(turns) <= 600  # so that a repeat changes nothing
        assert events_of(line.storage, contact) == []
    assert traces(line.client, stays) == before
    assert len(list(line.client.scan_iter("helpline:code:*"))) == 1
    assert [each.contact for each in line.desk.check_ins()] == [stays]
    assert spool.waiting() == 1
    assert {row.contact for row in line.desk.board(ADA).rows} == {stays}


def test_nothing_comes_back_out_of_twilios_list(line: AdvisorLine, tmp_path: Path) -> None:
    contact = talk(line, ANNA)
    line.twilio.delete_refusals = 99
    erases, _spool = eraser(line, tmp_path)
    _here, left = erases.erase(ANNA)
    assert left > 0
    assert all(not message.body for message in line.sender(5.0).everything(line.now + timedelta(days=1)))
    line.now += timedelta(minutes=3)
    reconcile(line).step()
    assert events_of(line.storage, contact) == []
    assert line.storage.queue.waiting() == []


def test_what_waits_to_be_sent_is_taken_back(line: AdvisorLine, tmp_path: Path) -> None:
    contact = talk(line, ANNA)
    erases, _spool = eraser(line, tmp_path)
    erases.erase(ANNA)
    delivery = line.delivery()
    delivery.step("w1", 0.05)
    delivery.close()
    assert [item for item in line.twilio.inbox(ANNA, "sms") if item.source == "api"] == []
    assert traces(line.client, contact) == {f"{keys.person(contact)}turns".encode()}


def test_an_advisor_erases_only_whom_she_has(line: AdvisorLine) -> None:
    contact, other = talk(line, ANNA), talk(line, BOB)
    with pytest.raises(Refused) as refused:
        line.desk.erase(Advisor("cor"), contact, "e")
    assert refused.value.reason is Reason.NOT_YOURS
    line.desk.erase(ADA, contact, "e")
    assert events_of(line.storage, contact) == []
    assert events_of(line.storage, other) != []


def test_nobody_to_erase_is_no_error(line: AdvisorLine, tmp_path: Path) -> None:
    erases, _spool = eraser(line, tmp_path)
    assert erases.erase("+31600000000") == (0, 0)


def test_on_the_eighth_day_only_counters_are_left(line: AdvisorLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What we could hand over to anybody who asks: nothing about a person."""
    contacts = [talk(line, ANNA), talk(line, BOB, Channel.WHATSAPP)]
    line.desk.heartbeat(ADA, contacts)
    waits = line.contacts("sms", "+31612345603")[0]
    line.twilio.text("+31612345603", "medewerker")
    assert traces(line.client, waits)
    eight_days = 8 * 24 * 3600
    for name in line.client.keys("*"):
        if 0 <= line.client.ttl(name) <= eight_days:
            line.client.delete(name)  # its time is over
    monkeypatch.setattr(keys, "FEED_LIFE_MS", -1000)  # all news are old
    delivery = line.delivery()
    for _ in range(5):
        delivery.step("w1", 0.05)
    delivery.close()
    line.storage.chores.tidy()
    assert [traces(line.client, contact) for contact in (*contacts, waits)] == [set(), set(), set()]
    for name in line.client.keys("helpline:{*}:counts:*"):
        names: dict[bytes, bytes] = line.client.hgetall(name)  # type: ignore[assignment]  # typed as if decoded
        assert all(re.fullmatch(rb"(all|language|topic|country|wait|outcome):[\w-]+", each) for each in names)
