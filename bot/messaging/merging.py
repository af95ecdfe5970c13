"""A turn that was decided without the newest conversation, put into it: what that message told and asked for is added,
nothing that is stored is taken away by it. Pure."""

from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from bot.dialogue import own_words
from bot.dialogue.conversation import SILENCE_MINUTES, Conversation, Handling, Place, Status, Told
from bot.dialogue.events import (
    AdvisorCancelled,
    AdvisorRequested,
    CodeMade,
    DecoyStarted,
    ErasureRequested,
    KnownAgain,
    PersonLeft,
    Stopped,
)
from bot.dialogue.states import StateName
from bot.nlu.normalise import normalise
from bot.ports.spool import Spooled

Part = TypeVar("Part", bound=msgspec.Struct)

OWN = ("hide_word", "return_word")


def merged(stored: Conversation, spooled: Spooled) -> Conversation:
    """What is stored, with the turn in it. The later of the two is what the person sees; who has the conversation,
    what they told and what they arranged against other readers come from both."""
    after, asked = spooled.conversation, {type(event) for event in spooled.events}
    if ErasureRequested in asked:
        return after
    before, later = _decided_on(spooled), stored.heard_minute > after.heard_minute
    if not later:
        stored = _continued(stored, after.heard_minute)
    dull = stored.position.state == StateName.DECOY
    found = _owned(stored, spooled, asked, before, later=later)
    if KnownAgain in asked and not later:
        found = own_words.resumed(found)
    found = _told(found, spooled, asked, before, later=later)
    stays = dull and (later or before.position.state != StateName.DECOY)  # else they gave the word that ends it
    if stays or (later and stored.heard_minute - after.heard_minute > SILENCE_MINUTES):
        found = _set_aside(stored, found, spooled, before, later=later)
    privacy = _news(found.privacy, before.privacy, after.privacy, OWN, later=later)
    shown_safe = before.privacy.observed and not after.privacy.observed and not later
    privacy = replace(privacy, observed=not shown_safe and (found.privacy.observed or after.privacy.observed))
    found = replace(found, privacy=privacy)
    if _hides(found, spooled, asked, later=later):
        found = own_words.hidden(found)
    elif not later:
        position = replace(found.position, state=StateName.DECOY) if stays else after.position
        found = replace(found, position=position)
    return _told_apart(found, spooled, asked, before, later=later)


def _decided_on(spooled: Spooled) -> Conversation:
    """What the turn was decided on. A file of an earlier version does not say it: then only its events count."""
    nothing = Conversation() if spooled.revision is None else spooled.conversation
    return _continued(spooled.before or nothing, spooled.conversation.heard_minute)


def _continued(conversation: Conversation, minute: int) -> Conversation:
    """As a message of that minute may continue it: without its context after a silence."""
    since = minute - conversation.heard_minute
    return own_words.put_away(conversation) if conversation.heard_minute and since > SILENCE_MINUTES else conversation


def _news(stored: Part, before: Part, after: Part, names: tuple[str, ...], *, later: bool) -> Part:
    """`stored` with what the turn changed; where a later message changed the same, that one counts."""
    changes: dict[str, Any] = {}
    for name in names:
        was, new = getattr(before, name), getattr(after, name)
        if new != was and not (later and getattr(stored, name) != was):
            changes[name] = new
    return replace(stored, **changes)


def _owned(
    stored: Conversation, spooled: Spooled, asked: set[type], before: Conversation, *, later: bool
) -> Conversation:
    """Who has it: requests of both count, and an advisor who has the conversation keeps it."""
    shown, minute = spooled.conversation.handling, spooled.conversation.heard_minute
    status = stored.handling.status
    reopened = status is Status.CLOSED and minute >= stored.handling.closed_minute
    if AdvisorRequested in asked and (status is Status.BOT or reopened):
        waits = shown.waiting_minute or minute
        stored = stored.with_status(Status.WAITING, requeued=reopened, waiting_minute=waits)
    asked_again = later and stored.handling.waiting_minute > minute
    leaves = bool(asked & {AdvisorCancelled, PersonLeft, Stopped}) and not asked_again
    if leaves and stored.handling.status in (Status.WAITING, Status.ADVISOR):
        stored = stored.with_status(Status.BOT)
    if Stopped in asked and not later:
        stored = stored.without_context()
    return replace(stored, handling=_reached(stored.handling, spooled, before, later=later))


