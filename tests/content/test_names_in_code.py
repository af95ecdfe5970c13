"""Code and content agree on names: what code says or goes to is in the content, and no language is named in code."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from bot.content.faults import ContentError
from bot.content.files import check_needed, read
from bot.content.library import Library
from bot.content.tables.texts import read_shared
from bot.dialogue.conversation import Place
from bot.dialogue.states import SharedText, StateName
from tests.harness.fixed import NOW, ROOT

SOURCES = [ROOT / "app.py", *sorted((ROOT / "bot").glob("**/*.py"))]
PAGES = sorted((ROOT / "bot").glob("**/*.html"))


def literals(source: str) -> Iterator[tuple[int, str]]:
    """Every text in a Python source that is no docstring, with its line."""
    tree = ast.parse(source)
    said = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.lineno, node.value


# -- what code needs -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", SharedText)
def test_a_shared_text_that_code_says_cannot_be_left_out(text: SharedText) -> None:
    faults: list[str] = []
    rows = {str(name): {"say": "x"} for name in SharedText if name is not text}
    read_shared(rows, SharedText, lambda where, message: faults.append(f"{where}: {message}"))
    assert faults == [f"{text}: is missing; the bot says it"]


@pytest.mark.parametrize("state", StateName)
def test_a_state_the_engine_goes_to_cannot_be_left_out(library: Library, state: StateName) -> None:
    faults: list[str] = []
    states = {name: each for name, each in library.content.states.items() if name != state}
    check_needed(states, lambda where, message: faults.append(f"{where}: {message}"))
    assert f"{state}: is missing; the engine needs it" in faults


def test_every_shared_text_in_the_file_is_one_that_code_says(library: Library) -> None:
    assert set(library.content.shared) == set(SharedText)


def test_the_check_stops_the_start_when_a_needed_text_is_gone(tmp_path: Path) -> None:
    (tmp_path / "shared.toml").write_text('[footer]\nsay = "x"\n', encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        read(tmp_path, NOW.date())
    missing = {each.where for each in caught.value.faults if each.file == "flows/shared.toml"}
    assert missing == set(SharedText) - {"footer"}


def test_code_names_no_state_that_is_not_in_the_list(library: Library) -> None:
    """A name typed into code would be missed by `check` when the state is renamed."""
    states = re.compile(rf"(?:{'|'.join(map(re.escape, library.content.flows))})\.[a-z_]+")
    listed = {*StateName, "card.show", "danger.answer", "suicide.answer"}
    found = {
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in SOURCES
        for line, text in literals(path.read_text(encoding="utf-8"))
        if states.fullmatch(text) and text not in listed
    }
    assert found == set()


def test_code_says_no_shared_text_that_is_not_in_the_list() -> None:
    """Texts are said as SharedText.X: each name used there exists, and no literal id stands where one is said."""
    said = re.compile(r"(?:shared\[|\bprefix=\(|pending_notice=)\s*[\"']([a-z_]+)[\"']")
    typed = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in SOURCES
        for name in said.findall(path.read_text(encoding="utf-8"))
        if name not in set(SharedText)
    }
    assert typed == set()


# -- languages -------------------------------------------------------------------------------------------------------

PLACES = {
    (f"bot/{name}.py", str(Place.NETHERLANDS))
    for name in ("dialogue/conversation", "content/tables/schema", "nlu/countries")
}
"""A place that is called as a language is."""


def test_no_language_is_named_in_code(library: Library) -> None:
    codes = set(library.content.vocabularies) | {words.unicode for words in library.content.vocabularies.values()}
    codes -= {""}
    found = {
        f"{name}:{line}: {text}"
        for path in SOURCES
        for name in [str(path.relative_to(ROOT))]
        for line, text in literals(path.read_text(encoding="utf-8"))
        if text in codes and (name, text) not in PLACES and not is_word(name)
    }
    assert found == set()


def is_word(name: str) -> bool:
    """Lists of endings of words in all languages: "de" and "so" are no languages there."""
    return name == "bot/nlu/countries.py"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_page_names_a_language(path: Path, library: Library) -> None:
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:lang=|language ==|lang ==|default\()\s*[\"']([a-z]{2,3}(?:-[A-Z][a-z]+)?)[\"']", text))
    assert named & set(library.content.vocabularies) == set()


def test_a_planted_language_is_found() -> None:
    assert (1, "tr") in set(literals('said = {"tr": 1}\n'))
    assert list(literals('"""nl"""\n')) == []


def test_a_missing_state_is_named_in_the_file_of_its_flow_and_not_where_that_cannot_be_read(tmp_path: Path) -> None:
    copytree(ROOT / "flows", tmp_path / "flows")
    unclear, shared = tmp_path / "flows" / "unclear.toml", tmp_path / "flows" / "shared.toml"
    unclear.write_text(unclear.read_text().replace("[state.afraid]", "[state.fearful]"))
    shared.write_text(f"{shared.read_text()}\n[broken\n")
    with pytest.raises(ContentError) as caught:
        read(tmp_path / "flows", date(2026, 11, 23))
    faults = [(fault.file, fault.message) for fault in caught.value.faults]
    assert ("flows/unclear.toml", "is missing; the engine needs it") in faults
    assert not [message for file, message in faults if file == "flows/shared.toml" and "missing" in message]
