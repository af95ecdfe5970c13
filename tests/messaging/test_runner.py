"""The one door through which a conversation changes, with a storage that fails on order."""

import copy
from datetime import timedelta

import pytest
from msgspec.structs import replace

from bot.dialogue.conversation import Conversation, Place, Status
from bot.dialogue.engine import Engine
from bot.dialogue.events import (
    AdvisorRequested,
    AnyEvent,
    CodeBrought,
    CodeMade,
    EngineFailed,
    Heard,
    Said,
    Stopped,
)
from bot.dialogue.states import StateName
from bot.messages import Channel, Inbound, Kind
from bot.messaging import runner
from bot.messaging.runner import Runner
from bot.nlu.understanding import Understanding
from bot.ports.conversations import Cause, Committed, Decision, Opened
from bot.ports.spool import Spooled, SpoolFull
from bot.ports.unavailable import StorageUnavailable
from bot.storage.memory.conversations import MemoryConversations
from bot.storage.memory.storage import MemoryStorage
from tests.harness.conversations import a_conversation
from tests.harness.dialogue import CONTACT, with_understander
from tests.harness.events import events_of
from tests.harness.fakes import ListSpool, Reports
from tests.harness.fixed import NOW

BZ, EMERGENCY = "+31 247 247 247", "112"
MINUTE = int(NOW.timestamp()) // 60


class FailingStorage(MemoryStorage):
    """Fails when told to; `lose_answer` stores the turn and then fails, as a connection that breaks too late."""

    def __init__(self) -> None:
        super().__init__()
        self.whole = self.conversations
        self.conversations = FailingConversations(self)
        self.open_fails = self.commit_fails = self.lose_answer = self.refuses = False
        self.conflicts: list[Conversation] = []
        self.commits = 0


class FailingConversations(MemoryConversations):
    """The part of it that fails."""

    def __init__(self, failing: FailingStorage) -> None:
        super().__init__(failing.state)
        self._failing = failing

    def open(self, cause: Cause) -> Opened:
        if self._failing.open_fails:
            raise StorageUnavailable("ConnectionError")
        return super().open(cause)

    def commit(self, cause: Cause, opened: Opened, decision: Decision) -> Committed | Opened:
        failing = self._failing
        failing.commits += 1
        if failing.commit_fails:
            raise StorageUnavailable("TimeoutError", refused=failing.refuses)
        if failing.conflicts:
            other = message(f"other{failing.commits}")
            current = super().open(other)
            assert isinstance(
                super().commit(other, current, Decision(failing.conflicts.pop(0), (), "other")), Committed
            )
        outcome = super().commit(cause, opened, decision)
        if failing.lose_answer:
            raise StorageUnavailable("TimeoutError")
        return outcome


class FullSpool(ListSpool):
    def add(self, spooled: Spooled) -> None:
        raise SpoolFull("OSError")


class Raises:
    """An understander with a bug."""

    def understand(self, _text: str, _locale: str | None, _spelled: str | None = None) -> Understanding:
        raise ZeroDivisionError


class Site:
    """A runner with everything around it."""

    def __init__(self, engine: Engine, spool: ListSpool | None = None) -> None:
        self.engine = engine
        self.storage = FailingStorage()
        self.spool = spool or ListSpool()
        self.reports = Reports()
        self.now = NOW
        self.runner = Runner(engine, self.storage, self.spool, lambda: self.now, self.reports)

    def say(self, text: str, message_id: str = "", **fields: object) -> str:
        return self.runner.receive(message(message_id or text, text, **fields))

    def begin(self, **fields: object) -> "Site":
        """A person in the middle of a conversation, at revision 1."""
        values: dict[str, object] = {
            "locale": "nl",
            "heard_minute": MINUTE,
            "subject_disclosed": True,
            "state": StateName.MENU,
        } | fields
        first = message("first")
        opened = self.storage.conversations.open(first)
        assert isinstance(
            self.storage.conversations.commit(first, opened, Decision(a_conversation(**values), (), "")), Committed
        )
        return self

    @property
    def conversation(self) -> Conversation:
        return self.storage.whole.open(message("look")).conversation

    @property
    def events(self) -> list[AnyEvent]:
        return events_of(self.storage, CONTACT)

    def replay(self) -> list[bool]:
        outcome = [self.runner.replay(spooled) for spooled in self.spool.kept]
        self.spool.kept.clear()
        return outcome


