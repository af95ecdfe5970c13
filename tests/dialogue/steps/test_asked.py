"""A question in words gets its own answer, not the first of its topic."""

import pytest

from bot.dialogue.conversation import Place, Status
from bot.dialogue.states import StateName
from bot.nlu.normalise import normalise
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import BZ, EMERGENCY, at, shared


@pytest.mark.parametrize(
    ("shown", "text", "state"),
    [
        ("documents_taken.answer", "waarom willen ze die papieren dan", "how_it_happens.papers"),
        ("partner_violence.answer", "wordt dat erger", "partner_violence.after"),
        ("professional.training", "kost dat geld", "professional.training"),
        ("professional.answer", "kan ik anoniem blijven als het niet veilig is", "professional.exception"),
        ("left_behind.answer", "hoe lang duurt dat", "left_behind.return_help"),
        ("left_behind.answer", "is dat strafbaar", "law.answer"),
        ("under_18.answer", "moet ik mijn naam zeggen", "under_18.name"),
        ("contact.answer", "kunnen ze zien dat ik gebeld heb", "no_trace.calls"),
        ("contact.answer", "can they see that I called", "no_trace.calls"),
        ("reporting.answer", "en dan, wat gebeurt er daarna", "reporting.after"),
        ("about_bot.answer", "hoe lang bewaren jullie dit", "about_bot.kept"),
    ],
)
def test_in_the_topic_at_hand(tester: DialogueTester, shown: str, text: str, state: str) -> None:
    if state != shown:
        tester.begin(at(shown)).say(text).in_state(state)


def test_a_number_still_chooses_and_the_words_of_a_choice_do(tester: DialogueTester) -> None:
    tester.begin(at("why_families.answer")).say("2").in_state("why_families.marriage")
    tester.begin(at("why_families.answer")).say("over trouwen").in_state("why_families.marriage")


def test_more_than_the_words_of_a_choice_is_a_question(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("wat moet ik inpakken als ik op reis moet").in_state("prepare_trip.answer")


def test_before_a_word_on_the_subject_it_waits_for_the_opener(tester: DialogueTester) -> None:
    tester.say("hoe lang bewaren jullie mijn berichten").in_state(StateName.OPENER)
    tester.say("ja").in_state("about_bot.kept")


def test_a_yes_that_asks_something_besides_gets_that(tester: DialogueTester) -> None:
    tester.say("hoi", "ja, maar hoe lang bewaren jullie mijn berichten").in_state("about_bot.kept")


def test_who_tells_what_happened_asks_nothing(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("ze zijn zonder mij teruggevlogen")
    assert not tester.conversation.position.state.startswith("will_you_act.")


def test_who_asks_for_a_person_besides_gets_both(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("kan ik met een medewerker praten en wat kost dat bellen met jullie")
    assert tester.conversation.handling.status is Status.WAITING


def test_the_numbers_are_those_of_the_place(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU, place=Place.ABROAD)).say("wat kost bellen met jullie").hears_not("0800 2000")


def test_who_is_of_age_after_all_gets_other_numbers(tester: DialogueTester) -> None:
    tester.begin(at("under_18.answer")).say("foutje, ik ben 31").in_state("under_18.of_age").hears_not("0800 0432")
    tester.begin(at("under_18.answer", locale="en")).say("sorry, I am 24").in_state("under_18.of_age")


def test_what_is_told_besides_a_question_anybody_may_ask_is_answered_at_once(tester: DialogueTester) -> None:
    tester.say("mijn ouders hebben me achtergelaten in marokko, wat kost bellen")
    assert tester.conversation.position.state != StateName.OPENER


def test_a_story_that_is_surely_about_something_is_answered_by_that(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU))
    tester.say("mijn vader heeft mijn paspoort afgepakt en kan ik mailen of moet ik bellen want mijn paspoort is weg")
    assert tester.conversation.position.state.startswith("documents_taken.")


def test_where_something_is_asks_for_no_signs(tester: DialogueTester) -> None:
    tester.begin(at("what_is.answer")).say("waar kan ik slapen vannacht")
    assert not tester.conversation.position.state.startswith("signs.")


def test_before_the_opener_is_answered_a_second_question_gets_one_neutral_line(tester: DialogueTester) -> None:
    first = tester.say("wat kost bellen").in_state(StateName.OPENER).reply
    tester.say("ben ik anoniem").in_state(StateName.OPENER).hears(shared(tester, "opener_first"), EMERGENCY, BZ)
    assert tester.reply != first
    assert not [word for word in tester.engine.rules.subject if word in normalise(tester.reply)]
    tester.say("ja").in_state("anonymous.answer")


def test_a_story_told_while_waiting_is_answered_as_what_it_is_about(tester: DialogueTester) -> None:
    tester.say("mag ik iemand van jullie spreken", "het gaat over mijn paspoort dat is afgepakt")
    assert tester.conversation.position.state.startswith("documents_taken.")


def test_who_complains_of_hearing_the_same_is_not_asked_whether_they_want_to_leave(tester: DialogueTester) -> None:
    tester.say("they keep my papers", "stop sending me the same thing").in_state("follow.sorry")
