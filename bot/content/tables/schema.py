"""What the files under flows/ may hold: one struct a table, no field besides. flows/README.md explains them to writers.

A description says, in a message about a fault, what should have stood there.
"""

from datetime import date
from typing import Annotated, Literal, TypeAlias, get_args

from msgspec import UNSET, Meta, Struct, UnsetType, field

from bot.dialogue.conversation import Place, Status
from bot.dialogue.states import NEITHER, TOPICS
from bot.handoff.delivery import Action

Text = Annotated[str, Meta(pattern=r"\S")]
"""A text that is not empty."""

Words = Annotated[list[Annotated[str, Meta(pattern=r"\S")]], Meta(description="a list of words")]
Lines = Annotated[list[Annotated[str, Meta(pattern=r"\S")]], Meta(description="a list of texts")]
SmallWords = Annotated[
    list[Annotated[str, Meta(pattern=r"\A[^A-Z]+\Z")]], Meta(description="a list of words in small letters")
]
Day = Annotated[date, Meta(description="a date like 2026-12-25")]
Shifts = Annotated[
    list[str], Meta(description='a list of shifts like "09:00-17:00", "22:00-02:00" or "00:00-24:00"; [] means closed')
]
CountryCode = Annotated[str, Meta(pattern="^[A-Z]{2}$", description="a country's two letters")]

Shown = Literal["advisor", "language", "menu", "erase", "card", "stop", "decoy", "code"]
Command = Literal[Shown, "back"]
"""The closed list of commands: those that lead to a state, and `back`, which has none of its own."""
Listed = Literal[Command, "greeting", "thanks", "yes", "no"]
"""What a vocabulary lists whole messages for."""

Effect = Literal["request_advisor", "cancel_advisor", "erase", "stop", "decoy", "make_code", "end_crisis"]
Expected = Literal["country", "hide_word", "return_word"]
Priority = Literal["P0", "P1", "H"]
Role = Literal["self", "other", "work"]
RemarkKind = Literal[
    "yes", "no", "unsure", "ok", "thanks", "bye",
    "safe", "unsafe", "alone", "together", "watched", "coming", "general", "stranger", "returns",
    "my_age", "their_age", "an_age", "no_age", "adult", "will_do", "parting", "agree", "may_ask",
    "day", "why_asked", "leaves", "hides", "human", "wonders",
    "not_here", "correct", "no_advisor", "works", "for_somebody", "for_self",
    "dying", "plan", "hurt", "there", "quit", "over", "mistaken", "cannot_call", "talk", "scared",
    "again", "shorter", "explain", "why", "next", "fails", "number", "when", "cost", "who", "for_other", "angry",
    "laughs", "company", "pries", "come", "elsewhere", "no_way", "missing", "threat", "nearby",
    "fine", "somebody", "held", "slip", "wipes",
]  # fmt: skip
"""The closed list of remarks: short things people say whose meaning depends on what was just said."""
Answered = Literal[RemarkKind, "anything"]
"""What a state can answer: a remark, or whatever else is written."""
Phone = Literal["mine", "shared"]
FactStatus = Literal["stated", "approved", "owner_must_confirm"]
Checked = Literal["draft", "checked"]
Script = Literal["Latn", "Arab", "Cyrl", "Ethi"]
"""What a language is written in, as ISO 15924 calls it."""


class Strict(Struct, frozen=True, forbid_unknown_fields=True):
    """A table that holds its fields and nothing else."""


# -- flows -----------------------------------------------------------------------------------------------------------


class Sets(Strict, frozen=True):
    """What choosing changes. `locale`: a language, or "next"."""

    place: Place | UnsetType = UNSET
    safe: bool | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    country: Literal["mentioned"] | UnsetType = UNSET
    phone: Phone | UnsetType = UNSET
    locale: str | UnsetType = UNSET


class When(Strict, frozen=True):
    """For which values a choice is shown."""

    place: list[Place] | UnsetType = UNSET
    country_known: list[bool] | UnsetType = UNSET
    country_mentioned: list[bool] | UnsetType = UNSET
    status: list[Status] | UnsetType = UNSET
    role: list[Literal["", Role]] | UnsetType = UNSET
    open: list[bool] | UnsetType = UNSET
    phone: list[Literal["", Phone]] | UnsetType = UNSET


class ChoiceTable(Strict, frozen=True):
    """[[state.<name>.choice]]"""

    id: Text
    label: Text
    next: Text
    words: str = ""
    means: list[RemarkKind] = []
    note: str = ""
    set: Sets = Sets()
    when: When = When()


