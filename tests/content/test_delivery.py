"""The table of Twilio's errors is complete, and says something an advisor understands."""

import pytest

from bot.content.library import Library
from bot.dialogue.delivery import OURS, Action, problem

TABLE = {
    Action.RETRY: "20429 429 30001 21611 63017 63018 14107 63010 63012",
    Action.ONCE_MORE: "30003 30008 30410",
    Action.GIVE_UP: "30004 30007 63014 63013 63026 30005 30006 21211 21614 63003 63024 63032 30649 60605",
    Action.OPTED_OUT: "21610",
    Action.WINDOW: "63016",
    Action.ALARM: "21408 63001 63007 63020 20003 30002",
}
"""reliability.md 2.8 and features-and-traps 3-9."""


@pytest.mark.parametrize(
    ("code", "action"), [(code, action) for action, codes in TABLE.items() for code in codes.split()]
)
def test_each_code_has_its_action_and_words(library: Library, code: str, action: Action) -> None:
    found = library.content.delivery[code]
    assert found.action is action
    assert len(found.say) > 20
    assert "Twilio-" not in found.say
    assert code not in found.say


def test_an_unknown_code_is_shown_as_such(library: Library) -> None:
    found = problem("99999", library.content.delivery)
    assert "99999" in found.say
    assert found.action is Action.GIVE_UP


def test_our_own_reasons_have_words(library: Library) -> None:
    assert all(library.content.delivery[name].say for name in OURS)


def test_the_hours_of_the_real_file_are_those_of_the_netherlands(library: Library) -> None:
    assert str(library.content.hours.zone) == "Europe/Amsterdam"
