"""Faults in flows/utterances are named with file, place and line, all at once."""

from pathlib import Path

import pytest

from bot.content.faults import ContentError
from bot.content.tables.utterances import Line, Utterances, read_utterances
from bot.content.tables.voices import SaidLine

GOOD = 'topic = "cost"\n[nl]\ndraft = ["wat kost (het|dit)"]\ncontrast = ["contact: wat is jullie nummer"]\n'
LEVELS = '[red.nl]\ndraft = ["hij slaat me"]\n'
PERSON = '[nocall.nl]\nchecked = ["bel me niet"]\n'
COMMANDS = '[erase.nl]\ndraft = ["gooi alles weg"]\n[none.nl]\ndraft = ["niet wissen"]\n'
HARD = '[partner_violence.nl]\ndraft = ["zorg dat het stopt"]\n'
INDIRECT = '[red.nl]\ndraft = ["hij zoekt me"]\n'
LANGUAGES = '[tr]\ndraft = ["bugün hava güzel"]\n'


def read_files(folder: Path, **files: str) -> Utterances:
    whole = {"cost": GOOD, "danger_levels": LEVELS, "person": PERSON, "languages": LANGUAGES}
    whole |= {"commands": COMMANDS, "hard_lines": HARD, "danger_indirect": INDIRECT}
    for name, text in (whole | files).items():
        path = folder / "utterances" / f"{name.replace('__', '/')}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "vocabulary").mkdir()
    (folder / "vocabulary" / "nl.toml").write_text("", encoding="utf-8")
    return read_utterances(folder / "utterances")


def read(folder: Path, **files: str) -> list[Line]:
    found = read_files(folder, **files)
    more = [*found.commands, *found.hard, *found.danger, *found.indirect]
    return [*found.topics, *more, *found.person, *found.languages]


