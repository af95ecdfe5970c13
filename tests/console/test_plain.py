"""A stranger's words cannot do or hide anything on a page."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console.plain import plain


@given(st.text(max_size=300))
def test_no_text_becomes_an_element_of_its_own(text: str) -> None:
    shown = re.sub(r'<span class="odd">U\+[0-9A-F]{4,6}</span>', "", str(plain(text)))
    assert "<" not in shown
    assert ">" not in shown
    assert '"' not in shown


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200b", "\u061c", "\x00", "\x1b", "\U000e0041", "\u2028"])
def test_what_hides_or_turns_text_is_shown_as_a_number(hidden: str) -> None:
    assert str(plain(f"a{hidden}b")) == f'a<span class="odd">U+{ord(hidden):04X}</span>b'


@pytest.mark.parametrize("text", ["می\u200cخواهم", "👩\u200d👧", "❤\ufe0f", "één\ntwee", "مرحبا"])
def test_spelling_is_left_alone(text: str) -> None:
    assert str(plain(text)) == text
