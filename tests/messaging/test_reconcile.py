"""Messages whose webhook never came are found in Twilio's list, and answered or shown to an advisor."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bot.channels import sending
from bot.channels.sending import TwilioInbox
from bot.dialogue.conversation import Status
from bot.dialogue.events import CameLate, Heard, Said
from bot.messages import Channel, Inbound
from bot.messaging.reconcile import Reconcile
from bot.messaging.runner import Runner
from bot.ports.unavailable import StorageUnavailable
from bot.storage.spool import FileSpool, FileSpoolReader
from tests.harness.advisor_line import AdvisorLine
from tests.harness.events import events_of
from tests.harness.in_redis import outbox_length

ANNA, BOB = "+31612345601", "+31612345602"


@pytest.fixture
def line(line: AdvisorLine) -> AdvisorLine:
    line.now = datetime.now(UTC)  # Twilio's list has real dates
    return line


def reconcile(line: AdvisorLine) -> Reconcile:
    sender = line.sender(5.0)
    return Reconcile(line.runner, line.storage, TwilioInbox(sender, line.contacts), lambda: line.now, line.reports)


def answered_in_an_outage(line: AdvisorLine, spool: FileSpool) -> None:
    """Anna's message is answered by another host while the storage is away, and kept in its spool."""
    with_spool = Runner(line.engine, line.storage, spool, lambda: line.now, line.reports)
    line.twilio.lose(next=1)
    sid = line.twilio.text(ANNA, "hoi").sid
    inbound = Inbound(message_id=sid, contact=line.contact(ANNA), channel=Channel.SMS, text="hoi", address=ANNA)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(line.storage.conversations, "open", away)
        assert with_spool.receive(inbound)


def heard(line: AdvisorLine, number: str) -> list[str]:
    events = events_of(line.storage, line.contact(number))
    return [event.text for event in events if isinstance(event, Heard)]


def test_a_lost_message_is_answered_once(line: AdvisorLine) -> None:
    looks = reconcile(line)
    assert looks.step() == 0
    line.twilio.text(ANNA, "hoi")  # this one arrives
    line.twilio.lose(next=1)
    line.twilio.text(ANNA, "ja")  # this one does not
    assert heard(line, ANNA) == ["hoi"]
    line.now += timedelta(minutes=2)
    assert looks.step() == 1
    assert heard(line, ANNA) == ["hoi", "ja"]
    delivery = line.delivery()
    delivery.step("w1", 0.05)
    delivery.close()
    (item,) = [item for item in line.twilio.inbox(ANNA, "sms") if item.source == "api"]
    assert "Waar gaat het over" in item.text
    line.now += timedelta(minutes=2)
    assert looks.step() == 0


def test_more_than_the_provider_lists_on_a_page_are_found(line: AdvisorLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "PAGE_SIZE", 5)
    monkeypatch.setattr(sending, "MAX_LISTED", 10)
    looks = reconcile(line)
    looks.step()
    line.twilio.lose(next=27)
    people = [f"+316410{number:05}" for number in range(27)]
    for number in people:
        line.twilio.text(number, "hoi")
    line.now += timedelta(minutes=2)
    assert looks.step() == 27
    assert all(heard(line, number) == ["hoi"] for number in people)


def test_five_in_a_hundred_lost_are_all_found(line: AdvisorLine) -> None:
    looks = reconcile(line)
    looks.step()
    line.twilio.lose(share=0.05)
    people = [f"+316400{number:05}" for number in range(100)]
    for number in people:
        line.twilio.text(number, "hoi")
    lost = line.twilio.counts["lost_inbound"]
    assert lost
    line.now += timedelta(minutes=2)
    assert looks.step() == lost
    assert all(heard(line, number) == ["hoi"] for number in people)


