"""What the steps decide by: one message in one conversation, and what was worked out of it, each thing once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from msgspec.structs import replace

from bot.dialogue.changes import Events
from bot.dialogue.choosing import meant, named, numbered, partly
from bot.dialogue.conversation import Conversation, Place, Status
from bot.dialogue.crisis import DYING, SURELY_SUICIDE
from bot.dialogue.events import Answered, CallRefused, LanguageChosen, PlaceTold
from bot.dialogue.flow import Choice, State
from bot.dialogue.language import Languages, with_heard_language
from bot.dialogue.localized_content import LocalizedContent
from bot.dialogue.machine import Machines
from bot.dialogue.states import CRISES, NEVER_GUESSED, OUT_OF_SCOPE, SUICIDE, WILL_YOU_ACT, StateName
from bot.dialogue.turn import Circumstances, Message
from bot.nlu.asked import Asked
from bot.nlu.countries import CountryFinder
from bot.nlu.normalise import MAX_LENGTH, normalise
from bot.nlu.numbers import NumberWords
from bot.nlu.remarks import MOST_WORDS, Remarks
from bot.nlu.understanding import Understander, Understanding
from bot.nlu.whereabouts import Whereabouts

FRAGMENT_WORDS = 5
"""A message of at most so many words may be half a sentence."""

ANSWERS = frozenset({"yes", "no", "ok", "unsure", "thanks", "bye"})
"""Remarks that are an answer by themselves: no part of a label is looked for in them."""

ANSWERS_ALONE = frozenset({"yes", "ok", "thanks", "will_do", "agree"})
"""What is only such a remark goes on with nothing that was said before it."""

BESIDE_NUMBER = frozenset({"correct", "unsure"})
"""One of these remarks is made with the number of a choice; "no" may stand beside it."""

WORDS_BESIDE_NUMBER = 5
"""Such a message has at most so many words."""

A_TOLD_SENTENCE = 5
"""So many words of a first message tell something,"""

FIRST, TOGETHER = 0.4, 0.75
"""where one urgent topic is so probable, and all urgent ones together;"""

ALONE = 0.8
"""so do fewer, where one of them is as probable as this."""

ASKING = frozenset({"number", "next", "why", "when", "cost", "who", "fails", "explain"})
"""Remarks that ask something: the words of a choice in them choose nothing."""

AGES = frozenset({"my_age", "their_age", "an_age", "no_age"})
"""Remarks with a number in them, which is how old somebody is unless it counts something else."""

OF_ANOTHER = ("other", "work")
"""Roles of who writes about somebody else: an age of which nobody is named is that of the one it is about."""

YOUNGEST = 7
"""Whoever writes is at least so old."""

BESIDE_COMMANDS = AGES | {"yes", "no", "ok", "thanks", "number", "watched", "coming", "unsafe", "scared"}
"""Remarks that may be made with a free command; any other was listed as what it means, and is not guessed about."""

LISTED_AS = {"leaves": "stop", "hides": "decoy", "wipes": "erase"}
"""Remark -> the free command that it is."""

WORDS_OF_COMMAND = 9
"""In a longer message such a remark is part of a story."""

WORDS_OF_HIDING = 5
"""Who must hide types little: "I want a word to hide this" asks for the word."""

AWAY = frozenset({
    "left_behind", "abroad_afraid", "number_from_abroad", "local_emergency_number", "embassy", "abroad", "place",
})  # fmt: skip
"""Flows of whoever is abroad: they may live in the Netherlands all the same."""

WORDS_OF_SLIP = 3
"""In so few words "sorry" or an asterisk puts the word before right: "iraq sorry", "*iraq"."""

WORDS_OF_CORRECTION = 8
"""In a longer one the country may be that of somebody else."""

WORDS_OF_NO = 3
"""A "no" and a country, in at most so many words, put right which country was understood."""

CANCEL = "cancel"
"""The choice that takes back the request for an advisor."""

_CLAUSE = re.compile(r"[.,;:!?\n\u060c\u061f]+|\b(?:and|but|because|en|maar|want|et|mais|ve|ama)\b")

_PART = re.compile(r"[.,;:!?\n\u060c\u061f]+")

OVERLAP = 120
"""Characters that two parts of a long message have in common."""

ELSEWHERE = frozenset({"under_way", "others_place", "going", "none"})
"""What a place in a message may be that its writer is not at."""

SURELY_ENDANGERED = 0.9
"""From this confidence on danger is what a message is about, though somebody who helps is named in it."""

OWN_DESPAIR = frozenset({"dying", "plan", "hurt", "scared", "quit"})
"""Remarks with which a question is no question."""

OF_OTHERS = frozenset({"bystander", "signs", "risk_factors"})
"""Topics of what somebody sees of another person; what they see happen in general is no danger now."""

SAFE_NOW = frozenset({"safe", "returns"})
"""Remarks that say that who was dangerous is gone or asleep."""

ASKED_IF_SAFE = (StateName.LATER, StateName.OPENER)
"""States that ask whether somebody can type safely."""

WORDS_OF_FINE = 12
"""In a longer message that is part of a story."""

FINE_TOPICS = (None, "greeting", "yes", OUT_OF_SCOPE)

NOT_FINE = frozenset({
    "unsafe", "threat", "hurt", "watched", "coming", "dying", "plan", "no", "missing", "unsure", "cannot_call", "quit",
    "somebody", "held",
})  # fmt: skip
"""Remarks beside which all is not well."""

NOT_SAFE = frozenset({"unsafe", "threat", "hurt"})
"""Remarks beside which they say that it is not over."""

NO_THREAT = frozenset({"laughs", "mistaken", "general", "over"})
"""Remarks beside which a threat is none."""

FEW_WORDS = 7
"""In at most so many words they say no more than that."""

ABOUT_US = frozenset({
    "what_can_you_do", "what_happens_when_i_call", "reporting", "reported_me", "will_you_act", "professional",
    "anonymous", "about_bot", "contact", "shelter", "law",
})  # fmt: skip
"""Flows about what we and others do: "do they come to the door" is asked of them, and is no danger."""

QUESTION_WORDS = 8
"""Such a question has at most so many words."""

WORDS_OF_PLACE = 3
"""In fewer words than these a country is only named."""

FOLLOW = "follow"
"""The flow of short answers that any topic shares."""

LEVELS = ("none", "amber", "red")

Draft = tuple[Conversation, Events]
"""A conversation that a turn is made of, and what has happened on the way."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What was built of the content at start. Nothing changes in it."""

    contents: Mapping[str, LocalizedContent]
    """One for each live language."""
    states: Mapping[str, State]
    """Of the source language: names, and what is the same in all languages."""
    topics: Mapping[str, str]
    """Topic -> the state that answers it."""
    for_work: Mapping[str, str]
    """The same for somebody who asks for their work, where that is another state."""
    work_states: Sequence[str]
    """The states of the flows that those stand in."""
    machines: Machines
    commands: Mapping[str, str]
    """Command -> the state it leads to."""
    languages: Languages
    understander: Understander
    cheap_understander: Understander
    """One that costs little, for floods."""
    numbers: NumberWords
    remarks: Remarks
    asked: Asked
    countries: CountryFinder
    whereabouts: Whereabouts
    answers: Mapping[tuple[str, str], tuple[str, ...]]
    """(flow, remark) -> the states that answer it there."""
    crisis_asks: bool
    """Is an advisor asked for at once in a crisis?"""
    subject: frozenset[str]
    """Words about the subject, normalised; who uses one may be answered plainly."""
    code_words: frozenset[str]
    """Those of all languages."""


