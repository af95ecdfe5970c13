"""Answers while the storage is away: numbers first, and the turn goes, sealed, to the spool."""

from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import replace

from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.engine import Engine
from bot.dialogue.states import SharedText
from bot.dialogue.turn import Say, Turn
from bot.messages import Inbound
from bot.ports.spool import Spool, Spooled, SpoolFull
from bot.rendering.texts import render

NEVER_ANSWERED = ("opt_out", "flood")
"""Steps whose silence is meant for the network or for a machine."""


@dataclass(frozen=True, slots=True)
class Undone:
    """A turn that was decided and perhaps not stored."""

    turn: Turn
    reply: str
    revision: int | None
    """What it was decided on; None: on nothing, because the conversation was out of reach."""
    before: Conversation
    """The conversation it was decided on."""


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
        if undone.revision is not None and turn.conversation.handling.status is Status.BOT:
            # Only advisors will need it; of somebody out of reach nobody knows whether an advisor has them.
            inbound = replace(inbound, address="")
        try:
            self.spool.add(Spooled(inbound, turn.conversation, turn.events, reply, undone.revision, undone.before))
        except SpoolFull as error:
            self.report("spool_full", cause=str(error))
            return self._lost(turn)
        self.report("spooled")
        return reply

    def _lost(self, turn: Turn) -> str:
        """The answer to what nobody will ever read: said even where the bot would be silent, because then an advisor
        was meant. Only the network's own words and floods stay without an answer."""
        if turn.say is None and turn.answered_by not in NEVER_ANSWERED:
            turn = replace(turn, say=Say())
        return self._numbers_first(turn, SharedText.OUTAGE_LOST)

    def _numbers_first(self, turn: Turn, *prefix: str) -> str:
        if turn.say is None:
            return ""
        say = replace(turn.say, numbers=True, prefix=(*prefix, *turn.say.prefix))
        return render(say, turn.conversation, self.engine.content(turn.conversation.locale))
