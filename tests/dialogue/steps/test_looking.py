"""Somebody is looking: hidden at once. Speaking of it hides nothing."""

import pytest

from bot.advisors.board import Advisor
from bot.dialogue.events import DangerSeen
from bot.dialogue.states import StateName
from tests.harness.dialogue import CONTACT, DialogueTester
from tests.harness.talking import BZ, EMERGENCY, at


@pytest.mark.parametrize(
    "text",
    [
        "hij kijkt mee", "nee hij kijkt", "hij zit naast me", "shit me pa staat achter me",
        "mijn vader komt eraan",
        "ze komt binnen", "mama is net thuis", "hij pakt mijn telefoon", "over mijn schouder kijkt hij",
        "hij leest dit",
        "mum just walked in", "hes looking at my phone", "she is standing next to me", "my brother is coming",
    ],
)  # fmt: skip
@pytest.mark.parametrize("state", [StateName.OPENER, StateName.MENU, "documents_taken.answer", "suicide.answer"])
def test_it_hides_at_once(tester: DialogueTester, state: str, text: str) -> None:
    tester.begin(at(state)).say(text).in_state(StateName.DECOY).hears_not("Veilig Thuis", "medewerker")


@pytest.mark.parametrize(
    "text",
    [
        "hij leest soms mee", "wat als hij mijn telefoon pakt", "kan mijn broer dit meelezen", "er kijkt niemand mee",
        "hij kijkt niet", "ik ben bang dat hij meeleest", "hij komt volgende week terug uit marokko",
        "what if he is watching",
        "nobody is watching", "morgen komt mijn oom naar nederland en dan moet ik mee",
    ],
)  # fmt: skip
def test_speaking_of_it_hides_nothing(tester: DialogueTester, text: str) -> None:
    tester.begin(at(StateName.MENU)).say(text)
    assert tester.conversation.position.state != StateName.DECOY


def test_in_danger_who_comes_is_the_danger_and_who_looks_is_hidden_from(tester: DialogueTester) -> None:
    tester.say("hij slaat me", "hij komt eraan").hears(BZ, EMERGENCY)
    assert tester.conversation.position.state.startswith("danger.")
    tester.say("hij kijkt").in_state(StateName.DECOY)


def test_danger_that_is_told_with_it_leaves_the_bare_numbers(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("hij kijkt mee en heeft een mes").in_state(StateName.DECOY)
    tester.hears(BZ, EMERGENCY)
    tester.begin(at(StateName.MENU)).say("hij kijkt mee en slaat me").in_state(StateName.DECOY)
    tester.hears(BZ, EMERGENCY).caused(DangerSeen)


def test_a_label_that_speaks_of_it_is_still_chosen(tester: DialogueTester) -> None:
    tester.begin(at("no_trace.answer")).say("iemand kijkt mee")
    tester.in_state("no_trace.secret_words")


def test_with_an_advisor_too(tester: DialogueTester) -> None:
    tester.say("medewerker")
    tester.desk.claim(Advisor("ada"), CONTACT, "a")
    tester.say("mijn vader komt eraan").in_state(StateName.DECOY)
