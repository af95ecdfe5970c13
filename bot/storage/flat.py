"""Conversations as schema 1 wrote them: one flat map.

They are still read. What code of schema 1 keeps of a conversation it does not know the shape of is still written
beside the nested one, so that after a step back to it nobody falls out of the queue.
"""

from typing import Any

import msgspec

from bot.dialogue.conversation import (
    Agreement,
    Conversation,
    Handling,
    Pace,
    Place,
    Position,
    Privacy,
    SetAside,
    Status,
    Told,
)


class Kept(msgspec.Struct, frozen=True):
    """What a silence had put away."""

    state: str = ""
    place: Place = Place.UNKNOWN
    country: str = ""
    asked_country: str = ""
    role: str = ""
    phone: str = ""
    safe: bool | None = None
    open: bool = False
    trail: tuple[str, ...] = ()


class FlatConversation(Kept, frozen=True, kw_only=True):
    """A conversation of schema 1; a field that is missing has its default."""

    status: Status = Status.BOT
    channel: str = ""
    advisor: str = ""
    offered: str = ""
    greeted: bool = False
    returned: bool = False
    urgent: bool = False
    tell: str = ""
    locale: str = ""
    asked: str = ""
    candidates: tuple[str, ...] = ()
    misses: int = 0
    fragment: str = ""
    no_call: bool = False
    danger: bool = False
    maybe_read: bool = False
    heard_minute: int = 0
    waiting_minute: int = 0
    closed_minute: int = 0
    pending_minute: int = 0
    hide_word: str = ""
    return_word: str = ""
    kept: Kept | None = None
    pace: Pace = Pace()
    agreed: Agreement | None = None
    code: str = ""

    def nested(self) -> Conversation:
        """The same conversation in today's shape."""
        aside = None
        if self.kept is not None:
            aside = SetAside(Position(self.kept.state, self.kept.trail), _told(self.kept))
        return Conversation(
            locale=self.locale,
            heard_minute=self.heard_minute,
            case_code=self.code,
            position=Position(
                state=self.state,
                history=self.trail,
                candidates=self.candidates,
                fallback_count=self.misses,
                deferred_topic=self.asked,
                fragment=self.fragment,
            ),
            told=_told(self, no_call=self.no_call),
            handling=Handling(
                status=self.status,
                channel=self.channel,
                advisor=self.advisor,
                offered=self.offered,
                introduced=self.greeted,
                requeued=self.returned,
                urgent=self.urgent,
                danger=self.danger,
                waiting_minute=self.waiting_minute,
                closed_minute=self.closed_minute,
                pending_minute=self.pending_minute,
                pending_notice=self.tell,
            ),
            privacy=Privacy(
                observed=self.maybe_read,
                hide_word=self.hide_word,
                return_word=self.return_word,
                set_aside=aside,
                agreement=self.agreed,
            ),
            pace=self.pace,
        )


def _told(flat: Kept, *, no_call: bool = False) -> Told:
    return Told(
        place=flat.place,
        country=flat.country,
        mentioned_country=flat.asked_country,
        role=flat.role,
        phone=flat.phone,
        safe=flat.safe,
        subject_disclosed=flat.open,
        no_call=no_call,
    )


def owner_fields(conversation: Conversation) -> dict[str, Any]:
    """What code of schema 1 keeps, by the names it knows: who has the conversation, how it stands in the queue, what
    the person arranged. Its language and its last message have the same names in both shapes."""
    handling, privacy = conversation.handling, conversation.privacy
    return {
        "status": handling.status,
        "channel": handling.channel,
        "advisor": handling.advisor,
        "offered": handling.offered,
        "greeted": handling.introduced,
        "returned": handling.requeued,
        "urgent": handling.urgent,
        "danger": handling.danger,
        "maybe_read": privacy.observed,
        "waiting_minute": handling.waiting_minute,
        "closed_minute": handling.closed_minute,
        "pending_minute": handling.pending_minute,
        "hide_word": privacy.hide_word,
        "return_word": privacy.return_word,
        "agreed": privacy.agreement,
        "no_call": conversation.told.no_call,
    }