def test_one_that_is_found_too_late_is_not_answered_but_shown_to_an_advisor(line: AdvisorLine) -> None:
    looks = reconcile(line)
    looks.step()
    line.twilio.lose(next=1)
    line.twilio.text(ANNA, "ik ben achtergelaten in Marokko")
    line.now += timedelta(minutes=40)
    assert looks.step() == 1
    contact = line.contact(ANNA)
    assert [entry.contact for entry in line.storage.queue.waiting()] == [contact]
    events = events_of(line.storage, contact)
    assert any(isinstance(event, CameLate) for event in events)
    assert not any(isinstance(event, Said) for event in events)
    assert outbox_length(line.client) == 0
    assert line.storage.conversations.read([contact])[contact].handling.status is Status.WAITING


def test_what_was_erased_does_not_come_back(line: AdvisorLine) -> None:
    looks = reconcile(line)
    looks.step()
    for text in ("hoi", "wis", "ja"):
        line.twilio.text(BOB, text)
    line.now += timedelta(minutes=2)
    assert looks.step() == 0
    assert heard(line, BOB) == []


def test_what_was_lost_before_its_sender_erased_everything_does_not_come_back(line: AdvisorLine) -> None:
    looks = reconcile(line)
    looks.step()
    line.twilio.text(BOB, "hoi")
    line.twilio.lose(next=1)
    line.twilio.text(BOB, "ik heet Zonnebloem")
    line.now += timedelta(seconds=20)
    for text in ("wis", "ja"):
        line.twilio.text(BOB, text)
    line.now += timedelta(minutes=2)
    assert looks.step() == 0
    assert heard(line, BOB) == []


def overtaken(line: AdvisorLine, lost: str, then: str) -> None:
    """Anna's message is found two minutes after a later message, which was answered."""
    looks = reconcile(line)
    looks.step()
    line.twilio.text(ANNA, "hoi")
    line.twilio.lose(next=1)
    line.twilio.text(ANNA, lost)
    line.now += timedelta(seconds=20)
    line.twilio.text(ANNA, then)
    line.now += timedelta(minutes=2)
    assert looks.step() == 1


@pytest.mark.parametrize("lost", ["ja", "1", "ok", "ja hoor dat wil ik"])
def test_what_was_lost_answers_no_question_that_was_asked_later(line: AdvisorLine, lost: str) -> None:
    overtaken(line, lost, "wis")
    assert heard(line, ANNA) == ["hoi", "wis", lost]
    assert outbox_length(line.client) == 0, "they have been answered since"
    assert "Gewist bij ons" in "".join(line.twilio.text(ANNA, "1").texts)


@pytest.mark.parametrize(
    ("lost", "said"), [("hij slaat mij", "112"), ("9", "medewerker"), ("ik moet trouwen van mijn ouders", "trouwen")]
)
def test_what_was_lost_and_speaks_for_itself_is_answered_whatever_came_since(
    line: AdvisorLine, lost: str, said: str
) -> None:
    overtaken(line, lost, "menu")
    delivery = line.delivery()
    delivery.step("w1", 0.05)
    delivery.close()
    (item,) = [item for item in line.twilio.inbox(ANNA, "sms") if item.source == "api"]
    assert said in item.text


def test_while_twilio_cannot_be_asked_nothing_is_skipped(line: AdvisorLine) -> None:
    looks = reconcile(line)
    looks.step()
    line.twilio.lose(next=1)
    line.twilio.text(ANNA, "hoi")
    line.now += timedelta(minutes=2)
    line.twilio.account_sid, kept = "AC" + "0" * 32, line.twilio.account_sid
    assert looks.step() == 0
    line.twilio.account_sid = kept
    line.now += timedelta(minutes=10)
    assert looks.step() == 1


@pytest.fixture
def elsewhere(line: AdvisorLine, tmp_path: Path) -> tuple[FileSpool, FileSpoolReader]:
    """The spool of another host; both hosts have reported theirs."""
    key = X25519PrivateKey.generate()
    for name in ("here", "elsewhere"):
        (tmp_path / name).mkdir()
        reader = FileSpoolReader(tmp_path / name, key, line.reports)
        line.storage.chores.report_spool(reader.id, reader.clear_until())
    assert len(line.storage.chores.spools()) == 2
    return FileSpool(tmp_path / "elsewhere", key.public_key()), reader


