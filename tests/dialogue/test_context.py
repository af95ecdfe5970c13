"""Half sentences: what two messages say together."""

import pytest

from bot.content.building import build_reader
from bot.content.library import Library
from bot.dialogue.conversation import FRAGMENT_MINUTES, Place
from bot.dialogue.engine import Engine
from bot.dialogue.events import DangerSeen
from bot.dialogue.states import StateName
from bot.nlu.understanding import Understanding
from tests.harness.dialogue import DialogueTester, with_understander
from tests.harness.fixed import NOW
from tests.harness.talking import BZ, EMERGENCY, at


def test_two_halves_of_a_danger_are_read_together(tester: DialogueTester) -> None:
    tester.say("hoi", "hij heeft")
    assert DangerSeen() not in tester.events
    tester.say("een mes").in_state("danger.answer").caused(DangerSeen).hears(EMERGENCY, BZ)


def test_after_two_minutes_they_are_two_messages(tester: DialogueTester) -> None:
    tester.say("hoi", "hij heeft").wait(FRAGMENT_MINUTES + 1).say("een mes")
    assert DangerSeen() not in tester.events


def test_a_number_in_between_parts_them(tester: DialogueTester) -> None:
    tester.say("hoi", "hij heeft", "1", "een mes")
    assert DangerSeen() not in tester.events


def test_what_was_answered_as_danger_is_not_read_again(tester: DialogueTester) -> None:
    tester.say("hij slaat me").in_state("danger.answer")
    assert tester.conversation.position.fragment == ""


def test_what_was_understood_is_no_half_sentence(tester: DialogueTester) -> None:
    tester.say("papa heeft me paspoort").in_state("documents_taken.answer")
    assert tester.conversation.position.fragment == ""
    tester.say("bizi burada bırakıp gittiler").in_state("left_behind.answer")


def test_a_sentence_is_never_kept(tester: DialogueTester) -> None:
    tester.say("hoi", "ik wil graag weten wat het kost om te bellen")
    assert tester.conversation.position.fragment == ""


@pytest.mark.parametrize(
    "texts", [("hoi", "menu"), ("hij heeft", "menu"), ("hij heeft", "bedankt"), ("dank je", "een mes")]
)
def test_a_command_a_greeting_and_thanks_go_on_with_nothing(
    engine: Engine, library: Library, texts: tuple[str, str]
) -> None:
    read: list[str] = []
    reader = build_reader(library, None)

    class Counting:
        def understand(self, text: str, locale: str | None, spelled: str | None = None) -> Understanding:
            read.append(text)
            return reader.understand(text, locale, spelled)

    DialogueTester(with_understander(engine, Counting()), NOW).say(*texts)
    assert read == [*texts]


def test_a_no_may_be_half_a_sentence(tester: DialogueTester) -> None:
    tester.say("hoi", "1", "nee")
    assert tester.conversation.position.fragment == "nee"


def test_a_whole_sentence_goes_on_with_nothing(tester: DialogueTester) -> None:
    """Half of one does: "he has", "a knife"."""
    tester.begin(at(StateName.MENU)).say("ze zei bel niet", "hoe lang duurt het voordat iemand gaat helpen")
    assert not tester.conversation.handling.danger
    tester.begin(at(StateName.MENU)).say("hij heeft", "een mes")
    assert tester.conversation.handling.danger


def test_who_says_no_and_where_they_are_is_there(tester: DialogueTester) -> None:
    tester.begin(at("someone_abroad.answer", locale="en")).say("no im in rotterdam myself")
    assert tester.conversation.told.place is Place.NETHERLANDS
    assert not tester.conversation.told.mentioned_country
