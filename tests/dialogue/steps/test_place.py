"""Where somebody is."""

import pytest

from bot.dialogue.conversation import (
    Conversation,
    Place,
)
from bot.dialogue.engine import Engine
from bot.dialogue.events import (
    PlaceTold,
)
from bot.dialogue.states import StateName
from bot.dialogue.turn import Circumstances
from bot.messages import Channel, Inbound
from tests.harness.dialogue import DialogueTester
from tests.harness.fixed import NOW
from tests.harness.talking import BZ, EMERGENCY, at


@pytest.mark.parametrize("text", ["hoi", "ik ben achtergelaten", "medewerker", "help me", "ik ben in Marokko"])
def test_who_and_by_which_way_somebody_writes_says_nothing_about_the_place(engine: Engine, text: str) -> None:
    turns = [
        engine.advance(
            Conversation(),
            engine.read(Inbound(message_id=contact, contact=contact, channel=channel, text=text)),
            Circumstances(NOW, 1),
        )
        for contact in ("+31612345678", "+923001234567", "NL.1349120865530")
        for channel in Channel
    ]
    said = {(turn.conversation.with_handling(channel=""), turn.events, turn.say) for turn in turns}
    assert len(said) == 1
    stated = text == "ik ben in Marokko"
    assert turns[0].conversation.told.place is (Place.ABROAD if stated else Place.UNKNOWN)
    assert turns[0].conversation.told.country == ("MA" if stated else "")


def test_a_country_that_is_mentioned_decides_nothing_until_it_is_confirmed(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("Marokko").in_state("place.confirm").hears("Marokko", EMERGENCY, BZ)
    assert (tester.conversation.told.place, tester.conversation.told.country) == (Place.UNKNOWN, "")
    tester.say("ja").in_state(StateName.MENU).caused(PlaceTold)
    assert (tester.conversation.told.place, tester.conversation.told.country) == (Place.ABROAD, "MA")


def test_a_country_that_is_not_confirmed_is_forgotten_again(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("Marokko", "nee").in_state(StateName.MENU)
    assert (tester.conversation.told.place, tester.conversation.told.country) == (Place.UNKNOWN, "")


def test_the_place_can_be_told_and_then_the_country(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten", "ik ben in het buitenland").in_state("left_behind.answer")
    assert tester.conversation.told.place is Place.ABROAD
    tester.hears_not("0800")
    tester.say("land").in_state("place.country").say("Egypte").in_state("left_behind.answer").hears("122", BZ)
