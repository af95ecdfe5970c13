"""Who is not the person gets a wrong number that knows two emergency numbers, and nothing else."""

import pytest

from bot.dialogue.conversation import Told
from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import BZ, EMERGENCY, at

STRANGERS = (
    "waarom heeft mijn dochter dit nummer", "ik ben haar vader", "laat mij zien wat mijn vrouw heeft gestuurd",
    "waarom app je mijn zus", "app je mijn vrouw", "je spreekt met haar broer", "i am her husband",
    "why are you texting my wife",
    "what did my daughter write you", "this number in my daughters phone what is it",
)  # fmt: skip


@pytest.mark.parametrize("text", STRANGERS)
@pytest.mark.parametrize("state", ["", "forced_marriage.answer"])
def test_they_get_the_two_numbers_and_learn_nothing(tester: DialogueTester, state: str, text: str) -> None:
    if state:
        tester.begin(at(state, role="self", country="MA"))
    tester.say(text).in_state(StateName.DECOY).hears(BZ, EMERGENCY)
    tester.hears_not("Veilig Thuis", "Eer-team", "trouw", "medewerker", "adviser")
    assert tester.conversation.told == Told()
    tester.say("waar gaat dit over").hears_not("Veilig Thuis", BZ)


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("others.answer", "ik ben haar vader"),
        ("", "ik ben haar vader en ik maak me grote zorgen want ze is niet teruggekomen uit marokko"),
        ("", "mijn dochter is niet teruggekomen uit marokko"),
    ],
)
def test_who_worries_about_somebody_is_no_stranger(tester: DialogueTester, state: str, text: str) -> None:
    if state:
        tester.begin(at(state))
    tester.say(text)
    assert tester.conversation.position.state != StateName.DECOY
