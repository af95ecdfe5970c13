"""The case code: four plain words to say on the phone, or to send from another number, so that nobody has to tell
everything twice. Pure.

It leads an advisor to the answers that were chosen, and to nothing else: no number, no words, no conversation. Nothing
ties it to a number; it is drawn from an unpredictable one. Two numbers are never joined but by it.
"""

from collections.abc import Collection, Sequence

from msgspec.structs import replace

from bot.dialogue.conversation import Conversation, Place, SetAside
from bot.dialogue.events import Answers, CodeAsked, CodeMade
from bot.dialogue.turn import Turn
from bot.nlu.normalise import normalise

WORDS = 4
FEWEST = 305
"""Words a language must have to choose from: 305 to the fourth power is more than 2 to the 33rd."""

RANDOM_BITS = 64
"""Of the random number a code is drawn by: far more than it needs, so that no word is more likely than another."""


def answers(conversation: Conversation, topics: Collection[str]) -> Answers:
    """What is known by choices, what a silence has put away too. topics: all ids there are."""
    aside = conversation.privacy.set_aside or SetAside()
    told, earlier = conversation.told, aside.told
    place = told.place if told.place is not Place.UNKNOWN else earlier.place
    seen = (
        state.partition(".")[0]
        for part in (aside.position, conversation.position)
        for state in (*part.history, part.state)
    )
    return Answers(
        language=conversation.locale,
        place="" if place is Place.UNKNOWN else str(place),
        country=told.country or earlier.country,
        role=told.role or earlier.role,
        phone=told.phone or earlier.phone,
        safe=told.safe if told.safe is not None else earlier.safe,
        no_call=told.no_call,
        danger=conversation.handling.danger,
        topics=tuple(dict.fromkeys(topic for topic in seen if topic in topics)),
    )


def drawn(words: Sequence[str], random_bits: int) -> str:
    """Four of `words`, by a random number of RANDOM_BITS."""
    chosen = []
    for _each in range(WORDS):
        random_bits, index = divmod(random_bits, len(words))
        chosen.append(words[index])
    return " ".join(chosen)


def given(turn: Turn, words: Sequence[str], topics: Collection[str], random_bits: int) -> Turn:
    """The turn with a code in it, when it asks for one."""
    if not any(isinstance(event, CodeAsked) for event in turn.events):
        return turn
    made = CodeMade(drawn(words, random_bits), answers(turn.conversation, topics))
    events = tuple(made if isinstance(event, CodeAsked) else event for event in turn.events)
    return Turn(replace(turn.conversation, case_code=made.words), events, turn.say)


def read(text: str, words: Collection[str]) -> str:
    """The code a text is, "" when it is none: four words of the lists and nothing else, however they are parted."""
    found = normalise(text).split()
    return " ".join(found) if len(found) == WORDS and all(word in words for word in found) else ""


def misheard(text: str, words: Collection[str], most: int = 8) -> list[str]:
    """The words of a text that are in no list, so that whoever heard them can ask once more."""
    return [word for word in normalise(text).split()[:most] if word not in words]
