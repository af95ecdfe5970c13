"""The order of the steps: one place in code, told in the docs as it is."""

import ast
from pathlib import Path

import pytest

import bot.dialogue.steps
from bot.dialogue.engine import Engine
from bot.dialogue.steps import ORDER
from tests.harness.dialogue import DialogueTester

DOC = Path(__file__).parent.parent.parent / "docs/architecture.md"
BEGIN, END = "<!-- steps: made from ORDER, held by tests/dialogue/test_order.py -->\n", "<!-- end of steps -->"
FOLDER = Path(bot.dialogue.steps.__file__).parent


def reason(name: str) -> str:
    """The first paragraph of a step's file, in one line."""
    text = ast.get_docstring(ast.parse((FOLDER / f"{name}.py").read_text())) or ""
    return " ".join(text.partition("\n\n")[0].split())


def listed() -> str:
    """ORDER as the docs have it."""
    rows = (f"{number}. `{step.name}`: {reason(step.name)}\n" for number, step in enumerate(ORDER, start=1))
    return "\n" + "".join(rows) + "\n"


def test_the_docs_tell_the_order_as_it_is() -> None:
    _before, _begin, rest = DOC.read_text().partition(BEGIN)
    found, _end, _after = rest.partition(END)
    assert " ".join(found.split()) == " ".join(listed().split()), f"write this into it:\n{listed()}"


def test_every_step_is_a_file_of_its_own_and_every_file_a_step() -> None:
    names = [step.name for step in ORDER]
    assert len(set(names)) == len(names)
    assert set(names) == {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    for step in ORDER:
        assert step.answer.__module__ == f"bot.dialogue.steps.{step.name}"
        assert (Path(__file__).parent / "steps" / f"test_{step.name}.py").exists(), step.name


def test_only_the_last_steps_read_what_a_text_means() -> None:
    """What is said besides an answer, and silence while a thought goes on, belong to those."""
    flags = [step.reads_text for step in ORDER]
    assert flags == sorted(flags)


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (("hoi",), "small_talk"),
        (("hoi", "1"), "menu_number"),
        (("hoi", "ja"), "answer_to_question"),
        (("hij slaat me",), "danger"),
        (("hoi", "menu"), "command"),
        (("hoi", "ja", "mijn paspoort is weg"), "topic"),
        (("hoi", "onweer", "menu"), "decoy"),
        (("hoi", ""), "unreadable"),
    ],
)
def test_a_turn_tells_which_step_answered(tester: DialogueTester, texts: tuple[str, ...], name: str) -> None:
    seen: list[str] = []
    advance = Engine.advance

    class Watched(Engine):
        def advance(self, *arguments: object) -> object:  # type: ignore[override]
            turn = advance(self, *arguments)  # type: ignore[arg-type]
            seen.append(turn.answered_by)
            return turn

    tester.runner._engine = Watched(tester.engine.rules)
    tester.say(*texts)
    assert seen[-1] == name
