"""All content in one language, ready to be said. Built once per language at start."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.dialogue.flow import State
from bot.dialogue.hours import Hours


@dataclass(frozen=True, slots=True)
class LocalizedContent:
    """Lookups for one language.

    Numbers stand in the texts already; only what depends on the conversation is still in braces.
    states: by fully qualified name. topics: topic id -> entry state. titles: topic id -> label in a list.
    general: topics that can be asked about without a word on the subject.
    urgent: topics of the first priority, which put a person before others in the queue.
    shared: id -> short text. numbers: referral id -> printed number or address, only those that may be said.
    countries: ISO code -> name in this language. local_numbers: ISO code -> the police or general number to show.
    hours: when advisors are there. announcements: id -> prepared text, said while it is switched on.
    code_words: those a case code is drawn from.
    """

    locale: str
    states: Mapping[str, State]
    topics: Mapping[str, str]
    titles: Mapping[str, str]
    general: frozenset[str]
    urgent: frozenset[str]
    shared: Mapping[str, str]
    numbers: Mapping[str, str]
    countries: Mapping[str, str]
    local_numbers: Mapping[str, str]
    hours: Hours
    announcements: Mapping[str, str] = field(default_factory=dict)
    code_words: tuple[str, ...] = ()
