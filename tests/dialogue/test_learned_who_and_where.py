"""Who writes and where they are, where no listed words say so: learned from whole messages, and believed with care."""

import pytest

from bot.dialogue.conversation import Place, Told
from bot.dialogue.engine import Engine
from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester, with_understander
from tests.harness.fixed import NOW
from tests.harness.reading import Told as Reads
from tests.harness.talking import BZ, EMERGENCY, at

WORDS = "blorp vlim zwonk kraal"
"""Words in which the real reader sees nothing."""


def reading(engine: Engine, text: str = WORDS, **said: object) -> DialogueTester:
    """Somebody whose message is read so."""
    plain = {"topic": None, "command": None, "free_command": None, "danger": "none", "wants_advisor": False}
    return DialogueTester(with_understander(engine, Reads(engine.rules.understander, {text: plain | said})), NOW)


@pytest.mark.parametrize(("who", "role"), [("other", "other"), ("work", "work"), ("self", ""), (None, "")])
def test_for_whom_somebody_writes_is_learned(engine: Engine, who: str | None, role: str) -> None:
    tester = reading(engine, who=who).begin(at(StateName.MENU)).say(WORDS)
    assert tester.conversation.told.role == role


def test_what_they_said_before_counts_more(engine: Engine) -> None:
    tester = reading(engine, who="work").begin(at(StateName.MENU, role="self")).say(WORDS)
    assert tester.conversation.told.role == "self"


def test_listed_words_count_more(engine: Engine) -> None:
    text = "ik vraag het voor een vriendin"
    tester = reading(engine, text, who="work").begin(at(StateName.MENU)).say(text)
    assert tester.conversation.told.role == "other"


def test_who_is_not_the_person_learns_nothing(engine: Engine) -> None:
    tester = reading(engine, who="stranger").begin(at("forced_marriage.answer", country="MA")).say(WORDS)
    tester.in_state(StateName.DECOY).hears(BZ, EMERGENCY)
    assert tester.conversation.told == Told()


@pytest.mark.parametrize(
    ("state", "told"),
    [("", {}), ("others.answer", {}), ("menu.main", {"role": "other"}), ("menu.main", {"role": "work"})],
)
def test_nobody_is_taken_for_a_stranger_who_may_be_the_person(
    engine: Engine, state: str, told: dict[str, object]
) -> None:
    """The first words of a conversation, and somebody who has said that they worry about another."""
    tester = reading(engine, who="stranger")
    if state:
        tester.begin(at(state, **told))
    tester.say(WORDS)
    assert tester.conversation.position.state != StateName.DECOY


def test_danger_goes_before_a_stranger(engine: Engine) -> None:
    tester = reading(engine, who="stranger", danger="red", topic="danger").begin(at(StateName.MENU)).say(WORDS)
    tester.in_state("danger.answer")


@pytest.mark.parametrize("where", ["abroad", "nl", "under_way", "none"])
def test_a_place_that_is_only_guessed_takes_no_number_away(engine: Engine, where: str) -> None:
    tester = reading(engine, where=where, danger="red", topic="danger").begin(at(StateName.MENU)).say(WORDS)
    assert tester.conversation.told.place is Place.UNKNOWN
    tester.hears(BZ, EMERGENCY)


def test_who_said_abroad_is_not_put_back_by_a_guess(engine: Engine) -> None:
    tester = reading(engine, where="nl").begin(at(StateName.MENU, place=Place.ABROAD, country="MA")).say(WORDS)
    assert (tester.conversation.told.place, tester.conversation.told.country) == (Place.ABROAD, "MA")


def test_whoever_is_probably_in_a_country_is_asked_whether_they_are(engine: Engine) -> None:
    tester = reading(engine, where="abroad", country="MA").begin(at(StateName.MENU)).say(WORDS)
    told = tester.conversation.told
    assert (told.place, told.country, told.mentioned_country) == (Place.UNKNOWN, "", "MA")


@pytest.mark.parametrize("where", ["others_place", "going", "none", "under_way", "nl"])
def test_a_country_that_is_not_where_they_are_is_not_asked_back(engine: Engine, where: str) -> None:
    tester = reading(engine, where=where, country="MA").begin(at(StateName.MENU)).say(WORDS)
    assert tester.conversation.told.mentioned_country == ""
    tester.hears_not("Marokko")


def test_a_name_alone_is_asked_back_whatever_it_is_taken_for(engine: Engine) -> None:
    tester = reading(engine, "marokko", where="none", country="MA").begin(at(StateName.MENU)).say("marokko")
    tester.in_state(StateName.CONFIRM_COUNTRY)


def test_i_am_in_in_so_many_words_counts_more(engine: Engine) -> None:
    text = "ik zit in marokko bij mijn oom"
    tester = reading(engine, text, where="others_place", country="MA").begin(at(StateName.MENU)).say(text)
    assert (tester.conversation.told.place, tester.conversation.told.country) == (Place.ABROAD, "MA")
