"""From what an advisor does, or time brings, to what is stored and sent."""

from bot.dialogue.engine import Engine
from bot.dialogue.events import AnyEvent, Informed, Replied
from bot.handoff.moves import Move
from bot.handoff.refusals import Reason, Refused
from bot.messages import MAX_TEXT, Outgoing
from bot.ports.conversations import Decision, Opened
from bot.ports.outbox import new_outgoing_id
from bot.rendering.texts import clean, render


def decision(move: Move, opened: Opened, engine: Engine) -> Decision:
    """The move with the one message it sends, and what the transcript says of it. Raises Refused when the message does
    not fit."""
    conversation = move.conversation
    if move.say is None and move.reply is None:
        return Decision(conversation, move.events, lease=move.lease)
    prefix = render(move.say, conversation, engine.content(conversation.locale)) if move.say else ""
    sent, text = new_outgoing_id(opened.contact), prefix
    event: AnyEvent = Informed(prefix, sent)
    if move.reply is not None:
        words = clean(move.reply.text)
        limit = MAX_TEXT - len(prefix) - bool(prefix)
        if not words.strip():
            raise Refused(Reason.EMPTY)
        if len(move.reply.text) > limit:
            raise Refused(Reason.TOO_LONG, limit=limit)
        text = f"{prefix}\n{words}" if prefix else words
        event = Replied(move.reply.advisor, text, sent)
    return Decision(conversation, (*move.events, event), "", (Outgoing(sent, text),), move.lease)
