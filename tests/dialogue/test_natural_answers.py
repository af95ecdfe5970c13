"""Every question the bot asks is answered in the words people use: found in the content, in each live language."""

from collections.abc import Iterator

import pytest

from bot.dialogue.conversation import Conversation, Place, Status
from bot.dialogue.engine import Engine
from bot.dialogue.flow import Choice
from bot.dialogue.localized_content import LocalizedContent
from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester
from tests.harness.fixed import NOW
from tests.harness.talking import at

SAID = {
    ("nl", "yes"): (
        "ja", "Ja!", "jaaa", "ja dat kan", "ja hoor dat kan nu", "zeker", "tuurlijk", "ja graag", "jep", "yes",
        "klopt ja", "eh ja", "ja zeker weten", "jawel hoor", "uiteraard", "ja natuurlijk",
    ),
    ("nl", "no"): (
        "nee", "Nee.", "nee niet echt", "nu even niet", "nee liever niet", "nope", "nou nee", "niet echt eigenlijk",
        "ja nee", "zeker niet", "nee dat wil ik niet", "toch maar niet", "nee sorry", "echt niet",
    ),
    ("en", "yes"): (
        "yes", "Yes!", "yep i can", "yeah sure", "of course", "sure", "yes please", "definitely", "yes i do", "yup",
        "ok yes",
        "certainly", "yea",
    ),
    ("en", "no"): (
        "no", "No.", "nope", "not really", "nah", "not right now", "no not now", "rather not", "no thank you",
        "dont think so",
    ),
}  # fmt: skip


def questions(content: LocalizedContent, remark: str) -> Iterator[tuple[Conversation, Choice]]:
    """Every state with a choice that the remark means, as somebody sees it who is asked there."""
    for name, state in content.states.items():
        for start in (
            at(name, locale=content.locale, mentioned_country="TR", history=("cost.answer",)),
            at(name, locale=content.locale, place=Place.ABROAD, mentioned_country="TR", history=("cost.answer",)),
        ):
            choice = next((each for each in state.visible(start) if remark in each.means), None)
            if choice is not None:
                yield start, choice


def reached(engine: Engine, start: Conversation, text: str) -> tuple[str, Place, Status]:
    after = DialogueTester(engine, NOW).begin(start).say(text).conversation
    return after.position.state, after.told.place, after.handling.status


@pytest.mark.parametrize(("locale", "remark"), SAID)
def test_every_yes_and_no_is_the_number_of_its_choice(engine: Engine, locale: str, remark: str) -> None:
    wrong: list[tuple[str, str]] = []
    asked: set[str] = set()
    for start, choice in questions(engine.contents[locale], remark):
        shown = engine.contents[locale].states[start.position.state].visible(start)
        number = str(shown.index(choice) + 1)
        asked.add(start.position.state)
        expected = reached(engine, start, number)
        for text in (
            *SAID[locale, remark],
            f"{number} {SAID[locale, remark][0]}",
            f"{number}. {SAID[locale, remark][0]}",
        ):
            if reached(engine, start, text) != expected:
                wrong.append((start.position.state, text))
    assert wrong == []
    assert {StateName.OPENER, StateName.CONFIRM_ERASE, StateName.CONFIRM_COUNTRY, "suicide.answer"} <= asked


def test_every_state_that_asks_has_natural_answers_or_choices_to_name(engine: Engine) -> None:
    """A question whose answers could only be numbers would fail who answers it."""
    closed = {"ja", "nee", "yes", "no"}
    for content in engine.contents.values():
        for name, state in content.states.items():
            for choice in state.choices:
                if choice.label.partition(",")[0].lower() in closed:
                    assert choice.means, f"{name} {choice.id} is a yes or no without `means`"


@pytest.mark.parametrize(
    ("locale", "texts"), [("nl", ("ja graag", "ja dat wil ik wel", "graag")), ("en", ("yes please", "yes i would"))]
)
def test_a_yes_to_the_offer_of_an_advisor_asks_for_one_everywhere(
    engine: Engine, locale: str, texts: tuple[str, ...]
) -> None:
    wrong = []
    for name, state in engine.contents[locale].states.items():
        start = at(name, locale=locale)
        answered = any("yes" in choice.means for choice in state.visible(start))
        if state.offers and not answered:
            wrong += [(name, text) for text in texts if reached(engine, start, text)[0] != StateName.HANDOFF]
    assert wrong == []


@pytest.mark.parametrize(
    "text", ["👍", "👍🏽", "👌", "✅", "ok", "ben alleen thuis", "niemand leest mee", "het is veilig"]
)
def test_a_sign_or_being_alone_says_that_typing_is_safe(tester: DialogueTester, text: str) -> None:
    tester.say("hoi", text).in_state(StateName.MENU)


@pytest.mark.parametrize("text", ["👎", "weet ik niet", "hij is thuis", "nog niet", "niet veilig"])
def test_not_knowing_is_not_safe(tester: DialogueTester, text: str) -> None:
    tester.say("hoi", text).in_state("start.later")


@pytest.mark.parametrize("text", ["1 nee", "2 ja", "3 ja"])
def test_a_number_and_a_word_that_disagree_choose_by_the_word(tester: DialogueTester, text: str) -> None:
    tester.say("hoi", text).in_state(StateName.MENU if text.endswith("ja") else "start.later")


@pytest.mark.parametrize(
    ("state", "text", "target"),
    [
        (StateName.MENU, "op vakantie", "trip.answer"),
        (StateName.MENU, "2 reis", "trip.answer"),
        (StateName.MENU, "2 ik moet op reis", "trip.answer"),
        (StateName.ABROAD, "mijn papieren", "documents_taken.answer"),
        ("others.answer", "geen idee", "someone_abroad.answer"),
        ("others.answer", "dat weet ik niet", "someone_abroad.answer"),
    ],
)
def test_part_of_a_label_or_number_and_label_choose_it(
    tester: DialogueTester, state: str, text: str, target: str
) -> None:
    tester.begin(at(state)).say(text).in_state(target)


@pytest.mark.parametrize("text", ["3 dagen geleden is hij weg", "1 keer heeft hij mijn paspoort gehad"])
def test_a_sentence_that_begins_with_a_number_chooses_nothing_by_it(tester: DialogueTester, text: str) -> None:
    start = tester.begin(at(StateName.MENU)).say(text).conversation.position.state
    assert start not in ("leaving_now.answer", StateName.ABROAD)


def test_what_a_yes_says_besides_counts_as_well(tester: DialogueTester) -> None:
    tester.say("hoi", "ja, mijn paspoort is afgepakt").in_state("documents_taken.answer")
    assert tester.conversation.told.safe


def test_a_place_told_with_the_yes_is_kept(tester: DialogueTester) -> None:
    tester.say("hoi", "ja hoor, ik ben in het buitenland").in_state(StateName.ABROAD)
    assert tester.conversation.told.place is Place.ABROAD


def test_danger_in_a_no_comes_first(tester: DialogueTester) -> None:
    tester.say("hoi", "nee hij slaat me").in_state("danger.answer")
