"""The desk on a real Redis: one owner each, leases, the board, the feed, alarms."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.advisors.board import Advisor
from bot.dialogue.conversation import Status
from bot.dialogue.events import LeaseLost, Noted, OfferEnded
from bot.handoff.refusals import Reason, Refused
from bot.messages import Channel
from bot.messaging.upkeep import Upkeep
from bot.storage.redis import keys
from tests.harness.advisor_line import ADA, AdvisorLine
from tests.harness.events import events_of
from tests.harness.in_redis import outbox_length

BEA = Advisor("bea", ("nl", "ar"))
ANNA, BOB, CLEO = "+31612345601", "+31612345602", "+31612345603"


def asks(line: AdvisorLine, number: str = ANNA, *words: str, channel: Channel = Channel.SMS) -> str:
    for text in (*words, "kan ik met een medewerker praten"):
        line.writes(number, text, channel)
    return line.contact(number, channel)


def upkeep(line: AdvisorLine, alarms: list[str] | None = None) -> Upkeep:
    found = alarms if alarms is not None else []
    return Upkeep(line.runner, line.storage, lambda: line.now, lambda: found.append("alarm"), line.reports, 5)


def test_of_eight_who_claim_at_once_exactly_one_has_it_a_hundred_times(line: AdvisorLine) -> None:
    advisors = [Advisor(f"advisor{number}") for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        for race in range(100):
            contact = asks(line, f"+316300{race:05}")

            def claim(advisor: Advisor, contact: str = contact) -> str:
                try:
                    return line.desk.claim(advisor, contact, f"{advisor.id} {contact}").handling.advisor
                except Refused:
                    return ""

            won = [winner for winner in pool.map(claim, advisors) if winner]
            assert len(won) == 1
            assert line.storage.conversations.read([contact])[contact].handling.advisor == won[0]
    assert len(line.storage.queue.held()) == 100
    assert line.storage.queue.waiting() == []


def test_a_first_message_claims_and_eight_at_once_send_one(line: AdvisorLine) -> None:
    contact = asks(line)

    def write(number: int) -> bool:
        try:
            line.desk.reply(Advisor(f"advisor{number}"), contact, "dag", f"act{number}")
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(write, range(8))) == 1
    assert line.client.llen(f"{keys.person(contact)}queue") == 1


def test_the_board_shows_danger_first_and_then_who_waits_longest(line: AdvisorLine) -> None:
    first = asks(line, ANNA)
    line.now += timedelta(minutes=1)
    second = asks(line, BOB)
    line.now += timedelta(minutes=1)
    third = asks(line, CLEO, "help hij slaat me met een mes")
    assert [row.contact for row in line.desk.board(ADA).rows] == [third, first, second]
    line.desk.claim(ADA, first, "a1")
    rows = line.desk.board(BEA).rows
    assert [row.contact for row in rows] == [third, second, first]
    assert (rows[2].status, rows[2].holder, rows[2].yours) == (Status.ADVISOR, "ada", False)


def test_only_the_one_who_has_it_can_open_it(line: AdvisorLine) -> None:
    contact = asks(line, ANNA, "ik ben in het buitenland", "mijn paspoort is weg")
    for advisor in (ADA, BEA):
        with pytest.raises(Refused):
            line.desk.open(advisor, contact)
    assert "documents_taken" in line.desk.card(contact).topics
    line.desk.claim(ADA, contact, "a1")
    page = line.desk.open(ADA, contact)
    assert page.card.place == "abroad"
    assert page.window_minutes is None
    with pytest.raises(Refused) as refused:
        line.desk.open(BEA, contact)
    assert refused.value.holder == "ada"
    line.desk.transfer(ADA, contact, "bea", "a2")
    assert line.desk.open(BEA, contact).transcript == line.desk.open(ADA, contact).transcript


def test_whatsapps_window_is_known(line: AdvisorLine) -> None:
    contact = asks(line, channel=Channel.WHATSAPP)
    line.desk.claim(ADA, contact, "a1")
    assert line.desk.open(ADA, contact).window_minutes == 24 * 60 - 5
    line.now += timedelta(hours=24)
    assert line.desk.open(ADA, contact).window_minutes == 0
    with pytest.raises(Refused) as refused:
        line.desk.reply(ADA, contact, "dag", "a2", sure=True)
    assert refused.value.reason is Reason.WINDOW
    assert line.client.llen(f"{keys.person(contact)}queue") == 0


def test_a_text_that_is_too_long_is_refused_with_what_fits(line: AdvisorLine) -> None:
    contact = asks(line)
    with pytest.raises(Refused) as refused:
        line.desk.reply(ADA, contact, "x" * 1601, "a1")
    assert refused.value.reason is Reason.TOO_LONG
    assert refused.value.limit == 1600 - len("Je praat nu met een medewerker.\n")
    assert line.storage.conversations.read([contact])[contact].handling.status is Status.WAITING


def test_a_lease_lives_by_redis_clock_and_a_heartbeat(line: AdvisorLine) -> None:
    contact = asks(line)
    line.desk.claim(ADA, contact, "a1")
    for minutes in (10, -20):  # our own clock jumps about
        line.now += timedelta(minutes=minutes)
        upkeep(line).step()
        assert line.storage.conversations.read([contact])[contact].handling.advisor == "ada"
    line.client.pexpire(f"{keys.person(contact)}lease", 100)
    assert line.desk.heartbeat(ADA, [contact]) == []
    assert line.client.pttl(f"{keys.person(contact)}lease") > 50_000
    assert line.desk.heartbeat(BEA, [contact]) == [contact]


def test_nobody_is_shown_as_typing_in_a_conversation_that_is_not_theirs(line: AdvisorLine) -> None:
    contact = asks(line, ANNA)
    line.desk.claim(ADA, contact, "act")
    line.desk.heartbeat(BEA, [contact], typing=contact)
    line.desk.heartbeat(BEA, [], typing=contact)
    assert [row.typing for row in line.desk.board(ADA).rows] == [""]


def test_colleagues_see_who_is_typing_for_some_seconds(line: AdvisorLine) -> None:
    contact = asks(line)
    line.desk.claim(ADA, contact, "a1")
    line.desk.heartbeat(ADA, [contact], typing=contact)
    assert [row.typing for row in line.desk.board(BEA).rows] == ["ada"]
    assert 0 < line.client.pttl(f"{keys.person(contact)}typing") <= keys.TYPING_MS


def test_a_lost_lease_brings_the_person_back_to_the_front(line: AdvisorLine) -> None:
    first, second = asks(line, ANNA), asks(line, BOB)
    line.desk.claim(ADA, second, "a1")
    line.client.delete(f"{keys.person(second)}lease")
    upkeep(line).step()
    assert [entry.contact for entry in line.storage.queue.waiting()] == [second, first]
    assert any(isinstance(event, LeaseLost) for event in events_of(line.storage, second))
    assert line.client.llen(f"{keys.person(second)}queue") == 1  # they are told
    with pytest.raises(Refused) as refused:
        line.desk.note(ADA, second, "te laat", "a2")
    assert refused.value.reason is Reason.NOT_YOURS


def test_an_offer_nobody_takes_ends(line: AdvisorLine) -> None:
    contact = asks(line)
    line.desk.claim(ADA, contact, "a1")
    line.desk.transfer(ADA, contact, "bea", "a2")
    upkeep(line).step()
    assert line.storage.conversations.read([contact])[contact].handling.offered == "bea"
    line.client.delete(f"{keys.person(contact)}offer")
    upkeep(line).step()
    found = line.storage.conversations.read([contact])[contact]
    assert (found.handling.advisor, found.handling.offered) == ("ada", "")
    assert OfferEnded("bea", lapsed=True) in events_of(line.storage, contact)


def test_a_note_is_kept_and_nothing_is_sent(line: AdvisorLine) -> None:
    contact = asks(line)
    line.desk.claim(ADA, contact, "a1")
    line.desk.note(ADA, contact, "oom, stad onbekend", "a2")
    assert Noted("ada", "oom, stad onbekend") in events_of(line.storage, contact)
    assert line.client.llen(f"{keys.person(contact)}queue") == 0
    assert outbox_length(line.client) == 0


def test_the_feed_tells_what_happened_to_whom_and_no_words(line: AdvisorLine) -> None:
    _nothing, since = line.desk.events()
    contact = asks(line)
    line.desk.reply(ADA, contact, "een geheim", "a1")
    changes, newest = line.desk.events(since)
    assert {change.contact for change in changes} == {contact}
    assert {"AdvisorRequested", "Replied"} <= {name for change in changes for name in change.what}
    assert line.desk.events(newest) == ([], newest)
    assert b"geheim" not in str(line.client.xrange(f"{keys.shard(contact)}feed")).encode()


def test_nobody_waits_unseen(line: AdvisorLine) -> None:
    alarms: list[str] = []
    watch = upkeep(line, alarms)
    asks(line)
    watch.step()
    assert alarms == []
    line.now += timedelta(minutes=1)
    watch.step()  # nobody is at a console
    watch.step()
    assert alarms == ["alarm"]
    assert "waits_unseen" in line.reports.names()


def test_with_somebody_there_the_alarm_has_patience(line: AdvisorLine) -> None:
    alarms: list[str] = []
    watch = upkeep(line, alarms)
    asks(line)
    line.desk.board(ADA)
    line.now += timedelta(minutes=4)
    watch.step()
    assert alarms == []
    line.now += timedelta(minutes=1)
    watch.step()
    assert alarms == ["alarm"]


def test_the_address_is_kept_only_while_advisors_need_it(line: AdvisorLine) -> None:
    contact = line.contact(ANNA)
    line.writes(ANNA, "hoi")
    assert not line.client.exists(f"{keys.person(contact)}address")
    asks(line)
    assert line.client.exists(f"{keys.person(contact)}address")
    assert ANNA[1:].encode() not in (line.client.get(f"{keys.person(contact)}address") or b"")
    line.writes(ANNA, "laat maar")
    assert not line.client.exists(f"{keys.person(contact)}address")
    asks(line)
    line.desk.claim(ADA, contact, "a1")
    line.desk.close(ADA, contact, "a2")
    assert 0 < line.client.ttl(f"{keys.person(contact)}address") <= 30 * 60
    assert not line.client.exists(f"{keys.person(contact)}lease")
    asks(line)
    line.desk.claim(ADA, contact, "a3")
    line.desk.hand_back(ADA, contact, "a4")
    assert 0 < line.client.ttl(f"{keys.person(contact)}address") <= 600
