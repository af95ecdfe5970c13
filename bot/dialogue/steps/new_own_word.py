"""The person was asked for a word of their own: the next text is that word, unless it is danger or a command."""

from bot.dialogue import own_words
from bot.dialogue.context import Context
from bot.dialogue.moving import go
from bot.dialogue.states import StateName
from bot.dialogue.turn import Turn


def step(ctx: Context) -> Turn | None:
    """Kept, and said back nowhere; or asked once more where it will not do."""
    if ctx.understood.danger == "red" or ctx.understood.command:
        return None
    kept = own_words.chosen(ctx.heard.with_position(fragment=""), ctx.expects, ctx.message.text)
    if kept is None:
        return go(ctx, ctx.heard, StateName.WORD_AGAIN)
    return go(ctx, kept, StateName.WORD_KEPT)
