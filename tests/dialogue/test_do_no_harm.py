"""Who worries about somebody else, or asks for their work, is told to ask advice before talking to the family; who has
a trip ahead, to do only what is safe (features-and-traps 3, rows 12 and 13)."""

import pytest

from bot.dialogue.conversation import Place
from bot.dialogue.engine import Engine
from bot.dialogue.turn import Say
from bot.rendering.texts import render
from tests.harness.conversations import a_conversation
from tests.harness.dialogue import DialogueTester

FIRST = {
    "nl": "Overleg eerst, voor je met de familie praat.",
    "en": "Ask for advice before you talk to the family.",
}
SAFE = {"nl": "Doe alleen wat veilig is.", "en": "Only do what is safe."}
OTHERS = ("others.answer", "bystander.answer", "someone_abroad.answer", "professional.answer")
BEFORE = ("trip.answer", "prepare_trip.answer")


@pytest.mark.parametrize("place", list(Place))
@pytest.mark.parametrize("locale", ["nl", "en"])
def test_each_branch_begins_with_its_line_once(engine: Engine, locale: str, place: Place) -> None:
    conversation = a_conversation(locale=locale, place=place)
    for states, line in ((OTHERS, FIRST), (BEFORE, SAFE)):
        for state in states:
            text = render(Say(state=state), conversation, engine.contents[locale])
            assert text.count(line[locale]) == 1, (state, text)


@pytest.mark.parametrize(
    "text",
    [
        "mijn vriendin zit vast in marokko bij haar familie",
        "ik maak me zorgen om mijn buurmeisje",
        "een leerling van mij is niet teruggekomen van vakantie",
        "ik ben docent en vraag dit voor mijn werk",
    ],
)
def test_in_their_own_words_they_come_to_it(tester: DialogueTester, text: str) -> None:
    assert FIRST["nl"] in tester.say("hoi", "ja", text).reply


@pytest.mark.parametrize("text", ["wat kan ik doen voordat ik op reis ga", "wat moet ik meenemen op reis"])
def test_before_a_trip_they_come_to_it(tester: DialogueTester, text: str) -> None:
    assert SAFE["nl"] in tester.say("hoi", "ja", text).reply