class StateTable(Strict, frozen=True):
    """[state.<name>]"""

    say: Text
    say_nl: str = ""
    say_abroad: str = ""
    facts: list[str] = []
    source: str = ""
    note: str = ""
    command: Literal["", Shown] = ""
    does: Literal["", Effect] = ""
    expects: Literal["", Expected] = ""
    numbers: Literal["", "first"] = ""
    asks_place: bool = False
    answers: list[Answered] = []
    offer: bool = False
    offers: bool = False
    footer: bool = True
    neutral: bool = False
    passing: bool = False
    open: bool = False
    tells: bool = False
    choice: list[ChoiceTable] = []


class FlowFile(Strict, frozen=True):
    """flows/<flow>.toml"""

    flow: Text
    state: dict[str, StateTable]
    title: str = ""
    note: str = ""


class TopicFile(Strict, frozen=True):
    """flows/topics/<topic>.toml"""

    flow: Text
    topic: Text
    priority: Priority
    title: Text
    state: dict[str, StateTable]
    general: bool = False
    for_work: str = ""
    note: str = ""


# -- texts, facts and numbers ----------------------------------------------------------------------------------------


class SharedTable(Strict, frozen=True):
    """[<id>] of flows/shared.toml"""

    say: Text
    facts: list[str] = []
    source: str = ""
    note: str = ""


class CrisisFile(Strict, frozen=True):
    """flows/crisis.toml. `asks_advisor`: an advisor is asked for without the person having to ask."""

    asks_advisor: bool


class FactTable(Strict, frozen=True):
    """[<number>] of flows/facts.toml"""

    text: Text
    source: Text
    status: FactStatus
    kind: str = ""
    approved_by: str = ""


class ReferralTable(Strict, frozen=True):
    """[<id>] of flows/referrals.toml. `name`: language -> what advisors read."""

    text: Text
    kind: Literal["phone", "email", "whatsapp"]
    dial: str
    name: dict[str, Text]
    for_whom: str
    reachable_from: list[Place]
    hours: str
    cost: str
    languages: str
    source: str
    checked_on: Day
    status: FactStatus
    facts: list[str] = []
    note: str = ""


# -- words -----------------------------------------------------------------------------------------------------------


class SwitchTable(Strict, frozen=True):
    """[switch]: words that ask for this language; requests: what asks for any, beside its name."""

    words: Words = []
    requests: Words = []


class AdvisorTable(Strict, frozen=True):
    """[wants_advisor]: phrases that ask for a person."""

    phrases: Words = []


class DangerTable(Strict, frozen=True):
    """[danger]: phrases by how certain it is; `not`: phrases that only look like danger."""

    red: Words = []
    amber: Words = []
    only_looks: Words = field(name="not", default_factory=list)


class PlaceTable(Strict, frozen=True):
    """[place]: phrases that say where somebody is."""

    nl: Words = []
    abroad: Words = []


class NumberTable(Strict, frozen=True):
    """[numbers]: words for the numbers of choices, and what may stand around them."""

    words: Words = []
    around: Words = []


class VocabularyFile(Strict, frozen=True):
    """flows/vocabulary/<language>.toml"""

    language: Text
    status: Checked
    scripts: list[Script] = field(default_factory=lambda: ["Latn"])
    unicode: str = ""
    countries_in: str = ""
    commands: dict[Listed, Words] = {}
    switch: SwitchTable = SwitchTable()
    wants_advisor: AdvisorTable = AdvisorTable()
    danger: DangerTable = DangerTable()
    place: PlaceTable = PlaceTable()
    country_names: dict[CountryCode, Words] = {}
    numbers: NumberTable = NumberTable()


class RemarkTable(Strict, frozen=True):
    """[<remark>] of flows/remarks/<language>.toml: the whole message, how it begins, what may stand anywhere in it."""

    whole: Words = []
    starts: Words = []
    within: Words = []


class RemarkHead(Strict, frozen=True):
    """What stands above the tables of flows/remarks/<language>.toml."""

    language: Text
    status: Checked
    around: Words = []
    """Words without meaning at either end of a message."""
    between: Words = []
    """Words that "~" in a phrase may stand for."""
    sets: dict[str, Text] = {}
    """Name -> alternatives that many phrases have: "$name" stands for them."""


class WhereTable(Strict, frozen=True):
    """[<language>] of flows/whereabouts.toml: how its people say where they are; see `bot.nlu.whereabouts`."""

    here: Words
    lives: Words = []
    between: Words = []
    own: Words = []
    others: Words = []
    beside: Words = []
    unless: Words = []
    never: Words = []
    lead: Words = []
    after: Words = []


class AskedTable(Strict, frozen=True):
    """["<flow>.<state>"] of flows/asked/<language>.toml: the words that ask for it: anywhere, in the topic at
    hand, or in what is no question."""

    anywhere: Words = []
    here: Words = []
    said: Words = []


