"""For whom somebody writes: read from their words, remembered, corrected."""

import pytest

from tests.harness.dialogue import DialogueTester


@pytest.mark.parametrize(
    ("texts", "role"),
    [
        (("ik ben haar docent en ze is niet terug",), "work"),
        (("hallo ik werk op een school",), "work"),
        (("im a social worker",), "work"),
        (("ik werk op een basisschool, groep 8. een meisje vertelde dat ze na de zomer niet meer terugkomt",), "work"),
        (("me neef moet trouwen en hij wil niet",), "other"),
        (("my cousin is being sent away",), "other"),
        (("mijn broer wil dat ik mee ga",), ""),
        (("ik ben mentor op een school en maak me zorgen om een leerling",), "work"),
        (("ik vraag het voor een vriendin",), "other"),
        (("its for my best friend",), "other"),
        (("ik vraag het voor een vriendin", "nee sorry het gaat over mij"), "self"),
        (("mijn paspoort is afgepakt",), ""),
    ],
)
def test_the_role_is_what_they_said_last(tester: DialogueTester, texts: tuple[str, ...], role: str) -> None:
    tester.say(*texts)
    assert tester.conversation.told.role == role


def test_a_professional_is_told_that_they_cannot_stay_anonymous(tester: DialogueTester) -> None:
    tester.say("ik ben haar docent", "kan ik anoniem blijven").in_state("professional.anonymous")
