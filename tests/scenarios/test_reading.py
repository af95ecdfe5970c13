"""What stands in tests/conversations is read, and every fault in it has its file and line."""

from pathlib import Path

import pytest

from bot.content.inspection import scenario_faults
from bot.content.library import Library
from bot.content.tables.scenarios import FOLDER, KINDS, read_scenarios
from tests.harness.fixed import ROOT

SOUND = """\
# A comment.
[[conversation]]
name = "One"
turn = [
    { says = "hoi", shows = "start.opener | menu", numbers = ["bz", "veilig_thuis | emergency_nl"] },
    { says = "", media = ["image/jpeg"], after = 3 },
]

[[conversation]]
name = "Two"
channel = "whatsapp"

[[conversation.turn]]
says = "ja"
silent = true
"""


def read(folder: Path, library: Library, text: str, name: str = "answers.nl.toml") -> list[str]:
    """What `check` says of a file."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    (folder / FOLDER / name).write_text(text, encoding="utf-8")
    return [str(fault) for fault in scenario_faults(library, folder)]


def test_a_sound_file_has_no_fault(tmp_path: Path, library: Library) -> None:
    assert read(tmp_path, library, SOUND) == []
    found, _faults = read_scenarios(tmp_path, library.content, library.languages.live)
    assert [(each.kind, each.language, each.line, each.lines) for each in found] == [
        ("answers", "nl", 2, (5, 6)),
        ("answers", "nl", 9, (14,)),
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "part"),
    [
        ("start.opener", "start.nowhere", 5, 'One: shows: "start.nowhere" is nothing that can stand here'),
        ('"bz"', '"bzz"', 5, 'One: numbers: "bzz" is nothing'),
        ('shows = "start', 'showed = "start', 5, 'One: showed: "showed" is not a known field'),
        ("after = 3", 'after = "soon"', 6, "seconds, a year at most"),
        (
            'name = "Two"',
            'name = "One"',
            9,
            "One: is the name of another one, at tests/conversations/answers.nl.toml:2",
        ),
        ('channel = "whatsapp"', 'channel = "pigeon"', 9, "Two: channel"),
        ("silent = true", "after = 5", 9, "Two: turn: no turn says what must come of it"),
        ('says = "ja"', 'place = "moon"', 9, 'Two: says: "says" is missing'),
        ('name = "Two"', "", 9, '"name" is missing'),
        ("silent = true", 'place = "moon"', 14, '"moon" is nothing that can stand here'),
    ],
)
def test_a_fault_has_the_line_of_its_turn(
    tmp_path: Path, library: Library, old: str, new: str, line: int, part: str
) -> None:
    assert old in SOUND
    found = read(tmp_path, library, SOUND.replace(old, new))
    assert any(fault.startswith(f"error: tests/conversations/answers.nl.toml:{line}: ") for fault in found), found
    assert any(part in fault for fault in found), found


@pytest.mark.parametrize("name", ["strange.nl.toml", "answers.xx.toml", "answers.toml"])
def test_the_name_of_the_file_says_kind_and_language(tmp_path: Path, library: Library, name: str) -> None:
    (fault,) = read(tmp_path, library, SOUND, name)
    assert f"tests/conversations/{name}: must be called <kind>.<language>.toml" in fault


@pytest.mark.parametrize(
    "text", ["[[conversation", "", 'conversation = "no"', 'more = 1\n[[conversation]]\nname = "x"']
)
def test_what_is_no_file_of_conversations_is_said(tmp_path: Path, library: Library, text: str) -> None:
    assert read(tmp_path, library, text) != []


def test_every_kind_is_there_in_the_languages_of_the_console_and_twenty_are_in_every_live_one(library: Library) -> None:
    found, faults = read_scenarios(ROOT, library.content, library.languages.live)
    assert faults == []
    for language in library.languages.live:
        own = [each.kind for each in found if each.language == language]
        assert len(own) >= 20
        assert language not in library.languages.console or set(own) == set(KINDS)
