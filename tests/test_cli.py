"""The commands as somebody types them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from tests.harness.fixed import ENVIRONMENT, ROOT
from tests.harness.processes import WAIT_SECONDS

pytestmark = pytest.mark.process

FIELDS = {
    "language", "language_confidence", "topic", "confidence", "candidates", "command", "danger", "emergency_line",
    "wants_advisor", "country", "place",
}  # fmt: skip


def bot(*arguments: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(
        command, cwd=ROOT, input=typed, capture_output=True, text=True, timeout=WAIT_SECONDS, check=False
    )


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
    assert "Ask something" in answer


def test_chat_names_the_step_that_answered_when_asked_why() -> None:
    answers = replies("hoi", "1", "help he has a knife", options=("--why",))
    assert [each.splitlines()[0] for each in answers] == ["[small_talk]", "[menu_number]", "[danger]"]
    assert "+31 247 247 247" in answers[0]


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


def converse(*conversations: object) -> list[dict[str, Any]]:
    """What `converse` makes of each conversation."""
    done = bot("converse", typed="".join(json.dumps(each) + "\n" for each in conversations))
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def conversation(id: str, *messages: dict[str, Any] | str, channel: str = "sms") -> dict[str, Any]:
    """A line for `converse`; a bare text comes twenty seconds after the one before it."""
    said = [{"text": each, "after_s": 20} if isinstance(each, str) else each for each in messages]
    return {"id": id, "channel": channel, "from": "+31612345678", "messages": said}


TURN_FIELDS = {
    "reply", "state", "topic", "command", "offered", "status", "danger", "place", "country", "role", "locale",
    "numbers", "segments",
}  # fmt: skip


@pytest.fixture(scope="module")
def conversed() -> dict[str, list[dict[str, Any]]]:
    """Several conversations of one number in one run, each by its id: its turns."""
    lines = [
        conversation("danger", "hoi", "1", "9", "0", "ik ga dood hij heeft een mes"),
        conversation("erased", "hoi", "wis alles", "1", "hoi"),
        conversation("english", "hello i am in Turkey", "yes", channel="whatsapp"),
        conversation("silent", "hoi", "1", "het gaat zo", "bang", {"text": "bang", "after_s": 1}),
        conversation(
            "media", {"text": "", "media": ["audio/ogg", "image/jpeg"]}, {"text": "", "media": ["image/webp"]}
        ),
        conversation("late", "hoi", "1", {"text": "2", "after_s": 31 * 60}),
        conversation("sister", "hoi", "1", "4", "1", "terug", "Marokko", "1"),
        conversation("code", "hoi", "1", "code"),
    ]
    found = converse(*lines)
    assert [each["id"] for each in found] == [each["id"] for each in lines]
    for line, each in zip(lines, found, strict=True):
        assert len(each["turns"]) == len(line["messages"])
        assert all(set(turn) == TURN_FIELDS for turn in each["turns"])
    return {each["id"]: each["turns"] for each in found}


Turns = dict[str, list[dict[str, Any]]]


def test_converse_tells_what_each_message_brought(conversed: Turns) -> None:
    opener, menu, waiting, again, danger = conversed["danger"]
    assert opener["reply"].startswith("Hoi. Ben je in gevaar?")
    assert (opener["state"], opener["topic"], opener["command"], opener["offered"]) == ("start.opener", None, None, [])
    assert (opener["status"], opener["danger"], opener["place"]) == ("bot", "none", "unknown")
    assert (opener["country"], opener["role"], opener["locale"]) == ("", "", "nl")
    assert (opener["numbers"], opener["segments"]) == (["emergency_nl", "bz"], 1)
    assert (menu["state"], menu["command"], menu["numbers"], menu["segments"]) == ("menu.main", None, [], 3)
    assert (waiting["state"], waiting["command"], waiting["status"]) == ("handoff.waiting", "advisor", "waiting")
    assert (again["state"], again["command"]) == ("menu.main", "menu")
    assert (danger["topic"], danger["danger"], danger["numbers"][0]) == ("danger", "red", "bz")


def test_converse_follows_role_place_and_country(conversed: Turns) -> None:
    _opener, _menu, others, bystander, back, asked, confirmed = conversed["sister"]
    assert (others["role"], others["topic"]) == ("other", None)
    assert (bystander["topic"], bystander["numbers"]) == ("bystander", ["veilig_thuis", "bz"])
    assert (back["state"], back["command"]) == (others["state"], "back")
    assert (asked["state"], asked["country"]) == ("place.confirm", "")
    assert (confirmed["place"], confirmed["country"]) == ("abroad", "MA")


def test_converse_tells_silence_and_what_is_offered(conversed: Turns) -> None:
    _opener, _menu, offered, afraid, silence = conversed["silent"]
    assert offered["state"] == "unclear.candidates"
    assert len(offered["offered"]) == 3
    assert afraid["danger"] == "amber"
    assert (silence["reply"], silence["segments"], silence["numbers"]) == ("", 0, [])
    assert silence["state"] == afraid["state"]


def test_converse_reads_media_as_the_webhook_does(conversed: Turns) -> None:
    voice, sticker = conversed["media"]
    assert "spraak" in voice["reply"]
    assert "stickers" in sticker["reply"]


def test_converse_lets_the_time_pass_that_lies_between_two_messages(conversed: Turns) -> None:
    assert conversed["late"][-1]["state"] == "start.opener"


def test_converse_keeps_conversations_of_one_number_apart(conversed: Turns) -> None:
    assert conversed["english"][0]["locale"] == "en"
    erase, done, anew = conversed["erased"][1:]
    assert (erase["command"], done["state"], anew["state"]) == ("erase", "erase.done", "start.opener")


def test_converse_says_the_same_twice(conversed: Turns) -> None:
    lines = [conversation("code", "hoi", "1", "code"), conversation("late", "hoi", "1", {"text": "2", "after_s": 1860})]
    assert conversed["code"][-1]["command"] == "code"
    assert [each["turns"] for each in converse(*lines)] == [conversed["code"], conversed["late"]]


@pytest.mark.parametrize(
    ("line", "said"),
    [("{", "line 1: "), ('{"id": "a"}', "messages"), ('{"id": "a", "messages": [], "channel": "fax"}', "channel")],
)
def test_converse_says_which_line_it_cannot_read(line: str, said: str) -> None:
    done = bot("converse", typed=f"{line}\n")
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["dialogue.svg", "dialogue.mmd"])
def test_graph_draws_to_a_file(tmp_path: Path, name: str) -> None:
    assert bot("graph", "--out", str(tmp_path / name)).returncode == 0
    drawing = (tmp_path / name).read_text(encoding="utf-8")
    assert drawing.startswith("<svg" if name.endswith("svg") else "flowchart")
    assert "left_behind" in drawing


def test_graph_says_in_one_line_where_it_cannot_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for where in (tmp_path / "nowhere" / "dialogue.svg", tmp_path):
        assert main(["graph", "--out", str(where)]) == 1
        told = capsys.readouterr()
        assert told.out == ""
        assert len(told.err.splitlines()) == 1
        assert f"{where} cannot be written" in told.err


def test_restore_refuses_a_journal_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that was mistyped would bring back whoever was erased on that host."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SPOOL_DIR", str(tmp_path))
    monkeypatch.setenv("REDIS_URL", "unix:///nowhere")
    assert main(["restore", str(tmp_path / "backup"), "--journal", str(tmp_path / "nowhere")]) == 1
    assert f"there is no folder {tmp_path / 'nowhere'}" in capsys.readouterr().err


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
        timeout=WAIT_SECONDS,
        check=False,
    )
    assert done.returncode == 1
    assert "PUBLIC_URL is missing" in done.stderr


def test_the_drawing_in_the_documentation_is_that_of_the_content(tmp_path: Path) -> None:
    bot("graph", "--out", str(tmp_path / "now.svg"))
    drawn = (ROOT / "docs" / "dialogue.svg").read_bytes()
    assert (tmp_path / "now.svg").read_bytes() == drawn, "run `make graph`"