def message(message_id: str, text: str = "", **fields: object) -> Inbound:
    values: dict[str, object] = {"contact": CONTACT, "channel": Channel.SMS, "text": text} | fields
    return Inbound(message_id=message_id, **values)  # type: ignore[arg-type]


@pytest.fixture
def site(engine: Engine) -> Site:
    return Site(engine)


def numbers_first(reply: str, *numbers: str) -> bool:
    return set(numbers) <= set(reply.split("\n")[:6])


# -- when all is well ----------------------------------------------------------------------------------------------


def test_an_answer_is_stored_before_it_is_given(site: Site) -> None:
    reply = site.say("hoi")
    assert site.conversation.position.state == StateName.OPENER
    assert [event for event in site.events if not isinstance(event, Heard)][-1] == Said(reply)
    assert site.storage.conversations.open(message("hoi")).reply == reply


def test_a_repeated_message_gets_the_stored_answer_and_changes_nothing(site: Site) -> None:
    first = site.begin().say("6", "SM1")
    before, commits = site.conversation, site.storage.commits
    site.now += timedelta(days=1)
    assert site.say("6", "SM1") == first
    assert site.conversation == before
    assert site.storage.commits == commits
    assert site.reports.names()[-1] == "repeated"


def test_a_silent_answer_is_repeated_as_silence(site: Site) -> None:
    assert site.begin().say("STOP", "SM1", opt_out=True) == ""
    assert site.say("STOP", "SM1", opt_out=True) == ""
    assert sum(isinstance(event, Stopped) for event in site.events) == 1


def test_a_turn_is_decided_anew_when_another_message_came_first(site: Site) -> None:
    site.begin()
    site.storage.conflicts = [site.conversation.with_position(state="questions.answer")]
    site.say("1", "SM1")
    assert site.conversation.position.state == "questions.about"
    assert site.storage.commits == 3


def test_many_messages_in_between_are_all_waited_for(site: Site) -> None:
    site.begin()
    site.storage.conflicts = [site.conversation.with_position(state=StateName.MENU)] * 20
    site.say("9", "SM1")
    assert site.conversation.position.state == StateName.HANDOFF
    assert site.spool.kept == []


