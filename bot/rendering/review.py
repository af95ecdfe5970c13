"""Reviews an advisor's text before it is sent. Findings are hints; they never stop it.

Somebody else may read the phone: no organisation, link, name or address. Texts are charged by the segment, and one
character outside the GSM alphabet makes each segment less than half as long.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from bot.handoff.desk_texts import DeskTexts
from bot.rendering.segments import GSM_ALPHABET, Measure, measure, outside_gsm

MOST_SEGMENTS = 2
MOST_CHARACTERS_NAMED = 3
"""Up to so many characters outside the GSM alphabet are worth replacing; more are another script."""


class FindingKind(StrEnum):
    ORGANISATION = "organisation"
    LINK = "link"
    MAIL = "mail"
    NUMBER = "number"
    ADDRESS = "address"
    NAME = "name"
    PROMISE = "promise"
    ONLY_AT_HOME = "only_at_home"
    LONG = "long"
    COSTLY = "costly"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at."""

    kind: FindingKind
    what: str = ""
    """The place in the text, or the characters outside the GSM alphabet."""

    instead: str = ""
    """What could replace it."""

    parts: int = 0
    """SMS segments the text takes, for LONG and COSTLY."""

    fewer: int = 0
    """SMS segments without those characters, for COSTLY."""


_LINK = re.compile(
    r"\b(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:nl|com|org|net|eu|info|be|de|uk|ly|me|gov|io|app)\b(?:/\S*)?",
    re.I,
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"(?<!\w)(?:\+|00)?\d(?:[ ().-]?\d){6,}(?!\w)")
_POSTCODE = re.compile(r"\b[1-9]\d{3} ?[a-z]{2}\b", re.I)
_STREET = re.compile(
    r"\b\w+(?:straat|laan|weg|plein|kade|gracht|singel|steeg|dreef|hof|street|road|avenue)\s+\d{1,4}\b", re.I
)
_CALLED = re.compile(r"\b(?:ik heet|mijn naam is|my name is|i am called)\s+(\w+)", re.I)
_AT_HOME = re.compile(r"(?<![\d+])(?:112|0800[ -]?\d{2,4}(?: ?\d{2,4})?|0900[ -]?\d{2,4})(?!\d)")
_TELLING = frozenset(
    {FindingKind.ORGANISATION, FindingKind.LINK, FindingKind.MAIL, FindingKind.ADDRESS, FindingKind.NAME}
)
_INSTEAD = {
    "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-", "\u2026": "...",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u00b4": "'", "`": "'", "\u2022": "-", "\u200b": "", "\ufe0f": "",
}  # fmt: skip


def review(
    text: str, texts: DeskTexts, *, numbers: Collection[str], names: Collection[str], sms: bool, at_home: bool
) -> list[Finding]:
    """What to look at in `text`, the most harmful first.

    `numbers` are those of the registry, which may be given; `names` are those of advisors. `sms` counts segments.
    `at_home` says that the person is in the Netherlands, where 112 and 0800 work.
    """
    found = [
        *_words(text, texts.organisations, FindingKind.ORGANISATION),
        *_named(text, names),
        *(Finding(FindingKind.LINK, hit[0]) for hit in _LINK.finditer(_MAIL.sub(" ", text))),
        *(Finding(FindingKind.MAIL, hit[0]) for hit in _MAIL.finditer(text)),
        *_numbers(text, numbers),
        *(Finding(FindingKind.ADDRESS, hit[0]) for pattern in (_STREET, _POSTCODE) for hit in pattern.finditer(text)),
        *_only_at_home(text, numbers, at_home=at_home),
        *_words(text, texts.promises, FindingKind.PROMISE),
        *(_cost(text) if sms else ()),
    ]
    return list(dict.fromkeys(found))


def is_neutral(text: str, texts: DeskTexts, subject: Collection[str]) -> bool:
    """Does `text` contain no organisation, link, address, person or word of the subject?"""
    found = review(text, texts, numbers=(), names=(), sms=False, at_home=True)
    return not any(each.kind in _TELLING for each in found) and not any(word in text.lower() for word in subject)


def without_strays(text: str) -> str:
    """`text` with plain quotes, dashes and letters for those outside the GSM alphabet; é is inside, so it stays."""
    return "".join(each if each in GSM_ALPHABET else _plain(each) or each for each in text)


def _words(text: str, words: Collection[str], kind: FindingKind) -> list[Finding]:
    return [
        Finding(kind, hit[0])
        for word in words
        for hit in [re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.I)]
        if hit
    ]


def _named(text: str, names: Collection[str]) -> list[Finding]:
    """Names: of a colleague, or of somebody who introduces themselves."""
    parts = {part for name in names for part in name.split() if len(part) > 2 and part[0].isupper()}
    known = [hit[0] for part in sorted(parts) for hit in [re.search(rf"\b{re.escape(part)}\b", text)] if hit]
    said = [hit[1] for hit in _CALLED.finditer(text)]
    return [Finding(FindingKind.NAME, name) for name in [*known, *said]]


def _numbers(text: str, numbers: Collection[str]) -> list[Finding]:
    may = {_digits(number) for number in numbers}
    return [Finding(FindingKind.NUMBER, hit[0]) for hit in _NUMBER.finditer(text) if _digits(hit[0]) not in may]


def _only_at_home(text: str, numbers: Collection[str], *, at_home: bool) -> list[Finding]:
    """A number that works only in the Netherlands, without one that works from where the person may be."""
    abroad = [number for number in numbers if number.startswith("+") and _digits(number) in _digits(text)]
    hit = _AT_HOME.search(text)
    return [Finding(FindingKind.ONLY_AT_HOME, hit[0])] if hit and not at_home and not abroad else []


def _cost(text: str) -> list[Finding]:
    size = measure(text)
    strays = outside_gsm(text)
    found = [Finding(FindingKind.LONG, parts=size.segments)] if size.segments > MOST_SEGMENTS else []
    if strays and len(strays) <= MOST_CHARACTERS_NAMED and all(_plain(each) is not None for each in strays):
        better: Measure = measure(without_strays(text))
        if better.segments < size.segments:
            shown = " ".join(_plain(each) or "" for each in strays)
            found.append(Finding(FindingKind.COSTLY, " ".join(strays), shown, size.segments, better.segments))
    return found


def _plain(character: str) -> str | None:
    """What replaces a character in the GSM alphabet; None where nothing does."""
    if character in _INSTEAD:
        return _INSTEAD[character]
    base = unicodedata.normalize("NFKD", character)[0]
    return base if base in GSM_ALPHABET and base.isalpha() else None


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)
