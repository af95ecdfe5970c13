"""The people of a soak: what each writes, and what became of every message."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice

from bot.devtools.forms import ChannelName
from bot.devtools.twilio import InboundResult
from tests.harness.twilio_client import person

CANARY = "kanariegeel"
"""A word that must be found in clear nowhere."""

OUTAGE = "storing"
NOT_KEPT = "niet bewaren"
HIDDEN = "verkeerd nummer"
ERASED = "Gewist bij ons"
ASKED_ADVISOR = "Ik heb een medewerker gevraagd"
"""What the answers of the bot are known by, in Dutch, which all these people write."""

SCRIPTS: dict[str, tuple[str, ...]] = {
    "asks": ("hoi", "ja", "1", "menu", "6", "terug", "ik moet op reis", "menu", "2", "waar is mijn paspoort", "0"),
    "danger": ("hoi", "help hij slaat mij", "menu", "ik ben in gevaar", "1", "hij wil mij vermoorden", "menu"),
    "hides": ("hoi", "ja", "menu", "onweer", "menu", "hoi", "wat is dit", "1", "wie ben jij", "0", "ja"),
    "advised": ("hoi", "ja", "medewerker", f"ik ben {CANARY}", f"{CANARY} hoor je mij", f"nog iets {CANARY}"),
    "erases": ("hoi", "ja", f"ik heet {CANARY}", "wis", "1"),
}
DANGER = frozenset({"help hij slaat mij", "ik ben in gevaar", "hij wil mij vermoorden"})
ENDING = frozenset({"erases"})
"""Scripts that are played once; the others go round."""

KINDS = ("asks", "asks", "asks", "danger", "hides", "advised", "advised", "erases")


AFTER = "after "
"""Begins the name of what was broken last, when nothing is."""


def is_calm(broken: str) -> bool:
    """Is nothing broken?"""
    return not broken or broken.startswith(AFTER)


@dataclass
class Sent:
    """One message and how it was answered."""

    sid: str
    text: str
    result: InboundResult
    seconds: float
    broken: str = ""
    """What was broken when it was sent or answered, or "after …"."""

    repeat: InboundResult | None = None
    """The answer to the same message, sent again."""

    broken_again: str = ""
    """What was broken then."""

    @property
    def answer(self) -> str:
        """All its texts."""
        return "\n".join(self.result.texts)

    @property
    def missed(self) -> bool:
        """It never reached a web server of ours, so only the provider's list has it."""
        return bool(self.result.error)

    @property
    def told_not_kept(self) -> bool:
        return NOT_KEPT in self.answer

    @property
    def was_not_kept(self) -> bool:
        """It could be stored nowhere, so only the provider's list has it. Who has hidden it is not told so."""
        return self.told_not_kept or (HIDDEN in self.answer and self.broken == "spool_shut")

    @property
    def comes_later(self) -> bool:
        """Only the provider's list has it, and nobody told its sender so."""
        return self.missed or (self.was_not_kept and not self.told_not_kept)

    @property
    def in_outage(self) -> bool:
        return OUTAGE in self.answer

    @property
    def is_kept_apart(self) -> bool:
        """It may have been put in the spool, or be in the provider's list only."""
        return self.in_outage or self.missed or not is_calm(self.broken)


@dataclass(eq=False)
class Person:
    """Somebody with a phone, and their messages in the order they wrote them."""

    number: str
    channel: ChannelName
    kind: str
    texts: list[str]
    ours: str = ""
    """The number of the helpline they text, as Twilio writes it."""
    sent: list[Sent] = field(default_factory=list)
    final: str = ""
    """The last text an advisor sent them when all was over."""

    @property
    def done(self) -> bool:
        """They have written everything."""
        return len(self.sent) >= len(self.texts)

    @property
    def later(self) -> set[int]:
        """The places of the messages that come later."""
        return {place for place, sent in enumerate(self.sent) if sent.comes_later}

    @property
    def erased(self) -> bool:
        """The bot has told them that everything is erased, after which they wrote nothing."""
        return bool(self.sent) and ERASED in self.sent[-1].answer

    @property
    def may_be_erased(self) -> bool:
        """They asked for it, and their "yes" may have had to wait in the spool."""
        return self.kind == "erases" and self.done and self.sent[-1].is_kept_apart

    @property
    def hidden_from(self) -> int:
        """The place of the first message after which nothing may be given away; beyond the last when there is none."""
        if self.kind != "hides":
            return len(self.sent)
        found = (place for place, sent in enumerate(self.sent) if HIDDEN in sent.answer)
        return next(found, len(self.sent))

    @property
    def asked_advisor(self) -> bool:
        """They were told that an advisor is asked, by an answer that did not say it could not be kept."""
        return any(ASKED_ADVISOR in sent.answer and not sent.told_not_kept for sent in self.sent)


def make_people(count: int, messages: int, chance: random.Random, ours: Mapping[str, Sequence[str]]) -> list[Person]:
    """`count` people who together write about `messages`; every text of one person is unlike their others. ours: the
    numbers of the helpline by channel; each person has one of them."""
    numbers = chance.sample(range(80_000_000, 99_999_999), count)
    each = max(messages // count, 3)
    made = []
    for place, number in enumerate(numbers):
        kind = KINDS[place % len(KINDS)]
        channel: ChannelName = "whatsapp" if chance.random() < 0.3 else "sms"
        to = ours[channel][place % len(ours[channel])]
        made.append(Person(person(number), channel, kind, list(_texts(kind, each)), to))
    return made


def _texts(kind: str, count: int) -> Iterator[str]:
    script = SCRIPTS[kind]
    texts = script if kind in ENDING else islice(cycle(script), count)
    for place, text in enumerate(texts):
        yield text + " " * place  # the bot reads past the spaces; they tell one "menu" from the next


def place_of(text: str) -> int:
    """Which of their messages a stored text is."""
    return len(text) - len(text.rstrip(" "))
