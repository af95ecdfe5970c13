"""Answers while the storage is away: numbers first, and the turn goes, sealed, to the spool."""

from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import replace

from bot.dialogue.conversation import Status
from bot.dialogue.engine import Engine
from bot.dialogue.states import SharedText
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
        if undone.revision is None:
            reply = self._numbers_first(turn, SharedText.OUTAGE)
        elif refused:
            reply = self._numbers_first(turn)
        if turn.conversation.handling.status is Status.BOT:
            inbound = replace(inbound, address="")  # only advisors will need it
        try:
            self.spool.add(Spooled(inbound, turn.conversation, turn.events, reply, undone.revision))
        except SpoolFull as error:
            self.report("spool_full", cause=str(error))
            return self._numbers_first(turn, SharedText.OUTAGE_LOST)
        self.report("spooled")
        return reply

    def _numbers_first(self, turn: Turn, *prefix: str) -> str:
        if turn.say is None:
            return ""
        say = replace(turn.say, numbers=True, prefix=(*prefix, *turn.say.prefix))
        return render(say, turn.conversation, self.engine.content(turn.conversation.locale))