class AskedHead(Strict, frozen=True):
    """What stands above the tables of flows/asked/<language>.toml."""

    language: Text
    status: Checked
    complete: bool = False
    """Is there a question for every state that says a fact? Then `check` holds it to that."""
    begins: Words = []
    """How a question begins, by its first word or two of them joined."""
    around: Words = []
    """What may stand before that: "and", "sorry"."""
    sets: dict[str, Text] = {}
    """Name -> a group that many patterns have: "$name" stands for it."""


class CountryTable(Strict, frozen=True):
    """[<two letters>] of flows/countries.toml"""

    names: Words = []
    cities: Words = []
    ambiguous: Words = []


class CountryWords(Strict, frozen=True):
    """What stands above the tables of flows/countries.toml."""

    ordinary: Words = []
    before: Words = []
    after: Words = []


# -- people ----------------------------------------------------------------------------------------------------------


class WeekTable(Strict, frozen=True):
    """[week] of flows/hours.toml"""

    monday: Shifts
    tuesday: Shifts
    wednesday: Shifts
    thursday: Shifts
    friday: Shifts
    saturday: Shifts
    sunday: Shifts


class LanguageWeek(Strict, frozen=True):
    """[languages.<language>] of flows/hours.toml"""

    monday: Shifts = []
    tuesday: Shifts = []
    wednesday: Shifts = []
    thursday: Shifts = []
    friday: Shifts = []
    saturday: Shifts = []
    sunday: Shifts = []


class HolidayTable(Strict, frozen=True):
    """[holidays.<date>] of flows/hours.toml"""

    shifts: Shifts
    note: str


class HoursFile(Strict, frozen=True):
    """flows/hours.toml"""

    zone: Annotated[str, Meta(description="a time zone like Europe/Amsterdam")]
    week: WeekTable
    holidays: dict[Day, HolidayTable] = {}
    languages: dict[str, LanguageWeek] = {}


class ProblemTable(Strict, frozen=True):
    """[<code>] of flows/delivery_errors.toml"""

    action: Action
    say: Text
    note: str = ""


class SaidTable(Strict, frozen=True):
    """[quick.<id>] and [announcement.<id>] of flows/desk.toml"""

    title: Text
    say: Text
    note: str = ""


class TitleTable(Strict, frozen=True):
    """[wrap_up.<id>] of flows/desk.toml"""

    title: Text
    note: str = ""


class LookTable(Strict, frozen=True):
    """[look] of flows/desk.toml"""

    organisations: SmallWords
    promises: SmallWords


class DeskFile(Strict, frozen=True):
    """flows/desk.toml"""

    quick: dict[str, SaidTable]
    wrap_up: dict[str, TitleTable]
    announcement: dict[str, SaidTable]
    look: LookTable
    note: str = ""


# -- what the bot learns from -----------------------------------------------------------------------------------------


Level = Literal["red", "amber", "harmless"]
"""How dangerous a message is, in danger_levels.toml."""
PersonAsked = Literal["wants", "nocall", "no"]
"""Whether a message asks for a person, in person.toml."""
Who = Literal["self", "other", "work", "stranger"]
"""For whom somebody writes; a stranger is not the person this phone belongs to."""
Where = Literal["nl", "under_way", "abroad", "others_place", "going", "none"]
"""Where the writer is now, or what else a place in the message is."""
Tense = Literal["coming", "now", "past", "none"]
"""Whether what a message is mostly about lies ahead, goes on or has happened."""
TopicOrCommand: TypeAlias = Literal[(*TOPICS, *NEITHER, *get_args(Command), "none")]  # type: ignore[valid-type]
"""What lines are about; "none" is no command, and any topic."""


class LinesTable(Strict, frozen=True):
    """[<language>] of flows/utterances/languages.toml, [<label>.<language>] of those by label."""

    draft: Lines = []
    checked: Lines = []


class TopicLines(LinesTable, frozen=True):
    """[<language>] of flows/utterances/<topic>.toml"""

    contrast: Lines = []


class SaidLines(LinesTable, frozen=True, kw_only=True):
    """[[said]] of flows/utterances/voices/<name>.toml: what is true of each of the lines; what is left out is not
    known, or differs. topics: any of them, where several are right."""

    language: Text
    voice: Text
    """Who writes, in a word or two: nothing is learned from it."""
    topics: list[TopicOrCommand] = []
    danger: Level | UnsetType = UNSET
    person: PersonAsked | UnsetType = UNSET
    who: Who | UnsetType = UNSET
    where: Where | UnsetType = UNSET
    when: Tense | UnsetType = UNSET


class VoicesFile(Strict, frozen=True):
    """flows/utterances/voices/<name>.toml"""

    said: list[SaidLines]
    note: str = ""
