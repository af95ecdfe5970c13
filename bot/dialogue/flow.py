"""Flows as values: states, what is said in them, choices. Read by `content`, never written by code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from bot.dialogue.conversation import Conversation, Place
from bot.nlu.normalise import normalise

HERE = "@here"
BACK = "@back"

FACTS: Mapping[str, Callable[[Conversation], object]] = {
    "place": lambda conversation: str(conversation.told.place),
    "country_known": lambda conversation: bool(conversation.told.country),
    # "Ik ben in Nederland" is offered anyway.
    "country_mentioned": lambda conversation: conversation.told.mentioned_country not in ("", "NL"),
    "status": lambda conversation: str(conversation.handling.status),
    "role": lambda conversation: conversation.told.role,
    "open": lambda conversation: conversation.told.subject_disclosed,
    "phone": lambda conversation: conversation.told.phone,
}
"""What a `when` can compare, by the name writers know it by."""

Translate = Callable[[str, str], str]
"""(context, Dutch source text) -> text in one language."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One numbered option."""

    id: str
    label: str
    next: str
    """ "flow.state", HERE or BACK."""
    words: str = ""
    """Other words that choose it, as its writer parted them."""
    means: tuple[str, ...] = ()
    """Remarks that choose it."""
    note: str = ""
    sets: Mapping[str, object] = field(default_factory=dict)
    """What it changes, by the names of `conversation.Told` and "locale"."""
    when: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    """Name in FACTS -> the values for which it is shown."""
    keys: frozenset[str] = frozenset()
    """Normalised label and other words, filled in by `localised`."""
    contexts: tuple[str, str] = ("", "")
    """Where translators find label and words, for choices that many states share."""

    def shown(self, conversation: Conversation) -> bool:
        """Is this choice offered to this person now?"""
        return all(FACTS[name](conversation) in allowed for name, allowed in self.when.items())


@dataclass(frozen=True, slots=True)
class State:
    """One point in a dialogue. See flows/README.md for what each field means to a writer."""

    name: str
    say: str
    say_nl: str = ""
    say_abroad: str = ""
    choices: tuple[Choice, ...] = ()
    facts: tuple[str, ...] = ()
    source: str = ""
    note: str = ""
    command: str = ""
    does: str = ""
    expects: str = ""
    answers: tuple[str, ...] = ()
    """Remarks that this state answers, in its own flow."""
    numbers: bool = False
    offer: bool = False
    offers: bool = False
    """Does it ask whether an advisor is wanted, in its own words or in the footer?"""
    footer: bool = True
    neutral: bool = False
    passing: bool = False
    open: bool = False
    tells: bool = False
    conditional: bool = field(init=False)
    """Are there choices that are not always shown?"""

    def __post_init__(self) -> None:
        object.__setattr__(self, "conditional", any(choice.when for choice in self.choices))

    def text(self, place: Place) -> str:
        """The text for a place; `say` stands in where there is no variant."""
        if place is Place.NETHERLANDS:
            return self.say_nl or self.say
        if place is Place.ABROAD:
            return self.say_abroad or self.say
        return self.say

    def visible(self, conversation: Conversation) -> tuple[Choice, ...]:
        """The choices offered now, in the order of their numbers."""
        if not self.conditional:
            return self.choices
        return tuple(choice for choice in self.choices if choice.shown(conversation))


@dataclass(frozen=True, slots=True)
class Flow:
    """A conversation or the answer to one topic. The first state is where it begins."""

    name: str
    states: Mapping[str, State]
    topic: str = ""
    priority: str = ""
    title: str = ""
    general: bool = False
    for_work: str = ""
    """The state that answers it for somebody who asks for their work, where that is another one."""
    note: str = ""

    @property
    def entry(self) -> str:
        """Fully qualified name of the first state."""
        return next(iter(self.states))

    def localised(self, translate: Translate) -> "Flow":
        """This flow in another language; called once per language at start."""

        def choice(state: State, item: Choice) -> Choice:
            label_context = item.contexts[0] or f"{state.name}.{item.id}.label"
            words_context = item.contexts[1] or f"{state.name}.{item.id}.words"
            label = translate(label_context, item.label)
            words = translate(words_context, item.words) if item.words else ""
            keys = {normalise(word) for word in (label, *words.split("|"))}
            return replace(item, label=label, words=words, keys=frozenset(keys - {""}))

        def text(item: State, name: str, source: str) -> str:
            return translate(f"{item.name}.{name}", source) if source else ""

        def state(item: State) -> State:
            return replace(
                item,
                say=text(item, "say", item.say),
                say_nl=text(item, "say_nl", item.say_nl),
                say_abroad=text(item, "say_abroad", item.say_abroad),
                choices=tuple(choice(item, each) for each in item.choices),
            )

        title = translate(f"{self.name}.title", self.title) if self.title else ""
        return replace(self, title=title, states={name: state(item) for name, item in self.states.items()})
