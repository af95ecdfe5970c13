"""What a scenario says must come is held against what came."""

from typing import Any

import pytest

from bot.content.tables.scenarios import ScenarioTurn
from bot.dialogue.conversation import Place, Status
from bot.dialogue.engine import Engine
from bot.scenarios.scoring import repeats, wrong
from bot.scenarios.talk import TurnOut

BLOCK = "Dit is een tekst die lang genoeg is om niet nog een keer te willen lezen."


def out(**fields: Any) -> TurnOut:
    """An answer about costs to somebody abroad."""
    values: dict[str, Any] = {
        "reply": f"Hulp uit Nederland, dag en nacht:\n+31 247 247 247\n{BLOCK}\n1 ja\n9 medewerker, 0 menu",
        "state": "cost.answer", "topic": "cost", "command": None, "offered": (), "status": Status.BOT,
        "danger": "none", "place": Place.ABROAD, "country": "MA", "role": "", "locale": "nl",
        "numbers": ("bz", "veilig_thuis"), "segments": 2,
    }  # fmt: skip
    return TurnOut(**values | fields)


@pytest.mark.parametrize(
    ("field", "right", "not_so"),
    [
        ("shows", "menu | cost", "menu.main"), ("shows", "cost.answer", "cost.message"),
        ("shows_not", "menu", "cost"), ("numbers", ["bz", "lkha | veilig_thuis"], ["bz", "lkha"]),
        ("numbers_not", "lkha", ["lkha", "bz"]), ("first", "bz", "veilig_thuis"),
        ("has", "LANG GENOEG | anders", "anders"), ("has_not", "anders", ["anders", "lang genoeg"]),
        ("place", "nl | abroad", "nl"), ("country", "MA", "none"), ("role", "none | self", "self"),
        ("danger", "none", "red | amber"), ("status", "bot", "waiting"), ("language", "nl", "en"),
        ("silent", False, True), ("parts", 2, 1),
    ],
)  # fmt: skip
def test_each_field_is_looked_at(engine: Engine, field: str, right: object, not_so: object) -> None:
    content = engine.content("nl")
    assert wrong(ScenarioTurn(says="x", **{field: right}), out(), (), content) == []  # type: ignore[arg-type]
    assert len(wrong(ScenarioTurn(says="x", **{field: not_so}), out(), (), content)) == 1  # type: ignore[arg-type]


def test_what_is_offered_and_what_was_not_understood(engine: Engine) -> None:
    content, asked = engine.content("nl"), out(state="unclear.candidates", offered=("cost", "lkha"))
    assert wrong(ScenarioTurn(says="x", offers="lkha"), asked, (), content) == []
    assert wrong(ScenarioTurn(says="x", offers="menu | law"), asked, (), content) == [
        "offers cost, lkha, not menu | law"
    ]
    assert wrong(ScenarioTurn(says="x", understood=True), asked, (), content) == [
        "was not understood: unclear.candidates"
    ]
    said = out(reply=content.shared["not_understood"])
    assert wrong(ScenarioTurn(says="x", understood=True), said, (), content) != []
    assert wrong(ScenarioTurn(says="x", understood=True), out(), (), content) == []


def test_silence_is_wrong_unless_it_is_wanted_or_the_thought_goes_on(engine: Engine) -> None:
    content, silence = engine.content("nl"), out(reply="")
    assert wrong(ScenarioTurn(says="x"), silence, (), content) == ["is silent"]
    assert wrong(ScenarioTurn(says="x", after=3), silence, (), content) == []
    assert wrong(ScenarioTurn(says="x", silent=True), silence, (), content) == []


def test_a_text_said_again_is_seen_and_numbers_and_choices_are_not(engine: Engine) -> None:
    content = engine.content("nl")
    assert repeats(out(reply=f"Iets nieuws.\n{BLOCK}"), [out(), out(reply="Goed.")], content)
    same_numbers = "Hulp uit Nederland, dag en nacht:\n+31 247 247 247\nIets anders.\n1 ja\n9 medewerker, 0 menu"
    assert not repeats(out(reply=same_numbers), [out()], content)
    assert not repeats(out(reply="Goed."), [out(reply="Goed.")], content)
    assert wrong(ScenarioTurn(says="x", new=True), out(), [out()], content) == ["says again what was said before"]
