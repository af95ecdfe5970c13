"""`check`: every question can be answered in words, every answer gone on from, every crisis left."""

from pathlib import Path

import pytest

from bot.content.faults import Fault
from bot.content.inspection.answers import answer_faults, follow_up_faults
from bot.content.library import read_library
from bot.content.lines import located
from bot.content.localizing import localize
from tests.harness.changed_content import change, copied, without_table
from tests.harness.fixed import NOW, ROOT

SUICIDE, DANGER, FOLLOW = "flows/topics/suicide.toml", "flows/topics/danger.toml", "flows/follow.toml"
A_STATE = '\n[state.extra]\nsay = "{say}"\nsource = "channel"\n'
A_CHOICE = '\n[[state.extra.choice]]\nid = "one"\nlabel = "{label}"\nnext = "@here"\n{more}\n'


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return copied(tmp_path)


def found_in(root: Path) -> list[Fault]:
    """The faults of this kind alone, as `check` names them."""
    library = read_library(root, NOW.date())
    live = [localize(library, code) for code in library.languages.live]
    faults = [*follow_up_faults(library.content), *(each for one in live for each in answer_faults(library, one))]
    return located(faults, root)


def test_everything_can_be_answered() -> None:
    assert found_in(ROOT) == []


def add(root: Path, say: str, label: str = "", more: str = "") -> None:
    """A state after those of the menu of contacts."""
    with (root / "flows/questions.toml").open("a", encoding="utf-8") as file:
        file.write(A_STATE.format(say=say) + (A_CHOICE.format(label=label, more=more) if label else ""))


@pytest.mark.parametrize(
    ("say", "label", "more", "where", "part"),
    [
        ("Hoe heet je?", "", "", "", "asks a question, and no answer to it is read"),
        ("Kies.", "Appel", "", " choice one", "is chosen by its number and label only"),
        ("Klopt dat?", "Ja, dat klopt", 'words = "klopt"', " choice one", 'is a "yes" without means = ["yes"]'),
        ("Klopt dat?", "Nee", 'words = "klopt niet"', " choice one", 'is a "no" without means = ["no"]'),
        ("Dat klopt.", "Ja", 'means = ["yes"]', " choice one", 'means "yes", and nothing is asked'),
    ],
)
def test_a_question_without_natural_answers_is_found(
    copy: Path, say: str, label: str, more: str, where: str, part: str
) -> None:
    add(copy, say, label, more)
    found = [fault for fault in found_in(copy) if fault.where == f"questions.extra{where} (nl)"]
    assert [fault.message.partition(";")[0] for fault in found] == [part]
    assert all(fault.file == "flows/questions.toml" and fault.line for fault in found)


def test_a_choice_whose_remarks_a_live_language_lacks_is_found(copy: Path) -> None:
    """Here English has no words for not being able to call."""
    without_table(copy / "flows/remarks/en.toml", "cannot_call")
    found = {(fault.where, fault.message) for fault in found_in(copy)}
    where = "danger.answer choice cannot_call (en)"
    assert (where, "means cannot_call, and en has words for none of them") in found
    assert ("cannot_call", "has no words; the language is live") in found


def test_an_answer_without_follow_ups_is_found(copy: Path) -> None:
    change(copy / FOLLOW, 'answers = ["fails", "cannot_call"]', 'answers = ["cannot_call"]')
    found = found_in(copy)
    assert {fault.message for fault in found} == {"is an answer without follow-ups: nothing answers fails after it"}
    assert ("flows/topics/cost.toml", "cost.answer") in {(fault.file, fault.where) for fault in found}
    assert all(fault.line for fault in found)


def test_a_crisis_without_a_way_out_is_found(copy: Path) -> None:
    path = copy / SUICIDE
    path.write_text(path.read_text("utf-8").replace('does = "end_crisis"\n', ""), encoding="utf-8")
    found = {fault.where: fault for fault in found_in(copy) if "without a way out" in fault.message}
    assert {"suicide.answer (nl)", "suicide.hurt (nl)", "suicide.hurt (en)"} <= set(found)
    assert not any(where.startswith("danger.") for where in found)
    assert all(fault.file == SUICIDE and fault.line for fault in found.values())


def test_a_state_of_a_crisis_that_only_a_remark_leads_out_of_needs_its_words(copy: Path) -> None:
    """Nothing but "I did not mean it" leads out here, and in English nobody can say it."""
    path = copy / DANGER
    text = path.read_text("utf-8").replace('next = ".over"', 'next = "@here"')
    path.write_text(text, encoding="utf-8")
    assert found_in(copy) == []
    without_table(copy / "flows/remarks/en.toml", "mistaken")
    lost = {fault.where for fault in found_in(copy) if "without a way out" in fault.message}
    assert "danger.hurt (en)" in lost
    assert "danger.hurt (nl)" not in lost


def test_a_crisis_that_answers_only_what_it_knows_is_found(copy: Path) -> None:
    change(copy / DANGER, 'answers = ["anything"]\nnote = "The same', 'answers = []\nnote = "The same')
    assert [(fault.where, fault.file) for fault in found_in(copy)] == [("danger.answer", DANGER)]
