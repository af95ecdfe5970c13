"""Whole messages as they go out: length, alphabet, neutral words."""

import re
from collections.abc import Iterator

from bot.content.faults import Fault
from bot.content.library import Library
from bot.content.localizing import localize_desk
from bot.dialogue.conversation import Conversation, Place, Position
from bot.dialogue.localized_content import LocalizedContent
from bot.dialogue.states import CRISES, SharedText, StateName
from bot.dialogue.turn import Say
from bot.rendering.segments import Measure, measure, outside_gsm
from bot.rendering.texts import render

MOST_SEGMENTS = {"GSM-7": 3, "UCS-2": 7}
MANY_SEGMENTS = {"GSM-7": 2, "UCS-2": 5}
"""Alphabet -> SMS parts that hold a text of the same length: a part has 153 characters in the one and 67 in the
other."""
MOST_WITH_MANY = 0.2
"""How many of all answers may take more than MANY_SEGMENTS."""
CRISIS = (SharedText.CRISIS_ASKED, SharedText.CRISIS_DECLINE)
_ONE_SEGMENT = (StateName.OPENER, "card.show")
_OWN_SCRIPTS = (StateName.LANGUAGES, StateName.MORE_LANGUAGES)
"""Where languages are named in their own script."""


def message_faults(library: Library, localized: LocalizedContent) -> Iterator[Fault]:
    """Whole messages as they go out, for every place: length, alphabet, neutral words."""
    content = library.content
    forbidden = content.neutral.get(localized.locale, ())
    for name, state in localized.states.items():
        file = content.file_of(name)
        longest = measure("")
        for conversation in _situations():
            # The longest there is: the first answer in a crisis says as well that an advisor was asked for.
            opens = name in (localized.topics.get(topic) for topic in CRISES)
            text = render(Say(state=name, closing=CRISIS if opens else ()), conversation, localized)
            size = measure(text)
            longest = max(longest, size, key=_share)
            doubled = localized.locale == library.languages.source and size.encoding == "UCS-2"
            if doubled and name not in _OWN_SCRIPTS:
                yield Fault(file, name, f"costs double: {outside_gsm(text)!r} is not in the GSM alphabet")
            if name in _ONE_SEGMENT and size.segments > 1:
                yield Fault(file, f"{name} ({localized.locale})", f"must fit one SMS, has {size.characters} characters")
            if state.neutral:
                for word in forbidden:
                    if word in text.lower():
                        yield Fault(file, f"{name} ({localized.locale})", f'is neutral but says "{word}"')
        if longest.segments > MOST_SEGMENTS[longest.encoding]:
            yield Fault(file, f"{name} ({localized.locale})", f"takes {longest.segments} SMS parts")
    sizes = answer_sizes(localized)
    long = sum(is_long(size) for size in sizes)
    if long > MOST_WITH_MANY * len(sizes):
        message = f"{long} of {len(sizes)} answers are longer than two SMS parts of 153 characters"
        yield Fault("flows", localized.locale, message)


def is_long(size: Measure) -> bool:
    """Does a text take more parts than most answers may?"""
    return size.segments > MANY_SEGMENTS[size.encoding]


def _share(size: Measure) -> float:
    """How much of the parts that a text may take it does."""
    return size.segments / MOST_SEGMENTS[size.encoding]


def answer_sizes(localized: LocalizedContent) -> list[Measure]:
    """The size of every state, each for a place that is not known, the Netherlands, abroad, and a country."""
    return [
        measure(render(Say(state=name), conversation, localized))
        for name in localized.states
        for conversation in _places()
    ]


def desk_faults(library: Library) -> Iterator[Fault]:
    """What an advisor begins from: as few SMS parts as the check asks for, and no word it would point at."""
    for locale in library.languages.live:
        texts = localize_desk(library, locale)
        for kind, rows in (("quick", texts.quick), ("announcement", texts.announcement)):
            for name, row in rows.items():
                where = f"{kind}.{name} ({locale})"
                size = measure(row.say)
                if size.encoding == "UCS-2" and locale == library.languages.source:
                    yield Fault("flows/desk.toml", where, f"costs double: {outside_gsm(row.say)!r}")
                if size.segments > MANY_SEGMENTS[size.encoding]:
                    yield Fault("flows/desk.toml", where, f"takes {size.segments} SMS parts")
                for word in (*texts.organisations, *texts.promises):
                    if re.search(rf"\b{re.escape(word)}\b", row.say.lower()):
                        yield Fault("flows/desk.toml", where, f'says "{word}", which an advisor is warned of')


def _situations() -> Iterator[Conversation]:
    """The conversations that change what a state shows. A closed one has the shortest numbers, an open one the
    longest; a country that was mentioned adds a choice."""
    said, *known = _places()
    yield said.with_told(subject_disclosed=False)
    yield from (said, *known)
    yield said.with_told(mentioned_country="MA")
    yield said.with_told(place=Place.ABROAD, mentioned_country="MA")
    yield said.with_told(place=Place.ABROAD, country="TR")


def _places() -> tuple[Conversation, ...]:
    """Somebody who may be answered plainly, by what they told of where they are."""
    offered = Position(candidates=("left_behind", "trip_planned", "contact"))
    said = Conversation(case_code="w" * 36, position=offered).with_told(subject_disclosed=True)
    abroad = said.with_told(place=Place.ABROAD)
    return said, said.with_told(place=Place.NETHERLANDS), abroad, abroad.with_told(country="MA")
