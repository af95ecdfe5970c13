"""Who writes, where they are and when it happens, by the meaning; and half a sentence is no command."""

import pytest

from bot.content.building import build_reader
from bot.content.library import Library
from bot.nlu.countries import foremost, placed
from bot.nlu.embedding import Encoder
from bot.nlu.reader import Reader, commands_asked, probable_red

WHO = (
    ("waarom schrijft mijn zoon met dit nummer, wie bent u", "stranger"),
    ("who are you and what do you want from my daughter", "stranger"),
    ("ik ben mentor op een middelbare school en een leerling komt niet terug uit marokko", "work"),
    ("as a gp i saw a patient who is afraid of her trip", "work"),
    ("mijn buurmeisje is al maanden weg en haar ouders zeggen niks", "other"),
)
WHERE = (
    ("ik zit al drie weken vast bij mijn opa in het dorp hier en de rest is terug", "abroad"),
    ("we rijden nu naar het vliegveld", "under_way"),
    ("mijn zus is in pakistan en mag niet terug", "others_place"),
)
CUT_OFF = (
    "er is iets met mijn", "mijn vader heeft", "ik wilde vragen of", "hij zei dat als", "my mother just",
    "she said that", "kan je", "ik moet", "ben şu an", "je voulais", "ik zit hier met", "there is something with my",
)  # fmt: skip


@pytest.fixture(scope="module")
def reader(library: Library, encoder: Encoder | None) -> Reader:
    return build_reader(library, encoder)


@pytest.mark.model
@pytest.mark.parametrize(("text", "who"), WHO)
def test_who_writes_is_heard(reader: Reader, text: str, who: str) -> None:
    assert not reader.has_encoder or reader.understand(text, None).who == who


@pytest.mark.model
@pytest.mark.parametrize(("text", "where"), WHERE)
def test_where_they_are_is_heard(reader: Reader, text: str, where: str) -> None:
    assert not reader.has_encoder or reader.understand(text, None).where == where


@pytest.mark.model
@pytest.mark.parametrize("text", CUT_OFF)
def test_half_a_sentence_hides_and_erases_nothing(reader: Reader, text: str) -> None:
    assert reader.understand(text, None).free_command is None


def test_letters_alone_tell_neither(library: Library) -> None:
    fast = build_reader(library, None)
    for text, _label in (*WHO, *WHERE):
        found = fast.understand(text, None)
        assert (found.who, found.where, found.when) == (None, None, None)


def test_who_names_one_side_of_the_border_only_is_not_on_the_other() -> None:
    known = {"nl": 0.5, "abroad": 0.4, "going": 0.1}
    assert placed(known, ["MA", "TR"]) == {"nl": 0.0, "abroad": 0.4, "going": 0.1}
    assert placed(known, ["NL"]) == {"nl": 0.5, "abroad": 0.0, "going": 0.1}
    assert placed(known, ["NL", "MA"]) == {"nl": 0.0, "abroad": 0.0, "going": 0.1}
    assert [foremost(each) for each in ([], ["NL"], ["NL", "MA"])] == [None, "NL", "MA"]


def found_as(red: float, **topics: float) -> dict[str, dict[str, float]]:
    rest = dict.fromkeys(("danger", "suicide", "leaving_now", "decoy"), 0.0)
    return {"danger": {"red": red}, "topic": rest | topics}


def test_red_needs_a_topic_of_danger_or_to_be_nearly_sure() -> None:
    assert probable_red(found_as(0.6, danger=0.2)) == 0.6
    assert probable_red(found_as(0.6, danger=0.04, suicide=0.07)) == 0.6
    assert probable_red(found_as(0.6, danger=0.04)) == 0.0
    assert probable_red(found_as(0.9)) == 0.9


def test_danger_tells_nothing_against_somebody_who_is_looking() -> None:
    assert commands_asked(found_as(0.6, danger=0.6, decoy=0.36))["decoy"] == pytest.approx(0.9)
    assert commands_asked(found_as(0.6, danger=1.0))["decoy"] == 0.0
    assert commands_asked(found_as(0.0, decoy=1.0))["decoy"] == 1.0
