"""What an advisor may not send, and what the bot asks, while somebody may read along."""

from datetime import timedelta

import pytest

from bot.advisors.board import Advisor
from bot.dialogue.conversation import Status
from bot.handoff import refusals
from bot.handoff.refusals import Reason, Refused
from tests.harness.dialogue import CONTACT, DialogueTester
from tests.harness.talking import with_words

ADA = Advisor("ada")
DULL = "Sorry, ik denk dat je een verkeerd nummer hebt."
ABROAD = "+31 247 247 247"


def test_danger_and_leaving_count_while_the_question_is_asked(tester: DialogueTester) -> None:
    tester.say("hoi", "ja", "medewerker")
    tester.desk.claim(ADA, CONTACT, "c")
    tester.say("onweer")
    tester.now += timedelta(minutes=31)
    tester.say("hij heeft een mes en hij komt nu")
    assert ABROAD in tester.reply
    assert tester.conversation.handling.danger
    tester.say("stop")
    assert tester.conversation.handling.status is Status.BOT


def test_while_somebody_may_read_along_no_advisor_sends_anything(tester: DialogueTester) -> None:
    with_words(tester).say("medewerker")
    tester.desk.claim(ADA, CONTACT, "c")
    tester.desk.reply(ADA, CONTACT, "hoi", "1")
    tester.say("onweer")
    assert tester.reply == DULL
    for sure in (False, True):
        with pytest.raises(Refused) as refused:
            tester.desk.reply(ADA, CONTACT, "ben je er nog", f"2 {sure}", sure=sure)
        assert refused.value.reason is Reason.OBSERVED
    assert tester.say("wie is dit").reply == DULL
    tester.say("tante rita")
    assert "leest weer" in tester.reply
    tester.desk.reply(ADA, CONTACT, "fijn dat je er bent", "3")


def test_without_a_word_a_fresh_yes_after_a_silence_opens_it_again(tester: DialogueTester) -> None:
    tester.say("hoi", "ja", "medewerker")
    tester.desk.claim(ADA, CONTACT, "c")
    tester.say("onweer")
    tester.now += timedelta(minutes=31)
    tester.say("ben je daar nog")
    assert "Kun je nu veilig typen?" in tester.reply
    with pytest.raises(Refused):
        tester.desk.reply(ADA, CONTACT, "ja", "1")
    tester.say("nee")
    assert "Kun je nu veilig typen?" in tester.reply
    tester.say("ja")
    assert "leest weer" in tester.reply
    tester.desk.reply(ADA, CONTACT, "ik ben er", "2")


def test_a_confirmed_late_answer_is_still_possible_where_nobody_reads_along(tester: DialogueTester) -> None:
    tester.say("hoi", "ja", "medewerker")
    tester.now += timedelta(minutes=20)
    with pytest.raises(Refused):
        tester.desk.reply(ADA, CONTACT, "hoi", "1")
    tester.desk.reply(ADA, CONTACT, "hoi", "2", sure=True)
    assert {Reason.LATE} == refusals.SURE
