"""A turn that was answered while the storage was away, stored now that it is back. Pure."""

from bot.dialogue import own_words
from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.engine import OWN_WORD
from bot.dialogue.events import AdvisorRequested, AnyEvent, Heard, Said
from bot.messaging.merging import merged
from bot.nlu.normalise import normalise
from bot.ports.conversations import Decision, Opened
from bot.ports.spool import Spooled


class Erased(Exception):
    """Its sender has erased everything since: it must not come back."""


def decision(spooled: Spooled, opened: Opened) -> Decision:
    """What the person read then counts as shown, what they asked for is done; what happened since stays."""
    same = spooled.revision == opened.revision
    conversation = spooled.conversation if same else merged(opened.conversation, spooled)
    events = _without_own_word(spooled, opened.conversation)
    if spooled.reply:
        events = (*events, Said(spooled.reply))
    if opened.blocked and conversation.handling.status is Status.WAITING:
        # It was decided where nobody knew of the block.
        conversation = conversation.with_status(Status.BOT)
        events = tuple(event for event in events if not isinstance(event, AdvisorRequested))
    return Decision(conversation, events, spooled.reply)


def _without_own_word(spooled: Spooled, stored: Conversation) -> tuple[AnyEvent, ...]:
    """What happened. One of their own words, which nobody could know then, is read by nobody."""
    if not own_words.is_own_word(stored, normalise(spooled.inbound.text)):
        return spooled.events
    return tuple(Heard(OWN_WORD, "") if isinstance(event, Heard) else event for event in spooled.events)
