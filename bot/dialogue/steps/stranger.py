"""Whoever asks what their daughter or wife writes here is not the person: they get a wrong number that happens to know
two emergency numbers, and nothing of what was said before."""

from msgspec.structs import replace

from bot.dialogue.context import Context
from bot.dialogue.moving import go
from bot.dialogue.states import StateName
from bot.dialogue.turn import Turn

MOST_WORDS = 12
"""A longer message is that of somebody who worries about another person."""

MOST_WORDS_LEARNED = 40
"""The same where it was learned from whole messages."""

STRANGER = "stranger"

PRIES = "pries"

FRIENDS = frozenset({"company", "for_other"})
"""Remarks of who helps: "I am her brother and I want to help her"."""

ABOUT_OTHERS = frozenset({"others", "bystander", "someone_abroad", "work", "professional"})
"""Flows in which somebody says for whom they write."""


def step(ctx: Context) -> Turn | None:
    """The decoy with the two numbers; None for whoever has said that they worry about somebody."""
    told = ctx.conversation.told
    worries = told.role in ("other", "work") or ctx.state.partition(".")[0] in ABOUT_OTHERS
    listed, words = "stranger" in ctx.written_remarks, len(ctx.message.text.split())
    learned = ctx.understood.who == STRANGER and ctx.state != "" and words <= MOST_WORDS_LEARNED
    said = ctx.written_remarks
    if not FRIENDS.isdisjoint(said) and PRIES not in said:
        return None
    pries = PRIES in said and words <= MOST_WORDS
    if not pries and (worries or not (learned or (listed and words <= MOST_WORDS))):
        return None
    if (ctx.understood.danger == "red" and not pries) or ctx.names_a_choice:
        return None
    (spoken, _events), _choice = ctx.spoken
    # Nothing of theirs is kept as the person's, but for the language of this answer.
    conversation = replace(ctx.conversation, locale=spoken.locale).with_position(fragment="")
    turn = go(ctx, conversation, StateName.DECOY)
    return turn if turn.say is None else replace(turn, say=replace(turn.say, emergency_line=True))
