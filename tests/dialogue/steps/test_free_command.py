"""Commands in free words may be something else: nothing is lost by them, and the numbers go with them."""

import pytest

from bot.dialogue.engine import Engine
from bot.dialogue.events import DangerSeen, DecoyStarted, ErasureRequested, Stopped
from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester, with_understander
from tests.harness.fixed import NOW
from tests.harness.reading import Told
from tests.harness.talking import BZ, EMERGENCY, at

WORDS = "blorp vlim zwonk"
"""Words in which the real reader sees nothing."""


def asking(engine: Engine, command: str, **more: object) -> DialogueTester:
    """Somebody whose WORDS are taken for a command."""
    said = {"free_command": command, "topic": None, "command": None, "danger": "none", "wants_advisor": False} | more
    return DialogueTester(with_understander(engine, Told(engine.rules.understander, {WORDS: said})), NOW)


def test_erasing_is_asked_about_and_nothing_is_erased_by_it(engine: Engine) -> None:
    tester = asking(engine, "erase").begin(at(StateName.MENU)).say(WORDS).in_state(StateName.CONFIRM_ERASE)
    tester.hears(EMERGENCY)
    assert ErasureRequested not in {type(event) for event in tester.events}
    tester.say("nee").in_state(StateName.MENU)


def test_leaving_is_asked_about_too(engine: Engine) -> None:
    tester = asking(engine, "stop").begin(at(StateName.MENU)).say(WORDS).in_state(StateName.CONFIRM_STOP)
    assert Stopped not in {type(event) for event in tester.events}
    tester.say("ja, stop").hears("ik stuur niets meer").caused(Stopped)


def test_who_stays_is_where_they_were(engine: Engine) -> None:
    tester = asking(engine, "stop").begin(at("cost.answer", history=(StateName.MENU,))).say(WORDS)
    tester.say("nee").in_state("cost.answer")


@pytest.mark.parametrize(
    ("command", "state"), [("menu", StateName.MENU), ("card", "card.show"), ("back", StateName.MENU)]
)
def test_the_others_lead_where_their_words_do(engine: Engine, command: str, state: str) -> None:
    tester = asking(engine, command).begin(at("cost.answer", history=(StateName.MENU,)))
    tester.say(WORDS).in_state(state).hears(EMERGENCY)


def test_a_language_that_is_named_is_spoken_at_once(engine: Engine) -> None:
    tester = asking(engine, "language", switch_to="en").begin(at("questions.about")).say(WORDS)
    tester.in_state("questions.about")
    assert tester.conversation.locale == "en"


def test_somebody_is_looking_hides_at_once(engine: Engine) -> None:
    tester = asking(engine, "decoy").begin(at("documents_taken.answer")).say(WORDS).in_state(StateName.DECOY)
    tester.hears_not("Veilig Thuis", "medewerker", EMERGENCY).caused(DecoyStarted)


@pytest.mark.parametrize("danger", ["amber", "red"])
def test_what_may_be_danger_as_well_leaves_the_bare_numbers(engine: Engine, danger: str) -> None:
    tester = asking(engine, "decoy", danger=danger).begin(at(StateName.MENU)).say(WORDS).in_state(StateName.DECOY)
    tester.hears(BZ, EMERGENCY).hears_not("Veilig Thuis")
    assert (DangerSeen in {type(event) for event in tester.events}) == (danger == "red")


def test_a_long_message_hides_nothing(engine: Engine) -> None:
    text = f"{WORDS} " * 6
    said = {"free_command": "decoy", "topic": None, "command": None, "danger": "none"}
    tester = DialogueTester(with_understander(engine, Told(engine.rules.understander, {text: said})), NOW)
    tester.begin(at(StateName.MENU)).say(text)
    assert DecoyStarted not in {type(event) for event in tester.events}


def test_the_name_of_a_country_asks_for_no_language(engine: Engine) -> None:
    """Turkije resembles Turks."""
    reader = Told(engine.rules.understander, {"turkije": {"free_command": "language"}})
    tester = DialogueTester(with_understander(engine, reader), NOW)
    tester.begin(at("trip_planned.answer")).say("turkije").in_state(StateName.CONFIRM_COUNTRY)
