"""Erases one person everywhere, at their request: for the operator's command."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.handoff import acts as handoff
from bot.messaging.provider_eraser import NotDeletableYet, ProviderCopies
from bot.messaging.runner import Runner
from bot.ports.conversations import Act
from bot.ports.sender import NotSent
from bot.ports.storage import Storage

CHANNELS = ("sms", "whatsapp")


class SpoolEraser(Protocol):
    """Removes from the spool."""

    def drop(self, contacts: Sequence[str]) -> int:
        """Delete what these people wrote; returns how many messages."""
        ...


class Eraser:
    """Erases a person from the storage, the spool and the provider."""

    def __init__(
        self,
        runner: Runner,
        storage: Storage,
        copies: ProviderCopies,
        spool: SpoolEraser,
        contacts: Callable[[str, str], tuple[str, ...]],
        now: Callable[[], datetime],
    ) -> None:
        """contacts: channel and address -> the ids a person has, one for every pepper."""
        self._runner = runner
        self._storage = storage
        self._copies = copies
        self._spool = spool
        self._contacts = contacts
        self._now = now

    def erase(self, address: str) -> tuple[int, int]:
        """Remove everything about the person with this address; returns how many conversations were removed here, and
        how many messages are still at the provider (they go there as soon as it lets them).

        Raises StorageUnavailable.
        """
        found = [contact for channel in CHANNELS for contact in self._contacts(channel, address)]
        self._spool.drop(found)
        here = self._storage.conversations.read(found)
        for contact in found:
            self._storage.check_ins.end(contact)  # it may have outlived the conversation
        for contact in here:
            act = Act(f"erase {secrets.token_urlsafe(9)}", contact)
            self._runner.act(act, lambda conversation, _minute: handoff.erase(conversation))
        return len(here), sum(self._left_at_provider(channel, address) for channel in CHANNELS)

    def _left_at_provider(self, channel: str, address: str) -> int:
        left = 0
        try:
            for copy in self._copies.copies(self._now() + timedelta(days=1), channel, address):
                try:
                    self._copies.delete(copy.id)
                except NotDeletableYet:
                    self._copies.empty(copy.id)
                    left += 1
        except NotSent:
            return left + 1
        return left
