"""Long messages are cut into sentences, and nothing of them is lost."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.sentences import LONG, LONGEST, sentences


def test_a_short_message_is_one() -> None:
    assert sentences("hij slaat me. help. nu") == []
    assert sentences("woord " * LONG) == []


def test_a_long_one_is_cut_where_its_writer_ended_a_sentence() -> None:
    first = "mijn oom heeft ons op het vliegveld opgehaald en daarna zijn we naar zijn huis gereden"
    second = "sinds die avond is mijn paspoort weg"
    assert sentences(f"{first}. {second}! Ja.") == [first, f"{second} Ja"]


def test_without_an_end_it_is_cut_by_length() -> None:
    parts = sentences("en toen " * LONGEST)
    assert [len(part.split()) for part in parts] == [LONGEST, LONGEST]


def test_no_word_is_lost_and_no_part_is_empty() -> None:
    @given(st.text("ab .?!\n", max_size=480))
    @settings(deadline=None, derandomize=True, max_examples=200)
    def holds(text: str) -> None:
        parts = sentences(text)
        assert all(part.split() for part in parts)
        if parts:
            written = text
            for end in ".?!":
                written = written.replace(end, " ")
            assert " ".join(parts).split() == written.split()

    holds()
