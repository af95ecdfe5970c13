"""The person was asked which country they are in; their answer decides."""

from bot.dialogue.context import Context
from bot.dialogue.conversation import Place
from bot.dialogue.events import PlaceTold
from bot.dialogue.flow import BACK
from bot.dialogue.moving import go
from bot.dialogue.repeating import only_numbers
from bot.dialogue.turn import Turn


def step(ctx: Context) -> Turn | None:
    """Back to where they were asked, with the country known."""
    conversation, events = ctx.draft
    country = ctx.understood.country or ""
    place, confirmed = (Place.NETHERLANDS, "") if country == "NL" else (Place.ABROAD, country)
    conversation = conversation.with_told(place=place, country=confirmed, mentioned_country="")
    return only_numbers(ctx, go(ctx, conversation, BACK, (*events, PlaceTold(place, country))))
