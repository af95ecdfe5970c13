"""One fault of each kind in each kind of file, all in one copy: every one is named, with its file and its line."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.content.faults import ContentError, Fault
from bot.content.library import read_library
from bot.content.tables.utterances import read_utterances
from tests.harness.fixed import NOW, ROOT

UNKNOWN, TYPE, VALUE, MISSING, REFERENCE = "unknown field", "type", "value", "missing", "reference"


@dataclass(frozen=True)
class Planted:
    """A fault: `old` becomes `new`, and then the line with `at` is said to be wrong."""

    kind: str
    file: str
    old: str
    new: str
    at: str
    where: str
    part: str


WHERE = "flows/whereabouts.toml"
REFERRALS, DESK, HOURS = "flows/referrals.toml", "flows/desk.toml", "flows/hours.toml"
CODES, WORDS, SUPPORTED = "flows/delivery_errors.toml", "flows/vocabulary/nl.toml", "locales/supported.toml"
ASKED = "flows/asked/nl.toml"
CARD, MENU, COST = "flows/card.toml", "flows/menu.toml", "flows/topics/cost.toml"
PLANTED = (
    Planted(UNKNOWN, CARD, "neutral = true", "neutraal = true", "neutraal", "state.show.neutraal", "known field"),
    Planted(TYPE, "flows/leave.toml", "neutral = true", 'neutral = "ja"', '"ja"', "neutral", "must be true or false"),
    Planted(VALUE, "flows/decoy.toml", 'does = "decoy"', 'does = "hide"', "hide", "state.on.does", "must be one of"),
    Planted(MISSING, "flows/erase.toml", "say = ", "note = ", "[state.", "say", '"say" is missing'),
    Planted(REFERENCE, MENU, 'next = "trip"', 'next = "trips"', 'id = "trip"', "choice trip", "does not exist"),
    Planted(UNKNOWN, COST, 'topic = "cost"', 'topic = "cost"\nmood = "x"', "mood", "mood", "known field"),
    Planted(TYPE, COST, "title = ", "title = 3 # ", "title", "title", "must be text"),
    Planted(VALUE, COST, 'priority = "P1"', 'priority = "P9"', "P9", "priority", "must be one of"),
    Planted(MISSING, "flows/topics/fier.toml", "title = ", "# title = ", "", "title", '"title" is missing'),
    Planted(UNKNOWN, "flows/shared.toml", "[footer]\n", "[footer]\nsize = 1\n", "size = 1", "footer.size", "known"),
    Planted(
        TYPE,
        "flows/shared.toml",
        '[no_call]\nsay = "',
        '[no_call]\nfacts = 4\nsay = "',
        "= 4",
        "facts",
        "must be a list",
    ),
    Planted(MISSING, "flows/shared.toml", "[long_wait]\nsay", "[long_wait]\nsaid", "[long_wait]", "say", "is missing"),
    Planted(UNKNOWN, "flows/facts.toml", "[F2]\n", "[F2]\nby = 1\n", "by = 1", "F2.by", "known field"),
    Planted(TYPE, "flows/facts.toml", "[F3]\ntext", "[F3]\nkind = 3\ntext", "kind = 3", "F3.kind", "must be text"),
    Planted(VALUE, "flows/facts.toml", 'status = "stated"', 'status = "rumour"', "rumour", "F1.status", "must be one"),
    Planted(MISSING, "flows/facts.toml", "[F5]\ntext", "[F5]\nkind", "[F5]", "F5.text", '"text" is missing'),
    Planted(UNKNOWN, REFERRALS, "[lkha]\n", "[lkha]\nfax = 1\n", "fax", "lkha.fax", "known field"),
    Planted(TYPE, REFERRALS, 'text = "112"', "text = 112", "text = 112", "emergency_nl.text", "must be text"),
    Planted(VALUE, REFERRALS, '["nl"]', '["mars"]', "mars", "reachable_from", "must be a list: one of"),
    Planted(MISSING, REFERRALS, "[bz]\ntext", "[bz]\ndial2", "[bz]", "bz.text", '"text" is missing'),
    Planted(
        UNKNOWN, ASKED, '["lkha.what"]\n', '["lkha.what"]\nthere = []\n', "there", "lkha.what.there", "known field"
    ),
    Planted(TYPE, ASKED, "complete = true", "complete = 3", "complete", "complete", "must be true or false"),
    Planted(REFERENCE, ASKED, '["lkha.answer"]', '["lkha.first"]', '["lkha.first"]', "lkha.first", "is no state"),
    Planted(VALUE, ASKED, 'here = ["fier"]', 'here = ["Fier"]', '["fier.answer"]', "fier.answer", "is not spelled"),
    Planted(TYPE, "flows/neutral.toml", "nl = [", 'xx = "x"\nnl = [', 'xx = "x"', "xx", "must be a list of words"),
    Planted(TYPE, "flows/code_words.toml", "nl = [", "xx = [1]\nnl = [", "xx = [1]", "xx", "must be a list of words"),
    Planted(UNKNOWN, "flows/countries.toml", "[AE]\n", "[AE]\nrivers = []\n", "rivers", "AE.rivers", "known field"),
    Planted(TYPE, "flows/countries.toml", "[AF]\n", "[AF]\ncities = 3\n[XX]\n", "cities = 3", "AF.cities", "list of"),
    Planted(VALUE, "flows/countries.toml", "[BE]\n", "[Belg]\n[BE]\n", "[Belg]", "Belg", "two letters"),
    Planted(UNKNOWN, WHERE, "[tr]\n", "[tr]\nmoon = []\n", "moon", "tr.moon", "known field"),
    Planted(TYPE, WHERE, "[ar]\nhere", "[ar]\nlives = 3\nhere", "lives = 3", "ar.lives", "list of"),
    Planted(VALUE, WHERE, "vivo|vivimos ~ en @", "vivo|vivimos ~ en", "vivo|vivimos ~ en", "es.lives", 'one "@"'),
    Planted(MISSING, WHERE, "[nl]\nhere", "[nl]\nthere", "[nl]", "nl.here", '"here" is missing'),
    Planted(UNKNOWN, HOURS, "[week]\n", "[week]\nmaandag = []\n", "maandag", "week.maandag", "known field"),
    Planted(TYPE, HOURS, 'tuesday = ["00:00-24:00"]', "tuesday = 3", "tuesday", "week.tuesday", "list of shifts"),
    Planted(MISSING, HOURS, 'sunday = ["00:00-24:00"]', "", "[week]", "week.sunday", "is missing"),
    Planted(UNKNOWN, CODES, "[20429]\n", "[20429]\nsays = 1\n", "says", "20429.says", "known field"),
    Planted(TYPE, CODES, "[20429]\n", '[1]\naction = "retry"\nsay = 3\n[20429]\n', "say = 3", "1.say", "must be text"),
    Planted(VALUE, CODES, 'action = "once_more"', 'action = "pray"', "pray", "action", "must be one of"),
    Planted(MISSING, CODES, "[21610]", "[21611999]", "", "21610", "is missing"),
    Planted(REFERENCE, CODES, "{code}", "{bz}", "[unknown]", "unknown", "no number that may be said"),
    Planted(UNKNOWN, DESK, "[quick.begin]\n", "[quick.begin]\nsize = 1\n", "size", "quick.begin.size", "known field"),
    Planted(
        TYPE, DESK, "[look]\norganisations = [", "[look]\norganisations = [4, ", "= [4", "organisations", "list of"
    ),
    Planted(
        MISSING, DESK, "[wrap_up.advice]\ntitle", "[wrap_up.advice]\nnote", "[wrap_up.advice]", "title", "is missing"
    ),
    Planted(UNKNOWN, WORDS, "[switch]\n", "[switch]\nwords2 = []\n", "words2", "switch.words2", "known field"),
    Planted(TYPE, WORDS, "[danger]\n", "[danger]\namber = 3\nred2 = []\n[xdanger]\n", "amber = 3", "amber", "list of"),
    Planted(VALUE, WORDS, "back = [", "backwards = [", "backwards", "commands.backwards", "is not one of"),
    Planted(VALUE, "flows/emergency_numbers.csv", "Andorra,yes,", "Andorra,maybe,", "maybe", "", "is not yes"),
    Planted(UNKNOWN, SUPPORTED, "[languages.nl]\n", "[languages.nl]\nmood = 1\n", "mood", "languages.nl.mood", "known"),
    Planted(
        TYPE, SUPPORTED, '[languages.en]\nstatus = "live"', "[languages.en]\nstatus = 3", "= 3", "status", "must be"
    ),
    Planted(MISSING, SUPPORTED, "source = ", "# source = ", "", "source", '"source" is missing'),
)

LINES = (
    Planted(UNKNOWN, "cost.toml", "[nl]\n", "[nl]\nlines = []\n", "lines = []", "nl.lines", "known field"),
    Planted(
        TYPE, "contact.toml", "[nl]\ndraft = [", "[nl]\nchecked = 3\ndraft = [", "= 3", "nl.checked", "list of texts"
    ),
    Planted(VALUE, "bystander.toml", "contrast = [", 'contrast = ["x", ', "contrast", "nl.contrast", "another topic"),
    Planted(MISSING, "law.toml", "topic = ", "# topic = ", "", "topic", "must be"),
    Planted(VALUE, "danger_levels.toml", "[red.nl]", "[pink.nl]\n[red.nl]", "[pink.nl]", "pink", "is not one of"),
    Planted(
        TYPE, "person.toml", "[wants.nl]\n", "[wants.nl]\nchecked = 3\n", "checked = 3", "wants.nl.checked", "list"
    ),
    Planted(UNKNOWN, "languages.toml", "[nl]\n", "[nl]\ncontrast = []\n", "contrast", "nl.contrast", "known field"),
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("flows", "locales"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("model.npz"))
    shutil.copy(ROOT / "flows/model/model.npz", tmp_path / "flows/model/model.npz")
    return tmp_path


def plant(folder: Path, planted: Planted) -> None:
    path = folder / planted.file
    text = path.read_text(encoding="utf-8")
    assert planted.old in text, planted
    path.write_text(text.replace(planted.old, planted.new, 1), encoding="utf-8")


def line_of(folder: Path, planted: Planted) -> int:
    """Where the fault must be said to be; 0 for what is nowhere in the file."""
    if not planted.at:
        return 0
    lines = (folder / planted.file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if planted.at in line)


def is_planted(fault: Fault, planted: Planted, prefix: str = "") -> bool:
    return fault.file == prefix + planted.file and planted.where in fault.where and planted.part in fault.message


def not_named(found: list[Fault], folder: Path, all_planted: tuple[Planted, ...], prefix: str = "") -> list[object]:
    missed: list[object] = []
    for planted in all_planted:
        lines = [fault.line for fault in found if is_planted(fault, planted, prefix)]
        if line_of(folder, planted) not in lines:
            missed.append((planted.file, planted.where, planted.part, line_of(folder, planted), lines))
    return missed


def test_every_fault_of_every_file_is_named_at_once_with_its_line(copy: Path) -> None:
    for planted in PLANTED:
        plant(copy, planted)
    with pytest.raises(ContentError) as caught:
        read_library(copy, NOW.date())
    missed = not_named(caught.value.faults, copy, PLANTED)
    assert missed == [], missed


def test_every_fault_of_the_utterances_is_named_at_once_with_its_line(copy: Path) -> None:
    folder = copy / "flows" / "utterances"
    for planted in LINES:
        plant(folder, planted)
    with pytest.raises(ContentError) as caught:
        read_utterances(folder)
    assert not_named(caught.value.faults, folder, LINES, "flows/utterances/") == []


def test_every_file_that_is_no_toml_is_named_with_the_line(copy: Path) -> None:
    files = sorted({planted.file for planted in PLANTED if planted.file.endswith(".toml")})
    for file in files:
        text = (copy / file).read_text(encoding="utf-8")
        (copy / file).write_text("\n\nbroken = \n" + text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        read_library(copy, NOW.date())
    at_line_three = {fault.file for fault in caught.value.faults if fault.line == 3}
    assert at_line_three == set(files)


@pytest.mark.parametrize("damage", ["missing", "no text"])
def test_no_fault_of_a_file_names_a_place_outside_the_repository(copy: Path, damage: str) -> None:
    """What one machine calls the folder helps nobody on another, and may tell who works there."""
    catalogs = [f"locales/en/LC_MESSAGES/{name}.po" for name in ("messages", "console")]
    others = [
        "flows/emergency_numbers.csv",
        CARD,
        "flows/facts.toml",
        "flows/model/model.npz",
        "flows/model/model.json",
    ]
    for file in (SUPPORTED, *catalogs, *others):
        path = copy / file
        whole = path.read_bytes()
        path.unlink()
        if damage == "no text":
            path.write_bytes(b"\xff\xfe\x00")
        with pytest.raises(ContentError) as caught:
            read_library(copy, NOW.date())
        path.write_bytes(whole)
        assert str(copy) not in str(caught.value)
        assert any(fault.file.startswith("flows") or fault.file == file for fault in caught.value.faults), file


def test_a_line_is_said_once(copy: Path) -> None:
    (planted,) = (each for each in PLANTED if each.file.endswith(".csv"))
    plant(copy, planted)
    with pytest.raises(ContentError) as caught:
        read_library(copy, NOW.date())
    assert str(caught.value).startswith(f'error: {planted.file}:3: show = "maybe" is not yes')


def test_the_table_has_each_kind_of_fault_for_each_kind_of_file() -> None:
    kinds = {(planted.file, planted.kind) for planted in PLANTED}
    assert {kind for _file, kind in kinds} == {UNKNOWN, TYPE, VALUE, MISSING, REFERENCE}
    for file in (COST, "flows/facts.toml", REFERRALS, CODES):
        assert {UNKNOWN, TYPE, VALUE} <= {kind for name, kind in kinds if name == file}, file
