"""Somebody is looking at the phone, or comes in: everything is hidden at once, without a question."""

from msgspec.structs import replace

from bot.dialogue.context import OF_OTHERS, Context
from bot.dialogue.events import DangerSeen
from bot.dialogue.moving import go
from bot.dialogue.states import CRISES, SUICIDE, StateName
from bot.dialogue.turn import Memory, Turn

DECOY, BEATEN = "decoy", "partner_violence"

MOST_WORDS = 9
"""Who is being watched types little. More words speak of it: "sometimes he reads along"."""

MOST_WORDS_OF_NOTHING_ELSE = 16
"""The same where it is about nothing else that is known."""

MOST_WORDS_LEARNED = 16
"""The same where it was learned from whole messages."""

MORE_THAN_LOOKING = 7
"""In so many words something else is told, which may be danger."""

COMING_WORDS = 6
"""And who hears somebody come, even less."""

COMING_WORDS_IN_DANGER = 4
"""With more words than "my father is coming" it is the danger itself that is told."""

SURELY_IN_DANGER = 0.9
"""Where that is surely what it is about."""

SAYS_OTHERWISE = frozenset({"nearby", "yes", "safe", "returns", "alone"})
"""Remarks that say where somebody is, or that nobody looks: what was only learned does not hide then."""

NOT_NOW = frozenset({"general", "company"})
"""Remarks that speak of it in general, or of somebody who may look on."""


MAY_LOOK = (*CRISES, BEATEN, "no_trace", "abroad_afraid", "about_bot", "anonymous")
"""Topics near to somebody who looks."""


def step(ctx: Context) -> Turn | None:
    """The decoy; None where it is spoken of in general, where a choice is named, and in danger from who comes."""
    said, words = ctx.written_remarks, len(ctx.message.text.split())
    # Who does not want to live may say who is with them; hidden by a guess they lose us.
    learned = (
        ctx.free_command == DECOY
        and SAYS_OTHERWISE.isdisjoint(said)
        and not (ctx.understood.topic in OF_OTHERS or _tells_of_more(ctx))
        and words <= MOST_WORDS_LEARNED
        and ctx.conversation.told.crisis != SUICIDE
    )
    most_words = MOST_WORDS_OF_NOTHING_ELSE if ctx.understood.topic is None else MOST_WORDS
    if not NOT_NOW.isdisjoint(said) or (words > most_words and not learned) or ctx.names_a_choice:
        return None
    # "He is watching and he hits me": who looks on now does so now.
    hit_now = "watched" in said and ctx.understood.topic == BEATEN and ctx.understood.danger != "none"
    in_danger = ctx.understood.danger == "red" or hit_now
    surely = in_danger and ctx.understood.confidence >= SURELY_IN_DANGER
    most = COMING_WORDS_IN_DANGER if surely else COMING_WORDS
    coming = "coming" in said and words <= most and not ctx.conversation.told.crisis
    if "watched" not in said and not coming and not learned:
        return None
    turn = go(ctx, ctx.heard, StateName.DECOY)
    more = learned or words >= MORE_THAN_LOOKING
    if more and turn.say is not None and ctx.understood.danger != "none":
        turn = replace(turn, say=replace(turn.say, emergency_line=True))
    if turn.say is not None and (
        ctx.circumstances.memory is Memory.NONE or (ctx.circumstances.memory is Memory.STORED and not ctx.state)
    ):
        # It is or may be somebody new, who has no number yet.
        turn = replace(turn, say=replace(turn.say, emergency_line=True))
    if not in_danger or coming or turn.say is None:
        return turn
    # As with danger in the decoy: the two bare numbers, and advisors see it.
    marked = turn.conversation.with_handling(danger=True)
    say = replace(turn.say, emergency_line=True)
    return replace(turn, conversation=marked, events=(*turn.events, DangerSeen()), say=say)


def _tells_of_more(ctx: Context) -> bool:
    """Is the message surely about something that has nothing to do with who may look?"""
    about = ctx.understood.topic
    return about in ctx.rules.topics and about not in MAY_LOOK and ctx.understood.confidence >= SURELY_IN_DANGER
