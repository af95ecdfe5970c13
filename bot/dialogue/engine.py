"""What the bot decides: prepare, the first step that answers, finish. Pure.

The order stands in `bot.dialogue.steps`, each step in a file of its own.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from bot.dialogue import case_code, outage, own_words, pace
from bot.dialogue.changes import request_advisor
from bot.dialogue.context import Context, Rules
from bot.dialogue.conversation import (
    FRAGMENT_MINUTES,
    GRACE_MINUTES,
    SCHEMA,
    SILENCE_MINUTES,
    Conversation,
    Place,
    Status,
)
from bot.dialogue.crisis import DYING
from bot.dialogue.events import CodeAsked, EngineFailed, ErasureRequested, Heard
from bot.dialogue.localized_content import LocalizedContent
from bot.dialogue.overrides import Overrides
from bot.dialogue.states import SharedText, StateName
from bot.dialogue.steps import ORDER, Step
from bot.dialogue.steps.danger import NAMED_FROM
from bot.dialogue.turn import Circumstances, Memory, Message, Say, Turn
from bot.messages import Inbound, Kind
from bot.nlu.normalise import normalise

OWN_WORD = "own_word"
"""Kind of a heard message that was a word of the person's own."""

NO_OVERRIDES = Overrides()

HIDDEN = frozenset({StateName.DECOY, StateName.OPENER})
"""States whose reader may be somebody else: a place is not said back there."""

ASKED_FOR = ("local_emergency_number", "number_from_abroad")
"""Topics whose answers are the numbers: there they stand in full."""

DIGITS = frozenset("0123456789")
"""What most messages consist of: a choice from a list, which needs no reading."""


