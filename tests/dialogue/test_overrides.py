"""Overrides: the numbers and the truth, other hours, an announcement."""

from datetime import timedelta

import pytest

from bot.dialogue.conversation import Status
from bot.dialogue.hours import Shift, read_day, write_day
from bot.dialogue.overrides import Overrides
from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester

CLOSED = Overrides(week=((),) * 7)
ABROAD = "+31 247 247 247"


def test_while_we_are_down_everybody_new_gets_the_numbers_and_the_truth(tester: DialogueTester) -> None:
    tester.storage.overrides.write(Overrides(down=True))
    tester.say("hoi")
    assert tester.reply.index(ABROAD) < tester.reply.index("Er is nu een storing.")
    assert "Kun je nu veilig typen?" in tester.reply
    tester.say("ja")
    assert "storing" not in tester.reply  # told once
    tester.say("medewerker")
    assert "Er zijn nu geen medewerkers. Wanneer ze er weer zijn weet ik niet." in tester.reply
    assert tester.conversation.handling.status is Status.WAITING  # whoever comes back sees them


def test_who_comes_back_after_a_silence_is_told_as_well(tester: DialogueTester) -> None:
    tester.say("hoi")
    tester.storage.overrides.write(Overrides(down=True))
    tester.now += timedelta(hours=2)
    tester.say("hoi")
    assert "Er is nu een storing." in tester.reply


def test_danger_stays_first_while_we_are_down(tester: DialogueTester) -> None:
    tester.storage.overrides.write(Overrides(down=True))
    tester.say("hij heeft een mes, help")
    assert tester.reply.index(ABROAD) < tester.reply.index("Er is nu een storing.")


def test_a_decoy_stays_a_decoy(tester: DialogueTester) -> None:
    tester.storage.overrides.write(Overrides(down=True))
    tester.say("verkeerd nummer")
    assert tester.conversation.position.state == StateName.DECOY
    assert "storing" not in tester.reply


def test_what_is_said_names_no_subject(tester: DialogueTester) -> None:
    for content in tester.engine.contents.values():
        assert not any(
            word in content.shared["down"].lower() for word in ("achterlat", "abandon", "helpline", "hulplijn")
        )


def test_other_hours_count_from_the_next_message(tester: DialogueTester) -> None:
    tester.say("hoi", "ja").say("medewerker")
    assert "geen medewerkers" not in tester.reply
    tester.storage.overrides.write(CLOSED)
    tester.say("medewerker")
    assert "Er zijn nu geen medewerkers." in tester.reply
    tester.storage.overrides.write(Overrides(week=((Shift(0, 1440),),) * 7))
    tester.say("medewerker")
    assert "geen medewerkers" not in tester.reply


def test_an_announcement_is_for_who_asks_for_an_advisor(tester: DialogueTester) -> None:
    tester.storage.overrides.write(Overrides(announcement="busy"))
    tester.say("hoi")
    assert "Het is nu druk." not in tester.reply
    tester.say("ja").say("medewerker")
    assert "Het is nu druk." in tester.reply
    tester.say("english")
    tester.say("advisor")
    assert "It is busy now." in tester.reply
    tester.storage.overrides.write(Overrides(announcement="no longer there"))
    assert tester.say("advisor").reply


def test_nothing_switched_is_the_same_content(tester: DialogueTester) -> None:
    assert tester.engine.content("nl", Overrides(note="alleen voor collega's")) is tester.engine.contents["nl"]
    assert tester.engine.content("nl", Overrides()) is tester.engine.contents["nl"]


@pytest.mark.parametrize(
    ("text", "shifts"),
    [
        ("", ()),
        ("09:00-17:00", (Shift(540, 1020),)),
        (" 09:00-12:30 ,13:00-17:00", (Shift(540, 750), Shift(780, 1020))),
        ("22:00-02:00", (Shift(1320, 1560),)),
        ("00:00-24:00", (Shift(0, 1440),)),
    ],
)
def test_a_day_is_read_as_it_is_written(text: str, shifts: tuple[Shift, ...]) -> None:
    assert read_day(text) == shifts
    assert read_day(write_day(shifts)) == shifts


@pytest.mark.parametrize("text", ["9-17", "09:00", "09:00-09:00", "12:00-13:00, 09:00-10:00", "25:00-26:00", "dicht"])
def test_a_day_that_cannot_be_read_is_said_so(text: str) -> None:
    assert read_day(text) is None
