"""What people say after an answer is answered from the topic at hand, and never with the whole answer again."""

import pytest

from bot.dialogue.conversation import Place, Status
from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import at

ANSWERS = ("documents_taken.answer", "left_behind.answer", "forced_marriage.answer", "trip_planned.answer")


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("en nu", "follow.next"), ("wat moet ik doen", "follow.next"), ("what should i do", "follow.next"),
        ("wat als niemand opneemt", "follow.fails"), ("what if nobody answers", "follow.fails"),
        ("wie is dat", "follow.who"), ("who are they", "follow.who"),
        ("kan het korter", "follow.short"), ("too long", "follow.short"),
        ("laat maar, ik ga slapen", "follow.bye"),
        ("weet ik niet", "follow.unsure"), ("stomme bot", "follow.sorry"), ("je begrijpt me niet", "follow.sorry"),
        ("praat met me", "follow.talk"), ("doei", "follow.bye"), ("bye", "follow.bye"),
        ("ok", "follow.ok"),
        ("oke duidelijk", "follow.ok"), ("ik ga erover nadenken", "follow.ok"),
        ("👍", "follow.ok"), ("nee", "follow.ok"),
        ("wat kost dat", "cost.answer"), ("welk nummer", "contact.answer"), ("ook s nachts", "opening_hours.answer"),
        ("en mijn zusje?", "bystander.answer"), ("dankjewel", StateName.THANKS),
    ],
)  # fmt: skip
@pytest.mark.parametrize("shown", ANSWERS)
def test_each_has_its_answer(tester: DialogueTester, shown: str, text: str, state: str) -> None:
    tester.begin(at(shown)).say(text).in_state(state)


@pytest.mark.parametrize("text", ["en nu", "wie is dat", "korter", "wat als dat niet lukt"])
def test_it_knows_where_they_are(tester: DialogueTester, text: str) -> None:
    tester.begin(at("left_behind.answer", place=Place.ABROAD, country="MA")).say(text)
    tester.hears_not("0800 2000", "veiligthuis@")
    tester.begin(at("left_behind.answer", place=Place.NETHERLANDS)).say(text).hears_not("345 43 19")


@pytest.mark.parametrize("first", ["ok", "dankje", "doei"])
def test_the_last_word_is_said_once(tester: DialogueTester, first: str) -> None:
    tester.begin(at("documents_taken.answer")).say(first)
    assert tester.reply
    tester.say("ok")
    assert tester.reply == ""
    assert tester.say("mijn telefoon ook").reply


def test_the_list_before_a_courtesy_still_counts(tester: DialogueTester) -> None:
    tester.begin(at("documents_taken.answer")).say("ok", "1").in_state("documents_taken.passport")


def test_again_is_the_last_answer_also_after_a_short_one(tester: DialogueTester) -> None:
    tester.begin(at("left_behind.answer")).say("korter", "nog een keer").in_state("left_behind.answer")


def test_explain_goes_deeper_into_the_topic(tester: DialogueTester) -> None:
    tester.begin(at("left_behind.answer")).say("leg uit").in_state("left_behind.return_help")
    tester.begin(at("documents_taken.answer")).say("snap ik niet").in_state("follow.explain")


def test_the_number_of_what_was_just_told(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("wat is het lkha", "en het nummer?").hears("345 43 19")


@pytest.mark.parametrize("text", ["ja graag", "yes please"])
def test_a_yes_to_the_advisor_offered_in_it(tester: DialogueTester, text: str) -> None:
    tester.begin(at("documents_taken.answer")).say("stomme bot", text)
    assert tester.conversation.handling.status is Status.WAITING


def test_before_it_is_safe_only_the_neutral_question_counts(tester: DialogueTester) -> None:
    tester.say("hoi", "wie is dat")
    assert not tester.conversation.position.state.startswith("follow.")


@pytest.mark.parametrize("text", ["heb geen beltegoed", "Graag gesprek met adviseur", "ناموێت بژیم", "نامەوێت بژیم"])
def test_what_is_about_more_is_no_courtesy(tester: DialogueTester, text: str) -> None:
    tester.begin(at("documents_taken.answer")).say(text)
    assert not tester.conversation.position.state.startswith("follow.")


@pytest.mark.parametrize("text", ["\N{PERSON WITH FOLDED HANDS}", "\N{HEAVY BLACK HEART}", "lief van je"])
def test_thanks_without_the_word_is_thanks(tester: DialogueTester, text: str) -> None:
    tester.begin(at("documents_taken.answer")).say(text).in_state(StateName.THANKS)


@pytest.mark.parametrize("text", ["dank, ik bespreek het met mijn collega", "thanks, I will talk about it at school"])
def test_thanks_with_a_plan_is_thanks(tester: DialogueTester, text: str) -> None:
    tester.begin(at("professional.answer", role="work")).say(text).in_state(StateName.THANKS)


@pytest.mark.parametrize("text", ["flikker op", "piss off", "işe yaramıyorsun", "tu ne comprends rien", "بلا فائدة"])
def test_anger_gets_an_apology_and_a_person(tester: DialogueTester, text: str) -> None:
    tester.begin(at("left_behind.answer")).say(text).in_state("follow.sorry")


@pytest.mark.parametrize(
    "text",
    ["oke dan bel ik morgen", "oke misschien bel ik", "ik ga ze morgen bellen", "All right, I will call tomorrow.",
     "ok i might call them later", "ja klopt", "doe maar", "yeah thats right"],
)  # fmt: skip
def test_a_plan_to_call_and_a_yes_to_what_was_told_ask_for_nobody(tester: DialogueTester, text: str) -> None:
    tester.say("ik ben achtergelaten", text).in_state(StateName.HEARD)
    assert tester.conversation.handling.status is Status.BOT


@pytest.mark.parametrize("text", ["ik ga slapen", "oke ik ga nu slapen", "moet nu naar de les doei", "laterr"])
def test_who_goes_gets_a_goodbye(tester: DialogueTester, text: str) -> None:
    tester.say("ik ben achtergelaten", text).in_state(StateName.GOODBYE)
