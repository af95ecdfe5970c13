"""Faults in flows/utterances are named with file and place, all at once."""

from pathlib import Path

import pytest

from bot.content.faults import ContentError
from bot.content.tables.utterances import Line, read_utterances

GOOD = 'topic = "cost"\n[nl]\ndraft = ["wat kost (het|dit)"]\ncontrast = ["contact: wat is jullie nummer"]\n'
LEVELS = '[red.nl]\ndraft = ["hij slaat me"]\n'
PERSON = '[nocall.nl]\nchecked = ["bel me niet"]\n'
COMMANDS = '[erase.nl]\ndraft = ["gooi alles weg"]\n[none.nl]\ndraft = ["niet wissen"]\n'
HARD = '[partner_violence.nl]\ndraft = ["zorg dat het stopt"]\n'
INDIRECT = '[red.nl]\ndraft = ["hij zoekt me"]\n'
LANGUAGES = '[tr]\ndraft = ["bugün hava güzel"]\n'


def read(folder: Path, **files: str) -> list[Line]:
    whole = {"cost": GOOD, "danger_levels": LEVELS, "person": PERSON, "languages": LANGUAGES}
    whole |= {"commands": COMMANDS, "hard_lines": HARD, "danger_indirect": INDIRECT}
    for name, text in (whole | files).items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    found = read_utterances(folder)
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
