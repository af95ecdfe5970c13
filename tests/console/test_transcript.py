"""What of a transcript an advisor sees, and in which words."""

import pytest

from bot.console.transcript import MARKS, TranscriptLine, lines
from bot.console.wording import clock, day, language_name
from bot.content.library import Library
from bot.content.localizing import localize_problems
from bot.dialogue import events
from bot.dialogue.events import Claimed, Heard, Informed, Noted, OfferEnded, PlaceTold, Replied, Said, TopicShown
from bot.ports.conversations import Entry
from bot.ports.outbox import Record
from tests.harness.fixed import ROOT

QUIET = {events.Answered, events.TopicShown, events.LanguageChosen, events.ErasureRequested, events.CodeAsked}
"""Events that stand on the card, or cannot be in a transcript, so that no line is made of them."""

WORDS = {events.Heard, events.Said, events.Replied, events.Informed, events.Noted}


def shown(*happened: events.AnyEvent) -> list[TranscriptLine]:
    return lines([Entry(7, event) for event in happened], {}, {})


def test_person_bot_advisor_and_note_are_told_apart() -> None:
    found = shown(
        Heard("text", "hoi"), Said("dag"), Replied("ada", "ik ben er", "s1"), Informed("ze is weg", "s2"),
        Noted("ada", "oom"), TopicShown("documents_taken.answer"),
    )  # fmt: skip
    assert [(line.kind, line.text, line.who) for line in found] == [
        ("person", "hoi", ""),
        ("bot", "dag", ""),
        ("advisor", "ik ben er", "ada"),
        ("bot", "ze is weg", ""),
        ("note", "oom", "ada"),
    ]


def test_media_are_named_and_have_no_place_to_be_fetched_from() -> None:
    assert shown(Heard("photo", "")) == [TranscriptLine("person", 7, what="photo")]
    assert shown(Heard("text", "ja", forwarded=True)) == [TranscriptLine("person", 7, text="ja", forwarded=True)]
    assert shown(Heard("text", "ja", answers_earlier=True)) == [
        TranscriptLine("person", 7, text="ja", answers_earlier=True)
    ]


def test_every_event_is_a_message_a_mark_or_left_out_on_purpose() -> None:
    assert {*MARKS, *QUIET, *WORDS} == set(events.AnyEvent.__args__)


def test_the_page_has_words_for_every_mark() -> None:
    page = (ROOT / "bot/console/templates/console/_lines.html").read_text(encoding="utf-8")
    assert [mark.__name__ for mark in MARKS if f'"{mark.__name__}' not in page] == []


def test_marks_say_who_and_whom() -> None:
    assert shown(Claimed("bea", "ada")) == [TranscriptLine("mark", 7, what="Claimed", who="bea", other="ada")]
    assert shown(OfferEnded("bea", lapsed=True)) == [TranscriptLine("mark", 7, what="OfferEndedLapsed", other="bea")]
    assert shown(PlaceTold("abroad", "MA")) == [TranscriptLine("mark", 7, what="PlaceTold-abroad", other="MA")]


def test_how_far_a_message_has_come_stands_beside_it(library: Library) -> None:
    sent = {"s1": Record("failed", "30003"), "s2": Record("delivered", maybe_duplicate=True)}
    problems = localize_problems(library, "nl")
    failed, arrived = lines([Entry(7, Replied("ada", "a", "s1")), Entry(7, Replied("ada", "b", "s2"))], sent, problems)
    assert (failed.state, failed.trouble) == ("failed", problems["30003"].say)
    assert (arrived.state, arrived.trouble, arrived.maybe_duplicate) == ("delivered", "", True)


@pytest.mark.parametrize(
    ("code", "lang", "name"),
    [
        ("nl", "nl", "Nederlands"),
        ("nl", "en", "Dutch"),
        ("prs", "nl", "Dari"),
        ("kmr", "en", "Kurdish"),
        ("ary-Latn", "nl", "Marokkaans Arabisch in Latijns schrift"),
        ("", "nl", "–"),
    ],
)
def test_languages_have_names(library: Library, code: str, lang: str, name: str) -> None:
    unicode = {each: words.unicode for each, words in library.content.vocabularies.items() if words.unicode}
    catalog = library.console_catalogs.get(lang, {})
    assert language_name(code, lang, unicode, lambda text: catalog.get(("", text), text)) == name


def test_times_are_those_of_the_advisors_country() -> None:
    half_past_ten_in_the_evening = 29_756_070  # 29 July 2026, 22:30 UTC
    assert clock(half_past_ten_in_the_evening) == "00:30"
    assert day(half_past_ten_in_the_evening, "nl") == "donderdag 30 juli"
    assert (clock(0), day(0, "nl")) == ("", "")
