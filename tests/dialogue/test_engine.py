"""What is true of every decision: silence before it, what other versions stored, a bug in it."""

import pytest

from bot.dialogue.conversation import (
    SCHEMA,
    SILENCE_MINUTES,
    Conversation,
    Place,
    Status,
)
from bot.dialogue.engine import Engine
from bot.dialogue.events import (
    AdvisorRequested,
    EngineFailed,
    Heard,
    Said,
)
from bot.dialogue.flow import BACK, HERE
from bot.dialogue.states import StateName
from bot.dialogue.turn import Circumstances
from bot.messages import Channel, Inbound
from bot.nlu.understanding import Understanding
from tests.harness.conversations import a_conversation
from tests.harness.dialogue import DialogueTester, with_understander
from tests.harness.fixed import NOW
from tests.harness.talking import BZ, EMERGENCY, MINUTE, at, first_lines, shared

FULL = at(
    "cost.answer",
    place=Place.ABROAD,
    country="TR",
    mentioned_country="MA",
    role="self",
    safe=True,
    history=(StateName.MENU,),
    fallback_count=1,
    candidates=("law",),
)


def test_after_half_an_hour_nothing_that_was_told_is_left(tester: DialogueTester) -> None:
    tester.begin(FULL).wait(SILENCE_MINUTES + 1).say("hoi").in_state(StateName.OPENER)
    left = a_conversation(state=StateName.OPENER, locale="nl", heard_minute=MINUTE + SILENCE_MINUTES + 1)
    assert tester.conversation == left


def test_before_that_the_conversation_goes_on(tester: DialogueTester) -> None:
    tester.begin(FULL).wait(SILENCE_MINUTES).say("terug").in_state(StateName.MENU)
    assert tester.conversation.told.country == "TR"


@pytest.mark.parametrize("text", ["1", "terug", "ja", "blorp vlim", "Ja, dat wil ik"])
def test_what_was_on_the_screen_before_a_silence_cannot_be_answered(tester: DialogueTester, text: str) -> None:
    tester.begin(FULL).wait(SILENCE_MINUTES + 1).say(text).in_state(StateName.OPENER)


def test_who_waits_for_a_person_keeps_waiting_through_a_silence(tester: DialogueTester) -> None:
    tester.say("medewerker").wait(SILENCE_MINUTES + 1).say("hoi").in_state(StateName.OPENER)
    assert tester.conversation.handling.status is Status.WAITING
    assert tester.conversation.handling.waiting_minute == MINUTE
    assert [entry.contact for entry in tester.storage.queue.waiting()] == [tester.message("").contact]


def test_danger_that_was_seen_is_remembered_through_a_silence(tester: DialogueTester) -> None:
    tester.say("help me").wait(SILENCE_MINUTES + 1).say("hoi")
    assert tester.conversation.handling.danger


@pytest.mark.parametrize("text", ["1", "terug", "blorp vlim", "hoi", "ja"])
@pytest.mark.parametrize(
    "stored",
    [
        at("gone.state", place=Place.ABROAD, history=(StateName.MENU,)),
        at("menu.gone"),
        at(StateName.MENU, schema=SCHEMA + 1),
        at("no-dot", candidates=("gone",)),
    ],
)
def test_a_state_of_another_version_is_entered_anew(tester: DialogueTester, stored: Conversation, text: str) -> None:
    tester.begin(stored.with_handling(status=Status.WAITING)).say(text).in_state(StateName.OPENER).hears(EMERGENCY, BZ)
    assert tester.conversation.handling.status is Status.WAITING
    assert tester.conversation.schema == SCHEMA
    assert "engine_failed" not in tester.reports.names()


def test_a_step_on_the_trail_that_no_longer_exists_is_skipped(tester: DialogueTester) -> None:
    tester.begin(at("cost.answer", history=(StateName.MENU, "gone.state"))).say("terug").in_state(StateName.MENU)
    assert "engine_failed" not in tester.reports.names()


