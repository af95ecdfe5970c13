"""All content in one language, ready to be said. Built once per language at start."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.dialogue.flow import State
from bot.dialogue.hours import Hours


@dataclass(frozen=True, slots=True)
class LocalizedContent:
    """Lookups for one language. Numbers stand in the texts already; only what depends on the conversation is still in
    braces."""

    locale: str
    states: Mapping[str, State]
    """By "flow.state"."""
    topics: Mapping[str, str]
    """Topic -> the state that answers it."""
    titles: Mapping[str, str]
    """Topic -> its label in a list."""
    general: frozenset[str]
    """Topics that can be asked about without a word on the subject."""
    urgent: frozenset[str]
    """Topics of the first priority, which put a person before others in the queue."""
    shared: Mapping[str, str]
    """Short texts, by `states.SharedText`."""
    numbers: Mapping[str, str]
    """Referral -> printed number or address; only those that may be said."""
    countries: Mapping[str, str]
    """ISO 3166 code -> name in this language, in letters that an SMS takes."""
    full_countries: Mapping[str, str]
    """The same as it is written where every letter is free."""
    local_numbers: Mapping[str, str]
    """ISO 3166 code -> the police or general number to show."""
    hours: Hours
    """When advisors are there."""
    announcements: Mapping[str, str] = field(default_factory=dict)
    """Prepared texts, said while they are switched on."""
    code_words: tuple[str, ...] = ()
    """Those a case code is drawn from."""
