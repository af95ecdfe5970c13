"""Every fact that the bot may say is reached by asking, in other words than those that stand in flows/asked."""

import tomllib
from pathlib import Path

import pytest

from bot.content.library import Library
from bot.content.values import SAYABLE
from bot.dialogue.engine import Engine
from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester
from tests.harness.fixed import NOW
from tests.harness.talking import at

FOLDER = Path(__file__).parents[1] / "asked"
ASKED: dict[str, dict[str, list[str]]] = {
    path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))
}
OTHERWISE = frozenset({"F66", "F72", "F76", "F77"})
"""Said on the way, in answers to what somebody tells; nobody asks for them."""

RIGHT = 0.98


def test_each_answer_is_asked_for_in_five_wordings() -> None:
    assert set(ASKED) == {"nl", "en"}
    assert all(len(set(texts)) >= 5 for table in ASKED.values() for texts in table.values())


@pytest.mark.parametrize("language", ASKED)
def test_every_fact_is_among_what_is_asked_for(library: Library, language: str) -> None:
    states = [library.content.states[name] for names in ASKED[language] for name in names.split(" | ")]
    said = {fact for state in states for fact in state.facts}
    stated = {name for name, fact in library.content.facts.items() if name[0] == "F" and fact.status in SAYABLE}
    assert stated - said - OTHERWISE == set()


@pytest.mark.parametrize("language", ASKED)
def test_what_is_asked_is_answered(engine: Engine, language: str) -> None:
    start = at(StateName.MENU, locale=language)
    wrong, asked = [], 0
    for names, texts in ASKED[language].items():
        for text in texts:
            asked += 1
            after = DialogueTester(engine, NOW).begin(start).say(text).conversation
            if after.position.state not in names.split(" | "):
                wrong.append(f"{text!r}: {after.position.state}, not {names}")
            assert not after.told.crisis or "danger.answer" in names, text
    assert len(wrong) <= (1 - RIGHT) * asked, "\n".join(wrong)
