"""Questions in words: which groups of words must be there, and when a message is a question at all."""

import pytest

from bot.nlu.asked import Asked, AskedWords, Questions, faults
from bot.nlu.normalise import normalise

STATES = {
    "papers.why": AskedWords(["waarom paspoort*|papieren"], ["waarom"], []),
    "papers.gone": AskedWords(["wat paspoort*|papieren weg|kwijt"], [], []),
    "cost.call": AskedWords(["kost|kosten bellen !bericht"], ["kost|kosten"], []),
    "cost.message": AskedWords(["kost|kosten bericht|sms"], [], []),
    "word.own": AskedWords([], [], ["eigen_woord"]),
}


@pytest.fixture(scope="module")
def asked() -> Asked:
    return Asked({"nl": Questions(STATES, ("waarom", "wat", "kost"), ("en", "maar"))})


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("waarom willen ze mijn paspoorten", "papers.why"),
        ("En waarom die papieren?", "papers.why"),
        ("Ik snap het niet, waarom mijn paspoort", "papers.why"),
        ("wat als mijn papieren weg zijn", "papers.gone"),
        ("kost bellen geld", "cost.call"),
        ("kost bellen of een bericht geld", "cost.message"),
        ("ik wil een eigen woord", "word.own"),
        ("hij weet waarom ik geen paspoort heb", ""),  # no question
        ("waarom", ""),
        ("", ""),
        ("waarom " * 10 + "paspoort " * 11, ""),  # a story
    ],
)
def test_what_is_asked(asked: Asked, text: str, state: str) -> None:
    assert asked.find(text, normalise(text), ("nl", "xx"), "menu.main", ()) == state


def test_in_the_topic_at_hand_the_words_need_not_name_it(asked: Asked) -> None:
    assert asked.find("waarom", "waarom", ("nl",), "papers.gone", ()) == "papers.why"
    assert asked.find("waarom", "waarom", ("nl",), "menu.main", ("papers.why",)) == "papers.why"
    assert asked.find("en wat kost dat dan", "en wat kost dat dan", ("nl",), "cost.message", ()) == "cost.call"
    assert asked.find("waarom", "waarom", ("nl",), "papers.why", ()) == "", "it was just said"


@pytest.mark.parametrize(
    ("text", "state"), [("dat kost vast veel", "cost.call"), ("ik weet dat dat daar heel veel kost", "")]
)
def test_a_word_alone_counts_only_in_a_few(asked: Asked, text: str, state: str) -> None:
    assert asked.find(text, text, ("nl",), "cost.message", ()) == state


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("waarom paspoort*|papieren", ""),
        ("!waarom", "names no word"),
        ("Waarom", "is not spelled"),
        ("a*", "begins too many words"),
        ("een_twee_drie_vier_vijf", "joins too much"),
        ("een_twee*", "joins too much"),
    ],
)
def test_a_pattern_that_cannot_be(pattern: str, fault: str) -> None:
    found = faults(pattern)
    assert fault in found if fault else found == ""