def _reached(handling: Handling, spooled: Spooled, before: Conversation, *, later: bool) -> Handling:
    """How advisors reach them, and what the message tells advisors."""
    shown, minute = spooled.conversation.handling, spooled.conversation.heard_minute
    changes: dict[str, Any] = {"danger": handling.danger or shown.danger, "urgent": handling.urgent or shown.urgent}
    if handling.status is not Status.BOT and not (later and handling.channel):
        changes["channel"] = str(spooled.inbound.channel)
    if handling.status is Status.ADVISOR and not handling.pending_minute:
        changes["pending_minute"] = minute
    given = before.handling.pending_notice
    if given and not shown.pending_notice and handling.pending_notice == given:
        changes["pending_notice"] = ""
    return replace(handling, **changes)


def _told(
    stored: Conversation, spooled: Spooled, asked: set[type], before: Conversation, *, later: bool
) -> Conversation:
    """What they told of themselves, from both."""
    told, after = stored.told, spooled.conversation.told
    if not asked & {DecoyStarted, Stopped}:
        told = _news(told, before.told, after, Told.__struct_fields__, later=later)
        unasked = spooled.revision is None and after.place is Place.NETHERLANDS
        if unasked and stored.told.place is Place.ABROAD:
            # "In the Netherlands" takes the numbers away that work abroad: that is asked back, and it was not.
            told = replace(told, place=Place.ABROAD, country=stored.told.country)
        elif told.place is Place.NETHERLANDS:
            told = replace(told, country="")
    return replace(stored, told=replace(told, no_call=told.no_call or after.no_call or stored.told.no_call))


def _set_aside(
    stored: Conversation, found: Conversation, spooled: Spooled, before: Conversation, *, later: bool
) -> Conversation:
    """Hidden, or after a silence, nothing that was told then may be spoken of: it comes back with their own word only,
    as if it had been stored in its time."""
    aside = stored.privacy.set_aside
    if aside is not None and later:
        told = _news(aside.told, before.told, spooled.conversation.told, Told.__struct_fields__, later=False)
        found = found.with_privacy(set_aside=replace(aside, told=replace(told, no_call=False)))
    return replace(found, told=replace(stored.told, no_call=found.told.no_call))


def _hides(stored: Conversation, spooled: Spooled, asked: set[type], *, later: bool) -> bool:
    """Did the message hide everything? A word of their own says so only now that we know it again."""
    unknown = spooled.revision is None
    text = spooled.inbound.text
    if DecoyStarted not in asked and not (unknown and own_words.hides(stored, text, normalise(text))):
        return False
    return not later or stored.heard_minute - spooled.conversation.heard_minute <= SILENCE_MINUTES


def _told_apart(
    stored: Conversation, spooled: Spooled, asked: set[type], before: Conversation, *, later: bool
) -> Conversation:
    """The rest: language, case code, when they wrote."""
    after = spooled.conversation
    locale = stored.locale or after.locale
    if spooled.revision is not None and after.locale != before.locale and not later:
        locale = after.locale
    pace = stored.pace
    if not later:
        heard = max(pace.heard, after.pace.heard)
        pace = replace(pace, heard=heard, answered=max(pace.answered, after.pace.answered))
    return replace(
        stored,
        locale=locale,
        case_code=after.case_code if CodeMade in asked else stored.case_code,
        heard_minute=max(stored.heard_minute, after.heard_minute),
        pace=pace,
    )
