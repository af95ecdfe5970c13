"""Which language the answer is in: asked for by name, else the first message decides, else a clear change. And which
one a person writes, which is not always one the bot answers in: it decides which advisor can help."""

from collections.abc import Collection, Iterable, Mapping

from bot.dialogue.conversation import Conversation
from bot.dialogue.localized_content import LocalizedContent
from bot.nlu.normalise import normalise
from bot.nlu.understanding import Understanding

SURE_OF_LANGUAGE = 0.6
SURE_OF_SWITCH = 0.8
SURE_OF_SENTENCE = 0.7
"""From which certainty an ongoing conversation changes its language: for a few words, and for a whole sentence."""

SENTENCE = 5
SWITCH_FROM = 2
"""One word changes the language only as the answer to the first question: "hallo" and "ok" belong to many."""

HOME = "+31"
"""How the numbers of people begin whose greeting is rather in the source language, where it is a word of several."""


class Languages:
    """The live languages, and what is answered to somebody who writes in another one."""

    def __init__(
        self,
        contents: Mapping[str, LocalizedContent],
        closest: Mapping[str, str],
        default_locale: str,
        greetings: Iterable[str] = (),
        varieties: Collection[str] = (),
        offered: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        """closest: language -> the one to answer in where it is not live. greetings: those of the default language,
        some of which are words of others too. varieties: languages whose readers read the closest one as their own.
        offered: language without texts -> what its writers may read more easily."""
        self._offered = offered or {}
        self._varieties = frozenset(varieties)
        self._greetings = frozenset(map(normalise, greetings))
        self._live = tuple(contents)
        self._closest = closest
        self.default = default_locale

    def settled(self, locale: str, understood: Understanding, words: int, *, plain: bool = False) -> str:
        """The language of the answer to a message of so many words. locale: of the conversation, "" when it is new.
        plain: it holds no letter that few languages have."""
        if understood.switch_to:
            if understood.switch_to in self._live:
                return understood.switch_to
            return locale or self.closest(understood.switch_to)
        if not locale:
            known = understood.language_confidence >= SURE_OF_LANGUAGE or not plain
            # "menu" is a word of many; a guess would be answered in one they may not read.
            return self.closest(understood.language) if known else self.default
        sure = SURE_OF_SWITCH if words < SENTENCE else SURE_OF_SENTENCE
        changes = words >= SWITCH_FROM and understood.language_confidence >= sure
        return understood.language if changes and understood.language in self._live else locale

    def of_greeting(self, text: str, address: str) -> str:
        """The language of the answer to a normalised greeting by somebody whose number tells which one they mean; ""
        for any other message. A number tells nothing else: not where somebody is."""
        return self.default if address.startswith(HOME) and text in self._greetings else ""

    def answered_in(self, locale: str, understood: Understanding) -> str:
        """The language of a yes or no to the first question, which was asked after a word or two: "hey", "ja"."""
        sure = understood.language_confidence >= SURE_OF_SWITCH and understood.language in self._live
        return understood.language if sure else locale

    def closest(self, language: str) -> str:
        """The live language for somebody who writes `language`."""
        for _each in self._closest:
            if language in self._live:
                return language
            language = self._closest.get(language, self.default)
        return language if language in self._live else self.default

    def has_no_texts(self, understood: Understanding) -> bool:
        """Was the message surely in a language that we have no texts in?"""
        own = understood.language in self._live or (
            understood.language in self._varieties and self._closest.get(understood.language) in self._live
        )
        return not own and understood.language_confidence >= SURE_OF_LANGUAGE

    def offers(self, language: str) -> bool:
        """Are there others that who writes this language may read more easily than what they are answered in?"""
        offered = self._offered.get(language, ())
        return bool(offered) and all(each in self._live for each in offered)

    def beside(self, locale: str) -> str:
        """The language that the first question offers beside its own: the second of the list, and the first to who has
        that one."""
        first, second = self._live[0], self._live[min(1, len(self._live) - 1)]
        return first if locale == second else second


def with_heard_language(conversation: Conversation, understood: Understanding, words: int) -> Conversation:
    """The same conversation with the language of a message of so many words.

    A language asked for by name counts. Commands do not: they are often copied from the bot's own text. One word does
    not change what is known: "hallo" and "ok" belong to many languages.
    """
    if understood.switch_to:
        return conversation.with_told(language=understood.switch_to)
    if understood.command:
        return conversation
    first = not conversation.heard_language
    needed = SURE_OF_LANGUAGE if first else SURE_OF_SENTENCE if words >= SENTENCE else SURE_OF_SWITCH
    if understood.language_confidence < needed or (words < SWITCH_FROM and not first):
        return conversation
    return conversation.with_told(language="" if understood.language == conversation.locale else understood.language)
