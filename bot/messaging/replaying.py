"""A turn that was answered while the storage was away, stored now that it is back. Pure."""

from msgspec.structs import replace

from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.events import AdvisorCancelled, AdvisorRequested, PersonLeft, Said, Stopped
from bot.ports.conversations import Decision, Opened
from bot.ports.spool import Spooled


class Erased(Exception):
    """Its sender has erased everything since: it must not come back."""


def decision(spooled: Spooled, opened: Opened) -> Decision:
    """What the person read then counts as shown, what they asked for is done; what happened since stays."""
    same = spooled.revision == opened.revision
    conversation = spooled.conversation if same else _rejoined(opened.conversation, spooled)
    events = (*spooled.events, Said(spooled.reply)) if spooled.reply else spooled.events
    if opened.blocked and conversation.handling.status is Status.WAITING:
        # It was decided where nobody knew of the block.
        conversation = conversation.with_status(Status.BOT)
        events = tuple(event for event in events if not isinstance(event, AdvisorRequested))
    return Decision(conversation, events, spooled.reply)


def _rejoined(stored: Conversation, spooled: Spooled) -> Conversation:
    """The stored conversation after a turn that was decided without it: the later of the two is what the person
    sees, requests of both count, and an advisor who has the conversation keeps it."""
    shown, asked = spooled.conversation, {type(event) for event in spooled.events}
    if stored.handling.status is Status.BOT and AdvisorRequested in asked:
        stored = stored.with_handling(status=Status.WAITING, waiting_minute=shown.handling.waiting_minute)
    if asked & {AdvisorCancelled, PersonLeft, Stopped} and stored.handling.status in (Status.WAITING, Status.ADVISOR):
        stored = stored.with_status(Status.BOT)
    stored = stored.with_handling(
        danger=stored.handling.danger or shown.handling.danger,
        urgent=stored.handling.urgent or shown.handling.urgent,
    )
    observed = stored.privacy.observed or shown.privacy.observed
    stored = stored.with_privacy(observed=observed)
    if stored.heard_minute > shown.heard_minute:
        return stored
    theirs = shown.handling
    handling = replace(stored.handling, channel=theirs.channel, pending_notice=theirs.pending_notice)
    return replace(shown.with_privacy(observed=observed), locale=stored.locale or shown.locale, handling=handling)