@dataclass(frozen=True)
class Context:
    """One decision. A step reads it and changes nothing; what is expensive is worked out when it is first asked for."""

    rules: Rules
    conversation: Conversation
    """As it may be continued: without context after a silence, with this message counted."""
    message: Message
    circumstances: Circumstances
    content: LocalizedContent
    """In the language of the conversation, with the current overrides."""
    state: str
    """The state that was shown last."""
    status: Status
    """Who has the conversation."""

    def content_for(self, conversation: Conversation) -> LocalizedContent:
        """The texts in the language of a conversation, with the current overrides."""
        if conversation.locale == self.conversation.locale:
            return self.content
        rules = self.rules
        found = rules.contents.get(conversation.locale) or rules.contents[rules.languages.default]
        return self.circumstances.overrides.applied(found)

    @cached_property
    def default_language(self) -> Draft:
        """The conversation for a message that tells no language: the one it has, else the source language."""
        if self.conversation.locale:
            return self.conversation, ()
        chosen = self.rules.languages.default
        return replace(self.conversation, locale=chosen), (LanguageChosen(chosen),)

    # -- what the message says ----------------------------------------------------------------------------------

    @cached_property
    def cheap_understanding(self) -> Understanding:
        """By letters alone, so that ten thousand messages of one sender take no time from others."""
        return self._read_by(self.rules.cheap_understander)

    @cached_property
    def understanding(self) -> Understanding:
        """What this message says by itself."""
        return self._read_by(self.rules.understander)

    def _read_by(self, understander: Understander) -> Understanding:
        message, locale = self.message, self.conversation.locale or None
        found = understander.understand(message.inbound.text, locale, message.text)
        if len(message.inbound.text) <= MAX_LENGTH:
            return found
        for part in _further_parts(message.inbound.text):
            other = understander.understand(part, locale)
            if LEVELS.index(other.danger) > LEVELS.index(found.danger):
                topic = other.topic if other.topic in CRISES else found.topic
                found = replace(found, danger=other.danger, topic=topic, emergency_line=True)
        return found

    @cached_property
    def understood(self) -> Understanding:
        """The same, with the danger that it names together with the few words sent just before: "hij heeft", "een mes";
        and without danger that was only guessed where the message itself says that it is none. What stands alone goes
        on with nothing, and so does a whole sentence."""
        found, fragment = self.understanding, self.conversation.position.fragment
        answers = ANSWERS_ALONE.issuperset(self.written_remarks) and bool(self.written_remarks)
        if fragment and not found.stands_alone and not answers and len(self.message.text.split()) <= FRAGMENT_WORDS:
            whole = f"{fragment} {self.message.text}"
            together = self.rules.understander.understand(whole, self.conversation.locale or None)
            if LEVELS.index(together.danger) > LEVELS.index(found.danger):
                found = replace(found, danger=together.danger, emergency_line=True)
        if self.state in ASKED_IF_SAFE and self._is_fine(found):
            return replace(found, topic=None, danger="none")
        if found.danger == "red":
            return self._calmed(found)
        if found.danger == "amber" and found.topic != OUT_OF_SCOPE and self._is_threatened:
            return replace(found, danger="red")
        doubtful = found.topic == SUICIDE and found.confidence < SURELY_ENDANGERED
        asks = doubtful and len(self.message.text.split()) <= QUESTION_WORDS and self._asks
        if asks and OWN_DESPAIR.isdisjoint(self.written_remarks):
            return replace(found, topic=None)  # "and if I start crying", on the phone
        return found

    @property
    def _is_threatened(self) -> bool:
        """Does the message say, and not ask or joke, that somebody will kill or wound a person?"""
        said = self.written_remarks
        return "threat" in said and NO_THREAT.isdisjoint(said) and not self._asks

    @property
    def _asks(self) -> bool:
        """Is the message a question?"""
        return self.rules.asked.asks(self.message.inbound.text)

    def _is_fine(self, found: Understanding) -> bool:
        """Does somebody who is asked whether they can type safely say that all is well, or where they are ("on the
        bus")? The few examples of that resemble the many of danger."""
        said = self.written_remarks
        if "fine" not in said or not NOT_FINE.isdisjoint(said):
            return False
        ordinary = found.topic in FINE_TOPICS or (found.topic in CRISES and found.confidence < SURELY_ENDANGERED)
        return ordinary and len(self.message.text.split()) <= WORDS_OF_FINE

    def _calmed(self, found: Understanding) -> Understanding:
        """`found` with a suspicion in the place of red danger that a joke, a helper or a question about us only looked
        like: the numbers stay."""
        said, topic = self.written_remarks, found.topic if found.topic not in CRISES else None
        if "laughs" in said and found.topic == OUT_OF_SCOPE:
            return replace(found, danger="amber")
        surely = found.topic in CRISES and found.confidence >= SURELY_ENDANGERED
        if "company" in said and not surely:
            return replace(found, danger="amber", topic=topic)
        words = len(self.message.text.split())
        if "will_do" in said and words <= QUESTION_WORDS and not surely:
            return replace(found, danger="amber", topic=topic)  # "I will call them later"
        if found.topic in OF_OTHERS and found.confidence >= SURELY_ENDANGERED and "general" in said:
            return replace(found, danger="amber")  # "lately only with a brother"
        asked_now = self.state in ASKED_IF_SAFE
        safe = not SAFE_NOW.isdisjoint(said) and NOT_SAFE.isdisjoint(said)
        if asked_now and words <= FEW_WORDS and safe:
            return replace(found, danger="amber", topic=topic)
        asks = "general" in said and words <= QUESTION_WORDS
        shown = topic_at_hand(self.state, self.conversation).partition(".")[0]
        if asks and shown in ABOUT_US and not self.conversation.told.crisis:
            return replace(found, danger="amber", topic=topic or WILL_YOU_ACT)
        return found

    @cached_property
    def heard(self) -> Conversation:
        """The conversation after it was read. A few words are kept for the next message, unless they say something by
        themselves."""
        found, text = self.understood, self.message.text
        whole = found.danger == "red" or found.stands_alone or found.command or found.topic in self.rules.topics
        half = not whole and len(text.split()) <= FRAGMENT_WORDS
        read = with_heard_language(self.conversation, found, len(text.split()))
        return read.with_position(fragment=text if half else "")

    @cached_property
    def remarks(self) -> tuple[str, ...]:
        """The remarks that the message makes, the surest first; in the languages that its writer may be using."""
        found, understood = self.written_remarks, self.understanding
        if not found and understood.topic in ("yes", "no", "thanks") and not understood.country:
            return (understood.topic,)
        return found

    @cached_property
    def written_remarks(self) -> tuple[str, ...]:
        """Those that stand in flows/remarks, without what was learned. "I want to die lol" about a test is none."""
        found = self.rules.remarks.read(self.message.text, self._languages)
        if "laughs" in found and self.understanding.topic == OUT_OF_SCOPE:
            return tuple(remark for remark in found if remark != DYING)
        return found

    @property
    def _remarks_of_parts(self) -> list[str]:
        """Those of the parts of a story, of which the whole is too long to make any."""
        parts = [normalise(part) for part in _CLAUSE.split(self.message.inbound.text.lower())]
        return [remark for part in parts for remark in self.rules.remarks.read(part, self._languages)]

    @property
    def is_suicidal(self) -> bool:
        """Does the message say that its writer does not want to live: in listed words, or as it was read?"""
        surely = self.understood.topic == SUICIDE and self.understood.confidence >= SURELY_SUICIDE
        return surely or DYING in self.written_remarks

    @cached_property
    def free_command(self) -> str | None:
        """The command that is asked for in words which are not listed; None where listed ones say something else. The
        name of a country resembles that of a language."""
        listed = next((LISTED_AS[remark] for remark in self.written_remarks if remark in LISTED_AS), None)
        leaves_crisis = listed == "stop" and self.conversation.told.crisis != ""
        most = WORDS_OF_HIDING if listed == "decoy" else WORDS_OF_COMMAND
        if listed and not leaves_crisis and len(self.message.text.split()) <= most:
            return listed
        found = self.understood.free_command
        if found == "language" and self.understood.country:
            return None
        return found if found and BESIDE_COMMANDS.issuperset(self.written_remarks) else None

    @cached_property
    def _languages(self) -> tuple[str, ...]:
        """Those the writer may be using."""
        conversation, understood = self.conversation, self.understanding
        using = (conversation.locale, conversation.heard_language, understood.language, self.rules.languages.default)
        return tuple(dict.fromkeys(each for each in using if each))

    @cached_property
    def stated_country(self) -> str:
        """The country that the message says its writer is in, in so many words ("ik zit in marokko"); "" when it says
        none. Being from there, having been there, or somebody else there is none."""
        told, said, text = self.conversation.told, self.written_remarks, self.message.text
        if not self.understanding.country:
            return ""
        country = self.rules.whereabouts.country(text)
        if "not_here" in said and not (country and self._is_here_in_a_part(country)):
            return ""
        if country:
            return country
        if self._lives_here:
            return "NL"
        words = len(text.split())
        known = bool(told.country) or self.state == StateName.CONFIRM_COUNTRY
        typed = self.message.inbound.text.strip()
        slip = words <= WORDS_OF_SLIP and ("slip" in said or typed[:1] == "*" or typed[-1:] == "*")
        corrects = known and (slip or ("correct" in said and words <= WORDS_OF_CORRECTION))
        # "No, Guyana", to somebody whose country was said back to them.
        denies = "no" in said and bool(told.country) and words <= WORDS_OF_NO
        return self.understanding.country if corrects or denies else ""

    @property
    def _lives_here(self) -> bool:
        """Does somebody of whom nothing else is known say that they live in the Netherlands, and not that they were
        left behind? Who was may live there too."""
        at_hand = topic_at_hand(self.state, self.conversation).partition(".")[0]
        away = self.understanding.topic in AWAY or at_hand in AWAY or self.understanding.where == Place.ABROAD
        if away or self.conversation.told.place is not Place.UNKNOWN:
            return False
        return self.rules.whereabouts.country(self.message.text, home=True) == "NL"

    def _is_here_in_a_part(self, country: str) -> bool:
        """Does a part of the message say that its writer is in `country`, and another something of later or before?"""
        parts = [normalise(part) for part in _CLAUSE.split(self.message.inbound.text.lower())]
        read, languages = self.rules.remarks.read, self._languages
        return any(
            self.rules.whereabouts.country(part) == country and "not_here" not in read(part, languages)
            for part in parts
        )

    @property
    def waits_here(self) -> bool:
        """Does the person wait for an advisor, and was that the last they read? Who hid since may not be who writes."""
        waits = self.status is Status.WAITING and not self.conversation.privacy.observed
        return waits and self.state.partition(".")[0] == StateName.HANDOFF.partition(".")[0]

    @cached_property
    def takes_place_back(self) -> bool:
        """Does somebody who said that they are abroad say that they are not? Then both numbers count again."""
        said, told = self.written_remarks, self.conversation.told
        if told.place is not Place.ABROAD or self.stated_country:
            return False
        corrects = not {"no", "correct"}.isdisjoint(said)
        at_home = corrects and self.rules.whereabouts.country(self.message.text, home=True) == "NL"
        return at_home or "elsewhere" in said

    @cached_property
    def own_age(self) -> int | None:
        """How old the message says that its writer is; None when it does not."""
        told = self.conversation.told.role in OF_ANOTHER
        whose = self._numbers("my_age") or ([] if told else self._numbers("an_age"))
        return next((age for age in whose if age >= YOUNGEST), None)

    @property
    def tells_age(self) -> bool:
        """Does the message say how old somebody is?"""
        return self.own_age is not None or bool(self._numbers("their_age") or self._numbers("an_age"))

    @cached_property
    def is_grown(self) -> bool:
        """Does the message say that its writer is of age, without a number?"""
        return "adult" in self.written_remarks and not self.asks

    def _numbers(self, kind: str) -> list[int]:
        """Those of a remark that count no weeks, people or kilometres."""
        remarks, text = self.rules.remarks, self.message.text
        others = remarks.numbers(text, "no_age", self._languages)
        return [number for number in remarks.numbers(text, kind, self._languages) if number not in others]

    @cached_property
    def asked_back(self) -> str | None:
        """A country that the message names without saying that its writer is there, where they may be; None where it
        names none, or says that it is another's place, or one that they want to go to or come from."""
        found = self.understanding
        elsewhere = found.where in ELSEWHERE or (found.where == Place.NETHERLANDS and found.country != "NL")
        settled = elsewhere and not self.stated_country and len(self.message.text.split()) >= WORDS_OF_PLACE
        return None if settled else found.country

    @cached_property
    def asked_state(self) -> str:
        """The state that answers the question which the message asks in words; "" when it asks none."""
        shown = topic_at_hand(self.state, self.conversation)
        state = self.rules.states.get(shown)
        leads = [] if state is None else [self.rules.machines.targets[shown, each.id] for each in state.choices]
        if self.conversation.told.role == "work":
            leads += self.rules.work_states
        message = self.message
        text = f"{message.inbound.text}?" if "wonders" in self.written_remarks else message.inbound.text
        return self.rules.asked.find(text, message.text, self._languages, shown, leads)

    @cached_property
    def topic_told(self) -> str:
        """What a message before the opener is answered is about, where it surely tells of something urgent and only
        the topic is less sure; "" where that is not so."""
        near, words = self.understood.candidates, len(self.message.text.split())
        if self.state not in ("", StateName.OPENER) or not near or near[0].topic in NEVER_GUESSED:
            return ""
        told = sum(each.confidence for each in near if each.topic in self.content.urgent)
        sentence = words >= A_TOLD_SENTENCE and near[0].confidence >= FIRST and told >= TOGETHER
        surely = words > 1 and near[0].confidence >= ALONE
        ours = near[0].topic in self.content.urgent and near[0].topic not in CRISES
        return near[0].topic if ours and (sentence or surely) else ""

    @cached_property
    def asks(self) -> bool:
        """Is the message a question, as it stands or in "I would like to know whether …"?"""
        return "wonders" in self.written_remarks or self.rules.asked.asks(self.message.inbound.text)

    @property
    def expects(self) -> str:
        """What the state that was shown last reads a text as."""
        state = self.rules.states.get(self.state)
        return state.expects if state is not None else ""

    def named_choice(self, conversation: Conversation) -> tuple[Conversation, Choice | None]:
        """The choice that the text names, and the conversation in the state it belongs to. While somebody waits for an
        advisor, the words that take it back count in every state."""
        content, shown = self.content_for(conversation), conversation.position.state
        waits = conversation.handling.status is Status.WAITING
        for name in (shown, StateName.HANDOFF) if waits else (shown,):
            state = content.states.get(name)
            choice = named(self.message.text, state.visible(conversation), conversation, content) if state else None
            # "Never mind" in a crisis gives up more than an advisor.
            taken_back = choice is not None and choice.id == CANCEL and not conversation.told.crisis
            if choice is not None and (name == shown or taken_back):
                return conversation.with_position(state=name), choice
        state = content.states.get(shown)
        return conversation, self._meant_choice(state.visible(conversation)) if state else None

    def _meant_choice(self, shown: Sequence[Choice]) -> Choice | None:
        """The choice that the text does not name but means: "1 yes", "sure", part of a label."""
        if not shown or self.message.number is not None or self.understanding.command:
            return None
        # What was learned is a guess: nothing is erased by it, and nobody loses the advisor they wait for.
        gives_up = self.state == StateName.CONFIRM_ERASE or any(choice.id == CANCEL for choice in shown)
        text, remarks = self.message.text, self.written_remarks if gives_up else self.remarks
        first, _space, rest = text.partition(" ")
        if rest and first.isdigit():
            said = self.rules.remarks.read(rest, self._languages)
            by_number = numbered(text, shown, said) or self._number_in_words(text, shown)
            return by_number or meant(remarks, shown)
        by_number = self._number_in_words(text, shown)
        if by_number is not None:
            return by_number
        asks = not ASKING.isdisjoint(self.written_remarks)
        return meant(remarks, shown) or (partly(shown, text) if ANSWERS.isdisjoint(remarks) and not asks else None)

    def _number_in_words(self, text: str, shown: Sequence[Choice]) -> Choice | None:
        """The choice whose number stands in a few words that say no more: "I meant number 2"."""
        words = text.split()
        numbers = [word for word in words if word.isdigit()]
        if len(numbers) != 1 or len(words) > WORDS_BESIDE_NUMBER or not 1 <= int(numbers[0][:3]) <= len(shown):
            return None
        rest = " ".join(word for word in words if not word.isdigit())
        said = self.rules.remarks.read(rest, self._languages)
        return (
            shown[int(numbers[0]) - 1]
            if not BESIDE_NUMBER.isdisjoint(said) and (BESIDE_NUMBER | {"no"}).issuperset(said)
            else None
        )

    @cached_property
    def chosen(self) -> tuple[Conversation, Choice | None]:
        """`named_choice` in the words of the list that was shown, before a change of language."""
        return self.named_choice(self.heard)

    @property
    def names_a_choice(self) -> bool:
        """Is the message, word for word, one of the choices on the screen?"""
        state = self.content.states.get(self.state)
        shown = state.visible(self.conversation) if state is not None else ()
        return any(self.message.text in choice.keys for choice in shown)

    @cached_property
    def spoken(self) -> tuple[Draft, Choice | None]:
        """The conversation in the language of the answer, with a wish not to be called, and the choice it names."""
        found = self.understood
        conversation, choice = self.chosen
        words = 0 if choice else sum(not word.isdigit() for word in self.message.text.split())
        locale = self._settled(conversation.locale, words)
        events: Events = ()
        if locale != conversation.locale:
            events = (LanguageChosen(locale),)
            conversation, choice = self.named_choice(replace(self.heard, locale=locale))
        # "He does not dare to call" is not said of the one who writes.
        if found.no_call and not conversation.told.no_call and "for_somebody" not in self.written_remarks:
            conversation, events = conversation.with_told(no_call=True), (*events, CallRefused())
        return (conversation, events), choice

    def _settled(self, locale: str, words: int) -> str:
        """The language of the answer to a message of so many words that names no choice."""
        languages, found = self.rules.languages, self.understood
        if not locale:
            by_greeting = languages.of_greeting(self.message.text, self.message.inbound.address)
            plain = self.message.inbound.text.isascii()
            return by_greeting or languages.settled(locale, found, words, plain=plain)
        if self.state == StateName.OPENER and found.topic in ("yes", "no") and not found.switch_to:
            return languages.answered_in(locale, found)
        return languages.settled(locale, found, words)

    @cached_property
    def draft(self) -> Draft:
        """The conversation with what the text tells in passing: where its writer is, a country, that they know the
        subject, that something cannot wait."""
        (conversation, events), _choice = self.spoken
        understood = self.understood
        if understood.country and "not_here" in self.written_remarks and not self.stated_country:
            place = None if understood.place == Place.ABROAD else understood.place
            understood = replace(understood, country=None, place=place)  # "born in Morocco" is not there
        conversation, told = _noticed_in(
            conversation,
            understood,
            discloses=self.discloses,
            stated=self.stated_country,
            asked_back=self.asked_back if understood.country else None,
        )
        if conversation.told.place is Place.ABROAD and self.takes_place_back:
            conversation = conversation.with_told(place=Place.UNKNOWN, country="", mentioned_country="")
            told = (*told, PlaceTold(Place.UNKNOWN, ""))
        long = len(self.message.text.split()) > MOST_WORDS
        said = self._remarks_of_parts if long else self.written_remarks
        conversation, who = _with_role(conversation, said, self.understood)
        return conversation, (*events, *told, *who)

    @cached_property
    def discloses(self) -> bool:
        """Does the text have a word about the subject in it?"""
        return any(word in self.message.text for word in self.rules.subject)


