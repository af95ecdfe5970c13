"""Messages that are nothing but a command, a greeting or the name of a language."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from bot.nlu.normalise import normalise
from bot.nlu.phrases import Lexicon

SMALL_TALK = ("greeting", "thanks", "yes", "no")
"""Among the commands in the vocabulary, but nothing the bot can be told to do."""

_NOWHERE: frozenset[str] = frozenset()
_COURTESY = frozenset(normalise(word) for word in ("aub", "alsjeblieft", "graag", "svp", "please", "pls", "plz"))
ANSWERS = ("yes", "no")
"""Those that may be a part of what is being said: "no", "he has a knife"."""

MAX_SWITCH_WORDS = 8
"""In a message of at most this many words "english please" may have other words around it."""


class Commands:
    """Looks up a whole message among the commands of all languages."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        self._commands: dict[str, str] = {}
        self._switch: dict[str, str] = {}
        languages: dict[str, set[str]] = defaultdict(set)
        typed: dict[str, set[str]] = defaultdict(set)
        for lexicon in lexicons:
            for command, words in lexicon.commands.items():
                for word in words:
                    spelling = normalise(word)
                    self._commands.setdefault(spelling, command)
                    languages[spelling].add(lexicon.language)
                    typed[spelling] |= {spelling, word}
            for word in lexicon.switch:
                self._switch.setdefault(normalise(word), lexicon.language)
        self._requests = frozenset(
            f" {normalise(phrase)} " for lexicon in lexicons for phrase in lexicon.switch_requests
        )
        self._languages = {spelling: frozenset(found) for spelling, found in languages.items()}
        self.typed = [(word, self._languages[spelling]) for spelling, words in typed.items() for word in words]
        """(a word as it may be typed, the languages in which it is a command)."""
        self._named = [(f" {phrase} ", language) for phrase, language in self._switch.items() if " " in phrase]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """(word, its command)."""
        return iter(self._commands.items())

    def read(self, whole: str, words: Sequence[str]) -> tuple[str | None, str | None]:
        """(the command that a whole message is, the language it asks for). `stop` must stand alone."""
        bare = " ".join(word for word in words if word not in _COURTESY)
        wanted = self._switch.get(bare)
        if not wanted and len(words) <= MAX_SWITCH_WORDS:
            padded = f" {bare} "
            named = {language for phrase, language in self._named if phrase in padded}
            once = self.named_once(words)
            wanted = named.pop() if len(named) == 1 and once else None
            if once and not wanted and any(request in padded for request in self._requests):
                wanted = once
        if wanted:
            return "language", wanted
        command = self._commands.get(whole) or self._commands.get(bare)
        if command == "stop" and bare != whole:
            return None, None
        return command, None

    def named_once(self, words: Sequence[str]) -> str | None:
        """The language that words name; None when they name none or several."""
        named = {self._switch[word] for word in words if word in self._switch}
        padded = f" {' '.join(words)} "
        named |= {language for phrase, language in self._named if phrase in padded}
        return named.pop() if len(named) == 1 else None

    def languages(self, whole: str) -> frozenset[str]:
        """The languages in which this very message is a command."""
        return self._languages.get(whole, _NOWHERE)