def test_lines_are_read_with_topic_language_and_alternatives(tmp_path: Path) -> None:
    assert read(tmp_path) == [
        Line("wat kost het", "cost", "nl"),
        Line("wat kost dit", "cost", "nl"),
        Line("wat is jullie nummer", "contact", "nl"),
        Line("gooi alles weg", "erase", "nl"),
        Line("niet wissen", "none", "nl"),
        Line("zorg dat het stopt", "partner_violence", "nl"),
        Line("hij slaat me", "red", "nl"),
        Line("hij zoekt me", "red", "nl"),
        Line("bel me niet", "nocall", "nl"),
        Line("bugün hava güzel", "", "tr"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "part"),
    [
        ("cost", "topic = ", "is not TOML"),
        ("cost", 'topic = "contact"', 'must be "cost"'),
        ("costs", 'topic = "costs"', "closed list"),
        ("cost", 'topic = "cost"\nnl = 3', "must be a table"),
        ("cost", 'topic = "cost"\n[nl]\ndrafts = []', '"drafts" is not a known field'),
        ("cost", 'topic = "cost"\n[nl]\ndraft = "x"', "must be a list of texts"),
        ("cost", 'topic = "cost"\n[nl]\ndraft = ["", "x"]', "must be a list of texts"),
        ("cost", 'topic = "cost"\n[nl]\ncontrast = ["wat is dit"]', "must begin with another topic"),
        ("cost", 'topic = "cost"\n[nl]\ncontrast = ["cost: wat is dit"]', "must begin with another topic"),
        ("contact", 'topic = "contact"\n[nl]\ndraft = ["Wat kost het?"]', "stands in contact too"),
        ("danger_levels", '[pink.nl]\ndraft = ["x"]', "is not one of red, amber, harmless"),
        ("danger_levels", "[red.nl]\ndraft = 3", "must be a list of texts"),
        ("danger_levels", '[red.nl]\ndraft = ["x"]\n[harmless.nl]\ndraft = ["X!"]', "stands in red too"),
        ("commands", '[advise.nl]\ndraft = ["x"]', "is not one of"),
        ("commands", '[menu.nl]\ndraft = ["Zorg dat het stopt!"]', "stands in"),
        ("hard_lines", '[red.nl]\ndraft = ["x"]', "is not one of"),
        ("danger_indirect", '[harmless.nl]\ndraft = ["hij slaat me"]', "stands in red too"),
        ("person", '[maybe.nl]\ndraft = ["x"]', "is not one of wants, nocall, no"),
        ("person", "wants = 3", "must be a table"),
        ("languages", "[tr]\ndraft = [3]", "must be a list of texts"),
        ("languages", "tr = [", "is not TOML"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, name: str, text: str, part: str) -> None:
    with pytest.raises(ContentError) as raised:
        read(tmp_path, **{name: text})
    assert any(part in fault.message for fault in raised.value.faults), raised.value
    assert all(fault.file.startswith("flows/utterances/") for fault in raised.value.faults)


def test_a_line_of_two_meanings_is_named_where_it_stands(tmp_path: Path) -> None:
    again = '[red.nl]\ndraft = ["x"]\n[harmless.nl]\ndraft = [\n    "hij rent",\n    "hij slaat (me|mij)",\n]\n'
    with pytest.raises(ContentError) as raised:
        read(tmp_path, danger_indirect=again)
    (fault,) = raised.value.faults
    assert (fault.file, fault.line) == ("flows/utterances/danger_indirect.toml", 6)


VOICES = """
note = "A girl of fourteen, and her mother."

[[said]]
language = "nl"
voice = "girl14"
topics = ["left_behind", "abroad_afraid"]
danger = "amber"
who = "self"
where = "abroad"
when = "past"
draft = [
    "ze zijn weg zonder mij",
    "hij zoekt me",
]

[[said]]
language = "mixed"
voice = "mother"
person = "no"
checked = ["mijn kind is daar, so far"]
"""


def test_lines_in_voices_carry_all_that_is_known_of_them(tmp_path: Path) -> None:
    said = read_files(tmp_path, voices__nl=VOICES.replace('"hij zoekt me",', "")).said
    assert said == (
        SaidLine(
            "ze zijn weg zonder mij", "nl", ("left_behind", "abroad_afraid"), "amber", "", "self", "abroad", "past"
        ),
        SaidLine("mijn kind is daar, so far", "mixed", person="no"),
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "part"),
    [
        ('danger = "amber"', 'danger = "pink"', 8, "must be one of red, amber, harmless"),
        ('topics = ["left_behind"', 'topics = ["left_home"', 7, "topics"),
        ('who = "self"', 'whom = "self"', 9, "is not a known field"),
        ('where = "abroad"', 'where = "away"', 10, "must be one of nl, under_way"),
        ('when = "past"', 'when = "once"', 11, "must be one of coming"),
        ('voice = "mother"', "", 17, '"voice" is missing'),
        ('language = "mixed"', 'language = "xx"', 18, "is no language with a vocabulary"),
        ('"ze zijn weg zonder mij"', '"?!"', 13, "has no word in it"),
        ('"ze zijn weg zonder mij"', '" "', 12, "must be a list of texts"),
        ("", "", 14, "stands elsewhere with other danger"),
        ("mijn kind is daar, so far", "Wat kost het?", 0, ""),
        ('["mijn kind is daar, so far"]', '["bel me niet"]', 21, "stands elsewhere with other person"),
        ("mijn kind is daar, so far", "Ze zijn weg, zonder mij", 0, ""),
        ('person = "no"', 'person = "no"\nwho = "other"\ndraft = ["ze zijn weg zonder mij!"]', 22, "with other who"),
    ],
)
def test_a_fault_in_voices_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int, part: str) -> None:
    """Line 0: no fault of its own."""
    with pytest.raises(ContentError) as raised:
        read_files(tmp_path, voices__nl=VOICES.replace(old, new, 1))
    found = {(fault.file, fault.line, fault.message) for fault in raised.value.faults}
    others = {each for each in found if "other danger" in each[2]}
    assert part or found == others
    assert not part or any(at == line and part in message for _file, at, message in found), found
    assert {file for file, _line, _message in found} == {"flows/utterances/voices/nl.toml"}
