"""Short words for conversations in the middle, and what their answers hold."""

from bot.dialogue.conversation import (
    Conversation,
)
from bot.nlu.understanding import Understander, Understanding
from tests.harness.conversations import a_conversation
from tests.harness.dialogue import DialogueTester
from tests.harness.fixed import NOW

BZ, EMERGENCY = "+31 247 247 247", "112"


MINUTE = int(NOW.timestamp()) // 60


UNKNOWN_TEXTS = ("blorp vlim", "zwonk krel", "drisp fnuk", "plomf gwer", "trelk bneu")
"""Not understood by the reader of these tests, whatever the next model makes of them."""


class Reading:
    """The real reader, except that it makes nothing of UNKNOWN_TEXTS."""

    def __init__(self, reader: Understander) -> None:
        self._reader = reader
        self._unknown = frozenset(" ".join(UNKNOWN_TEXTS).split())

    def understand(self, text: str, locale: str | None, spelled: str | None = None) -> Understanding:
        if self._unknown.issuperset(text.split()):
            return Understanding(language=locale or "nl", language_confidence=0.0)
        return self._reader.understand(text, locale, spelled)


def at(state: str, **fields: object) -> Conversation:
    """A conversation in the middle, a minute old."""
    values: dict[str, object] = {"locale": "nl", "heard_minute": MINUTE, "subject_disclosed": True} | fields
    return a_conversation(state=state, **values)


def shared(tester: DialogueTester, name: str) -> str:
    return tester.engine.content(tester.conversation.locale).shared[name]


def first_lines(text: str, count: int = 6) -> list[str]:
    return text.split("\n")[:count]


def with_words(tester: DialogueTester) -> DialogueTester:
    """Somebody who chose "pannenkoek" to hide and "tante rita" to come back, and then read about documents."""
    for text in ("hoi", "ja", "hoe verberg ik dit gesprek", "iemand kijkt mee", "eigen woord", "verbergen"):
        tester.say(text)
    tester.say("Pannenkoek")
    assert "Dat onthoud ik" in tester.reply
    for text in ("nog een", "terugkomen"):
        tester.say(text)
    tester.say("tante Rita")
    assert "Dat onthoud ik" in tester.reply
    assert "rita" not in tester.reply.lower()
    return tester.say("ik ben in marokko", "mijn paspoort is weg")
