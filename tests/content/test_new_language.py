"""A new language is laid out whole; the content stays sound, and what it lacks is named until it is there."""

import shutil
from pathlib import Path

import pytest

from bot.content.faults import Severity
from bot.content.inspection import inspect
from bot.content.inspection.progress import missing
from bot.content.library import read_library
from bot.content.translation.new_language import LanguageRefused, lay_out
from tests.harness.fixed import NOW, ROOT

TODAY = NOW.date()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("flows", "locales"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def lacks(root: Path, code: str) -> list[str]:
    return missing(read_library(root, TODAY), root, code)


def test_everything_is_laid_out_and_nothing_is_broken(copy: Path) -> None:
    written = lay_out(copy, "am")  # Amharic: in none of the files so far
    assert {
        "flows/vocabulary/am.toml",
        "flows/neutral.toml",
        "locales/supported.toml",
        "locales/am/LC_MESSAGES/messages.po",
    } <= set(written)
    library = read_library(copy, TODAY)
    assert library.content.vocabularies["am"].scripts == ("Ethi",)
    assert not library.languages.all["am"].live
    assert library.languages.closest["am"] == library.languages.source
    errors = [fault for fault in inspect(library, copy) if fault.severity is Severity.ERROR]
    assert [fault for fault in errors if "console.po" not in fault.file] == []  # the pages are not in this copy


def test_what_is_missing_is_named_with_its_file(copy: Path) -> None:
    lay_out(copy, "am")
    found = lacks(copy, "am")
    for part in (
        "flows/vocabulary/am.toml: commands.advisor has no words",
        "flows/vocabulary/am.toml: danger.red has no words",
        "flows/neutral.toml: am has no words",
        "flows/utterances/danger_levels.toml: no lines for red, amber, harmless",
        "flows/utterances/languages.toml: no lines",
        "locales/supported.toml: reviewer is empty",
    ):
        assert any(line.startswith(part) for line in found), part
    assert any("topics: danger, left_behind" in line for line in found)
    assert any("does not know the language" in line for line in found)
    assert any(line.startswith("locales/am/LC_MESSAGES/messages.po: 1") for line in found)


def test_a_second_time_nothing_is_written_and_what_was_filled_in_is_no_longer_named(copy: Path) -> None:
    lay_out(copy, "am")
    before = lacks(copy, "am")
    path = copy / "flows/vocabulary/am.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("advisor = []", 'advisor = ["ሰው"]'), encoding="utf-8")
    files = {each: each.read_bytes() for each in copy.rglob("*") if each.is_file()}
    assert lay_out(copy, "am") == []
    assert {each: each.read_bytes() for each in files} == files
    assert set(before) - set(lacks(copy, "am")) == {"flows/vocabulary/am.toml: commands.advisor has no words"}


def test_a_language_that_has_words_already_gets_only_what_it_lacks(copy: Path) -> None:
    before = (copy / "flows/vocabulary/tr.toml").read_bytes()
    written = lay_out(copy, "tr")
    assert "flows/vocabulary/tr.toml" not in written
    assert (copy / "flows/vocabulary/tr.toml").read_bytes() == before
    assert not any("flows/vocabulary" in line for line in lacks(copy, "tr"))


def test_a_language_that_unicode_calls_otherwise(copy: Path) -> None:
    with pytest.raises(LanguageRefused, match="--unicode"):
        lay_out(copy, "xx")
    lay_out(copy, "xx", "ku")
    assert read_library(copy, TODAY).content.vocabularies["xx"].unicode == "ku"


@pytest.mark.parametrize("code", ["", "Polish", "pl_PL", "../pl", "p"])
def test_what_is_no_code_is_refused_and_nothing_is_written(copy: Path, code: str) -> None:
    files = {each for each in copy.rglob("*") if each.is_file()}
    with pytest.raises(LanguageRefused):
        lay_out(copy, code)
    assert {each for each in copy.rglob("*") if each.is_file()} == files


@pytest.mark.parametrize("code", ["nl", "en"])
def test_a_live_language_lacks_nothing_but_a_reviewer(copy: Path, code: str) -> None:
    optional = ("reviewer", "code_words", "commands.thanks")
    assert [line for line in lacks(copy, code) if not any(part in line for part in optional)] == []