def test_who_never_gets_a_turn_is_answered_and_kept(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.messaging.runner.DECIDE_AGAIN_SECONDS", -1.0)
    site.begin()
    site.storage.conflicts = [site.conversation.with_position(state=StateName.MENU)]
    assert numbers_first(site.say("9", "SM1"), EMERGENCY, BZ)
    assert [spooled.revision for spooled in site.spool.kept] == [1]


def test_a_repeat_that_is_found_only_while_storing_gets_the_stored_answer(site: Site) -> None:
    opened = site.begin().storage.conversations.open(message("SM1"))
    first = site.say("6", "SM1")

    class Late(MemoryConversations):
        """Has opened before the other process stored the same message."""

        def open(self, _cause: Cause) -> Opened:
            return opened

    late = copy.copy(site.storage)
    late.conversations = Late(site.storage.state)
    runner = Runner(site.engine, late, site.spool, lambda: site.now, site.reports)
    assert runner.receive(message("SM1", "6")) == first
    assert sum(event == Heard("text", "6") for event in site.events) == 1


def test_what_is_counted_holds_names_only(site: Site) -> None:
    site.say("kanarievogel")
    assert "kanarie" not in str(site.reports)


# -- the storage is away -------------------------------------------------------------------------------------------


def test_when_nothing_is_known_the_answer_has_the_numbers_first_and_the_message_is_kept(site: Site) -> None:
    site.begin(place=Place.ABROAD).storage.open_fails = True
    reply = site.say("ik ben achtergelaten", "SM1")
    content = site.engine.contents["nl"]
    assert numbers_first(reply, EMERGENCY, BZ)
    assert content.shared["outage"] in reply
    assert content.states["left_behind.answer"].say in reply
    assert [
        (kept.inbound.message_id, kept.reply, kept.revision, kept.conversation.heard_minute) for kept in site.spool.kept
    ] == [("SM1", reply, None, MINUTE)]
    assert ("storage_away", {"cause": "ConnectionError"}) in site.reports


@pytest.mark.parametrize("text", ["hello", "I was left behind in Morocco"])
def test_without_the_storage_the_language_is_that_of_the_message(site: Site, text: str) -> None:
    site.storage.open_fails = True
    assert site.engine.contents["en"].shared["outage"] in site.say(text)


def test_when_storing_was_refused_the_decided_answer_comes_with_the_numbers_first(site: Site) -> None:
    site.begin(place=Place.ABROAD).storage.commit_fails = site.storage.refuses = True
    reply = site.say("6", "SM1")
    assert numbers_first(reply, BZ)
    assert site.engine.contents["nl"].states["questions.answer"].say in reply
    assert site.engine.contents["nl"].shared["outage"] not in reply
    assert [(kept.reply, kept.revision) for kept in site.spool.kept] == [(reply, 1)]


def test_when_it_may_have_been_stored_the_answer_is_the_one_a_repeat_would_get(site: Site) -> None:
    site.begin(place=Place.ABROAD).storage.lose_answer = True
    reply = site.say("6", "SM1")
    assert [(kept.reply, kept.revision) for kept in site.spool.kept] == [(reply, 1)]
    site.storage.lose_answer = False
    assert site.say("6", "SM1") == reply


@pytest.mark.parametrize("failing", ["open_fails", "commit_fails"])
def test_when_it_cannot_be_kept_either_the_person_is_told(engine: Engine, failing: str) -> None:
    site = Site(engine, FullSpool()).begin()
    setattr(site.storage, failing, True)
    reply = site.say("9", "SM1")
    assert numbers_first(reply, EMERGENCY, BZ)
    assert engine.contents["nl"].shared["outage_lost"] in reply
    assert engine.contents["nl"].shared["outage"] not in reply
    assert ("spool_full", {"cause": "OSError"}) in site.reports


@pytest.mark.parametrize("failing", ["open_fails", "commit_fails"])
def test_an_opt_out_word_gets_no_answer_even_then(site: Site, failing: str) -> None:
    setattr(site.begin().storage, failing, True)
    assert site.say("STOP", "SM1", opt_out=True) == ""
    assert len(site.spool.kept) == 1


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_answered_without_the_storage(site: Site, kind: Kind) -> None:
    site.storage.open_fails = True
    assert numbers_first(site.say("hoi" if kind in ("text", "button") else "", "SM1", kind=kind), EMERGENCY, BZ)


# -- replay --------------------------------------------------------------------------------------------------------


def test_a_message_answered_without_the_conversation_is_stored_when_it_is_back(site: Site) -> None:
    site.storage.open_fails = True
    reply = site.say("medewerker", "SM1")
    site.storage.open_fails = False
    assert site.replay() == [True]
    assert site.events == [Heard("text", "medewerker"), *_asked(site), Said(reply)]
    assert site.conversation.position.state == "", "no list was shown"
    assert [entry.minute for entry in site.storage.queue.waiting()] == [MINUTE]
    assert site.say("medewerker", "SM1") == reply


def _asked(site: Site) -> list[AnyEvent]:
    """What happened between hearing and saying."""
    found = site.events[1:-1]
    assert AdvisorRequested() in found
    return found


def test_a_message_is_replayed_once(site: Site) -> None:
    site.begin().storage.commit_fails = True
    site.say("9", "SM1")
    site.storage.commit_fails = False
    (kept,) = site.spool.kept
    assert [site.runner.replay(kept), site.runner.replay(kept)] == [True, False]
    assert sum(event == Heard("text", "9") for event in site.events) == 1
    assert site.reports.names().count("replayed") == 1


def test_what_was_spooled_before_its_writer_erased_everything_is_not_brought_back(site: Site) -> None:
    site.storage.open_fails = True
    site.say("medewerker, kanariegeel", "SM1")
    site.storage.open_fails = False
    site.now += timedelta(minutes=2)
    site.say("wis", "SM2")
    site.say("ja", "SM3")
    assert site.replay() == [False]
    assert site.events == []
    assert site.storage.queue.waiting() == []


@pytest.mark.parametrize("failure", ["open_fails", "commit_fails"])
def test_within_a_minute_too_what_came_before_erasing_goes_and_what_came_after_stays(site: Site, failure: str) -> None:
    def say_in_an_outage(text: str, message_id: str) -> None:
        setattr(site.storage, failure, True)
        site.say(text, message_id)
        setattr(site.storage, failure, False)

    say_in_an_outage("kanariegeel", "SM1")
    for number, text in enumerate(("wis", "ja"), start=2):
        site.now += timedelta(seconds=10)
        site.say(text, f"SM{number}")
    site.now += timedelta(seconds=10)
    say_in_an_outage("medewerker", "SM4")
    assert site.now < NOW + timedelta(minutes=1)
    assert site.replay() == [False, True]
    assert [event for event in site.events if isinstance(event, Heard)] == [Heard("text", "medewerker")]
    assert [entry.contact for entry in site.storage.queue.waiting()] == [CONTACT]


def test_what_an_earlier_version_spooled_counts_as_late_as_its_minute_allows(site: Site) -> None:
    for number, text in enumerate(("wis", "ja"), start=1):
        site.say(text, f"SM{number}")
    site.storage.open_fails = True
    site.say("medewerker", "SM3")
    site.storage.open_fails = False
    assert site.runner.replay(replace(site.spool.kept[0], at=0))


def test_who_is_blocked_comes_to_no_advisor_by_way_of_the_spool(site: Site) -> None:
    site.storage.blocks.add(CONTACT, "ada")
    site.storage.open_fails = True
    assert site.say("medewerker", "SM1")
    site.storage.open_fails = False
    assert site.replay() == [True]
    assert site.storage.queue.waiting() == []
    assert AdvisorRequested() not in site.events
    assert Heard("text", "medewerker") in site.events


@pytest.mark.parametrize("late", [True, False])
def test_nor_by_a_message_whose_webhook_never_came(site: Site, late: bool) -> None:
    site.storage.blocks.add(CONTACT, "ada")
    assert site.runner.recover(message("SM1", "medewerker"), site.now, late=late)
    assert site.storage.queue.waiting() == []


def test_a_code_that_came_too_late_takes_none_away(site: Site) -> None:
    site.say("code", "SM1")
    (made,) = [event for event in site.events if isinstance(event, CodeMade)]
    site.now += timedelta(hours=5)
    assert site.runner.recover(message("SM2", "code"), site.now - timedelta(hours=1), late=True)
    assert site.storage.case_codes.look_up(made.words, "ada") is not None


def test_a_code_brought_by_a_message_whose_webhook_never_came_is_brought(site: Site) -> None:
    site.say("code", "SM1")
    (made,) = [event for event in site.events if isinstance(event, CodeMade)]
    site.runner.recover(message("SM2", made.words, contact="d" * 22), site.now, late=False)
    assert any(isinstance(event, CodeBrought) for event in events_of(site.storage, "d" * 22))


def test_what_was_stored_after_all_is_not_stored_again(site: Site) -> None:
    site.begin().storage.lose_answer = True
    site.say("9", "SM1")
    site.storage.lose_answer = False
    assert site.replay() == [False]
    assert sum(event == Heard("text", "9") for event in site.events) == 1


def test_a_replay_on_the_same_revision_is_the_very_turn(site: Site) -> None:
    site.begin(place=Place.ABROAD, country="TR").storage.commit_fails = True
    reply = site.say("6", "SM1")
    site.storage.commit_fails = False
    site.now += timedelta(hours=5)
    assert site.replay() == [True]
    conversation = site.conversation
    assert (conversation.position.state, conversation.told.country) == ("questions.answer", "TR")
    assert conversation.heard_minute == MINUTE, "it was heard then, not now"
    assert site.events[-1] == Said(reply)


def test_after_newer_messages_their_state_stays_but_the_request_for_a_person_counts(site: Site) -> None:
    site.begin().storage.open_fails = True
    site.say("medewerker", "SM1")
    site.storage.open_fails = False
    site.now += timedelta(minutes=3)
    site.say("menu", "SM2")
    assert site.replay() == [True]
    assert site.conversation.position.state == StateName.MENU
    assert site.conversation.handling.status is Status.WAITING
    assert [entry.minute for entry in site.storage.queue.waiting()] == [MINUTE]


def test_danger_that_was_seen_during_the_outage_is_remembered(site: Site) -> None:
    site.begin().storage.open_fails = True
    site.say("hij slaat me", "SM1")
    site.storage.open_fails = False
    site.now += timedelta(minutes=3)
    site.say("menu", "SM2")
    site.replay()
    assert site.conversation.handling.danger
    assert site.conversation.position.state == StateName.MENU


def test_without_newer_messages_the_person_goes_on_from_what_they_read(site: Site) -> None:
    site.begin(status=Status.WAITING, waiting_minute=MINUTE - 9, locale="en").storage.open_fails = True
    site.now += timedelta(minutes=1)
    site.say("dank je", "SM1")
    site.storage.open_fails = False
    site.replay()
    conversation = site.conversation
    assert (conversation.position.state, conversation.handling.status, conversation.handling.waiting_minute) == (
        "",
        Status.WAITING,
        MINUTE - 9,
    )
    assert conversation.locale == "en"


def test_an_advisor_who_has_the_conversation_keeps_it(site: Site) -> None:
    site.begin(status=Status.ADVISOR).storage.open_fails = True
    site.say("medewerker", "SM1")
    site.storage.open_fails = False
    site.replay()
    assert site.conversation.handling.status is Status.ADVISOR


@pytest.mark.parametrize("text", ["9", "8", "medewerker"])
def test_a_request_that_was_only_not_stored_counts_after_newer_messages_too(site: Site, text: str) -> None:
    site.begin().storage.commit_fails = True
    assert site.engine.contents["nl"].states[StateName.HANDOFF].say in site.say(text, "SM1")
    site.storage.commit_fails = False
    site.now += timedelta(minutes=3)
    site.say("menu", "SM2")
    assert site.replay() == [True]
    assert site.conversation.position.state == StateName.MENU
    assert [entry.minute for entry in site.storage.queue.waiting()] == [MINUTE]


def test_erasing_that_was_confirmed_in_an_outage_happens_whatever_came_after(site: Site) -> None:
    site.begin(state="erase.confirm").say("kanarievogel", "SM1")
    site.say("wis", "SM2")
    site.storage.commit_fails = True
    assert "Gewist" in site.say("1", "SM3")
    site.storage.commit_fails = False
    site.say("hoi", "SM4")
    site.replay()
    assert Heard("text", "kanarievogel") not in site.events


def test_a_storage_that_is_still_away_leaves_the_message_for_later(site: Site) -> None:
    site.storage.open_fails = True
    site.say("9", "SM1")
    with pytest.raises(StorageUnavailable):
        site.runner.replay(site.spool.kept[0])
    site.storage.open_fails, site.storage.commit_fails = False, True
    with pytest.raises(StorageUnavailable):
        site.runner.replay(site.spool.kept[0])


def test_a_replay_waits_for_messages_in_between(site: Site) -> None:
    site.begin().storage.commit_fails = True
    site.say("9", "SM1")
    site.storage.commit_fails = False
    newer = site.conversation.with_position(state="questions.answer")
    site.storage.conflicts = [replace(newer, heard_minute=MINUTE + 2)] * 3
    assert site.replay() == [True]
    assert (site.conversation.position.state, site.conversation.handling.status) == ("questions.answer", Status.WAITING)


# -- a bug ---------------------------------------------------------------------------------------------------------


def broken(engine: Engine) -> Engine:
    return with_understander(engine, Raises())


def test_a_bug_is_answered_with_the_numbers_and_asks_for_a_person(engine: Engine) -> None:
    site = Site(broken(engine)).begin()
    reply = site.say("mijn verhaal", "SM1")
    assert numbers_first(reply, EMERGENCY, BZ)
    assert engine.contents["nl"].shared["fault"] in reply
    assert {EngineFailed("ZeroDivisionError"), Heard("text", "mijn verhaal")} <= set(site.events)
    assert site.conversation.handling.status is Status.WAITING
    assert site.say("mijn verhaal", "SM1") == reply


def test_a_bug_in_an_outage_is_still_answered_and_kept(engine: Engine) -> None:
    site = Site(broken(engine))
    site.storage.open_fails = True
    assert numbers_first(site.say("mijn verhaal", "SM1"), EMERGENCY, BZ)
    site.storage.open_fails = False
    assert site.replay() == [True]
    assert site.conversation.handling.status is Status.WAITING


def test_a_text_that_cannot_be_rendered_is_a_bug_like_any_other(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(engine).begin()
    real = vars(runner)["render"]
    failures = iter([True])

    def rendered(*arguments: object) -> str:
        if next(failures, False):
            raise KeyError("gone")
        text: str = real(*arguments)
        return text

    monkeypatch.setattr(runner, "render", rendered)
    assert engine.contents["nl"].shared["fault"] in site.say("6", "SM1")
    assert EngineFailed("KeyError") in site.events


# -- queues --------------------------------------------------------------------------------------------------------


def test_the_queue_of_a_person_is_gone_with_its_last_message(site: Site) -> None:
    for number in range(5):
        site.say("hoi", f"SM{number}")
    site.storage.open_fails = True
    site.say("hoi", "SM9")
    assert dict(site.runner._locks) == {}
