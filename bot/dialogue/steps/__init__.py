"""The order in which a message is looked at. The first step that answers ends it.

Danger is looked for in every text, in the whole of it; then whether it answers the question that was just asked; only
then come commands and topics. A bare menu number cannot be danger. `check` sees to it that no choice takes the word of
a command away.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bot.dialogue.context import AGES, Context
from bot.dialogue.conversation import Place, Status
from bot.dialogue.crisis import DYING
from bot.dialogue.own_words import OWN_WORDS
from bot.dialogue.pace import is_flooding
from bot.dialogue.states import NEITHER, StateName
from bot.dialogue.steps import (
    advisor_wanted,
    age,
    answer_to_question,
    asked,
    asked_country,
    call_refused,
    case_code,
    closed,
    command,
    crisis,
    danger,
    decoy,
    flood,
    follow_up,
    looking,
    menu_number,
    new_own_word,
    not_understood,
    observed,
    only_place,
    opt_out,
    own_word,
    place,
    small_talk,
    stranger,
    topic,
    unreadable,
    why_asked,
    with_advisor,
)
from bot.dialogue.turn import Memory, Turn


@dataclass(frozen=True, slots=True)
class Step:
    """One step, in a module of the same name."""

    name: str
    applies: Callable[[Context], bool]
    """Cheap: says whether the step need be entered at all."""
    answer: Callable[[Context], Turn | None]
    """None: it does not answer this message, the next step may."""
    reads_text: bool = False
    """Does it answer what a text means? Then it is part of a thought that may go on in the next message."""


ORDER = (
    Step("opt_out", lambda ctx: ctx.message.inbound.opt_out, opt_out.step),
    # The signs of bad weather, which hide as well, are no ASCII.
    Step(
        "own_word",
        lambda ctx: (
            not ctx.message.inbound.text.isascii()
            or ctx.conversation.privacy.hide_word != ""
            or ctx.conversation.privacy.return_word != ""
        ),
        own_word.step,
    ),
    Step(
        "flood",
        lambda ctx: is_flooding(ctx.conversation.pace) and ctx.status is not Status.ADVISOR,
        flood.step,
    ),
    Step("decoy", lambda ctx: ctx.state == StateName.DECOY, decoy.step),
    Step(
        "observed",
        lambda ctx: ctx.conversation.privacy.observed and ctx.status is Status.ADVISOR,
        observed.step,
    ),
    Step("case_code", lambda ctx: ctx.message.case_code != "", case_code.step),
    Step("with_advisor", lambda ctx: ctx.status is Status.ADVISOR, with_advisor.step),
    Step("unreadable", lambda ctx: not ctx.message.readable, unreadable.step),
    Step("menu_number", lambda ctx: ctx.message.number is not None, menu_number.step),
    Step("new_own_word", lambda ctx: ctx.expects in OWN_WORDS, new_own_word.step),
    # Who has seen nothing of us yet has nothing to hide; in an outage nobody knows what was seen.
    Step(
        "looking",
        lambda ctx: (
            ctx.state != ""
            or ctx.circumstances.memory is not Memory.STORED
            or ("watched" in ctx.written_remarks and ctx.understood.topic is None)
        ),
        looking.step,
        reads_text=True,
    ),
    Step("stranger", lambda _ctx: True, stranger.step, reads_text=True),
    Step("why_asked", lambda ctx: why_asked.WHY_ASKED in ctx.written_remarks, why_asked.step, reads_text=True),
    Step("answer_to_question", lambda _ctx: True, answer_to_question.step, reads_text=True),
    Step(
        "danger",
        # To an advisor who has just closed they would only "write on".
        lambda ctx: (
            ctx.understood.danger == "red"
            or DYING in ctx.written_remarks
            or (ctx.status is Status.CLOSED and ctx.is_suicidal)
        ),
        danger.step,
        reads_text=True,
    ),
    Step(
        "command",
        lambda ctx: (ctx.understood.command or ctx.free_command) is not None,
        command.step,
        reads_text=True,
    ),
    Step("closed", lambda ctx: ctx.status is Status.CLOSED, closed.step, reads_text=True),
    Step("crisis", lambda ctx: ctx.conversation.told.crisis != "", crisis.step, reads_text=True),
    Step(
        "age",
        lambda ctx: (not AGES.isdisjoint(ctx.written_remarks) and ctx.tells_age) or ctx.is_grown,
        age.step,
        reads_text=True,
    ),
    Step(
        "asked_country",
        lambda ctx: ctx.understood.country is not None and ctx.expects == "country",
        asked_country.step,
        reads_text=True,
    ),
    Step(
        "only_place",
        lambda ctx: (
            ctx.state != ""
            and (
                (ctx.understood.place or ctx.understood.country) is not None
                or (ctx.conversation.told.place is Place.ABROAD and ctx.takes_place_back)
            )
        ),
        only_place.step,
        reads_text=True,
    ),
    Step("asked", lambda ctx: ctx.asked_state != "", asked.step, reads_text=True),
    Step(
        "follow_up",
        lambda ctx: (
            ctx.state not in ("", StateName.OPENER, StateName.LATER) and ctx.conversation.told.subject_disclosed
        ),
        follow_up.step,
        reads_text=True,
    ),
    Step("advisor_wanted", lambda ctx: ctx.understood.wants_advisor, advisor_wanted.step, reads_text=True),
    Step(
        "topic",
        lambda ctx: ctx.understood.topic in ctx.rules.topics or ctx.topic_told != "",
        topic.step,
        reads_text=True,
    ),
    Step(
        "place",
        lambda ctx: (ctx.understood.place or (ctx.understood.country and ctx.asked_back)) is not None,
        place.step,
        reads_text=True,
    ),
    Step("small_talk", lambda ctx: ctx.understood.topic in NEITHER, small_talk.step, reads_text=True),
    Step(
        "call_refused",
        lambda ctx: ctx.understood.no_call and ctx.state != "",
        call_refused.step,
        reads_text=True,
    ),
    Step("not_understood", lambda _ctx: True, not_understood.step, reads_text=True),
)
