""" "I am in X", in so many words, decides place and country, and is said back; nothing else does."""

import pytest

from bot.dialogue.conversation import Place
from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import BZ, EMERGENCY, at

SAID = (
    ("ik zit in marokko", "MA"), ("ik ben 15 en zit in turkije", "TR"), ("ik ben echt al weer in somalie", "SO"),
    ("ik ben nog steeds met mijn kinderen in egypte", "EG"), ("sorry, were still here in lahore", "PK"),
    ("ik ben nu in turkije dus", "TR"),
    ("ja ik zit vast in somalie", "SO"),
    ("we zijn net geland in cairo", "EG"), ("klopt, ik ben nu in marokko", "MA"),
    ("we zitten in agadir bij oma", "MA"),
    ("ik zit bij mijn zwager in al hoceima", "MA"), ("im in iraq with my aunt", "IQ"),
    ("we just landed in lahore", "PK"),
    ("ive been in lahore since june", "PK"),
    ("انا الان في العراق", "IQ"), ("عمري 15 سنة وانا في المغرب ولا استطيع الرجوع", "MA"), ("je suis au maroc", "MA"),
)  # fmt: skip
NOT_SAID = (
    "marokko", "mijn zus zit in jemen", "ik ben in marokko geboren", "ik ben geboren in casablanca",
    "ik wil naar marokko", "ik ben bang in marokko te blijven", "ik ben morgen in marokko",
    "volgende week ben ik in turkije", "ik kom uit somalie", "ik ben niet in marokko", "als ik in irak ben",
    "im from egypt",
    "my sister is in pakistan", "i was born in iraq",
)  # fmt: skip


@pytest.mark.parametrize(("text", "country"), SAID)
@pytest.mark.parametrize("state", [StateName.MENU, "documents_taken.answer", "handoff.waiting"])
def test_it_decides_and_the_numbers_that_work_there_come_first(
    tester: DialogueTester, state: str, text: str, country: str
) -> None:
    tester.begin(at(state)).say(text).hears(BZ)
    assert (tester.conversation.told.place, tester.conversation.told.country) == (Place.ABROAD, country)
    name = tester.engine.content(tester.conversation.locale).countries[country]
    tester.hears(name)
    first = next(line for line in tester.reply.split("\n") if line in (BZ, EMERGENCY, "0800 2000", "0800 0432"))
    assert first == BZ


@pytest.mark.parametrize("text", NOT_SAID)
def test_other_words_about_a_country_decide_nothing(tester: DialogueTester, text: str) -> None:
    tester.begin(at(StateName.MENU)).say(text)
    assert (tester.conversation.told.place, tester.conversation.told.country) == (Place.UNKNOWN, "")


@pytest.mark.parametrize(
    ("text", "place", "country"),
    [
        ("nee ik bedoel spanje", Place.ABROAD, "ES"),
        ("sorry ik ben in tunesie", Place.ABROAD, "TN"),
        ("ik ben toch in nederland", Place.NETHERLANDS, ""),
        ("i mean algeria", Place.ABROAD, "DZ"),
        ("im back in the netherlands", Place.NETHERLANDS, ""),
    ],
)
def test_a_correction_corrects(tester: DialogueTester, text: str, place: Place, country: str) -> None:
    tester.begin(at("documents_taken.answer", place=Place.ABROAD, country="MA")).say(text)
    assert (tester.conversation.told.place, tester.conversation.told.country) == (place, country)


def test_no_there_but_here(tester: DialogueTester) -> None:
    tester.begin(at(StateName.CONFIRM_COUNTRY, mentioned_country="MA", history=(StateName.MENU,)))
    tester.say("nee in melilla, dat is spanje")
    assert (tester.conversation.told.place, tester.conversation.told.country) == (Place.ABROAD, "ES")
    tester.hears("Spanje")


def test_it_is_not_said_back_before_typing_is_safe(tester: DialogueTester) -> None:
    tester.say("hoi", "ik ben in marokko")
    if tester.conversation.position.state == StateName.OPENER:
        tester.hears_not("Marokko")


def test_who_is_seventeen_and_abroad_gets_the_number_that_works_there(tester: DialogueTester) -> None:
    tester.say("ik ben 17 en ik zit in irak").hears(BZ).hears_not("0800 0432")


def test_in_a_crisis_the_place_brings_its_numbers(tester: DialogueTester) -> None:
    tester.say("hij slaat me", "ik zit in nador").in_state("danger.answer").hears(BZ)
    assert tester.conversation.told.country == "MA"
