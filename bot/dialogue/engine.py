"""What the bot decides: conversation + message + now -> turn. Pure.

Order: silence, decoy, an advisor who has the conversation, what cannot be read, a menu number, danger, a choice by
its words, command, topic, not known.
`check` sees to it that no choice takes the word of a command away.
Danger words are looked for in every text; a bare menu number cannot be one.
"""

import copy
import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec.structs import replace

from bot.dialogue import case_code, changes, flood, own_words
from bot.dialogue import continuation as interrupted
from bot.dialogue.changes import Events
from bot.dialogue.choosing import named
from bot.dialogue.conversation import (
    FRAGMENT_MINUTES,
    GRACE_MINUTES,
    HISTORY_LENGTH,
    SCHEMA,
    SILENCE_MINUTES,
    Conversation,
    Place,
    Status,
)
from bot.dialogue.events import (
    Answers,
    CallRefused,
    CodeAsked,
    CodeBrought,
    DangerSeen,
    DecoyStarted,
    EngineFailed,
    ErasureRequested,
    Heard,
    KnownAgain,
    LanguageChosen,
    PlaceTold,
    Stopped,
    TopicShown,
)
from bot.dialogue.flow import BACK, Choice
from bot.dialogue.localized_content import LocalizedContent
from bot.dialogue.machine import Machines
from bot.dialogue.overrides import Overrides
from bot.dialogue.topics import NEITHER
from bot.dialogue.turn import Say, Turn
from bot.messages import Inbound, Kind
from bot.nlu.normalise import normalise
from bot.nlu.numbers import NumberWords
from bot.nlu.understanding import Understander, Understanding

OPENER = "start.opener"
MENU = "menu.main"
DECOY = "decoy.on"
DANGER = "danger"
SUICIDE = "suicide"
NOT_SURE = "unclear.candidates"
OTHER = "unclear.other"
PERSON = "unclear.person"
HANDOFF = "handoff.waiting"
AFRAID = "unclear.afraid"
ABROAD = "abroad.answer"
CONFIRM_COUNTRY = "place.confirm"
CONFIRM_ERASE = "erase.confirm"
THANKS = "leave.thanks"
CODE_BROUGHT = "code.brought"

STATES = (
    OPENER, MENU, DECOY, NOT_SURE, PERSON, HANDOFF, AFRAID, ABROAD, CONFIRM_COUNTRY,
    THANKS, OTHER, CONFIRM_ERASE, "language.other", "place.country", "word.kept", "word.again", CODE_BROUGHT,
)  # fmt: skip
"""Every state the engine goes to by itself; content without one is not started with."""

OWN_WORD = "own_word"
"""Kind of a heard message that was a word of the person's own."""

DIGIT_ADVISOR = "9"
DIGIT_MENU = "0"
NEVER_GUESSED = frozenset({"suicide", "sexual_violence", "lgbt"})
"""Topics only answered when named: nobody is asked "did you mean" such a thing."""

SURE_OF_LANGUAGE = 0.6
SURE_OF_SWITCH = 0.8
SURE_OF_SENTENCE = 0.7
"""From which certainty an ongoing conversation changes its language: for a few words, and for a whole sentence."""

SENTENCE = 5
SWITCH_FROM = 2
"""One word never changes the language: "hallo" and "ok" belong to many."""

FRAGMENT = 5
"""A message of at most so many words may be half a sentence."""

LEVELS = ("none", "amber", "red")
NAMED_BY_A_PLACE = frozenset({"left_behind", "someone_abroad", "number_from_abroad", "local_emergency_number"})
"""Topics that the mere name of a country sounds like."""

AROUND_A_PERSON = frozenset({"about_bot", "contact"})
"""Topics that a request for a person sounds like: the person is given rather than the text about it."""

LEAVING = ("stop", "erase", "decoy")
"""What a person may always do, with an advisor too."""

WITHOUT_ADVISOR = (*LEAVING, "card")
"""What somebody who is blocked may still do."""

STAYING = frozenset({"start", "unstop", "yes", "help", "info"})
"""Words the network answers that do not mean "no more messages" (features-and-traps 4.3)."""

GOODBYES = ("thanks", "yes", "no")

LONG_WAIT_MINUTES = 15
"""Somebody who writes after so long in the queue is told that it takes long, and what they can do meanwhile."""

FALLBACK_TOPICS = ("left_behind", "trip_planned", "contact")
"""Offered when a message resembles nothing at all."""