def minutes_pass(line: AdvisorLine, minutes: int, *, reader: FileSpoolReader | None = None) -> None:
    """And every host but that of `reader` has been heard of."""
    line.now += timedelta(minutes=minutes)
    for id in line.storage.chores.spools():
        if reader is None or id != reader.id:
            line.storage.chores.report_spool(id, line.now)


def test_who_was_answered_by_another_host_is_not_answered_again(
    line: AdvisorLine, elsewhere: tuple[FileSpool, FileSpoolReader]
) -> None:
    spool, reader = elsewhere
    looks = reconcile(line)
    looks.step()
    answered_in_an_outage(line, spool)
    minutes_pass(line, 2, reader=reader)
    assert looks.step() == 0  # storage is back, and this host looks first
    line.storage.chores.report_spool(reader.id, reader.clear_until())
    line.now += timedelta(minutes=1)
    assert looks.step() == 0  # it is still there
    assert reader.drain(line.runner.replay) == 1
    minutes_pass(line, 1)
    assert looks.step() == 0
    assert heard(line, ANNA) == ["hoi"]
    assert not outbox_length(line.client)


def test_a_message_that_was_left_for_later_is_found_when_every_spool_is_clear(
    line: AdvisorLine, elsewhere: tuple[FileSpool, FileSpoolReader]
) -> None:
    looks = reconcile(line)
    looks.step()
    line.twilio.lose(next=1)
    line.twilio.text(ANNA, "hoi")
    minutes_pass(line, 2, reader=elsewhere[1])
    assert looks.step() == 0
    minutes_pass(line, 2)
    assert looks.step() == 1
    assert heard(line, ANNA) == ["hoi"]


def test_a_host_that_is_gone_holds_nobody_up_for_long(
    line: AdvisorLine, elsewhere: tuple[FileSpool, FileSpoolReader]
) -> None:
    looks = reconcile(line)
    looks.step()
    line.twilio.lose(next=1)
    line.twilio.text(ANNA, "hoi")
    found = []
    for _ in range(7):
        minutes_pass(line, 1, reader=elsewhere[1])
        found.append(looks.step())
    assert sum(found) == 1
    assert heard(line, ANNA) == ["hoi"]
    assert len(line.storage.chores.spools()) == 1


@pytest.mark.parametrize("damage", [b"damaged", b""])
def test_who_may_have_been_answered_by_what_cannot_be_read_comes_to_an_advisor_and_gets_nothing(
    line: AdvisorLine, elsewhere: tuple[FileSpool, FileSpoolReader], tmp_path: Path, damage: bytes
) -> None:
    spool, reader = elsewhere
    line.storage.chores.set_last_reconciled(line.now)
    looks = reconcile(line)
    answered_in_an_outage(line, spool)
    (kept,) = (tmp_path / "elsewhere").glob("*.sealed")
    kept.write_bytes(damage)
    assert reader.drain(line.runner.replay) == 0
    line.storage.chores.report_spool(reader.id, reader.clear_until(), reader.unreadable_minutes())
    line.now += timedelta(minutes=2)
    for id in line.storage.chores.spools():
        line.storage.chores.report_spool(id, line.now, reader.unreadable_minutes() if id == reader.id else ())
    assert looks.step() == 1
    assert ("recovered", {"cause": "unreadable"}) in line.reports
    assert events_of(line.storage, line.contact(ANNA))[-1] == CameLate(maybe_answered=True)
    assert heard(line, ANNA) == ["hoi"]
    assert [entry.contact for entry in line.storage.queue.waiting()] == [line.contact(ANNA)]
    assert not outbox_length(line.client)


def away(_cause: object) -> None:
    raise StorageUnavailable("gone")