class Engine:
    """Decides one turn. Holds only what was built at start; calling it changes nothing in it."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    @property
    def contents(self) -> Mapping[str, LocalizedContent]:
        """All texts, by language."""
        return self.rules.contents

    def content(self, locale: str, overrides: Overrides = NO_OVERRIDES) -> LocalizedContent:
        """The texts in a language, with the current overrides; in the source language when it is none of ours."""
        found = self.rules.contents.get(locale) or self.rules.contents[self.rules.languages.default]
        return found if overrides == NO_OVERRIDES else overrides.applied(found)

    def read(self, inbound: Inbound) -> Message:
        """The message as far as it can be read without its conversation."""
        typed = inbound.text.strip()
        if typed in DIGITS and inbound.kind in (Kind.TEXT, Kind.BUTTON):
            return Message(inbound, text=typed, readable=True, number=typed, case_code="")
        text, words = normalise(inbound.text), self.rules.code_words
        return Message(
            inbound=inbound,
            text=text,
            readable=bool(text) and inbound.kind in (Kind.TEXT, Kind.BUTTON),
            number=self.rules.numbers.read(text),
            case_code=case_code.read(text, words) if text.partition(" ")[0] in words else "",
        )

    def advance(self, conversation: Conversation, message: Message, circumstances: Circumstances) -> Turn:
        """The turn that answers `message`."""
        ctx, notice = self._prepared(conversation, message, circumstances)
        for step in ORDER:
            turn = step.answer(ctx) if step.applies(ctx) else None
            if turn is not None:
                return _finished(ctx, turn, step, notice)
        raise AssertionError("the last step answers everything")

    def failed(self, conversation: Conversation, inbound: Inbound, now: datetime, fault: str) -> Turn:
        """The turn after a bug in `advance`: the message is kept, the numbers go out, a person is asked to look.
        Whoever is hidden stays so, and gets the two bare numbers."""
        bare = own_words.still_hidden(conversation, conversation.without_context())
        say = Say(prefix=(SharedText.FAULT,), numbers=True)
        if outage.is_hidden(bare):
            say = Say(prefix=(SharedText.EMERGENCY_LINE,))
        conversation = replace(bare, heard_minute=int(now.timestamp()) // 60)
        conversation, asked = request_advisor(conversation.with_handling(channel=str(inbound.channel)))
        heard = Heard(
            inbound.kind,
            inbound.text,
            inbound.media,
            inbound.media_kind,
            inbound.forwarded,
            inbound.answers_earlier,
        )
        events = (heard, EngineFailed(fault), *asked)
        return Turn(conversation, events, say, answered_by="fault")

    def _prepared(
        self, conversation: Conversation, message: Message, circumstances: Circumstances
    ) -> tuple[Context, str]:
        """What the steps decide by, and the notice that still has to be given."""
        minute = int(circumstances.now.timestamp()) // 60
        conversation = outage.continued(self._resumed(conversation, minute), circumstances)
        notice = conversation.handling.pending_notice
        if notice:
            conversation = conversation.with_handling(pending_notice="")
        counted = pace.counted(conversation.pace, message.inbound.text, minute, blocked=circumstances.blocked)
        conversation = replace(conversation, heard_minute=minute, pace=counted)
        content = self.content(conversation.locale, circumstances.overrides)
        here, handling = conversation.position, conversation.handling
        return Context(self.rules, conversation, message, circumstances, content, here.state, handling.status), notice

    def _resumed(self, conversation: Conversation, minute: int) -> Conversation:
        """The conversation as it may be continued: without context after a silence or where the state is gone."""
        since, states, topics = minute - conversation.heard_minute, self.rules.states, self.rules.topics
        silent = conversation.heard_minute and since > SILENCE_MINUTES
        unknown = conversation.position.state and conversation.position.state not in states
        if silent or unknown or conversation.schema > SCHEMA:
            away = own_words.put_away(conversation)
            conversation = away if silent else own_words.still_hidden(conversation, away)
        handling, here = conversation.handling, conversation.position
        if handling.status is Status.CLOSED and minute - handling.closed_minute > GRACE_MINUTES:
            conversation = conversation.with_status(Status.BOT)
        position = replace(
            here,
            fragment=here.fragment if since <= FRAGMENT_MINUTES else "",
            history=tuple(state for state in here.history if state in states),
            candidates=tuple(topic for topic in here.candidates if topic in topics),
        )
        return replace(conversation, position=position)


def _finished(ctx: Context, turn: Turn, step: Step, notice: str) -> Turn:
    """The turn with what is true of every answer, and noted in the conversation."""
    inbound, second = ctx.message.inbound, int(ctx.circumstances.now.timestamp())
    if step.reads_text:
        continues = not notice and pace.is_continuation(ctx.conversation.pace, second)
        # Danger that is named, and not wanting to live, are never met with silence.
        new = ctx.conversation.pace.same == 1 and len(ctx.message.text.split()) >= NAMED_FROM
        named = step.name == "danger" and new
        turn = _heard_by_the_way(ctx, turn, continues=continues and not named and DYING not in ctx.written_remarks)
    if notice or ctx.circumstances.overrides.down:
        turn = _prefixed(ctx, turn, notice)
    told = turn.conversation.told
    if turn.say and told.place is not Place.UNKNOWN and not told.crisis:
        turn = _with_numbers(ctx, turn, turn.say)
    if ctx.circumstances.memory is Memory.NONE:
        turn = outage.without_memory(ctx, turn)
    if any(isinstance(event, CodeAsked) for event in turn.events):
        words = ctx.content_for(turn.conversation).code_words
        turn = case_code.given(turn, words, ctx.rules.topics, ctx.circumstances.random_bits)
    after, handling = turn.conversation, turn.conversation.handling
    if handling.status is not Status.BOT:
        pending = handling.pending_minute
        if handling.status is Status.ADVISOR and not pending:
            pending = after.heard_minute
        # Only an advisor's answer needs to know the channel.
        after = after.with_handling(channel=str(inbound.channel), pending_minute=pending)
    heard = Heard(
        inbound.kind,
        inbound.text,
        inbound.media,
        inbound.media_kind,
        inbound.forwarded,
        inbound.answers_earlier,
    )
    privacy = after.privacy
    if (privacy.hide_word or privacy.return_word) and own_words.is_own_word(after, ctx.message.text):
        heard = Heard(kind=OWN_WORD, text="")  # it is theirs: not even an advisor reads it
    answered = after.pace.answered if turn.say is None else second
    after = replace(after, pace=replace(after.pace, heard=second, answered=answered))
    understood = ctx.understood if step.reads_text else None
    return Turn(after, (heard, *turn.events), turn.say, step.name, understood)


def _heard_by_the_way(ctx: Context, turn: Turn, *, continues: bool) -> Turn:
    """What the answer to a text says besides: that they will not be called, that we have no texts in their language,
    that the file which came with it was not seen.
    While a thought goes on it may say nothing at all."""
    understood, before = ctx.understood, ctx.heard
    told, hidden = turn.conversation.told, turn.conversation.position.state in HIDDEN
    if turn.say and ctx.stated_country and not hidden and (told.place, told.country) != _place(before):
        said = SharedText.PLACE_SAID if told.country else SharedText.PLACE_SAID_NL
        turn = replace(turn, say=replace(turn.say, prefix=(said, *turn.say.prefix)))
    if turn.say and understood.no_call and not before.told.no_call:
        turn = replace(turn, say=replace(turn.say, prefix=(*turn.say.prefix, SharedText.NO_CALL)))
    if continues and not understood.command and pace.adds_nothing(before, turn):
        return pace.silenced(before, turn)
    file = ctx.message.inbound.media_kind
    if turn.say and file and turn.conversation.position.state != StateName.DECOY:
        unseen = SharedText(f"unreadable_{file}")
        turn = replace(turn, say=replace(turn.say, prefix=(unseen, *turn.say.prefix)))
    new = not before.locale and turn.conversation.position.state != StateName.DECOY
    if new and turn.say and ctx.rules.languages.has_no_texts(understood):
        offered = ctx.rules.languages.offers(understood.language)
        first = (SharedText.LANGUAGE_MISSING, SharedText.LANGUAGE_OFFERED)[: 2 if offered else 1]
        return replace(turn, say=replace(turn.say, prefix=(*first, *turn.say.prefix)))
    return turn


def _with_numbers(ctx: Context, turn: Turn, say: Say) -> Turn:
    """The block of numbers stands once in full for the place that is known; after that it is shorter."""
    told, state = turn.conversation.told, ctx.rules.states.get(say.state)
    here = f"{told.place}{told.country}"
    if not say.numbers and (state is None or not state.numbers):
        return turn
    asked = say.numbers or say.state.partition(".")[0] in ASKED_FOR
    if turn.conversation.position.numbers_for == here and not asked:
        return replace(turn, say=replace(say, brief_numbers=True))
    return replace(turn, conversation=turn.conversation.with_position(numbers_for=here))


def _place(conversation: Conversation) -> tuple[str, str]:
    return conversation.told.place, conversation.told.country


def _prefixed(ctx: Context, turn: Turn, notice: str) -> Turn:
    """What could not be said when it happened ("the advisor is gone") stands above the answer, unless that answer must
    not speak of it. While we are down, somebody new gets the numbers first, and hears that there is a fault."""
    say, conversation = turn.say, turn.conversation
    if say is None:
        return turn
    hidden = conversation.position.state in (StateName.DECOY, StateName.CONFIRM_ERASE) or conversation == Conversation()
    if notice and not hidden and not any(isinstance(event, ErasureRequested) for event in turn.events):
        say = replace(say, prefix=(notice, *say.prefix))
    is_new = not ctx.state and ctx.status is Status.BOT
    if ctx.circumstances.overrides.down and is_new and conversation.position.state != StateName.DECOY:
        say = replace(say, numbers=True, prefix=(SharedText.DOWN, *say.prefix))
    return replace(turn, say=say)
