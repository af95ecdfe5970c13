"""Conversations in this process only: for the terminal and for fast tests. The same contract as Redis."""

from collections.abc import Sequence

from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.events import AnyEvent, ErasureRequested
from bot.messages import Inbound
from bot.services.ports import Opened, Waiting


class MemoryStorage:
    """`services.ports.Storage` in dictionaries. Nothing expires; not for more than one process."""

    def __init__(self) -> None:
        self._conversations: dict[str, tuple[Conversation, int]] = {}
        self._transcripts: dict[str, list[AnyEvent]] = {}
        self._replies: dict[str, dict[str, str]] = {}

    def open(self, inbound: Inbound) -> Opened:
        """See `Storage.open`."""
        for contact in (inbound.contact, *inbound.former):
            if contact in self._conversations or inbound.message_id in self._replies.get(contact, {}):
                return self._opened(contact, inbound.message_id)
        return self._opened(inbound.contact, inbound.message_id)

    def commit(
        self, inbound: Inbound, opened: Opened, conversation: Conversation, events: Sequence[AnyEvent], reply: str
    ) -> Opened | None:
        """See `Storage.commit`."""
        contact = opened.contact
        current = self._opened(contact, inbound.message_id)
        if current.reply is not None or current.revision != opened.revision:
            return current
        if any(isinstance(event, ErasureRequested) for event in events):
            for kept in (self._conversations, self._transcripts, self._replies):
                kept.pop(contact, None)
        else:
            self._conversations[contact] = (conversation, opened.revision + 1)
            self._transcripts.setdefault(contact, []).extend(events)
        self._replies.setdefault(contact, {})[inbound.message_id] = reply
        return None

    def transcript(self, contact: str) -> list[AnyEvent]:
        """See `Storage.transcript`."""
        return list(self._transcripts.get(contact, ()))

    def waiting(self) -> list[Waiting]:
        """See `Storage.waiting`."""
        entries = (
            Waiting(contact, conversation.waiting_minute)
            for contact, (conversation, _revision) in self._conversations.items()
            if conversation.status is Status.WAITING
        )
        return sorted(entries, key=lambda entry: (entry.minute, entry.contact))

    def _opened(self, contact: str, message_id: str) -> Opened:
        conversation, revision = self._conversations.get(contact, (Conversation(), 0))
        return Opened(contact, conversation, revision, self._replies.get(contact, {}).get(message_id))