@pytest.mark.parametrize("text", ["1", "2", "blorp vlim", "", "taal"])
def test_an_offered_topic_that_no_longer_exists_does_no_harm(tester: DialogueTester, text: str) -> None:
    tester.begin(at(StateName.CANDIDATES, candidates=("gone_topic", "law"), fallback_count=1)).say(text)
    assert "engine_failed" not in tester.reports.names()


def test_a_language_that_is_no_longer_live_falls_back(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU, locale="xx")).say("1").in_state("abroad.answer").hears(BZ)


class Raises:
    """An understander with a bug."""

    def understand(self, _text: str, _locale: str | None, _spelled: str | None = None) -> Understanding:
        raise ZeroDivisionError("a secret text")


@pytest.fixture
def broken(engine: Engine) -> DialogueTester:
    return DialogueTester(with_understander(engine, Raises()), NOW)


@pytest.mark.parametrize("state", ["", StateName.MENU, StateName.HANDOFF, "cost.answer"])
def test_after_a_bug_the_message_is_kept_the_numbers_go_out_and_a_person_is_asked(
    broken: DialogueTester, state: str
) -> None:
    broken.begin(at(state, place=Place.ABROAD)).say("mijn verhaal").hears(shared(broken, "fault"))
    assert {EMERGENCY, BZ} <= set(first_lines(broken.reply))
    assert broken.events == [
        Heard("text", "mijn verhaal"),
        EngineFailed("ZeroDivisionError"),
        AdvisorRequested(),
        Said(broken.reply),
    ]
    assert broken.conversation.handling.status is Status.WAITING
    assert [entry.minute for entry in broken.storage.queue.waiting()] == [MINUTE]
    assert ("engine_failed", "ZeroDivisionError") in [(what, fields.get("fault")) for what, fields in broken.reports]


def test_after_a_bug_a_menu_number_still_works(broken: DialogueTester) -> None:
    broken.say("mijn verhaal", "0").in_state(StateName.OPENER)


def test_a_bug_while_an_advisor_has_the_conversation_leaves_it_there(broken: DialogueTester) -> None:
    broken.begin(at(StateName.HANDOFF, status=Status.ADVISOR)).say("mijn verhaal").hears(BZ, EMERGENCY)
    assert broken.conversation.handling.status is Status.ADVISOR


def test_deciding_changes_nothing_in_the_engine(engine: Engine) -> None:
    message = Inbound(message_id="SM1", contact="c", channel=Channel.SMS, text="ik ben achtergelaten")
    read, circumstances = engine.read(message), Circumstances(NOW, 1)
    assert engine.advance(Conversation(), read, circumstances) == engine.advance(Conversation(), read, circumstances)


def test_targets_that_choices_name_exist(engine: Engine) -> None:
    for content in engine.contents.values():
        for state in content.states.values():
            assert all(choice.next in (HERE, BACK) or choice.next in content.states for choice in state.choices)


def test_the_block_of_numbers_stands_once_in_full_for_the_place(tester: DialogueTester) -> None:
    """After that a line, until they are somewhere else."""
    full, again = shared(tester, "numbers_abroad"), shared(tester, "numbers_abroad_again")
    tester.begin(at("contact.answer", place=Place.ABROAD, country="MA")).say("mijn paspoort is weg")
    tester.hears(full, "Marokko")
    tester.say("ik heb geen geld").hears(again).hears_not(full, "Marokko")
    tester.say("ik ben in turkije").hears(full, "Turkije")


def test_in_a_crisis_the_numbers_stay_in_full(tester: DialogueTester) -> None:
    tester.begin(at("contact.answer", place=Place.NETHERLANDS)).say("hij slaat me").hears(shared(tester, "numbers_nl"))
    tester.say("welk nummer moet ik bellen").hears(shared(tester, "numbers_nl"))


def test_a_name_has_all_its_letters_where_they_cost_nothing(tester: DialogueTester) -> None:
    begun = at(StateName.MENU, place=Place.ABROAD)
    tester.begin(begun).say("ik ben in syrie").hears("Syrie")
    tester.say("ik ben in somalie", channel=Channel.WHATSAPP).hears("Somalië")
