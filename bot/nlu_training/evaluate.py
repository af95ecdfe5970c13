"""How well messages are understood, on messages outside the training data. `make evaluate` prints it."""

import math
import resource
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.dialogue.states import NEITHER
from bot.nlu.reader import Reader
from bot.nlu.understanding import Understanding
from bot.nlu_training.sets import HARMLESS, NO_COMMAND, NO_COUNTRY, Groups, LabelledMessage, Sets

P0 = frozenset(
    (
        "danger", "left_behind", "abroad_afraid", "trip_planned", "leaving_now", "local_emergency_number",
        "number_from_abroad", "embassy", "documents_taken", "no_money_or_phone", "prepare_trip", "someone_abroad",
        "suicide",
    )
)  # fmt: skip
OTHERS = "other languages, P0 topics"
WORDS_FOR_LANGUAGE = 3
SURE = 0.9

Read = tuple[LabelledMessage, Understanding]


@dataclass(frozen=True, slots=True)
class Share:
    """Hits among a total. Printed with Wilson's interval of 95 %."""

    hits: int
    total: int

    @property
    def part(self) -> float:
        return self.hits / self.total if self.total else math.nan

    def __str__(self) -> str:
        if not self.total:
            return "-"
        low, high = _wilson(self.hits, self.total)
        return f"{100 * self.part:5.1f} % ({100 * low:.0f}-{100 * high:.0f}; {self.hits} of {self.total})"


Figures = dict[str, Share]
"""What is measured -> how often it is so."""


def figures(reader: Reader, sets: Sets, groups: Groups) -> Figures:
    """Every figure with a gate, and those that explain it."""
    read = {
        kind: [(message, reader.understand(message.text, None)) for message in found] for kind, found in sets.items()
    }
    return {
        **_topics(read.get("topics", []), groups),
        **_danger(read.get("danger", []), read.get("topics", [])),
        **_person(read.get("person", []), read.get("topics", [])),
        **_language(read.get("language", [])),
        **_country(read.get("country", []), read.get("topics", [])),
        **_commands(
            read.get("commands", []), [*read.get("topics", []), *read.get("danger", []), *read.get("person", [])]
        ),
    }


def best(understood: Understanding) -> list[str]:
    """The topics a message is taken for, the most probable first."""
    offered = [each.topic for each in understood.candidates]
    return list(dict.fromkeys([understood.topic, *offered] if understood.topic else offered))


def _topics(read: Sequence[Read], languages_of: Groups) -> Figures:
    known = [(message, understood) for message, understood in read if message.label not in NEITHER]
    groups: dict[str, list[Read]] = {
        name: [each for each in known if each[0].language in languages] for name, languages in languages_of.items()
    }
    live = {language for languages in languages_of.values() for language in languages}
    groups[OTHERS] = [each for each in known if each[0].language not in live and each[0].label in P0]
    for language in sorted({message.language for message, _understood in known}):
        groups[language] = [each for each in known if each[0].language == language]
    found: Figures = {}
    for name, part in groups.items():
        found[f"topic first, {name}"] = _count(part, lambda m, u: m.label in best(u)[:1])
        found[f"topic among three, {name}"] = _count(part, lambda m, u: m.label in best(u)[:3])
        found[f"topic first, the surest at {SURE:.0%}, {name}"] = _covered(part)
    for topic in sorted({message.label for message, _understood in known}):
        part = [each for each in known if each[0].label == topic]
        found[f"topic first, about {topic}"] = _count(part, lambda m, u: m.label in best(u)[:1])
    found["answered without asking"] = _count(known, lambda _m, u: u.topic is not None)
    answered = [(message, understood) for message, understood in read if understood.topic]
    found["answered rightly, of what is answered"] = _count(answered, lambda m, u: m.label == u.topic)
    asked = [(message, understood) for message, understood in known if not understood.topic]
    found["asked, the right one among three"] = _count(asked, lambda m, u: m.label in best(u)[:3])
    strange = [each for each in read if each[0].label == "out_of_scope"]
    found["out of scope, answered with a topic"] = _count(
        strange, lambda _m, u: u.topic not in (None, "out_of_scope") and u.command is None
    )
    return found


def _covered(read: Sequence[Read]) -> Share:
    """How many messages, the most confident first, can be answered while SURE of the answers are right."""
    surest = sorted(read, key=lambda each: -each[1].confidence)
    right = covered = 0
    for done, (message, understood) in enumerate(surest, 1):
        right += message.label in best(understood)[:1]
        covered = done if right >= SURE * done else covered
    return Share(covered, len(surest))


