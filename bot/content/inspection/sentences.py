"""Every sentence by itself: numbers, names in braces, tone."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from bot.content.braces import CODE, DYNAMIC, names, wrong_in
from bot.content.faults import Fault
from bot.content.files import DATA
from bot.content.translation.extract import Sentence, sentences
from bot.content.values import Content
from bot.dialogue.conversation import Place
from bot.dialogue.flow import State

_DIGITS = re.compile(r"\+?\d[\d\s().-]{4,}\d|\b\d{3,}\b")
_LOUD = re.compile(r"!|\b[A-Z]{5,}\b|[\U0001F300-\U0001FAFF\u2600-\u27BF]")
_ALLOWED_CAPITALS = frozenset({"LHBTIQ", "LGBTIQ"})


def text_faults(content: Content, root: Path) -> Iterator[Fault]:
    """Numbers, names in braces and tone of every Dutch sentence."""
    numbers = {name for name, referral in content.referrals.items() if referral.sayable}
    for file, sentence in all_sentences(root):
        yield from sentence_faults(file, sentence.context, sentence.text, numbers)
        if "slachtoffer" in sentence.text.lower():
            yield Fault(file, sentence.context, 'says "slachtoffer"; people do not call themselves that')
    for name, state in content.states.items():
        yield from _reach(content, name, state)


def sentence_faults(file: str, where: str, text: str, numbers: set[str]) -> Iterator[Fault]:
    """Faults of one sentence in any language. numbers: the referrals that may be said."""
    problem = wrong_in(where, text, numbers)
    if problem:
        yield Fault(file, where, problem)
        return
    if _DIGITS.search(_without_names(text)):
        yield Fault(file, where, "has a number typed into the text; name it from referrals.toml")
    loud = [hit for hit in _LOUD.findall(_without_names(text)) if hit not in _ALLOWED_CAPITALS]
    if loud:
        yield Fault(file, where, f"is loud: {loud[0]!r}")
    if "\n\n" in text or text != text.strip() or "  " in text:
        yield Fault(file, where, "has an empty line, or white space at an end or doubled")
    for line in text.splitlines():
        if names(line) - DYNAMIC - CODE and not re.fullmatch(r"\{\w+\}", line.strip()):
            yield Fault(file, where, "has a number that does not stand on a line of its own")


def _reach(content: Content, name: str, state: State) -> Iterator[Fault]:
    """Never only numbers that do not work where the person may be."""
    for place in (Place.UNKNOWN, Place.ABROAD):
        named = [content.referrals[each] for each in names(state.text(place)) if each in content.referrals]
        phones = [referral for referral in named if referral.kind == "phone"]
        if phones and not state.numbers and not any("abroad" in phone.reachable_from for phone in phones):
            message = f'gives only numbers that work in the Netherlands (place "{place}")'
            yield Fault(content.file_of(name), name, message)


def all_sentences(root: Path) -> Iterator[tuple[str, Sentence]]:
    """Every Dutch sentence with its file, by the same walk the translators' template is made with."""
    for path in sorted([*(root / "flows").glob("*.toml"), *(root / "flows").glob("topics/*.toml")]):
        if path.name not in DATA:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            for sentence in sentences(data):
                yield str(path.relative_to(root)), sentence


def _without_names(text: str) -> str:
    return re.sub(r"\{\w+\}", "", text)
