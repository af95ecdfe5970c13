"""Words a person chose: one to hide with, one to be known by again. Pure.

Two words, because what was typed stays on the phone: whoever finds the word that hid everything must not be able to
open it with the same word.
"""

import hashlib

from msgspec.structs import replace

from bot.dialogue.conversation import Conversation, Position, SetAside
from bot.dialogue.states import StateName

HIDE, RETURN = "hide_word", "return_word"
OWN_WORDS = (HIDE, RETURN)
LEAST, MOST = 4, 40
SIGNS = frozenset("⛈⛅🌩🌧⚡☔🌦🌪")
"""Signs of bad weather, alone or several: the same as the word for a thunderstorm."""


def mark(text: str) -> str:
    """What is kept of a word: enough to know it again. Short words can be guessed from it, so it is sealed as well."""
    return hashlib.blake2b(text.encode(), digest_size=12, person=b"own word").hexdigest()


def chosen(conversation: Conversation, which: str, text: str) -> Conversation | None:
    """The conversation with a word of theirs; None: this one will not do. text: normalised."""
    other = conversation.privacy.return_word if which == HIDE else conversation.privacy.hide_word
    found = mark(text)
    if not LEAST <= len(text) <= MOST or found == other:
        return None
    return conversation.with_privacy(**{which: found})


def hides(conversation: Conversation, raw: str, text: str) -> bool:
    """Does this message hide everything? raw: as typed; text: normalised."""
    signs = raw.replace("\ufe0f", "").strip()
    return (bool(signs) and set(signs) <= SIGNS) or (bool(text) and conversation.privacy.hide_word == mark(text))


def is_own_word(conversation: Conversation, text: str) -> bool:
    """Is this text one of their own words?"""
    return bool(text) and mark(text) in (conversation.privacy.hide_word, conversation.privacy.return_word)


def returns(conversation: Conversation, text: str) -> bool:
    """Is this the word to be known by, and is there anything to come back to?"""
    hidden = conversation.privacy.observed or conversation.privacy.set_aside is not None
    return hidden and bool(text) and conversation.privacy.return_word == mark(text)


def put_away(conversation: Conversation) -> Conversation:
    """Without its context; that is set aside for who knows the word, if there is one."""
    aside, here = conversation.privacy.set_aside, conversation.position
    # What came before goes on counting while nothing but the neutral question was shown since.
    if conversation.privacy.return_word and here.state and (conversation.told.subject_disclosed or aside is None):
        aside = SetAside(Position(here.state, here.history), replace(conversation.told, no_call=False))
    return conversation.without_context().with_privacy(set_aside=aside)


def hidden(conversation: Conversation) -> Conversation:
    """The conversation after a word that hides everything; as it is where it was hidden already."""
    if conversation.position.state != StateName.DECOY:
        conversation = put_away(conversation).with_position(state=StateName.DECOY)
    return conversation.with_privacy(observed=True)


def still_hidden(before: Conversation, after: Conversation) -> Conversation:
    """`after`, whose position was reset for another reason: whoever was hidden before stays so."""
    is_hidden = before.position.state == StateName.DECOY
    return after.with_position(state=StateName.DECOY) if is_hidden else after


def resumed(conversation: Conversation) -> Conversation:
    """The conversation of the person who gave the word: as it was before, and nobody else is reading."""
    aside = conversation.privacy.set_aside
    back = conversation.with_privacy(set_aside=None, observed=False)
    if aside is None:
        return back.with_position(state="")
    told = replace(aside.told, no_call=conversation.told.no_call)
    back = back.with_position(state=aside.position.state, history=aside.position.history)
    return replace(back, told=told)
