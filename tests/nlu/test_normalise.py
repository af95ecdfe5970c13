"""One spelling for comparing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.normalise import MAX_LENGTH, normalise

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=600)


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        ("Ik wil STOPPEN!", "ik wil stoppen"),
        ("  veel   wit\n\tspatie ", "veel wit spatie"),
        ("één ëëns ÇA façade", "een eens ca facade"),
        ("zo'n foto’s", "zon fotos"),
        ("can't / can’t", "cant cant"),
        ("e-mail, a.u.b.", "e mail a u b"),
        ("Straße Øl Łódź æ œ", "strasse ol lodz ae oe"),
        ("İSTANBUL ılık Iğdır", "istanbul ilik igdir"),
        ("", ""),
        ("... !?", ""),
    ],
)
def test_case_accents_and_punctuation_do_not_matter(typed: str, compared: str) -> None:
    assert normalise(typed) == compared


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        ("٣", "3"),
        ("۳", "3"),
        ("३", "3"),
        ("৩", "3"),
        ("３", "3"),
        ("③", "3"),
        ("3️⃣", "3"),
        ("3⃣", "3"),
        ("³", "3"),
        ("𝟛", "3"),
        ("١٢", "12"),
        (" 3 .", "3"),
        ("(3)", "3"),
        ("፫", "3"),
        ("⓷", "3"),
    ],
)
def test_a_digit_of_any_script_is_that_digit(typed: str, compared: str) -> None:
    assert normalise(typed) == compared


@pytest.mark.parametrize("number", ["999", "000", "112", "0000", "1111", "911", "0800"])
def test_repeated_digits_stay(number: str) -> None:
    assert normalise(number) == number
    assert normalise(f"bel {number}") == f"bel {number}"


@pytest.mark.parametrize(
    ("typed", "compared"),
    [("heeeelp", "heelp"), ("neeee", "nee"), ("stoppp", "stopp"), ("mooi", "mooi")],
)
def test_a_letter_stands_twice_at_most(typed: str, compared: str) -> None:
    assert normalise(typed) == compared


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("أنا", "انا"),
        ("إلى", "الي"),
        ("آسف", "اسف"),
        ("مساعدة", "مساعده"),
        ("كتاب", "کتاب"),
        ("فارسی", "فارسي"),
        ("مـــساعدة", "مساعدة"),
        ("مُسَاعَدَة", "مساعدة"),
        ("ہیلپ", "هيلپ"),
        ("می\N{ZERO WIDTH NON-JOINER}خواهم", "می خواهم"),
    ],
)
def test_forms_of_arabic_letters_are_one(typed: str, other: str) -> None:
    assert normalise(typed) == normalise(other)


def test_a_long_text_is_cut_before_any_work() -> None:
    assert len(normalise("ab " * 100_000)) <= MAX_LENGTH
    assert normalise("a " * 100_000).split() == ["a"] * (MAX_LENGTH // 2)


@given(ANY_TEXT)
@settings(deadline=None, derandomize=True, max_examples=500)
def test_any_text_gives_lower_case_words_with_single_spaces(text: str) -> None:
    found = normalise(text)
    assert found == found.strip()
    assert "  " not in found
    assert found.lower() == found


@given(ANY_TEXT)
@settings(deadline=None, derandomize=True, max_examples=500)
def test_doing_it_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once[: len(normalise(once))]


def test_every_letter_is_brought_to_its_last_spelling_at_once() -> None:
    letters = [chr(code) for code in range(0x2000)]
    assert [letter for letter in letters if normalise(normalise(letter)) != normalise(letter)] == []


def test_every_digit_there_is_can_be_read_as_a_number() -> None:
    digits = [character for character in map(chr, range(0x110000)) if character.isdigit()]
    assert len(digits) > 700
    assert [digit for digit in digits if not normalise(digit).isdecimal()] == []


@given(st.text(max_size=50))
@settings(deadline=None, derandomize=True, max_examples=500)
def test_it_never_raises_and_what_it_calls_a_number_is_one(text: str) -> None:
    found = normalise(text)
    if found.isdigit():
        assert str(int(found)) == found.lstrip("0") or int(found) == 0


def test_ascii_is_spelled_as_every_other_text() -> None:
    """ASCII has a way of its own; a sign that is not ASCII, far behind, takes the text along the way of all others."""

    @given(st.text(st.characters(max_codepoint=127), max_size=100))
    @settings(deadline=None, derandomize=True, max_examples=300)
    def holds(text: str) -> None:
        assert normalise(text) == normalise(f"{text} …")

    holds()
