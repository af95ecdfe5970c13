"""Commands in words that are not listed, by the meaning; and what only sounds like one."""

import pytest

from bot.content.building import build_reader
from bot.content.library import Library
from bot.nlu.embedding import Encoder
from bot.nlu.reader import Reader

HEARD = (
    ("smijt alles wat ik zei maar weg", "erase"),
    ("i want you to get rid of all i wrote", "erase"),
    ("bütün yazdıklarımı silin", "erase"),
    ("mijn schoonmoeder komt de kamer in", "decoy"),
    ("my stepdad just sat down next to me", "decoy"),
    ("amcam yanımda telefonuma bakıyor", "decoy"),
    ("mag ik alle nummers onder elkaar hebben", "card"),
    ("show me the list of choices again please", "menu"),
    ("ik drukte op het verkeerde cijfer, mag ik terug", "back"),
    ("stuur mij alsjeblieft geen berichten meer", "stop"),
    ("mag het verder in het turks", "language"),
)
ONLY_SOUND_SO = (
    "zorg dat het stopt",
    "kan ik mijn paspoort terug krijgen",
    "hoe wis ik een foto",
    "my mum came in and hit me",
    "er kijkt niemand mee",
    "niemand leest mee",
    "hij kijkt niet",
    "nobody is watching",
    "i am alone",
    "hij leest soms mee",
    "wat als hij mijn telefoon pakt",
    "ik ben bang dat hij meeleest",
    "hij komt volgende week terug uit marokko",
    "hij moet stoppen",
    "I can't stop crying",
    "please stop him",
    "mijn leraar engels",
    "english people hit me",
    "welke taal spreekt mijn oom",
    "he went back to the village",
    "mijn oom heeft mijn nummer verwijderd",
    "ik wil een mens spreken, geen menu",
)


@pytest.fixture(scope="module")
def reader(library: Library, encoder: Encoder | None) -> Reader:
    return build_reader(library, encoder)


@pytest.mark.model
@pytest.mark.parametrize(("text", "command"), HEARD)
def test_a_command_is_heard_in_other_words(reader: Reader, text: str, command: str) -> None:
    if reader.has_encoder:
        found = reader.understand(text, None)
        assert (found.command or found.free_command) == command


@pytest.mark.model
def test_a_language_that_a_sentence_asks_for_is_known(reader: Reader) -> None:
    if reader.has_encoder:
        assert reader.understand("mag het verder in het turks", "nl").switch_to == "tr"
        assert reader.understand("can we go on in turkish or arabic", "nl").switch_to is None


@pytest.mark.model
@pytest.mark.parametrize("text", ONLY_SOUND_SO)
def test_what_only_sounds_like_a_command_is_none(reader: Reader, text: str) -> None:
    assert reader.understand(text, "nl").free_command is None


def test_by_letters_alone_no_sentence_is_a_command(library: Library) -> None:
    letters = build_reader(library, None)
    assert {letters.understand(text, "nl").free_command for text, _command in HEARD} == {None}
