"""What the files under flows/ hold, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from functools import cached_property

from bot.dialogue.flow import Flow, State
from bot.dialogue.hours import Hours
from bot.handoff.delivery import Problem
from bot.handoff.desk_texts import DeskTexts
from bot.nlu.asked import Questions
from bot.nlu.countries import CountryNames
from bot.nlu.remarks import RemarkWords
from bot.nlu.whereabouts import HereWords

STATUSES = ("stated", "approved", "owner_must_confirm")
SAYABLE = ("stated", "approved")


@dataclass(frozen=True, slots=True)
class Shared:
    """One short text used in many places."""

    say: str
    facts: tuple[str, ...] = ()
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    text: str
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Referral:
    """One number or address: how it is printed, from where it works, and whether it may be said."""

    text: str
    kind: str
    reachable_from: tuple[str, ...]
    status: str
    checked_on: str
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def sayable(self) -> bool:
        return self.status in SAYABLE


@dataclass(frozen=True, slots=True)
class LocalNumber:
    """Police of one country, as the list has it."""

    country: str
    number: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one language, as written; see flows/vocabulary."""

    language: str
    status: str
    commands: Mapping[str, tuple[str, ...]]
    switch: tuple[str, ...]
    switch_requests: tuple[str, ...]
    wants_advisor: tuple[str, ...]
    danger: Mapping[str, tuple[str, ...]]
    place: Mapping[str, tuple[str, ...]]
    country_names: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, tuple[str, ...]]
    scripts: tuple[str, ...]
    unicode: str
    countries_in: str


@dataclass(frozen=True, slots=True)
class SpokenRemarks:
    """The remarks of one language; see flows/remarks."""

    words: Mapping[str, RemarkWords]
    around: tuple[str, ...]
    """Words that mean nothing at either end of a message."""
    between: tuple[str, ...] = ()
    """Words that "~" in a phrase may stand for."""


@dataclass(frozen=True, slots=True)
class Countries:
    """names: ISO code -> how people write a country and its cities. words: "ordinary" (they only look like one),
    "before" and "after" (beside a name they say that it is a place)."""

    names: Mapping[str, CountryNames]
    words: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)  # no slots: what is asked for thousands of times is put together once
class Content:
    """Everything under flows/, in Dutch. files: flow name -> the file it stands in. neutral: language -> words about
    the subject, which a text marked neutral must not have. hours: when advisors are there. delivery: what can go wrong
    with a message, by code. zones: two letters of a country -> its time zones.
    desk: what advisors have at hand. remarks: language -> the short things people say in answer.
    asked: language -> how questions are asked in it. whereabouts: language -> how its people say where they are.
    crisis_asks: whether an advisor is asked for at once in a crisis."""

    flows: Mapping[str, Flow]
    shared: Mapping[str, Shared]
    facts: Mapping[str, Fact]
    referrals: Mapping[str, Referral]
    local_numbers: Mapping[str, LocalNumber]
    vocabularies: Mapping[str, Vocabulary]
    files: Mapping[str, str]
    neutral: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    code_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    countries: Countries = field(default_factory=lambda: Countries({}, {}))
    hours: Hours = field(default_factory=lambda: Hours(UTC, ((),) * 7, {}, {}))
    delivery: Mapping[str, Problem] = field(default_factory=dict)
    zones: Mapping[str, tuple[tzinfo, ...]] = field(default_factory=dict)
    desk: DeskTexts = field(default_factory=DeskTexts)
    remarks: Mapping[str, SpokenRemarks] = field(default_factory=dict)
    asked: Mapping[str, Questions] = field(default_factory=dict)
    whereabouts: Mapping[str, HereWords] = field(default_factory=dict)
    crisis_asks: bool = True

    @cached_property
    def states(self) -> Mapping[str, State]:
        """All states by fully qualified name."""
        return {name: state for flow in self.flows.values() for name, state in flow.states.items()}

    def file_of(self, state: str) -> str:
        """The file a state stands in, by its fully qualified name."""
        return self.files[state.partition(".")[0]]

    @cached_property
    def commands(self) -> Mapping[str, str]:
        """Command id -> the state it leads to."""
        return {state.command: name for name, state in self.states.items() if state.command}

    @cached_property
    def topics(self) -> Mapping[str, str]:
        """Topic id -> its first state."""
        return {flow.topic: flow.entry for flow in self.flows.values() if flow.topic}