class Engine:
    """Decides one turn. Holds only what was built at start; calling it changes nothing in it.

    books: one per live language. commands: command id -> state. closest: language without texts -> live language.
    subject: words about the subject, normalised; who uses one may be answered plainly. hurried: a reader that costs
    little, for floods.
    """

    def __init__(
        self,
        books: Mapping[str, LocalizedContent],
        machines: Machines,
        commands: Mapping[str, str],
        closest: Mapping[str, str],
        understander: Understander,
        numbers: NumberWords,
        subject: frozenset[str],
        default_locale: str,
        hurried: Understander | None = None,
    ) -> None:
        self.books = books
        self._machines = machines
        self._commands = commands
        self._closest = closest
        self._understander = understander
        self._hurried = hurried or understander
        self._numbers = numbers
        self._subject = subject
        self._urgent = books[default_locale].urgent
        self._general = books[default_locale].general
        self.default_locale = default_locale
        self._states = books[default_locale].states
        self._topics = books[default_locale].topics
        self._code_words = frozenset(word for book in books.values() for word in book.code_words)
        self._overrides = Overrides()

    def with_overrides(self, overrides: Overrides) -> "Engine":
        """The same engine while something is switched by hand."""
        if overrides == Overrides():
            return self
        with_overrides = copy.copy(self)
        with_overrides._overrides = overrides
        with_overrides.books = {
            locale: dataclasses.replace(
                book,
                hours=overrides.hours(book.hours),
                shared={**book.shared, "announcement": book.announcements.get(overrides.announcement, "")},
            )
            for locale, book in self.books.items()
        }
        return with_overrides

    def book(self, conversation: Conversation) -> LocalizedContent:
        """The texts in the person's language."""
        return self.books.get(conversation.locale) or self.books[self.default_locale]

    def code_in(self, text: str) -> str:
        """The case code a text is, "" when it is none; whether it is one that was given, only the storage knows."""
        return case_code.read(text, self._code_words)

    def advance(
        self,
        conversation: Conversation,
        inbound: Inbound,
        now: datetime,
        random_bits: int,
        brought: Answers | None = None,
        *,
        blocked: bool = False,
    ) -> Turn:
        """The turn that answers `inbound`. `now` must carry a time zone; it is kept to the minute, for the pace to
        the second.

        random_bits: an unpredictable number of `case_code.RANDOM_BITS`. brought: what stands behind the case code that
        the message is, if it is one. blocked: an advisor blocked this sender.
        """
        heard = Heard(kind=inbound.kind, text=inbound.text, media=inbound.media)
        resumed = self._resumed(conversation, _minute(now))
        resumed = flood.counted(resumed, inbound.text, _minute(now), blocked=blocked)
        second = int(now.timestamp())
        quick = interrupted.is_continuation(resumed, second) and not resumed.handling.pending_notice
        turn = self._told(
            resumed.handling.pending_notice,
            self._answer(resumed.with_handling(pending_notice=""), inbound, brought, quick=quick),
        )
        if self._overrides.down and not resumed.position.state and resumed.handling.status is Status.BOT:
            turn = _with_the_truth(turn)
        turn = case_code.given(turn, self.book(turn.conversation).code_words, self._topics, random_bits)
        after = turn.conversation
        if after.handling.status is not Status.BOT:
            after = after.with_handling(channel=str(inbound.channel))  # only an advisor's answer needs to know it
        if after.handling.status is Status.ADVISOR and not after.handling.pending_minute:
            after = after.with_handling(pending_minute=after.heard_minute)
        if (after.privacy.hide_word or after.privacy.return_word) and own_words.is_own_word(
            after, normalise(inbound.text)
        ):
            heard = Heard(kind=OWN_WORD, text="")  # it is theirs: not even an advisor reads it
        after = interrupted.written(after, second, answered=turn.say is not None)
        return Turn(after, (heard, *turn.events), turn.say)

    def failed(self, conversation: Conversation, inbound: Inbound, now: datetime, fault: str) -> Turn:
        """The turn after a bug in `advance`: the message is kept, the numbers go out, a person is asked to look."""
        minute = _minute(now)
        conversation = replace(conversation.without_context(), heard_minute=minute)
        conversation = conversation.with_handling(channel=str(inbound.channel))
        conversation, asked = changes.request_advisor(conversation)
        events = (Heard(kind=inbound.kind, text=inbound.text, media=inbound.media), EngineFailed(fault), *asked)
        return Turn(conversation, events, Say(prefix=("fault",), numbers=True))

    # -- the steps, in order ------------------------------------------------------------------------------------

    def _resumed(self, conversation: Conversation, minute: int) -> Conversation:
        """The conversation as it may be continued: without context after a silence or where the state is gone."""
        since = minute - conversation.heard_minute
        silent = conversation.heard_minute and since > SILENCE_MINUTES
        unknown = conversation.position.state and conversation.position.state not in self._states
        if silent or unknown or conversation.schema > SCHEMA:
            conversation = own_words.put_away(conversation)
        if (
            conversation.handling.status is Status.CLOSED
            and minute - conversation.handling.closed_minute > GRACE_MINUTES
        ):
            conversation = conversation.with_status(Status.BOT)
        here = conversation.position
        position = replace(
            here,
            fragment=here.fragment if since <= FRAGMENT_MINUTES else "",
            history=tuple(state for state in here.history if state in self._states),
            candidates=tuple(topic for topic in here.candidates if topic in self._topics),
        )
        return replace(conversation, heard_minute=minute, position=position)

    def _answer(self, conversation: Conversation, inbound: Inbound, brought: Answers | None, *, quick: bool) -> Turn:
        text = normalise(inbound.text)
        first = self._before_all(conversation, inbound, text)
        if first is not None:
            return first
        readable = inbound.kind in (Kind.TEXT, Kind.BUTTON) and bool(text)
        if conversation.handling.status is Status.ADVISOR and conversation.privacy.observed:
            return self._safe_again(conversation, inbound, text if readable else "")
        code = self.code_in(inbound.text)
        if code:
            return self._code(conversation, code, brought)
        if conversation.handling.status is Status.ADVISOR:
            return self._with_advisor(conversation, inbound, text if readable else "")
        if not readable:
            return self._unreadable(conversation, inbound.kind)
        number = self._numbers.read(text)
        if number is not None:
            return self._number(conversation.with_position(fragment=""), number)
        conversation, understood = self._understood(conversation, inbound.text, text)
        if self._expects(conversation) in own_words.OWN_WORDS and understood.danger != "red" and not understood.command:
            return self._keep_word(conversation, text)
        turn = self._text(conversation, text, understood)
        if quick and not understood.command and interrupted.adds_nothing(conversation, turn):
            return interrupted.silent(conversation, turn)
        new = not conversation.locale and turn.conversation.position.state != DECOY
        if new and self._has_no_texts(understood) and turn.say is not None:
            return replace(turn, say=replace(turn.say, prefix=("language_missing", *turn.say.prefix)))
        return turn

    @staticmethod
    def _told(tell: str, turn: Turn) -> Turn:
        """What could not be said when it happened ("the advisor is gone") stands above the answer, unless that
        answer must not speak of it."""
        hidden = turn.conversation.position.state in (DECOY, CONFIRM_ERASE) or turn.conversation == Conversation()
        if not tell or turn.say is None or hidden or any(isinstance(each, ErasureRequested) for each in turn.events):
            return turn
        return replace(turn, say=replace(turn.say, prefix=(tell, *turn.say.prefix)))

    def _opted_out(self, conversation: Conversation, word: str) -> Turn:
        """The network has answered STOP, START or HELP itself; a second answer would only be refused or confuse."""
        if word in STAYING:
            return Turn(conversation, (), None)
        conversation, events = changes.leave_advisors(conversation)
        return Turn(conversation.without_context(), (*events, Stopped()), None)

    def _decoy(self, conversation: Conversation, inbound: Inbound) -> Turn:
        """Dull answers only, whatever comes. Red danger still gets the two bare numbers: the opener already left
        them in this thread, so they tell a reader nothing new, and may be the one thing that is needed."""
        understood = self._understander.understand(inbound.text, conversation.locale or None)
        if understood.danger == "red" and len(normalise(inbound.text).split()) > 1:
            conversation = conversation.with_handling(danger=True)
            return Turn(conversation, (DangerSeen(),), Say(prefix=("emergency_line",)))
        return Turn(conversation, (), Say(state=DECOY))

    def _before_all(self, conversation: Conversation, inbound: Inbound, text: str) -> Turn | None:
        """What is looked at before anything is understood: the network's own words, a flood, words of the person's own,
        the decoy."""
        if inbound.opt_out:
            return self._opted_out(conversation, text)
        if own_words.returns(conversation, text):
            return self._known_again(conversation)
        if conversation.position.state != DECOY and own_words.hides(conversation, inbound.text, text):
            return self._go(conversation, DECOY, ())
        if flood.is_flooding(conversation) and conversation.handling.status is not Status.ADVISOR:
            return self._flooded(conversation, inbound)
        return self._decoy(conversation, inbound) if conversation.position.state == DECOY else None

    def _flooded(self, conversation: Conversation, inbound: Inbound) -> Turn | None:
        """Silence but for the numbers; None: a command, which works always. Read by letters alone, so that ten thousand
        messages of one sender take no time from others. Who is blocked can still leave, erase and get the numbers, and
        no more than that: not an advisor."""
        understood = self._hurried.understand(inbound.text, conversation.locale or None)
        hidden = conversation.position.state == DECOY
        if self._confirms_erasing(conversation, inbound) or (understood.command in WITHOUT_ADVISOR and not hidden):
            return None
        if understood.command and not hidden and not conversation.pace.blocked:
            return None
        numbers = Say(prefix=("emergency_line",))
        if understood.danger == "red":
            return Turn(conversation.with_handling(danger=True), (DangerSeen(),), numbers)
        return Turn(conversation, (), numbers if flood.reminds(conversation) and not hidden else None)

    def _confirms_erasing(self, conversation: Conversation, inbound: Inbound) -> bool:
        """Is this a yes or a no to "erase everything"?"""
        if conversation.position.state != CONFIRM_ERASE:
            return False
        text = normalise(inbound.text)
        return self._numbers.read(text) in ("1", "2") or self._named_choice(conversation, text)[1] is not None

    def _known_again(self, conversation: Conversation) -> Turn:
        """The person gave the word to be known by: it goes on where it was, and advisors may write again."""
        conversation = own_words.resumed(conversation)
        if conversation.handling.status is Status.ADVISOR:
            return Turn(conversation.with_position(state=""), (KnownAgain(),), Say(prefix=("advisor_again",)))
        state = conversation.position.state or (MENU if conversation.told.subject_disclosed else OPENER)
        return Turn(conversation.with_position(state=state), (KnownAgain(),), Say(state=state))

    def _safe_again(self, conversation: Conversation, inbound: Inbound, text: str) -> Turn:
        """An advisor has it, and somebody may read along: the neutral question comes from the bot, whatever is written
        but danger and leaving. "Yes" tells that it is safe, and the advisor may write again."""
        opener = self.book(conversation).states[OPENER]
        choice = None
        if conversation.position.state == OPENER and text:
            number = self._numbers.read(text)
            choices = opener.visible(conversation)
            if number is not None and 1 <= int(number) <= len(choices):
                choice = choices[int(number) - 1]
            else:
                choice = named(text, choices, conversation, self.book(conversation))
        if choice is not None and choice.id == "safe":
            conversation, told = changes.apply(conversation, choice, self._next_locale(conversation))
            return Turn(conversation.with_position(state=""), told, Say(prefix=("advisor_again",)))
        turn = self._with_advisor(conversation, inbound, text)
        if turn.say is not None:
            return turn
        return Turn(turn.conversation.with_position(state=OPENER), turn.events, Say(state=OPENER))

    def _code(self, conversation: Conversation, code: str, brought: Answers | None) -> Turn:
        """Four words of our lists. What stands behind them goes to the advisor and is said to nobody here: whoever
        holds this phone may have found them on another one."""
        with_advisor = conversation.handling.status is Status.ADVISOR
        if brought is not None and with_advisor:
            return Turn(conversation, (CodeBrought(code, brought),), None)
        if brought is not None:
            conversation = replace(conversation, locale=conversation.locale or brought.language)
            return self._go(conversation, CODE_BROUGHT, (CodeBrought(code, brought),))
        if with_advisor:
            return Turn(conversation, (), None)
        conversation, events = self._speaking(conversation, None)
        begin = "" if conversation.position.state else OPENER
        say = Say(state=begin, prefix=("code_unknown",), emergency_line=True)
        return Turn(conversation.with_position(state=conversation.position.state or begin), events, say)

    def _keep_word(self, conversation: Conversation, text: str) -> Turn:
        """A word of their own, which is said back nowhere."""
        kept = own_words.chosen(conversation.with_position(fragment=""), self._expects(conversation), text)
        if kept is None:
            return self._go(conversation, "word.again", ())
        return self._go(kept, "word.kept", ())

    def _unreadable(self, conversation: Conversation, kind: Kind) -> Turn:
        """A photo, a voice note, an empty message, only signs. It never moves the dialogue; empty may be an alarm."""
        conversation, events = self._speaking(conversation, None)
        name = "unreadable_empty" if kind in (Kind.TEXT, Kind.BUTTON) else f"unreadable_{kind}"
        if conversation.handling.status is Status.CLOSED:
            turn = self._go(conversation, HANDOFF, events)
            return replace(turn, say=turn.say and replace(turn.say, prefix=(name, *turn.say.prefix)))
        state = conversation.position.state or OPENER
        say = Say(state=state, prefix=(name,), emergency_line=True)
        return Turn(conversation.with_position(state=state), events, say)

    def _number(self, conversation: Conversation, digits: str) -> Turn:
        """A menu number in the state that was last shown. 9 and 0 are a person and the menu, everywhere."""
        conversation, events = self._speaking(conversation, None)
        if conversation.handling.status is Status.CLOSED and digits != DIGIT_ADVISOR:
            conversation = conversation.with_status(Status.BOT)
        states = self.book(conversation).states
        state = states.get(conversation.position.state)
        if state is None:
            # After a silence or an outage no list counts any more; a person is meant by 9 whenever it comes.
            return self._go(conversation, self._commands["advisor"] if digits == DIGIT_ADVISOR else OPENER, events)
        if (
            state.passing
            and not state.choices
            and not conversation.position.candidates
            and conversation.position.history
        ):
            # A text without a list (the card, thanks) was shown last: the number is meant for the list before it.
            state = states[conversation.position.history[-1]]
            conversation = conversation.with_position(state=state.name, history=conversation.position.history[:-1])
        number = int(digits)
        offered = conversation.position.candidates if state.name == NOT_SURE else ()
        if 1 <= number <= len(offered):
            return self._topic(conversation, offered[number - 1], events)
        choices = state.visible(conversation)
        if 1 <= number - len(offered) <= len(choices):
            return self._choose(conversation, choices[number - len(offered) - 1], events)
        if digits == DIGIT_ADVISOR:
            return self._go(conversation, self._commands["advisor"], events)
        if digits == DIGIT_MENU:
            return self._go(conversation, self._commands["menu"], events)
        return Turn(conversation, events, Say(state=state.name, prefix=("no_such_number",), emergency_line=True))

    def _understood(self, conversation: Conversation, typed: str, text: str) -> tuple[Conversation, Understanding]:
        """What the message says, and how dangerous it is together with the few words sent just before ("hij heeft",
        "een mes"). A few words are kept for the next message, unless they say something by themselves."""
        locale = conversation.locale or None
        understood = self._understander.understand(typed, locale)
        if conversation.position.fragment:
            together = self._understander.understand(f"{conversation.position.fragment} {text}", locale)
            if LEVELS.index(together.danger) > LEVELS.index(understood.danger):
                understood = replace(understood, danger=together.danger, emergency_line=True)
        whole = understood.danger == "red" or understood.command or understood.topic in self._topics
        half = not whole and len(text.split()) <= FRAGMENT
        return conversation.with_position(fragment=text if half else ""), understood

    def _with_advisor(self, conversation: Conversation, inbound: Inbound, text: str) -> Turn:
        """An advisor has the conversation: the bot is silent. Danger words still bring the numbers, and the person
        can still leave, erase, or have the bot play a stranger."""
        if conversation.position.state == CONFIRM_ERASE:
            _same, choice = self._named_choice(conversation, text) if text else (conversation, None)
            number = self._numbers.read(text) if text else None
            confirmed = choice.id == "erase" if choice else number == "1"
            if confirmed:
                return self._go(conversation, "erase.done", ())
            conversation = conversation.with_position(state="")
            if choice or number:
                return Turn(conversation, (), None)
        if not text:
            return Turn(conversation, (), None)
        conversation, understood = self._understood(conversation, inbound.text, text)
        if understood.danger == "red":
            say = Say(prefix=("danger_with_advisor",), numbers=True)
            return Turn(conversation.with_handling(danger=True), (DangerSeen(),), say)
        if understood.command in LEAVING:
            return self._go(conversation, self._commands[understood.command], ())
        return Turn(conversation, (), None)

    def _text(self, conversation: Conversation, text: str, understood: Understanding) -> Turn:
        # A choice is named in the words of the list that was shown, before a change of language.
        _conversation, choice = self._named_choice(conversation, text)
        conversation, events = self._speaking(conversation, understood, 0 if choice else len(text.split()))
        if understood.no_call and not conversation.told.no_call:
            conversation, events = conversation.with_told(no_call=True), (*events, CallRefused())
            turn = self._meant(conversation, text, understood, events)
            return replace(turn, say=turn.say and replace(turn.say, prefix=(*turn.say.prefix, "no_call")))
        return self._meant(conversation, text, understood, events)

    def _meant(self, conversation: Conversation, text: str, understood: Understanding, events: Events) -> Turn:
        red = understood.danger == "red"
        conversation, choice = self._named_choice(conversation, text)
        if choice is not None and (not red or self._leads_to_numbers(conversation, choice)):
            return self._choose(conversation, choice, events)
        conversation, told = self._noticed(conversation, text, understood)
        events = (*events, *told)
        if red:
            # "help" says nothing of the subject: the answer then names neither it nor an organisation (decision 12).
            topic = SUICIDE if understood.topic == SUICIDE else DANGER
            closed = conversation.handling.status is Status.CLOSED
            turn = self._go(conversation.with_handling(danger=True), self._topics[topic], (*events, DangerSeen()))
            return self._advisor_too(turn) if understood.wants_advisor or closed else turn
        if understood.command:
            return self._command(conversation, understood, events)
        if conversation.handling.status is Status.CLOSED:
            # A "thank you" asks for nobody; anything else goes back to the advisors.
            return self._go(conversation, THANKS if understood.topic in GOODBYES else HANDOFF, events)
        if self._expects_country(conversation) and understood.country:
            return self._country(conversation, understood.country, events)
        if understood.country and conversation.position.state and self._only_a_place(text, understood):
            return self._whereabouts(conversation, understood, events)
        if understood.wants_advisor and understood.topic in (None, *NEITHER, *AROUND_A_PERSON):
            return self._go(conversation, self._commands["advisor"], events)
        if understood.topic in self._topics:
            return self._asked_about(conversation, understood, events)
        if understood.place or understood.country:
            return self._whereabouts(conversation, understood, events)
        if understood.topic in NEITHER:
            return self._small_talk(conversation, understood, events)
        if understood.no_call and conversation.position.state:
            return Turn(conversation, events, Say(state=conversation.position.state, emergency_line=True))
        return self._not_understood(conversation, understood, events)

    def _only_a_place(self, text: str, understood: Understanding) -> bool:
        """Is a message no more than "I am in Morocco"? Of nearly everybody who writes so the topic is guessed at once;
        but the country is worth asking back first."""
        short = len(text.split()) <= FRAGMENT and not any(word in text for word in self._subject)
        return short and understood.topic in NAMED_BY_A_PLACE and not understood.wants_advisor

    def _noticed(self, conversation: Conversation, text: str, understood: Understanding) -> tuple[Conversation, Events]:
        """What a message tells in passing: that its writer knows the subject, where they are, a country."""
        conversation, told = changes.told_place(conversation, understood)
        if any(word in text for word in self._subject):
            conversation = conversation.with_told(subject_disclosed=True)
        if understood.country and understood.country != conversation.told.country:
            conversation = conversation.with_told(mentioned_country=understood.country)
        if understood.danger == "amber":
            conversation = conversation.with_handling(urgent=True)
        return conversation, told

    # -- what a text can lead to ---------------------------------------------------------------------------------

    def _command(self, conversation: Conversation, understood: Understanding, events: Events) -> Turn:
        command = understood.command or ""
        if conversation.handling.status is Status.CLOSED and command != "advisor":
            conversation = conversation.with_status(Status.BOT)
        if command == "language" and understood.switch_to in self.books:
            # The person asked for this very language: show what they were looking at in it.
            conversation = conversation.with_position(state=conversation.position.state or OPENER)
            return Turn(conversation, events, Say(state=conversation.position.state))
        if command == "language" and understood.switch_to:
            return self._go(conversation, "language.other", events)
        if command == "back":
            return self._go(conversation, BACK, events)
        return self._go(conversation, self._commands[command], events)

    def _named_choice(self, conversation: Conversation, text: str) -> tuple[Conversation, Choice | None]:
        """The choice a text names, and the conversation in the state it belongs to. While somebody waits for an
        advisor, the words that take it back count in every state."""
        book = self.book(conversation)
        states = (
            [conversation.position.state, HANDOFF]
            if conversation.handling.status is Status.WAITING
            else [conversation.position.state]
        )
        for state in filter(None, map(book.states.get, states)):
            choice = named(text, state.visible(conversation), conversation, book)
            if choice is not None and (state.name == conversation.position.state or choice.id == "cancel"):
                return conversation.with_position(state=state.name), choice
        return conversation, None

    def _leads_to_numbers(self, conversation: Conversation, choice: Choice) -> bool:
        """Does a choice lead where the numbers stand on top? Then it is as good an answer to danger as any."""
        target = self._machines.follow(conversation.position.state, choice.id)
        return target in self._states and self._states[target].numbers

    def _choose(self, conversation: Conversation, choice: Choice, events: Events) -> Turn:
        target = self._machines.follow(conversation.position.state, choice.id)
        conversation, told = changes.apply(conversation, choice, self._next_locale(conversation))
        if target == MENU and conversation.position.deferred_topic and conversation.told.subject_disclosed:
            return self._topic(
                conversation.with_position(deferred_topic=""), conversation.position.deferred_topic, (*events, *told)
            )
        return self._go(conversation, target, (*events, *told))

    def _next_locale(self, conversation: Conversation) -> str:
        """The live language after this one, round and round."""
        locales = list(self.books)
        return locales[(locales.index(self.book(conversation).locale) + 1) % len(locales)]

    def _expects(self, conversation: Conversation) -> str:
        """What the state that was shown last reads a text as."""
        state = self._states.get(conversation.position.state)
        return state.expects if state is not None else ""

    def _expects_country(self, conversation: Conversation) -> bool:
        return self._expects(conversation) == "country"

    def _whereabouts(self, conversation: Conversation, understood: Understanding, events: Events) -> Turn:
        """The message says only where somebody is. A place is taken as told, a new country is asked back."""
        if (
            conversation.told.mentioned_country == understood.country
            and conversation.position.state
            and understood.country
        ):
            return self._go(conversation, CONFIRM_COUNTRY, events, emergency_line=True)
        begin = conversation.position.state or (ABROAD if conversation.told.place is Place.ABROAD else OPENER)
        return Turn(conversation.with_position(state=begin), events, Say(state=begin, emergency_line=True))

    def _asked_about(self, conversation: Conversation, understood: Understanding, events: Events) -> Turn:
        """The answer to a topic. A general question before a word on the subject has fallen waits for the opener."""
        topic = understood.topic or ""
        if topic in self._general and not conversation.told.subject_disclosed:
            return self._go(conversation.with_position(deferred_topic=topic), OPENER, events)
        turn = self._topic(conversation, topic, events, understood.emergency_line)
        return self._advisor_too(turn) if understood.wants_advisor else turn

    def _country(self, conversation: Conversation, country: str, events: Events) -> Turn:
        """An answer to "which country": the person was asked, so it decides."""
        place = Place.NETHERLANDS if country == "NL" else Place.ABROAD
        conversation = conversation.with_told(
            place=place, country="" if country == "NL" else country, mentioned_country=""
        )
        return self._go(conversation, BACK, (*events, PlaceTold(place, country)))

    def _topic(self, conversation: Conversation, topic: str, events: Events, emergency_line: bool = False) -> Turn:
        conversation = conversation.with_told(subject_disclosed=True)
        return self._go(conversation, self._topics[topic], events, emergency_line=emergency_line)

    def _small_talk(self, conversation: Conversation, understood: Understanding, events: Events) -> Turn:
        topic = understood.topic
        if conversation.handling.status is Status.WAITING and topic == "greeting" and conversation.position.state:
            return self._go(conversation, HANDOFF, events)
        if topic == "greeting" or not conversation.position.state:
            begin = MENU if conversation.told.safe and conversation.position.state else OPENER
            return self._go(conversation, begin, events, emergency_line=begin == MENU and understood.emergency_line)
        if topic == "thanks":
            return self._go(conversation, THANKS, events, emergency_line=understood.emergency_line)
        if topic == "out_of_scope" and conversation.position.state != OTHER:
            return self._go(conversation, OTHER, events, emergency_line=True)
        if topic == "out_of_scope":
            return self._not_understood(conversation.with_position(fallback_count=1), understood, events)
        say = Say(state=conversation.position.state, prefix=("choose_number",), emergency_line=True)
        return Turn(conversation, events, say)

    def _not_understood(self, conversation: Conversation, understood: Understanding, events: Events) -> Turn:
        """First the three nearest topics, then a person and the numbers, then where it began: never the same twice."""
        if understood.danger == "amber":
            target = PERSON if conversation.position.state == AFRAID else AFRAID
            return self._go(conversation, target, events, emergency_line=True)
        if not conversation.position.state:
            return self._go(conversation, OPENER, events)
        if conversation.handling.status is Status.WAITING:
            say = Say(state=conversation.position.state, prefix=("kept_for_advisor",), emergency_line=True)
            return Turn(conversation, events, say)
        fallbacks = conversation.position.fallback_count + 1
        if self._expects_country(conversation) and fallbacks == 1:
            say = Say(state=conversation.position.state, prefix=("country_unknown",), emergency_line=True)
            return Turn(conversation.with_position(fallback_count=fallbacks), events, say)
        if conversation.position.state.startswith(("danger.", "suicide.")):
            fallbacks = max(fallbacks, 2)
        if fallbacks > 1 or not conversation.told.subject_disclosed:
            begin = MENU if conversation.told.subject_disclosed else OPENER
            target, prefix = (begin, ("not_understood",)) if fallbacks % 2 else (PERSON, ())
            turn = self._go(conversation, target, events)
            say = Say(state=target, prefix=prefix, emergency_line=True)
            return Turn(turn.conversation.with_position(fallback_count=fallbacks), turn.events, say)
        named = [each.topic for each in understood.candidates if each.topic not in NEVER_GUESSED]
        nearest = list(dict.fromkeys([*named, *FALLBACK_TOPICS]))[:3]
        turn = self._go(conversation, NOT_SURE, events, emergency_line=True)
        return Turn(
            turn.conversation.with_position(fallback_count=fallbacks, candidates=tuple(nearest)), turn.events, turn.say
        )

    # -- moving --------------------------------------------------------------------------------------------------

    def _speaking(
        self, conversation: Conversation, understood: Understanding | None, words: int = 0
    ) -> tuple[Conversation, Events]:
        """Settle the language: asked for by name, else the first message decides, else a clear change of two words."""
        wanted = conversation.locale
        sure = SURE_OF_SWITCH if words < SENTENCE else SURE_OF_SENTENCE
        if understood is None:
            wanted = wanted or self.default_locale
        elif understood.switch_to:
            wanted = understood.switch_to if understood.switch_to in self.books else wanted
            wanted = wanted or self._live(understood.switch_to)
        elif not wanted:
            wanted = self._live(understood.language)
        elif understood.language in self.books and words >= SWITCH_FROM and understood.language_confidence >= sure:
            wanted = understood.language
        if wanted == conversation.locale:
            return conversation, ()
        return replace(conversation, locale=wanted), (LanguageChosen(wanted),)

    def _has_no_texts(self, understood: Understanding) -> bool:
        return understood.language not in self.books and understood.language_confidence >= SURE_OF_LANGUAGE

    def _live(self, language: str) -> str:
        if language in self.books:
            return language
        return self._closest.get(language, self.default_locale)

    def _go(
        self,
        conversation: Conversation,
        target: str,
        events: Events,
        *,
        emergency_line: bool = False,
    ) -> Turn:
        """Move to `target`, do what entering it causes, and show it."""
        history = conversation.position.history
        if target == BACK:
            target, history = (history[-1], history[:-1]) if history else (self._beginning(conversation), ())
        elif conversation.position.state and target != conversation.position.state:
            here = self._states.get(conversation.position.state)
            if here is not None and not here.passing:
                history = (*history, conversation.position.state)[-HISTORY_LENGTH:]
        conversation = conversation.with_position(state=target, history=history, fallback_count=0, candidates=())
        topic = target.partition(".")[0]
        if topic in self._topics:
            conversation = conversation.with_handling(urgent=conversation.handling.urgent or topic in self._urgent)
            events = (*events, TopicShown(target))
        conversation, caused = self._enter(conversation, self._states[target].does)
        say = Say(state=target, prefix=self._how_long(conversation, target), emergency_line=emergency_line)
        return Turn(conversation, (*events, *caused), say)

    def _how_long(self, conversation: Conversation, target: str) -> tuple[str, ...]:
        """The truth about the wait, said only when the person writes: nobody is pinged."""
        now = datetime.fromtimestamp(conversation.heard_minute * 60, UTC)
        book = self.book(conversation)
        if target != HANDOFF:
            return ()
        announced = ("announcement",) if book.shared.get("announcement") else ()
        if not book.hours.is_open(now, book.locale):
            return ("closed_now" if book.hours.next_opening(now, book.locale) else "closed_long", *announced)
        waited = conversation.heard_minute - conversation.handling.waiting_minute
        long = conversation.handling.status is Status.WAITING and waited >= LONG_WAIT_MINUTES
        return ("long_wait", *announced) if long else announced

    def _beginning(self, conversation: Conversation) -> str:
        """Where `back` leads when there is nothing to go back to."""
        if not conversation.position.state:
            return OPENER
        if conversation.handling.status is Status.WAITING:
            return HANDOFF
        if not conversation.told.subject_disclosed:
            return OPENER
        return ABROAD if conversation.told.place is Place.ABROAD else MENU

    def _enter(self, conversation: Conversation, does: str) -> tuple[Conversation, Events]:
        if does == "request_advisor":
            return changes.request_advisor(conversation)
        if does == "cancel_advisor":
            return changes.leave_advisors(conversation)
        if does == "erase":
            _left, events = changes.leave_advisors(conversation)
            # Nothing of it is stored; the minute says when it was.
            gone = Conversation(locale=conversation.locale, heard_minute=conversation.heard_minute)
            return gone, (*events, ErasureRequested())
        if does == "make_code":
            return conversation, (CodeAsked(),)
        if does == "stop":
            left, events = changes.leave_advisors(conversation)
            return left.without_context().with_position(state=conversation.position.state), (*events, Stopped())
        if does == "decoy":
            history = conversation.position.history
            before = conversation.with_position(state=history[-1] if history else "", history=history[:-1])
            hidden = own_words.put_away(before).with_position(state=conversation.position.state)
            return hidden.with_privacy(observed=True), (DecoyStarted(),)
        return conversation, ()

    def _advisor_too(self, turn: Turn) -> Turn:
        """The message also asked for a person: put it in the waiting list beside the answer."""
        conversation, events = changes.request_advisor(turn.conversation)
        if not events or turn.say is None:
            return turn
        say = replace(turn.say, prefix=(*turn.say.prefix, "advisor_asked"))
        return Turn(conversation, (*turn.events, *events), say)


def _with_the_truth(turn: Turn) -> Turn:
    """The answer to somebody new while we are down: the numbers first, then that there is a fault."""
    hidden = turn.conversation.position.state == DECOY
    if turn.say is None or hidden:
        return turn
    return replace(turn, say=replace(turn.say, numbers=True, prefix=("down", *turn.say.prefix)))


def _minute(now: datetime) -> int:
    return int(now.timestamp()) // 60
