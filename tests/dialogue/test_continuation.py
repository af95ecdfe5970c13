"""One thought in several messages, seconds apart: danger in each is seen, the rest gets one answer."""

from bot.dialogue.conversation import Status
from bot.dialogue.events import DangerSeen, Heard
from bot.dialogue.pace import ANSWER_SECONDS, CONTINUATION_SECONDS
from tests.harness.dialogue import DialogueTester

ABROAD = "+31 247 247 247"


def quickly(tester: DialogueTester, *texts: str) -> list[str]:
    """The answers to messages two seconds apart."""
    return [tester.say(text, seconds=2).reply for text in texts]


def heard(tester: DialogueTester) -> list[str]:
    return [event.text for event in tester.events if isinstance(event, Heard)]


def test_five_lines_in_eight_seconds_with_danger_in_the_third(tester: DialogueTester) -> None:
    texts = ["bla", "wacht", "hij heeft een mes en hij komt nu", "snap je", "hij heeft een mes"]
    tester.say("hoi", "ja", seconds=60)
    replies = quickly(tester, *texts)
    danger = [reply for reply in replies if ABROAD in reply]
    assert danger == [replies[2], replies[4]]  # danger is never met with silence
    assert sum(bool(reply) for reply in replies) == 2  # the menu is on the screen; nobody says "I do not understand"
    assert heard(tester)[2:] == texts
    assert tester.conversation.handling.danger


def test_one_clarification_for_all_that_is_not_understood(tester: DialogueTester) -> None:
    tester.say("hoi", "ja", seconds=60).wait(1)
    assert [bool(reply) for reply in quickly(tester, "bla", "bla die bla", "qwerty", "zxcv")] == [
        True,
        False,
        False,
        False,
    ]
    assert tester.say("bla", seconds=CONTINUATION_SECONDS + 1).reply  # a quiet moment later it is asked again


def test_what_says_something_new_is_answered_at_once(tester: DialogueTester) -> None:
    tester.say("hoi", "ja", seconds=60)
    replies = quickly(tester, "bla", "mijn vader heeft mijn paspoort afgepakt", "ik ben in marokko", "medewerker")
    assert [bool(reply) for reply in replies] == [False, True, True, True]
    assert tester.conversation.handling.status is Status.WAITING


def test_the_numbers_stay_the_last_on_the_screen(tester: DialogueTester) -> None:
    tester.say("hij heeft een mes en hij komt nu", seconds=60)
    assert quickly(tester, "wat kost bellen", "snap je", "medewerker")[:2] == ["", ""]
    assert tester.reply


def test_a_number_still_means_the_list_on_the_screen(tester: DialogueTester) -> None:
    tester.say("hoi", seconds=60)
    before = tester.conversation.position.state
    assert quickly(tester, "snap je", "blorp vlim") == ["", ""]
    assert tester.conversation.position.state == before
    assert tester.say("1", seconds=2).reply
    assert tester.conversation.told.safe


def test_a_command_is_always_answered(tester: DialogueTester) -> None:
    tester.say("hoi", "ja", seconds=60)
    assert all(quickly(tester, "menu", "menu", "wis", "wis"))


def test_a_first_message_is_always_answered(tester: DialogueTester) -> None:
    assert quickly(tester, "bla")[0]


def test_a_photo_is_always_answered(tester: DialogueTester) -> None:
    tester.say("hoi", "ja", seconds=60)
    assert tester.say("", seconds=1, kind="image", media=1).reply


def test_danger_a_moment_later_brings_the_numbers_again(tester: DialogueTester) -> None:
    text = "hij heeft een mes en hij komt nu"
    tester.say(text, seconds=60)
    assert quickly(tester, text) == [""]
    assert ABROAD in tester.say(text, seconds=CONTINUATION_SECONDS + 1).reply
    assert sum(isinstance(event, DangerSeen) for event in tester.events) == 3


def test_whoever_goes_on_and_on_is_not_left_in_silence(tester: DialogueTester) -> None:
    tester.say("hoi", "ja", seconds=60)
    replies = [tester.say(f"bla {number}", seconds=3).reply for number in range(20)]
    silent = "".join("." if reply else "s" for reply in replies)
    assert "s" * (ANSWER_SECONDS // 3 + 1) not in silent


def test_two_halves_of_danger_are_one(tester: DialogueTester) -> None:
    tester.say("hoi", "ja", seconds=60)
    assert ABROAD in quickly(tester, "hij heeft", "een mes")[-1]
