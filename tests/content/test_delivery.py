"""flows/delivery_errors.toml: the whole table, and its words in each language. Its faults are in test_files.py."""

from bot.content.library import Library
from bot.content.localizing import localize_problems
from bot.handoff.delivery import OURS, UNKNOWN, Action, problem

ACTIONS = {
    Action.RETRY: "20429 429 30001 21611 63017 63018 14107 63010 63012",
    Action.ONCE_MORE: "30003 30008 30410 lost_answer",
    Action.GIVE_UP: "30004 30007 63014 63013 63026 30005 30006 21211 21614 63003 63024 63032 30649 60605 21617 30019"
    " 21612 63036 too_late cancelled no_address unreported unknown",
    Action.OPTED_OUT: "21610",
    Action.ALARM: "21408 30450 63001 63020 63051 20003 30002 20404",
    Action.OUR_NUMBER: "21606 21659 21660 63007",
    Action.WINDOW: "63016",
}


def test_every_code_has_its_action(library: Library) -> None:
    expected = {code: action for action, codes in ACTIONS.items() for code in codes.split()}
    assert {code: row.action for code, row in library.content.delivery.items()} == expected


def test_every_problem_is_said_in_two_short_sentences_at_most(library: Library) -> None:
    for locale in library.languages.live:
        for code, row in localize_problems(library, locale).items():
            assert row.code == code
            assert len(row.say) <= 150, row
            assert 1 <= row.say.count(". ") + 1 <= 2, row


def test_the_words_are_in_the_language_that_is_asked_for(library: Library) -> None:
    dutch, english = localize_problems(library, "nl"), localize_problems(library, "en")
    assert dutch == library.content.delivery
    assert all(english[code].say != row.say for code, row in dutch.items())
    assert problem("12345", english).say.endswith("(error code 12345). Try again or use another way.")
    assert "(foutcode 12345)" in problem("12345", dutch).say
    assert localize_problems(library, "xx") == dutch


def test_only_the_unknown_problem_names_its_code(library: Library) -> None:
    for locale in library.languages.live:
        assert [code for code, row in localize_problems(library, locale).items() if "{" in row.say] == [UNKNOWN]
    assert set(OURS) <= set(library.content.delivery)


def test_no_words_name_the_provider_or_a_code(library: Library) -> None:
    for code, row in library.content.delivery.items():
        assert len(row.say) > 20
        assert "Twilio-" not in row.say
        assert code not in row.say


def test_an_unknown_code_is_given_up(library: Library) -> None:
    assert problem("99999", library.content.delivery).action is Action.GIVE_UP
