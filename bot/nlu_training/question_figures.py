"""What the bot makes of one question at a time: for whom somebody writes, …

Read off the turn that answers the message as the second one of a conversation, with the menu on the screen: so it is
measured whatever part of the bot reads it, a classifier, a list or a rule.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from bot.dialogue.conversation import Conversation, Place, Position, Told
from bot.dialogue.engine import Engine
from bot.dialogue.states import StateName
from bot.dialogue.turn import Circumstances, Turn
from bot.messages import Channel, Inbound
from bot.nlu_training.evaluate import Figures, Share
from bot.nlu_training.questions import QUESTIONS, Questions
from bot.nlu_training.sets import Groups, LabelledMessage

OTHERS = "other languages"
AT_NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)

Read = tuple[LabelledMessage, str]
"""A message and what its question was read as."""


def _who(turn: Turn) -> str:
    """Who says nothing of it is taken to write for themselves."""
    return "stranger" if turn.answered_by == "stranger" else turn.conversation.told.role or "self"


def _where(turn: Turn) -> str:
    """Taken for where the writer is; or asked back whether they are there; or neither."""
    told = turn.conversation.told
    if told.place is not Place.UNKNOWN:
        return told.place
    return "asked" if told.mentioned_country else "unknown"


def _looking(turn: Turn) -> str:
    hidden = turn.conversation.position.state == StateName.DECOY
    return "yes" if hidden and turn.answered_by != "stranger" else "no"


ASIDE = frozenset({"small_talk", "not_understood"})
"""Steps that answer with no subject."""


def _scope(turn: Turn) -> str:
    """Turned away; or neither ("did you mean"); or answered as something of ours."""
    if turn.conversation.position.state == StateName.OTHER:
        return "out"
    return "asked" if turn.answered_by in ASIDE else "in"


def _when(turn: Turn) -> str:
    """What the reader makes of it: no answer shows it."""
    return (turn.understood.when if turn.understood else None) or "unknown"


READINGS: Mapping[str, Callable[[Turn], str]] = {
    "who": _who, "where": _where, "when": _when, "looking": _looking, "scope": _scope,
}  # fmt: skip
"""Question -> what a turn shows it was read as. Without one it is not read."""

NOT_HERE = frozenset({"asked", "unknown"})
"""What somebody gets who does not say where they are."""

RIGHT: Mapping[tuple[str, str], frozenset[str]] = {
    ("where", "under_way"): NOT_HERE,
    ("where", "others_place"): NOT_HERE,
    ("where", "going"): NOT_HERE,
    ("where", "none"): NOT_HERE,
}
"""(question, label) -> the readings that are right, where these are others than the label."""


MISTAKES: Mapping[tuple[str, str], str] = {
    ("where", "abroad"): Place.NETHERLANDS,
    ("where", "others_place"): "asked",
    ("where", "going"): "asked",
    ("where", "none"): "asked",
    ("scope", "in"): "out",
    ("scope", "out"): "in",
}
"""(question, label) -> the reading that is worse than the others which are not right, or less good."""


def measured(engine: Engine, questions: Questions, groups: Groups) -> Iterator[str]:
    """A line for each figure, with its interval; then for each label what its messages were read as."""
    for question, messages in questions.items():
        if question not in READINGS:
            yield f"{question:48} not read ({len(messages)} messages)"
            continue
        read = [(message, READINGS[question](_answered(engine, message))) for message in messages]
        for name, share in figures(question, read, groups).items():
            yield f"{name:48} {share}"
        for label in QUESTIONS[question]:
            counts = Counter(reading for message, reading in read if message.label == label)
            yield f"{f'{question}, {label}: read as':48} " + ", ".join(f"{r} {n}" for r, n in counts.most_common())


def figures(question: str, read: Sequence[Read], groups: Groups) -> Figures:
    """How often it is read rightly: of all messages, by group of languages, by label."""
    grouped = {language for languages in groups.values() for language in languages}
    found = {question: _right(question, read)}
    for name, languages in groups.items():
        found[f"{question}, {name}"] = _right(question, [each for each in read if each[0].language in languages])
    rest = [each for each in read if each[0].language not in grouped]
    found[f"{question}, {OTHERS}"] = _right(question, rest)
    for label in QUESTIONS[question]:
        readings = [reading for message, reading in read if message.label == label]
        found[f"{question}, {label}"] = _right(question, [each for each in read if each[0].label == label])
        mistake = MISTAKES.get((question, label))
        if mistake:
            found[f"{question}, {label}: taken for {mistake}"] = Share(readings.count(mistake), len(readings))
    return found


def _right(question: str, read: Sequence[Read]) -> Share:
    hits = [reading in RIGHT.get((question, message.label), {message.label}) for message, reading in read]
    return Share(sum(hits), len(hits))


def _answered(engine: Engine, message: LabelledMessage) -> Turn:
    """The turn that answers it, after the menu was shown."""
    locale = message.language if message.language in engine.contents else engine.rules.languages.default
    before = Conversation(
        locale=locale,
        heard_minute=int(AT_NOON.timestamp()) // 60,
        position=Position(state=StateName.MENU),
        told=Told(safe=True, subject_disclosed=True),
    )
    inbound = Inbound("measured", "measured", Channel.WHATSAPP, text=message.text)
    return engine.advance(before, engine.read(inbound), Circumstances(AT_NOON, random_bits=0))
