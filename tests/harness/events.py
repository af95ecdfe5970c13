"""What happened in a conversation, without the times."""

from bot.dialogue.events import AnyEvent
from bot.ports.storage import Storage


def events_of(storage: Storage, contact: str) -> list[AnyEvent]:
    """Oldest first."""
    return [entry.event for entry in storage.conversations.transcript(contact)]
