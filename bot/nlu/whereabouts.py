"""Where the writer of a message says they are, in so many words: "ik zit nu in @", "@ baan joogaa", "@dayim".

"@" stands for the name of a country or of one of its cities. Somebody else who is there, and what may yet come, say
nothing of the writer. See flows/whereabouts.toml.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.nlu.countries import MAX_NAME_WORDS, CountryFinder
from bot.nlu.normalise import normalise

GAP = 3
"""How many words "..." may stand for at most."""

FILLED = 5
"""The same for "~", which only stands for words that change nothing."""

BEFORE = 3
"""So many words before a phrase show that it is no statement: "when I am in"."""

LINKED = 2
"""So many words before somebody else show that they are with the writer: "with my sister"."""

COUNTRY, ANY, FILLING = "@", "...", "~"
_DENIALS = frozenset(("niet", "geen", "not", "never", "no", "dont", "pas", "degil", "nooit"))


@dataclass(frozen=True, slots=True)
class HereWords:
    """How one language says where its writer is. "*" at either end of a word stands for the rest of it."""

    here: Sequence[str] = ()
    """Phrases that decide."""
    lives: Sequence[str] = ()
    """Phrases that decide only for a country abroad: whoever lives in the Netherlands may be anywhere."""
    between: Sequence[str] = ()
    """Words that "~" stands for."""
    own: Sequence[str] = ()
    """Words for the writer, or endings that say so: "Konya'dayim"."""
    others: Sequence[str] = ()
    """Words for somebody else."""
    beside: Sequence[str] = ()
    """Words before somebody else who is with the writer."""
    unless: Sequence[str] = ()
    """Words just before a phrase that make it no statement."""
    never: Sequence[str] = ()
    """Words anywhere in the message that do."""
    lead: Sequence[str] = ()
    """Words that may stand before a phrase with "^", which begins a message."""
    after: Sequence[str] = ()
    """Words just after such a phrase, where it ends with the country: they speak of that ("in @ they marry")."""


class _Words:
    """A list of words, some of them only beginnings or endings."""

    def __init__(self, words: Iterable[str]) -> None:
        words = list(words)
        self.whole = frozenset(normalise(each) for each in words if "*" not in each)
        self._begins = tuple(normalise(each) for each in words if each.endswith("*"))
        self._ends = tuple(normalise(each) for each in words if each.startswith("*"))

    def __contains__(self, word: str) -> bool:
        return word in self.whole or word.startswith(self._begins) or word.endswith(self._ends)

    def in_any(self, words: Iterable[str]) -> bool:
        return any(each in self for each in words)


@dataclass(frozen=True, slots=True)
class _Language:
    between: _Words
    own: _Words
    others: _Words
    beside: _Words
    unless: _Words
    never: _Words
    lead: _Words
    after: _Words


@dataclass(frozen=True, slots=True)
class _Token:
    """One place in a phrase: one of `words`, "..." or "~", or a country, which may have to begin or end in some
    way."""

    kind: str
    words: frozenset[str] = field(default_factory=frozenset)
    begins: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Phrase:
    tokens: tuple[_Token, ...]
    language: _Language
    only_abroad: bool
    begins: bool


class Whereabouts:
    """Finds where somebody says they are. Built once; `country` changes nothing."""

    def __init__(self, languages: Iterable[HereWords], countries: CountryFinder) -> None:
        self._countries = countries
        self._by_first: dict[str, list[_Phrase]] = defaultdict(list)
        self._by_country: list[_Phrase] = []
        for each in languages:
            lists = (each.between, each.own, each.others, each.beside, each.unless, each.never, each.lead, each.after)
            language = _Language(*map(_Words, lists))
            for phrases, only_abroad in ((each.here, False), (each.lives, True)):
                for phrase in phrases:
                    tokens = tuple(_tokens(phrase.removeprefix("^")))
                    self._add(_Phrase(tokens, language, only_abroad, phrase.startswith("^")))

    def _add(self, phrase: _Phrase) -> None:
        first = phrase.tokens[0]
        if first.kind == COUNTRY:
            self._by_country.append(phrase)
        for word in first.words:
            self._by_first[word].append(phrase)

    def country(self, text: str, *, home: bool = False) -> str:
        """The country that normalised `text` says its writer is in, by the last phrase that says so; "" for none.
        home: or where they live, also where that is the Netherlands."""
        words = text.split()
        message = _Message(words, self._countries)
        best = (-1, 0, "")
        for start, word in enumerate(words):
            phrases: Sequence[_Phrase] = self._by_first.get(word, ())
            if message.exactly((word,)):
                phrases = (*phrases, *self._by_country)
            for phrase in phrases:
                for end, country in message.matches(start, phrase.tokens, phrase.language):
                    decides = home or not (phrase.only_abroad and country == "NL")
                    if decides and (end, start) > best[:2] and _is_own(words, start, end, phrase):
                        best = (end, start, country)
        return best[2]


class _Message:
    """The words of one message, and which of them name a country."""

    def __init__(self, words: Sequence[str], countries: CountryFinder) -> None:
        self._words = words
        self._countries = countries
        self._known: dict[tuple[str, ...], str] = {}

    def matches(
        self, at: int, tokens: Sequence[_Token], language: _Language, country: str = ""
    ) -> Iterator[tuple[int, str]]:
        """(the word after it, the country it names) for each way in which the tokens can stand from `at` on."""
        if not tokens:
            yield at, country
            return
        token, rest, words = tokens[0], tokens[1:], self._words
        if token.kind in (ANY, FILLING):
            for more in range(min(GAP if token.kind == ANY else FILLED, len(words) - at) + 1):
                if more and (words[at + more - 1] in _DENIALS or not _may_stand(words[at + more - 1], token, language)):
                    return
                yield from self.matches(at + more, rest, language, country)
        elif token.kind == COUNTRY:
            for skipped in range(GAP):
                name = tuple(words[at + skipped : at + skipped + MAX_NAME_WORDS])
                for length in range(1, len(name) + 1):
                    found = self._named(name[:length], token)
                    if found:
                        yield from self.matches(at + skipped + length, rest, language, found)
                if not name or name[0] not in language.between or name[0] in _DENIALS:
                    return
        elif at < len(words) and words[at] in token.words:
            yield from self.matches(at + 1, rest, language, country)

    def _named(self, name: tuple[str, ...], token: _Token) -> str:
        """The country that exactly these words name, with the beginning or end the token asks for; "" for none."""
        if token.ends and not name[-1].endswith(token.ends):
            return ""
        if not token.begins:
            return self.exactly(name)
        for begin in token.begins:
            if name[0].startswith(begin) and len(name[0]) > len(begin):
                found = self.exactly((name[0][len(begin) :], *name[1:])) or self.exactly(name)
                if found:
                    return found
        return ""

    def exactly(self, name: tuple[str, ...]) -> str:
        """The country of a name none of whose words can be left out; "" for none."""
        if name not in self._known:
            find = self._countries.find
            found = find(name) or ""
            less = len(name) > 1 and found and found in (find(name[1:]), find(name[:-1]))
            self._known[name] = "" if less else found
        return self._known[name]


def _may_stand(word: str, token: _Token, language: _Language) -> bool:
    return token.kind == ANY or word in language.between


def _is_own(words: Sequence[str], start: int, end: int, phrase: _Phrase) -> bool:
    """Is it the writer who is there? Whoever is named nearest before the end decides: "my father left me in"; nobody
    named is the writer, who often leaves themselves out."""
    language = phrase.language
    led = all(each in language.lead for each in words[:start])
    after = (*words[end : end + 1], " ".join(words[end : end + 2]))
    spoken_of = phrase.tokens[-1].kind == COUNTRY and language.after.in_any(after)
    if phrase.begins and (not led or spoken_of):
        return False
    before = 1 if words[start] in language.own else BEFORE  # "I was left behind, I am in": a new beginning
    never = language.never.in_any((*words, *map(" ".join, pairwise(words))))
    if never or language.unless.in_any(words[max(0, start - before) : start]):
        return False
    for at in range(end - 1, -1, -1):
        if words[at] in language.own and " ".join(words[max(0, at - 1) : at + 1]) not in language.others.whole:
            return True
        if words[at] in language.others and not language.beside.in_any(words[max(0, at - LINKED) : at]):
            return False
    return True


def _tokens(phrase: str) -> Iterator[_Token]:
    for written in phrase.split():
        if written in (ANY, FILLING):
            yield _Token(written)
        elif COUNTRY in written:
            begins, _at, ends = written.partition(COUNTRY)
            yield _Token(COUNTRY, begins=_alternatives(begins), ends=_alternatives(ends))
        else:
            yield _Token("", frozenset(_alternatives(written)))


def _alternatives(written: str) -> tuple[str, ...]:
    return tuple(normalise(each) for each in written.split("|") if each)
