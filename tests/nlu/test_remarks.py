"""Short things people say: the whole message, how it begins, what stands anywhere in it."""

import pytest

from bot.nlu.normalise import normalise
from bot.nlu.remarks import MOST_WORDS, Remarks, RemarkWords

WORDS = {
    "nl": {
        "yes": RemarkWords(whole=["j"], starts=["ja", "zeker"]),
        "no": RemarkWords(whole=["straks"], starts=["nee", "ja nee", "zeker niet"]),
        "ok": RemarkWords(whole=["👍", "is goed"]),
        "watched": RemarkWords(within=["kijkt mee", "hij ... telefoon"]),
        "alone": RemarkWords(within=["niemand kijkt mee"]),
    },
    "kmr": {"no": RemarkWords(whole=["na"], starts=["na"])},
}


@pytest.fixture(scope="module")
def remarks() -> Remarks:
    return Remarks(WORDS, {"nl": ["uh", "hoor"]})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ja", ("yes",)),
        ("Uh, ja hoor!", ("yes",)),
        ("ja dat kan nu", ("yes",)),
        ("zeker", ("yes",)),
        ("zeker niet", ("no",)),
        ("nee niet nu", ("no",)),
        ("ja niet echt", ()),
        ("straks", ("no",)),
        ("straks komt mijn oom", ()),
        ("nee hij kijkt mee", ("no", "watched")),
        ("er kijkt mee", ("watched",)),
        ("hij kijkt niet mee", ()),
        ("niemand kijkt mee", ("alone",)),
        ("hij wil mijn telefoon", ("watched",)),
        ("hij wil niet mijn telefoon", ()),
        ("hij wil nu heel graag mijn telefoon", ()),
        ("👍🏽", ("ok",)),
        ("uh is goed", ("ok",)),
        ("januari", ()),
        ("", ()),
    ],
)
def test_what_is_found(remarks: Remarks, text: str, found: tuple[str, ...]) -> None:
    assert remarks.read(normalise(text), ("nl",)) == found


def test_a_long_message_is_a_story(remarks: Remarks) -> None:
    story = " ".join(["hij kijkt mee"] + ["en"] * MOST_WORDS)
    assert remarks.read(story, ("nl",)) == ()


def test_a_whole_message_counts_in_any_language_and_a_beginning_in_those_of_its_writer(remarks: Remarks) -> None:
    assert remarks.read("na", ("nl",)) == ("no",)
    assert remarks.read("na de vakantie", ("nl",)) == ()
    assert remarks.read("na spas", ("nl", "kmr")) == ("no",)


def test_a_word_that_means_nothing_may_begin_one_that_does() -> None:
    found = Remarks({"fr": {"no": RemarkWords((), ("en fait non",), ())}}, {"nl": ["en"]})
    assert found.read("en fait non", ("fr",)) == ("no",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ik ben in huis", True), ("ik ben nu weer in huis", True), ("en ik ben nu weer terug in huis", True),
        ("ik ben bang in huis", False), ("ik ben morgen in huis", False), ("ik ben niet nu in huis", False),
        ("ik ben nu weer terug nu weer terug in huis", False),
    ],
)  # fmt: skip
def test_some_words_may_stand_between_without_changing_it(text: str, *, found: bool) -> None:
    between = {"nl": ["nu", "weer", "terug"]}
    remarks = Remarks({"nl": {"talk": RemarkWords((), (), ("ik ben ~ in",))}}, {}, between)
    assert (remarks.read(text, ("nl",)) == ("talk",)) is found
