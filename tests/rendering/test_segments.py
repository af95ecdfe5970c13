"""What one text costs: 3GPP TS 23.038 as Twilio bills it."""

import pytest

from bot.rendering.segments import GSM_ALPHABET, Measure, in_gsm, measure, outside_gsm

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("length", "segments"),
    [(0, 1), (1, 1), (159, 1), (160, 1), (161, 2), (306, 2), (307, 3), (459, 3), (460, 4), (1530, 10), (1531, 11)],
)
def test_a_gsm_text_has_160_characters_alone_and_153_in_each_of_several(length: int, segments: int) -> None:
    assert measure("a" * length) == Measure("GSM-7", length, segments)


@pytest.mark.parametrize(
    ("length", "segments"), [(1, 1), (69, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)]
)
def test_any_other_text_has_70_units_alone_and_67_in_each_of_several(length: int, segments: int) -> None:
    assert measure("ë" * length) == Measure("UCS-2", length, segments)


@pytest.mark.parametrize("character", "^{}\\[~]|€")
def test_a_character_of_the_extension_table_counts_two(character: str) -> None:
    assert measure(character) == Measure("GSM-7", 2, 1)
    assert measure(character * 80).segments == 1
    assert measure(character * 80 + "a").segments == 2


def test_every_character_of_the_basic_table_counts_one() -> None:
    basic = "".join(sorted(GSM_ALPHABET - set("^{}\\[~]|€")))
    assert len(basic) == 127
    assert measure(basic) == Measure("GSM-7", 127, 1)


@pytest.mark.parametrize("text", ["één àùìòéè", "Ä ö ü ñ ß å ø Æ", "€ 10 {bz}", "a\nb\rc", "@£$¥Ç§¿¡ΔΩ"])
def test_these_stay_in_the_cheap_alphabet(text: str) -> None:
    assert measure(text).encoding == "GSM-7"
    assert outside_gsm(text) == ""


@pytest.mark.parametrize("character", [*"ëïóáíêç`’“”–…şğıİقፕП", "Á", "\t", NO_BREAK_SPACE, "\N{SLIGHTLY SMILING FACE}"])
def test_one_of_these_makes_the_whole_text_double(character: str) -> None:
    assert measure("a" * 70 + character).encoding == "UCS-2"
    assert measure("a" * 70 + character).segments == 2
    assert outside_gsm(f"abc{character}{character}") == character


def test_an_emoji_counts_two_units() -> None:
    assert measure("\N{SLIGHTLY SMILING FACE}") == Measure("UCS-2", 2, 1)
    assert measure("\N{SLIGHTLY SMILING FACE}" * 35).segments == 1
    assert measure("\N{SLIGHTLY SMILING FACE}" * 36).segments == 2


def test_what_is_outside_the_alphabet_is_named_once_in_order() -> None:
    assert outside_gsm("België, geïnformeerd: “ë”") == "ëï“”"


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("]" * 153, 3),  # 76 pairs fit in a part of 153
        ("]" * 152, 2),
        ("a" + "]" * 152, 2),
        ("\N{SLIGHTLY SMILING FACE}" * 66, 2),  # 33 pairs fit in a part of 67
        ("\N{SLIGHTLY SMILING FACE}" * 67, 3),
        ("é" * 153 + "a" * 153, 2),
    ],
)
def test_a_pair_is_never_split_between_parts(text: str, segments: int) -> None:
    assert measure(text).segments == segments


@pytest.mark.parametrize(
    ("name", "written"),
    [("België", "Belgie"), ("Curaçao", "Curacao"), ("Bahama\u2019s", "Bahama's"), ("Tomé", "Tomé"), ("سوريا", "سوريا")],
)
def test_a_name_is_written_in_the_alphabet_where_its_letters_allow(name: str, written: str) -> None:
    assert in_gsm(name) == written