def topic_at_hand(shown: str, conversation: Conversation) -> str:
    """The state that was shown before short answers that any topic shares, and thanks. shown: what was shown last."""
    skipped = (FOLLOW, StateName.THANKS.partition(".")[0])
    states = (shown, *reversed(conversation.position.history))
    return next((state for state in states if state.partition(".")[0] not in skipped), shown)


def _further_parts(text: str) -> list[str]:
    """What an understander does not read of a long message, in parts it reads whole: danger is looked for in all of
    it. They overlap, so that no sentence is cut in each part it stands in."""
    step = MAX_LENGTH - OVERLAP
    return [text[start : start + MAX_LENGTH] for start in range(step, len(text) - OVERLAP, step)]


def _with_place(conversation: Conversation, understood: Understanding) -> tuple[Conversation, Events]:
    """The place when the person says where they are, in listed words: what is only learned takes no number away. Abroad
    is believed at once; "in the
    Netherlands" is asked for once they have said abroad, because it takes the numbers that work there away; and so is
    a country by name, which may be where they were or where they fear to go."""
    said = understood.place if understood.country in (None, "NL") else None
    if said == Place.ABROAD and conversation.told.place is not Place.ABROAD:
        place = Place.ABROAD
    elif said == Place.NETHERLANDS and conversation.told.place is Place.UNKNOWN:
        place = Place.NETHERLANDS
    else:
        return conversation, ()
    return conversation.with_told(place=place, country=""), (PlaceTold(place, ""),)


