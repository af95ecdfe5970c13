"""Any order of messages, copies, outages, replays, an advisor's acts, silence and erasing: nothing is lost, nothing
comes twice, the owner is legal, what keeps a person safe is kept, what was erased stays erased."""

from contextlib import suppress
from datetime import timedelta

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from bot.advisors.board import Advisor
from bot.advisors.desk import Desk
from bot.dialogue.conversation import SILENCE_MINUTES, Agreement, Status
from bot.dialogue.engine import Engine
from bot.dialogue.events import ErasureRequested, Heard
from bot.dialogue.own_words import mark
from bot.dialogue.states import StateName
from bot.handoff.refusals import Refused
from bot.messages import Channel
from bot.ports.conversations import LeaseAlive
from bot.ports.unavailable import StorageUnavailable
from tests.harness.dialogue import CONTACT
from tests.messaging.test_runner import MINUTE, Site, message

ADDRESS = "+31600000001"
HIDING = ("onweer", "kanarie")
SAFE_AGAIN = "ik ben weer veilig"
"""Ends hiding for whoever chose no word of their own: the neutral question follows."""
TEXTS = [
    *HIDING, "blauwe deur", "hoi", "menu", "1", "2", "9", "0", "medewerker", "niet bellen", "stop", "wis", "ja",
    "ik ben achtergelaten in Marokko", "hij slaat me", "ik ben in het buitenland", "dank je", "ik moet op reis",
    "hij kijkt mee", SAFE_AGAIN, "wat schrijft mijn dochter hier", "ik wil dood",
]  # fmt: skip
BARE = ("Gevaar?", "Danger?")
SPEAKING = ("achtergelaten", "slaat")
FAILURES = ["none", "open", "refused", "commit", "after commit"]