def _danger(read: Sequence[Read], topics: Sequence[Read]) -> Figures:
    true = [each for each in read if each[0].label != HARMLESS]
    harmless = [each for each in read if each[0].label == HARMLESS]
    found = {
        "danger, red or amber": _count(true, lambda _m, u: u.danger != "none"),
        "danger without the emergency line": _count(
            [*true, *(each for each in topics if each[0].label in ("danger", "suicide"))], lambda _m, u: _unprotected(u)
        ),
        "red on harmless messages": _count(harmless, lambda _m, u: u.danger == "red"),
        "amber on harmless messages": _count(harmless, lambda _m, u: u.danger == "amber"),
        "emergency line on harmless messages": _count(harmless, lambda _m, u: u.emergency_line),
    }
    for kind in sorted({message.label for message, _understood in true}):
        part = [each for each in true if each[0].label == kind]
        found[f"danger {kind}: red"] = _count(part, lambda _m, u: u.danger == "red")
        found[f"danger {kind}: red or amber"] = _count(part, lambda _m, u: u.danger != "none")
    for language in sorted({message.language for message, _understood in true}):
        part = [each for each in true if each[0].language == language]
        found[f"danger in {language}: red or amber"] = _count(part, lambda _m, u: u.danger != "none")
    return found


def _unprotected(understood: Understanding) -> bool:
    return understood.danger != "red" and not understood.emergency_line


def _person(read: Sequence[Read], topics: Sequence[Read]) -> Figures:
    wanted = [each for each in read if each[0].label == "wants"]
    refused = [each for each in read if each[0].label == "nocall"]
    others = [each for each in read if each[0].label == "no"]
    return {
        "person wanted: heard": _count(wanted, lambda _m, u: u.wants_advisor),
        "person wanted: false alarms": _count([*others, *topics], lambda _m, u: u.wants_advisor),
        "person wanted: false alarms, near misses only": _count(others, lambda _m, u: u.wants_advisor),
        "not to be called: heard": _count(refused, lambda _m, u: u.no_call),
        "not to be called: taken for wanting a call": _count(refused, lambda _m, u: u.wants_advisor),
        "not to be called: false alarms": _count([*wanted, *others, *topics], lambda _m, u: u.no_call),
    }


def _language(read: Sequence[Read]) -> Figures:
    long = [each for each in read if len(each[0].text.split()) >= WORDS_FOR_LANGUAGE]
    short = [each for each in read if len(each[0].text.split()) < WORDS_FOR_LANGUAGE]
    found = {
        "language, three words and more": _count(long, lambda m, u: m.label == u.language),
        "language, one or two words": _count(short, lambda m, u: m.label == u.language),
    }
    for language in sorted({message.label for message, _understood in long}):
        part = [each for each in long if each[0].label == language]
        found[f"language {language}"] = _count(part, lambda m, u: m.label == u.language)
    return found


def _country(read: Sequence[Read], topics: Sequence[Read]) -> Figures:
    named = [each for each in read if each[0].label != NO_COUNTRY]
    others = [each for each in read if each[0].label == NO_COUNTRY]
    return {
        "country: found": _count(named, lambda m, u: m.label == u.country),
        "country: another one": _count(named, lambda m, u: u.country not in (None, m.label)),
        "country: false hits": _count(others, lambda _m, u: u.country is not None),
    }


def _commands(read: Sequence[Read], others: Sequence[Read]) -> Figures:
    """others: messages that ask for no command of this kind, of which near misses are the hardest."""
    asked = [each for each in read if each[0].label != NO_COMMAND]
    near = [each for each in read if each[0].label == NO_COMMAND]
    found = {
        "command in free words: heard": _count(asked, lambda m, u: m.label in (u.command, u.free_command)),
        "command in free words: another one": _count(
            asked, lambda m, u: (u.command or u.free_command) not in (None, m.label)
        ),
        "command in free words: false": _count([*others, *near], lambda _m, u: u.free_command is not None),
        "command in free words: false, near misses only": _count(near, lambda _m, u: u.free_command is not None),
    }
    for command in sorted({message.label for message, _understood in asked}):
        part = [each for each in asked if each[0].label == command]
        found[f"command {command}: heard"] = _count(part, lambda m, u: m.label in (u.command, u.free_command))
    return found


def speed(reader: Reader, messages: Sequence[LabelledMessage]) -> tuple[float, float, float]:
    """Milliseconds to understand a message: the median, the 95th percentile, and the median for a command."""
    free = sorted(_milliseconds(reader, message.text, message.language) for message in messages)
    digits = statistics.median(_milliseconds(reader, "menu", None) for _ in range(200))
    return free[len(free) // 2], free[int(len(free) * 0.95)], digits


def memory() -> float:
    """The peak memory of this process in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _milliseconds(reader: Reader, text: str, language: str | None) -> float:
    began = time.perf_counter()
    reader.understand(text, language)
    return 1000 * (time.perf_counter() - began)


def _count(read: Iterable[Read], right: Callable[[LabelledMessage, Understanding], bool]) -> Share:
    verdicts = [right(message, understood) for message, understood in read]
    return Share(sum(verdicts), len(verdicts))


def _wilson(hits: int, total: int) -> tuple[float, float]:
    """Wilson's score interval at 95 % (Wilson 1927)."""
    z = 1.96
    part = hits / total
    middle = part + z * z / (2 * total)
    spread = z * math.sqrt(part * (1 - part) / total + z * z / (4 * total * total))
    return (middle - spread) / (1 + z * z / total), (middle + spread) / (1 + z * z / total)