ROLES = {"works": "work", "for_somebody": "other", "for_self": "self"}
"""Remark -> for whom somebody writes who makes it."""

ASKED_AS = {"professional": "work", "bystander": "other", "someone_abroad": "other"}
"""Topic -> for whom somebody writes who asks about it in their own words, and has not said so."""


LEARNED_ROLES = ("work", "other")
"""Who writes for themselves rarely says so: that is assumed, and not kept as told."""


def _with_role(
    conversation: Conversation, remarks: Sequence[str], understood: Understanding
) -> tuple[Conversation, Events]:
    """For whom they write, where the message says so: in so many words that corrects what was known."""
    said = [ROLES[remark] for remark in remarks if remark in ROLES]
    # Whoever tells of their work and of somebody they worry about writes for their work.
    role = "work" if "work" in said else next(iter(said), "")
    if "self" in said and not {"no", "correct"}.isdisjoint(remarks):
        role = "self"  # "no, not about a pupil, about me"
    if not role and not conversation.told.role:
        learned = understood.who if understood.who in LEARNED_ROLES else ""
        role = learned or ASKED_AS.get(understood.topic or "", "")
    if not role or role == conversation.told.role:
        return conversation, ()
    return conversation.with_told(role=role), (Answered("role", role),)


def _stated(conversation: Conversation, country: str) -> tuple[Conversation, Events]:
    """The conversation of somebody who says in so many words which country they are in; it corrects what was known."""
    place, abroad = (Place.NETHERLANDS, "") if country == "NL" else (Place.ABROAD, country)
    told = conversation.told
    if (told.place, told.country) == (place, abroad):
        return conversation, ()
    return conversation.with_told(place=place, country=abroad, mentioned_country=""), (PlaceTold(place, abroad),)


def _noticed_in(
    conversation: Conversation, understood: Understanding, *, discloses: bool, stated: str, asked_back: str | None
) -> tuple[Conversation, Events]:
    """The conversation with what a message tells in passing. discloses: its writer knows the subject. stated: the
    country they say they are in. asked_back: one that they may be in."""
    conversation, events = _stated(conversation, stated) if stated else _with_place(conversation, understood)
    changed: dict[str, object] = {}
    if discloses:
        changed["subject_disclosed"] = True
    told = conversation.told
    at_home = asked_back == "NL" and told.place is Place.NETHERLANDS
    if asked_back and not stated and not at_home and asked_back != told.country:
        changed["mentioned_country"] = asked_back
    if changed:
        conversation = conversation.with_told(**changed)
    if understood.danger == "amber":
        conversation = conversation.with_handling(urgent=True)
    return conversation, events