class Outages(RuleBasedStateMachine):
    """One person, one advisor, one host."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.site = Site(engine).begin(
            hide_word=mark("kanarie"), return_word=mark("blauwe deur"), agreement=Agreement(MINUTE + 10**6, 540, 600)
        )
        self.desk = Desk(self.site.runner, self.site.storage, {}, lambda: self.site.now)
        self.dull = {content.states[StateName.DECOY].say for content in engine.contents.values()}
        self.subject = engine.rules.subject
        self.answers: dict[str, tuple[str, str]] = {}
        """Message id -> text and the answer that was read."""
        self.erased: set[str] = {"first"}
        self.chosen = True
        """The own words and the agreement are there: they have not been erased."""
        self.no_call = False
        self.hidden = False
        self.count = 0

    # -- what happens ------------------------------------------------------------------------------------------------

    @rule(text=st.sampled_from(TEXTS), failure=st.sampled_from(FAILURES))
    def writes(self, text: str, failure: str) -> None:
        self.count += 1
        self.site.now += timedelta(seconds=10)
        message_id = f"SM{self.count}"
        before, unseen = self.hidden, self.site.conversation.position.state == StateName.DECOY
        reply = self._receive(message_id, text, failure)
        self.answers[message_id] = text, reply
        if self._knows(text, failure) or (text == "hij kijkt mee" and any(said in reply for said in self.dull)):
            self.hidden = True
        elif (text == "blauwe deur" and failure != "open") or self._leads_back(text):
            self.hidden = False
        if (before or failure == "open") and not any(word in text for word in (*SPEAKING, "blauwe")):
            assert not [word for word in self.subject if word in reply.lower()], (text, reply)
        if self.hidden and failure != "open":
            seen_by_another = text == "hij kijkt mee" and any(reply.startswith(said) for said in self.dull)
            assert reply in self.dull or reply.startswith(BARE) or not reply or seen_by_another
        self.no_call |= text == "niet bellen" and not before and not unseen
        self._erased_now()

    @precondition(lambda self: self.answers)
    @rule(data=st.data(), failure=st.sampled_from(["none", "refused"]))
    def comes_again(self, data: st.DataObject, failure: str) -> None:
        known = [each for each in self.answers if each not in self.erased]
        if not known:
            return
        message_id = data.draw(st.sampled_from(known))
        text, reply = self.answers[message_id]
        before = self.site.conversation, self.site.events, len(self.site.spool.kept)
        assert self._receive(message_id, text, failure) == reply
        assert (self.site.conversation, self.site.events, len(self.site.spool.kept)) == before

    @rule(failure=st.sampled_from(FAILURES))
    def is_replayed(self, failure: str) -> None:
        """As the worker does it: oldest first, and no further than the storage lets it."""
        kept = self.site.spool.kept
        while kept:
            try:
                with self._failing(failure):
                    done = self.site.runner.replay(kept[0])
            except StorageUnavailable:
                return
            spooled = kept.pop(0)
            if done and any(isinstance(event, ErasureRequested) for event in spooled.events):
                self._forget(set(self.site.storage.state.erased) | {spooled.inbound.message_id})
            elif not done and spooled.inbound.message_id not in self._stored():
                self.erased.add(spooled.inbound.message_id)
                assert self.erased - {"first", spooled.inbound.message_id}, "only what was erased is dropped"

    @rule(what=st.sampled_from(["claim", "reply", "close", "hand_back"]))
    def acts(self, what: str) -> None:
        self.count += 1
        ada, act = Advisor("ada"), f"act{self.count}"
        with suppress(Refused, LeaseAlive):
            if what == "reply":
                self.desk.reply(ada, CONTACT, "Ik ben er", act, sure=True)
            else:
                getattr(self.desk, what)(ada, CONTACT, act)

    @rule(text=st.sampled_from(TEXTS), minutes=st.integers(0, 20))
    def is_found_late(self, text: str, minutes: int) -> None:
        """Its webhook never came."""
        self.count += 1
        message_id, sent = f"SM{self.count}", self.site.now
        self.site.now += timedelta(minutes=minutes)
        unseen = self.site.conversation.position.state == StateName.DECOY
        found = message(message_id, text, address=ADDRESS)
        if self.site.runner.recover(found, sent, late=minutes > 15):
            self.answers[message_id] = text, self.site.storage.state.replies[CONTACT].get(message_id, "")
        if minutes > SILENCE_MINUTES - 1:
            self.hidden = False
        if text == "onweer":
            self.hidden = True
        if text == "blauwe deur" or self._leads_back(text):
            self.hidden = False
        self.no_call |= text == "niet bellen" and not self.hidden and not unseen
        self._erased_now()

    @rule(minutes=st.integers(SILENCE_MINUTES + 2, 200))
    def is_silent(self, minutes: int) -> None:
        self.site.now += timedelta(minutes=minutes)
        self.hidden = False

    @rule(text=st.sampled_from(HIDING), failure=st.sampled_from(FAILURES))
    def hides(self, text: str, failure: str) -> None:
        self.writes(text, failure)

    @rule(
        texts=st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3),
        failure=st.sampled_from(["open", "refused", "commit"]),
    )
    def an_outage_comes_and_goes(self, texts: list[str], failure: str) -> None:
        for text in texts:
            self.writes(text, failure)
        self.is_replayed("none")

    @precondition(lambda self: not self.hidden)
    @rule()
    def erases(self) -> None:
        for text in ("wis", "1"):
            self.writes(text, "none")

    # -- what always holds -------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_lost_and_nothing_comes_twice(self) -> None:
        stored = self._stored()
        waits = {each.inbound.message_id for each in self.site.spool.kept}
        assert set(self.answers) - self.erased <= stored | waits
        heard = sum(isinstance(event, Heard) for event in self.site.events)
        assert heard == len((stored & set(self.answers)) - self.erased)

    @invariant()
    def the_owner_is_legal(self) -> None:
        handling, state = self.site.conversation.handling, self.site.storage.state
        assert bool(handling.advisor) is (handling.status is Status.ADVISOR)
        assert (CONTACT in state.leases) is (handling.status is Status.ADVISOR)
        if handling.status is Status.WAITING:
            assert handling.waiting_minute
        if handling.status is not Status.BOT:
            assert handling.channel == "sms", "an advisor can answer"
            assert state.addresses[CONTACT] == (Channel.SMS, ADDRESS, "")

    @invariant()
    def what_keeps_them_safe_is_kept(self) -> None:
        conversation = self.site.conversation
        if self.chosen:
            assert conversation.privacy.hide_word == mark("kanarie")
            assert conversation.privacy.return_word == mark("blauwe deur")
            assert conversation.privacy.agreement is not None
        if not self.site.spool.kept:
            if self.no_call:
                assert conversation.told.no_call
            if self.hidden:
                assert conversation.position.state == StateName.DECOY
                assert conversation.privacy.observed
        assert "kanarie" not in repr(self.site.events) or not self.chosen
        assert "kanarie" not in conversation.position.fragment or not self.chosen

    # -- the means ---------------------------------------------------------------------------------------------------

    def _receive(self, message_id: str, text: str, failure: str) -> str:
        with self._failing(failure):
            return self.site.runner.receive(message(message_id, text, address=ADDRESS))

    def _failing(self, failure: str) -> "Failing":
        return Failing(self.site, failure)

    def _knows(self, text: str, failure: str) -> bool:
        return text == "onweer" or (text == "kanarie" and failure != "open" and self.chosen)

    def _leads_back(self, text: str) -> bool:
        return text == SAFE_AGAIN and not self.chosen

    def _stored(self) -> set[str]:
        return set(self.site.storage.state.replies.get(CONTACT, ()))

    def _erased_now(self) -> None:
        erased = set(self.site.storage.state.erased)
        if erased - self.erased:
            self._forget(erased | set(self.answers))  # those that wait in the spool too

    def _forget(self, ids: set[str]) -> None:
        self.erased |= ids
        self.chosen = self.no_call = self.hidden = False


class Failing:
    """The storage fails in this way while the block runs."""

    def __init__(self, site: Site, failure: str) -> None:
        self._storage, self._failure = site.storage, failure

    def __enter__(self) -> None:
        self._set(self._failure)

    def __exit__(self, *_exception: object) -> None:
        self._set("none")

    def _set(self, failure: str) -> None:
        self._storage.open_fails = failure == "open"
        self._storage.commit_fails = failure in ("refused", "commit")
        self._storage.refuses = failure == "refused"
        self._storage.lose_answer = failure == "after commit"


def test_an_outage_leaves_no_trace_in_any_order(engine: Engine) -> None:
    class Here(Outages):
        def __init__(self) -> None:
            super().__init__(engine)

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=80, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
