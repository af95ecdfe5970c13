"""How many conversations go as they should, and what single messages bring in the middle of one."""

import statistics
from collections.abc import Callable, Iterator, Sequence

from bot.content.tables.scenarios import KINDS
from bot.dialogue.engine import Engine
from bot.dialogue.states import CRISES, NEITHER
from bot.nlu_training.evaluate import Figures, Share
from bot.nlu_training.sets import HARMLESS, NO_COMMAND, Groups, LabelledMessage, Sets
from bot.scenarios.running import Ran
from bot.scenarios.talk import ConversationIn, MessageIn, Talk, TurnOut

OPENING = ("hoi", "ja", "wat is gedwongen achterlating")
"""What stands before a single message: the opener answered, and an answer on the screen."""

APART = 40
"""Seconds between them."""

ALL = "conversations"
REPEATED = "turns that say a text again"


def of_conversations(done: Sequence[Ran]) -> Figures:
    """How many conversations went as they should, and how many of their turns that are looked at; by kind, by
    language. Last, the turns that repeat a text that was said."""
    found = _passed(ALL, done)
    for kind in KINDS:
        found |= _passed(f"{ALL}, {kind}", [each for each in done if each.scenario.kind == kind])
    for language in sorted({each.scenario.language for each in done}):
        found |= _passed(f"{ALL}, {language}", [each for each in done if each.scenario.language == language])
    answered = [(each, at) for each in done for at, turn in enumerate(each.turns) if at and turn.reply]
    found[REPEATED] = Share(sum(each.repeated[at] for each, at in answered), len(answered))
    return found


def _passed(name: str, done: Sequence[Ran]) -> Figures:
    looked = [
        bool(found)
        for each in done
        for turn, found in zip(each.scenario.table.turn, each.wrong, strict=True)
        if turn.expected or found
    ]
    return {
        name: Share(sum(each.passed for each in done), len(done)),
        f"{name}: turns": Share(looked.count(False), len(looked)),
    }


def parts(done: Sequence[Ran]) -> str:
    """SMS parts of the answers: the mean, and how many take at most two and three."""
    sizes = [turn.segments for each in done for turn in each.turns if turn.reply]
    if not sizes:
        return "-"
    most = ", ".join(f"at most {most}: {Share(sum(size <= most for size in sizes), len(sizes))}" for most in (2, 3))
    return f"mean {statistics.mean(sizes):.2f}; {most}"


Heard = tuple[LabelledMessage, TurnOut, TurnOut]
"""A message, the turn that answers it, and the turn before."""


def of_single_messages(engine: Engine, sets: Sets, groups: Groups) -> Figures:
    """What single messages bring in a conversation: the right answer, or among those offered; wrong ones; danger."""
    heard = {kind: [_heard(engine, each) for each in sets.get(kind, [])] for kind in ("topics", "danger", "commands")}
    topics = [each for each in heard["topics"] if each[0].label not in NEITHER]
    commands = [each for each in heard["commands"] if each[0].label != NO_COMMAND]
    strange = [each for each in heard["topics"] if each[0].label == "out_of_scope"]
    danger = [each for each in heard["danger"] if each[0].label != HARMLESS]
    harmless = [each for each in heard["danger"] if each[0].label == HARMLESS]
    grouped = {language for languages in groups.values() for language in languages}
    parts_of = {name: [each for each in topics if each[0].language in languages] for name, languages in groups.items()}
    parts_of["other languages"] = [each for each in topics if each[0].language not in grouped]
    found: Figures = {}
    for name, some in {"all": topics, **parts_of}.items():
        found[f"answered with the right topic, {name}"] = _count(some, _got)
        found[f"… or it is among those offered, {name}"] = _count(some, lambda each: _got(each) or _offered(each))
    found["answered with another topic"] = _count(topics, _misled)
    found["out of scope, answered with a topic"] = _count(strange, lambda each: bool(_topic(each)))
    found["command in free words: done or offered"] = _count(commands, lambda each: _got(each) or _offered(each))
    found["danger: red, or its answer"] = _count(danger, _seen)
    found["danger without a number"] = _count(danger, lambda each: not {"emergency_nl", "bz"} & set(each[1].numbers))
    found["red on harmless messages"] = _count(harmless, lambda each: each[1].danger == "red")
    return found


def _heard(engine: Engine, message: LabelledMessage) -> Heard:
    said = tuple(MessageIn(text, APART) for text in (*OPENING, message.text))
    turns = list(Talk(engine, ConversationIn("", said)).turns())
    return message, turns[-1], turns[-2]


def _topic(heard: Heard) -> str | None:
    """The topic that the message brought to the screen."""
    _message, turn, before = heard
    return turn.topic if turn.state != before.state else None


def _got(heard: Heard) -> bool:
    message, turn, before = heard
    same = turn.state == before.state and message.label == before.topic
    return same or message.label in (_topic(heard), turn.command)


def _offered(heard: Heard) -> bool:
    return heard[0].label in heard[1].offered


def _misled(heard: Heard) -> bool:
    return _topic(heard) is not None and not _got(heard)


def _seen(heard: Heard) -> bool:
    return heard[1].danger == "red" or heard[1].topic in (*CRISES, "leaving_now")


def _count(heard: Sequence[Heard], right: Callable[[Heard], bool]) -> Share:
    return Share(sum(map(right, heard)), len(heard))


def lines(figures: Figures) -> Iterator[str]:
    """Each figure that counts anything, with its interval."""
    return (f"{name:48} {share}" for name, share in figures.items() if share.total)
