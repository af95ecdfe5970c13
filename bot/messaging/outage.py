"""Answers while the storage is away: what is said stands in `dialogue.outage`; the turn goes, sealed, to the spool."""

from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import replace

from bot.dialogue import outage
from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.engine import Engine
from bot.dialogue.turn import Turn
from bot.messages import Inbound
from bot.ports.spool import Spool, Spooled, SpoolFull
from bot.rendering.texts import render


@dataclass(frozen=True, slots=True)
class Undone:
    """A turn that was decided and perhaps not stored."""

    turn: Turn
    reply: str
    revision: int | None
    """What it was decided on; None: on nothing, because the conversation was out of reach."""
    before: Conversation
    """The conversation it was decided on."""
    at: int
    """When the message came, in milliseconds since 1970."""


@dataclass(frozen=True)
class Outage:
    """Answers without the storage."""

    spool: Spool
    engine: Engine
    report: Callable[..., None]

    def answer(self, inbound: Inbound, undone: Undone, *, refused: bool) -> str:
        """The answer to a message whose turn could not be stored; it is kept for later.

        refused: the storage answered no, so it was certainly not stored. Otherwise it may have been: the very answer
        that would have been stored, so that a repeat of the message gets the same.
        """
        turn, reply = undone.turn, undone.reply
        if undone.revision is not None and refused:
            turn = outage.refused(turn)
            reply = self._rendered(turn)
        if undone.revision is not None and turn.conversation.handling.status is Status.BOT:
            # Only advisors will need it; of somebody out of reach nobody knows whether an advisor has them.
            inbound = replace(inbound, address="")
        try:
            self.spool.add(
                Spooled(inbound, turn.conversation, turn.events, reply, undone.revision, undone.before, undone.at)
            )
        except SpoolFull as error:
            self.report("spool_full", cause=str(error))
            return self._rendered(outage.lost(turn))
        self.report("spooled")
        return reply

    def _rendered(self, turn: Turn) -> str:
        if turn.say is None:
            return ""
        return render(turn.say, turn.conversation, self.engine.content(turn.conversation.locale))
