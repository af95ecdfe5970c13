"""The commands as somebody types them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

FIELDS = {
    "language", "language_confidence", "topic", "confidence", "candidates", "command", "danger", "emergency_line",
    "wants_advisor", "country", "place",
}  # fmt: skip


def bot(*arguments: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(command, cwd=ROOT, input=typed, capture_output=True, text=True, timeout=60, check=False)


def replies(*lines: str, options: tuple[str, ...] = ()) -> list[str]:
    """What `chat` answers to each line when standard input is not a terminal: a blank line between the answers."""
    done = bot("chat", *options, typed="".join(f"{line}\n" for line in lines))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip("\n").split("\n\n")


def test_chat_answers_one_line_with_one_reply_and_a_blank_line_between() -> None:
    answers = replies("hoi", "1", "", "0")
    assert len(answers) == 4
    assert "+31 247 247 247" in answers[0]
    assert "Waar gaat het over?" in answers[1]


def test_chat_begins_in_the_language_asked_for() -> None:
    (answer,) = replies("menu", options=("--locale", "en", "--channel", "whatsapp", "--from", "+90532000000"))
    assert "I have a question" in answer


def test_chat_refuses_a_language_without_texts() -> None:
    done = bot("chat", "--locale", "xx", typed="hoi\n")
    assert done.returncode == 2
    assert "live: nl, en" in done.stderr


def test_understand_answers_line_by_line_with_the_fields_of_the_contract() -> None:
    asked = [
        {"text": "ik ben achtergelaten", "locale": None},
        {"text": "medewerker", "locale": "nl"},
        {"text": "help he has a knife", "locale": "nl"},
        {"text": "", "locale": None},
    ]
    done = bot("understand", typed="".join(json.dumps(each) + "\n" for each in asked))
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [set(each) for each in found] == [FIELDS] * 4
    assert found[0]["topic"] == "left_behind"
    assert found[0]["emergency_line"]
    assert found[1]["command"] == "advisor"
    assert found[1]["wants_advisor"]
    assert (found[2]["danger"], found[2]["topic"], found[2]["language"]) == ("red", "danger", "en")
    for each in found:
        assert len(each["candidates"]) <= 3
        assert 0 <= each["confidence"] <= 1


@pytest.mark.parametrize("name", ["dialogue.svg", "dialogue.mmd"])
def test_graph_draws_to_a_file(tmp_path: Path, name: str) -> None:
    assert bot("graph", "--out", str(tmp_path / name)).returncode == 0
    drawing = (tmp_path / name).read_text(encoding="utf-8")
    assert drawing.startswith("<svg" if name.endswith("svg") else "flowchart")
    assert "left_behind" in drawing


def test_check_passes_on_the_real_content() -> None:
    done = bot("check")
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1].startswith("0 errors")


def test_doctor_names_the_settings_it_lacks() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "doctor"],
        cwd=ROOT,
        env={},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "PUBLIC_URL is missing" in done.stderr


def test_the_drawing_in_the_documentation_is_that_of_the_content(tmp_path: Path) -> None:
    bot("graph", "--out", str(tmp_path / "now.svg"))
    drawn = (ROOT / "docs" / "dialogue.svg").read_bytes()
    assert (tmp_path / "now.svg").read_bytes() == drawn, "run `make graph`"
