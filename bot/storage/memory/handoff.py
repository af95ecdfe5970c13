"""What advisors need, in memory: queue, presence, feed, check-ins."""

from collections.abc import Sequence

from bot.dialogue.conversation import Status
from bot.handoff.check_in import CheckIn
from bot.ports.feed import FeedSlice
from bot.ports.queue import Held, Waiting
from bot.storage.memory.state import MemoryState


class MemoryQueue:
    """`ports.queue.Queue` in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    def waiting(self) -> list[Waiting]:
        """See `Queue.waiting`."""
        entries = (
            Waiting(contact, conversation.handling.waiting_minute, conversation.handling.urgency)
            for contact, (conversation, _revision) in self._state.conversations.items()
            if conversation.handling.status is Status.WAITING
        )
        return sorted(entries, key=lambda entry: (entry.urgency, entry.minute, entry.contact))

    def held(self) -> list[Held]:
        """See `Queue.held`."""
        held = (
            contact
            for contact, (conversation, _revision) in self._state.conversations.items()
            if conversation.handling.status is Status.ADVISOR
        )
        return [Held(each, each in self._state.leases, each in self._state.offers) for each in sorted(held)]

    def renew_lease(self, contact: str, advisor: str) -> bool:
        """See `Queue.renew_lease`."""
        return self._state.leases.get(contact) == advisor


class MemoryPresence:
    """`ports.presence.Presence` in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    def mark_present(self, advisor: str, languages: Sequence[str]) -> None:
        """See `Presence.mark_present`."""
        self._state.on_duty[advisor] = tuple(languages)

    def on_duty(self) -> dict[str, tuple[str, ...]]:
        """See `Presence.on_duty`."""
        return dict(self._state.on_duty)

    def set_typing(self, contact: str, advisor: str) -> None:
        """See `Presence.set_typing`."""
        self._state.typing[contact] = advisor

    def typing(self, contacts: Sequence[str]) -> dict[str, str]:
        """See `Presence.typing`."""
        return {contact: self._state.typing[contact] for contact in contacts if contact in self._state.typing}


class MemoryFeed:
    """`ports.feed.Feed` in memory. A position is the number of changes before it."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    def position(self) -> str:
        """See `Feed.position`."""
        return str(len(self._state.feed))

    def since(self, position: str) -> FeedSlice:
        """See `Feed.since`."""
        if not position.isdigit():
            return FeedSlice((), self.position(), is_whole=False)
        return FeedSlice(tuple(self._state.feed[int(position) :]), self.position())


class MemoryCheckIns:
    """`ports.check_ins.CheckIns` in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    def agreed(self) -> list[CheckIn]:
        """See `CheckIns.agreed`."""
        return sorted(self._state.check_ins.values(), key=lambda each: (each.due_minute, each.contact))

    def put(self, check_in: CheckIn) -> None:
        """See `CheckIns.put`."""
        self._state.check_ins[check_in.contact] = check_in

    def end(self, contact: str) -> bool:
        """See `CheckIns.end`."""
        return self._state.check_ins.pop(contact, None) is not None
