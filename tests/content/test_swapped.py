"""Translations that were given to each other's texts."""

import random
from itertools import combinations

import pytest

from bot.content.inspection.swapped import swapped
from bot.content.library import Library

Key = tuple[str, str]


@pytest.fixture(scope="module")
def english(library: Library) -> dict[Key, str]:
    return {**library.catalogs["en"], **library.console_catalogs["en"]}


def key_of(catalog: dict[Key, str], context: str) -> Key:
    return next(key for key in catalog if key[0] == context)


def exchanged(catalog: dict[Key, str], one: Key, other: Key) -> dict[Key, str]:
    return catalog | {one: catalog[other], other: catalog[one]}


def test_the_english_catalog_has_none(english: dict[Key, str]) -> None:
    assert list(swapped(english)) == []


def test_two_quick_texts_that_were_exchanged_are_found(english: dict[Key, str]) -> None:
    """These two were: "Beginnen" put "Is somebody reading along?" into the answer."""
    one, other = key_of(english, "quick.begin.say"), key_of(english, "quick.alone.title")
    assert list(swapped(exchanged(english, one, other))) == [(one, other)]


def test_most_swaps_of_quick_texts_are_found_and_nothing_else_is(english: dict[Key, str]) -> None:
    texts = [key for key in english if key[0].startswith("quick.") and key[0].endswith(".say")]
    pairs = random.Random(14).sample(list(combinations(texts, 2)), 12)
    found = [list(swapped(exchanged(english, *pair))) for pair in pairs]
    assert all(set(each) <= {pair} for each, pair in zip(found, pairs, strict=True))
    assert sum(map(len, found)) >= 9
