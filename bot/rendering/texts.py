"""From a decision to one message: numbers on top, the text, numbered choices, the footer."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from bot.dialogue.conversation import SILENCE_MINUTES, Conversation, Place, Status
from bot.dialogue.flow import State
from bot.dialogue.localized_content import LocalizedContent
from bot.dialogue.states import OFFERING, SharedText
from bot.dialogue.turn import Say
from bot.messages import MAX_TEXT, Channel
from bot.rendering.opening import opening

# Everything XML 1.0 refuses, and the marks that reorder or hide text. Joiners stay: Persian and Kurdish need them.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def clean(text: str) -> str:
    """`text` without control characters, lone surrogates and direction marks; at most MAX_TEXT characters."""
    return FORBIDDEN.sub("", text)[:MAX_TEXT]


def render(say: Say, conversation: Conversation, content: LocalizedContent, channel: Channel = Channel.SMS) -> str:
    """The whole message for `say`, in the language of `content`. Never empty, at most MAX_TEXT characters."""
    if channel is Channel.WHATSAPP and content.countries != content.full_countries:
        content = replace(content, countries=content.full_countries)
    state = content.states[say.state] if say.state else None
    blocks = []
    if say.numbers or (state is not None and state.numbers):
        blocks.append(numbers_block(conversation, content, brief=say.brief_numbers))
    blocks += [content.shared[name] for name in say.prefix]
    if state is not None:
        place = conversation.told.place
        blocks.append(state.say if place is Place.UNKNOWN else state.text(place))
        if not say.plain:
            blocks.append(_choices(state, conversation, content))
        if not say.plain and not say.closing:
            blocks.append(_footer(state, conversation, content))
    blocks += [content.shared[name] for name in say.closing]
    text = "\n".join(block for block in blocks if block)
    if "{" in text:
        text = _fill(text, conversation, content)
    if say.emergency_line and not carries_numbers(text, conversation, content):
        text = f"{text}\n{_fill(content.shared[SharedText.EMERGENCY_LINE], conversation, content)}"
    return clean(text)


def numbers_block(conversation: Conversation, content: LocalizedContent, *, brief: bool = False) -> str:
    """The numbers that fit where the person said they are; both sets when they have not said it. brief: they were
    given in full before."""
    if not conversation.told.subject_disclosed and conversation.told.place is Place.UNKNOWN:
        # It names no organisation (ADR 16).
        return _fill(content.shared[SharedText.EMERGENCY_LINE], conversation, content)
    if brief and conversation.told.place is not Place.UNKNOWN:
        return _fill(content.shared[f"numbers_{conversation.told.place}_again"], conversation, content)
    block = _fill(content.shared[f"numbers_{conversation.told.place}"], conversation, content)
    if conversation.told.place is not Place.ABROAD or not conversation.told.country:
        return block
    known = conversation.told.country in content.local_numbers
    local = content.shared[SharedText.COUNTRY_NUMBER if known else SharedText.COUNTRY_UNSURE]
    return f"{block}\n{_fill(local, conversation, content)}"


def carries_numbers(text: str, conversation: Conversation, content: LocalizedContent) -> bool:
    """Does `text` hold the emergency numbers for this place already?"""
    needed = {
        Place.NETHERLANDS: ("emergency_nl",),
        Place.ABROAD: ("bz",),
        Place.UNKNOWN: ("emergency_nl", "bz"),
    }[conversation.told.place]
    return all(content.numbers[name] in text for name in needed)


def last_words(contents: Iterable[LocalizedContent]) -> str:
    """The answer when nothing else works: the numbers, in every live language, ours not knowing which is theirs."""
    nobody = Conversation()
    return clean("\n\n".join(_fill(content.shared[SharedText.EMERGENCY_LINE], nobody, content) for content in contents))


def _choices(state: State, conversation: Conversation, content: LocalizedContent) -> str:
    offered = conversation.position.candidates if state.name in OFFERING else ()
    labels = [content.titles[topic] for topic in offered]
    shown = state.visible(conversation) if state.conditional else state.choices
    labels += [choice.label for choice in shown]
    return "\n".join(f"{number} {label}" for number, label in enumerate(labels, start=1))


def _footer(state: State, conversation: Conversation, content: LocalizedContent) -> str:
    if not state.footer:
        return ""
    if conversation.handling.status is Status.WAITING:
        # After a silence nothing earlier is shown, not even that somebody was asked for (ADR 14).
        fresh = conversation.heard_minute - conversation.handling.waiting_minute <= SILENCE_MINUTES
        waits = fresh or conversation.told.subject_disclosed
        return content.shared[SharedText.FOOTER_WAITING if waits else SharedText.FOOTER]
    return content.shared[SharedText.FOOTER_OFFER if state.offer else SharedText.FOOTER]


def _opens(conversation: Conversation, content: LocalizedContent) -> str:
    """When advisors are there again, in the hours' own zone."""
    now = datetime.fromtimestamp(conversation.heard_minute * 60, UTC)
    opens = content.hours.next_opening(now, content.locale)
    return opening(opens, now, content.locale) if opens else ""


def _fill(text: str, conversation: Conversation, content: LocalizedContent) -> str:
    """Put country names, the local number, the case code in their places. Every name in a text was checked at start."""
    if "{" not in text:
        return text
    country, asked = conversation.told.country, conversation.told.mentioned_country
    return text.format_map(
        {
            "country": content.countries.get(country, country),
            "asked_country": content.countries.get(asked, asked),
            "local_number": content.local_numbers.get(country, ""),
            "words": conversation.case_code,
            "opens": _opens(conversation, content) if "{opens}" in text else "",
        }
    )
