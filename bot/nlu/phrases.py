"""Understanding by words, phrases and written lines: exact where it can be, explainable everywhere.

Phrases decide where one is found; else the lines most like the message do. A trained model may come behind the same
interface; these lists stay as its exact tables.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from bot.nlu.nearest import Nearest
from bot.nlu.normalise import normalise
from bot.nlu.understanding import Candidate, Understanding

GAP = 4
"""How many words "..." in a phrase may stand for."""

FILLERS = 2
"""How many other words may stand inside a phrase."""

REFUSAL = 4
"""How many words before "a person" a "no" or "not" still belongs to it."""

NEAR = 0.05
"""Below this part of the vote a topic is not even offered."""

DIRECT = 0.57
"""From this part of the vote the nearest lines answer without asking; docs/understanding.md says how often rightly."""

ORDER = ("danger", "suicide", "left_behind", "leaving_now", "abroad_afraid", "trip_planned")
"""Which topic wins when a message fits more than one (topics.md); then P0, then H, then P1."""

SMALL_TALK = ("greeting", "thanks", "yes", "no")
_POLITE = frozenset(normalise(word) for word in ("aub", "alsjeblieft", "graag", "svp", "please", "pls", "plz"))
_NOT = frozenset(("geen", "niet", "no", "not", "dont", "nooit", "never"))
_NEVER_BETWEEN = _NOT | {"he", "she", "her", "him", "his", "they", "them", "haar", "hem", "hij", "hen"}
"""Words that make a phrase mean something else, or somebody else."""
_TURN = frozenset(("maar", "but", "alleen", "gewoon", "liever", "just", "rather"))
_SCRIPTS = (("Ethiopic", 0x1200, 0x139F, "ti"), ("Cyrillic", 0x0400, 0x04FF, "uk"))
_ARABIC_LETTERS = (("ێۆڕڵ", "ckb"), ("ټډړښځڅېګ", "ps"), ("ٹڈڑںے", "ur"), ("پچژگ", "fa"))
_LIKELY = 0.8
"""From this confidence a P1 answer is taken for harmless and needs no emergency line."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language. See flows/README.md and flows/vocabulary for what each list means."""

    language: str
    commands: Mapping[str, Sequence[str]]
    switch: Sequence[str]
    wants_advisor: Sequence[str]
    danger: Mapping[str, Sequence[str]]
    place: Mapping[str, Sequence[str]]
    hints: Sequence[str]
    topics: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Hit:
    """A phrase found in a message: what it stands for and the words it covers."""

    kind: str
    value: str
    language: str
    start: int
    end: int
    weight: int


class _Phrases:
    """Phrases looked up by their first word."""

    def __init__(self) -> None:
        self._by_first: dict[str, list[tuple[tuple[tuple[str, ...], ...], str, str, str]]] = defaultdict(list)

    def add(self, phrase: str, kind: str, value: str, language: str) -> None:
        parts = tuple(tuple(normalise(part).split()) for part in phrase.split("..."))
        parts = tuple(part for part in parts if part)
        if parts:
            self._by_first[parts[0][0]].append((parts, kind, value, language))

    def find(self, words: Sequence[str]) -> Iterator[_Hit]:
        for start, word in enumerate(words):
            for parts, kind, value, language in self._by_first.get(word, ()):
                # What excuses a danger word must stand there almost literally: "slaat me als ik niet..." is no excuse.
                end = _match(words, start, parts, 1 if value == "not" else FILLERS)
                if end is not None:
                    yield _Hit(kind, value, language, start, end, sum(map(len, parts)))


def _match(words: Sequence[str], start: int, parts: Sequence[Sequence[str]], fillers: int) -> int | None:
    """Where a phrase that begins at `start` ends, None when it does not stand there.

    Between two words of one part `fillers` other words may stand in all ("paspoort [is] afgepakt"), between two
    parts GAP; but never a word that turns the meaning round.
    """
    position = start
    for index, part in enumerate(parts):
        for place, word in enumerate(part):
            if index == place == 0:
                position += 1
                continue
            room = GAP if place == 0 else fillers
            found = next(
                (at for at in range(position, min(position + room + 1, len(words))) if words[at] == word), None
            )
            if found is None or (found > position and not _NEVER_BETWEEN.isdisjoint(words[position:found])):
                return None
            if place:
                fillers -= found - position
            position = found + 1
    return position


class PhraseUnderstander:
    """Understands from word lists. Built once; `understand` changes nothing.

    countries: (name, ISO code) in every language there are names for. topics: the written lines by
    topic. priorities: topic id -> P0, P1 or H.
    default: the language assumed when nothing says otherwise.
    """

    def __init__(
        self,
        lexicons: Iterable[Lexicon],
        countries: Iterable[tuple[str, str]],
        topics: Nearest,
        priorities: Mapping[str, str],
        default: str,
    ) -> None:
        self._priorities = priorities
        self._default = default
        self._phrases = _Phrases()
        self._commands: dict[str, str] = {}
        self._switch: dict[str, str] = {}
        self._hints: dict[str, set[str]] = defaultdict(set)
        self._command_languages: dict[str, set[str]] = defaultdict(set)
        self._topic_lines = topics
        for lexicon in lexicons:
            self._add(lexicon)
        for name, code in countries:
            if len(normalise(name)) > 2:
                self._phrases.add(name, "country", code, "")
        self._exact = self._exact_commands()
        self._named_switch = [(f" {phrase} ", language) for phrase, language in self._switch.items() if " " in phrase]

    def _add(self, lexicon: Lexicon) -> None:
        language = lexicon.language
        for command, words in lexicon.commands.items():
            for word in words:
                self._commands.setdefault(normalise(word), command)
                self._command_languages[normalise(word)].add(language)
        for word in lexicon.switch:
            self._switch.setdefault(normalise(word), language)
        for word in lexicon.hints:
            self._hints[normalise(word)].add(language)
        for kind, lists in (
            ("advisor", {"": lexicon.wants_advisor}),
            ("danger", lexicon.danger),
            ("place", lexicon.place),
            ("topic", lexicon.topics),
        ):
            for value, phrases in lists.items():
                for phrase in phrases:
                    self._phrases.add(phrase, kind, value, language)

    def understand(self, text: str, locale: str | None) -> Understanding:
        """See `Understander`. Danger is looked for first and does not depend on the language guess."""
        whole = normalise(text)
        exact = self._exact.get(whole)
        if exact is not None:
            return (
                exact if locale is None or locale in self._command_languages[whole] else replace(exact, language=locale)
            )
        words = whole.split()
        hits = list(self._phrases.find(words))
        language, certainty = self._language(text, whole, words, hits, locale)
        command, switch_to = self._command(whole, words)
        near = self._topic_lines.shares(whole)
        danger = _danger(hits)
        topic, confidence = self._topic(words, hits, danger, near)
        if command in SMALL_TALK:
            topic, confidence, command = (command, 1.0, None) if danger != "red" else (topic, confidence, None)
        harmless = danger == "none" and (
            command is not None
            or topic in SMALL_TALK
            or (self._priorities.get(topic or "") == "P1" and confidence >= _LIKELY)
        )
        return Understanding(
            language=language,
            language_confidence=certainty,
            topic=topic,
            confidence=confidence,
            candidates=self._candidates(near, topic, confidence),
            command=command,
            danger=danger,
            emergency_line=not harmless,
            wants_advisor=command == "advisor" or _wants_advisor(words, hits),
            country=next((hit.value for hit in _longest(hits, "country")), None),
            place=next((hit.value for hit in _longest(hits, "place")), None),
            switch_to=switch_to,
        )

    def _exact_commands(self) -> dict[str, Understanding]:
        """What every message that is nothing but a command word means, worked out at start."""
        return {
            word: Understanding(
                language=self._default if self._default in languages else min(languages),
                language_confidence=0.5 if len(languages) > 1 else 0.75,
                command=self._commands[word],
                emergency_line=False,
                wants_advisor=self._commands[word] == "advisor",
            )
            for word, languages in self._command_languages.items()
            if self._commands[word] not in SMALL_TALK and _danger(list(self._phrases.find(word.split()))) == "none"
        }

    def _command(self, whole: str, words: Sequence[str]) -> tuple[str | None, str | None]:
        """The command a whole message is, and the language it asks for. `stop` must stand alone."""
        bare = " ".join(word for word in words if word not in _POLITE)
        wanted = self._switch.get(bare)
        if not wanted and len(words) <= 6:
            padded = f" {bare} "
            wanted = next((language for phrase, language in self._named_switch if phrase in padded), None)
        if wanted:
            return "language", wanted
        command = self._commands.get(whole) or self._commands.get(bare)
        if command == "stop" and bare != whole:
            return None, None
        return command, None

    def _topic(
        self, words: Sequence[str], hits: Sequence[_Hit], danger: str, near: Mapping[str, float]
    ) -> tuple[str | None, float]:
        """The topic of a phrase; without one that of the nearest lines, when they agree."""
        if danger == "red":
            return "danger", 0.99
        weights: dict[str, int] = {}
        found = [hit for hit in hits if hit.kind == "topic"]
        for hit in found:
            if not any(_inside(hit, other) for other in found):
                weights[hit.value] = max(weights.get(hit.value, 0), hit.weight)
        if weights:
            best = min(weights, key=lambda topic: (self._rank(topic), -weights[topic], topic))
            return best, 0.99 if weights[best] >= len(words) else round(1 - 0.45 ** weights[best], 2)
        best, share = next(iter(near.items()), ("", 0.0))
        sure = share >= DIRECT and best in self._priorities and best != "danger"
        return best if sure else None, round(share, 2)

    def _rank(self, topic: str) -> int:
        if topic in ORDER:
            return ORDER.index(topic)
        return len(ORDER) + ("P0", "H", "P1", "").index(self._priorities.get(topic, ""))

    def _candidates(self, near: Mapping[str, float], topic: str | None, confidence: float) -> tuple[Candidate, ...]:
        """At most three topics, best first: the one that was found, then those of the nearest lines."""
        offered = {name: share for name, share in near.items() if name in self._priorities and share >= NEAR}
        if topic in self._priorities:
            offered[topic or ""] = max(confidence, offered.get(topic or "", 0.0))
        offered.pop("danger", None)
        best = sorted(offered, key=lambda name: (-offered[name], name))[:3]
        return tuple(Candidate(name, round(offered[name], 2)) for name in best)

    def _language(
        self, text: str, whole: str, words: Sequence[str], hits: Sequence[_Hit], locale: str | None
    ) -> tuple[str, float]:
        script = _script(text)
        if script:
            return script, 0.9
        scores: Counter[str] = Counter()
        for word in words:
            languages = self._hints.get(word, ())
            for language in languages:
                scores[language] += 1
        for language in self._command_languages.get(whole, ()):
            scores[language] += 2
        for hit in hits:
            if hit.language and hit.weight > 1:
                scores[hit.language] += 1
        if not scores:
            return locale or self._default, 0.0
        preferred = locale or self._default
        best = max(scores, key=lambda language: (scores[language], language == preferred, language))
        share = scores[best] / sum(scores.values())
        return best, round(share * (1 - 0.5 ** scores[best]), 2)


def _inside(hit: _Hit, other: _Hit) -> bool:
    """Is `hit` only a part of a phrase that says more?"""
    return other.start <= hit.start and hit.end <= other.end and other.weight > hit.weight


def _danger(hits: Sequence[_Hit]) -> str:
    """Red or amber unless every such hit is inside something that means the opposite or something else."""
    excused = [hit for hit in hits if hit.kind == "danger" and hit.value == "not"]
    for level in ("red", "amber"):
        for hit in hits:
            if hit.kind != "danger" or hit.value != level:
                continue
            if not any(other.start < hit.end and hit.start < other.end for other in excused):
                return level
    return "none"


def _wants_advisor(words: Sequence[str], hits: Sequence[_Hit]) -> bool:
    """Is a person asked for, and no "not" said of it just before?"""
    return any(hit.kind == "advisor" and not _refused(words[: hit.start]) for hit in hits)


def _refused(before: Sequence[str]) -> bool:
    for word in reversed(before[-REFUSAL:]):
        if word in _NOT:
            return True
        if word in _TURN:
            return False
    return False


def _longest(hits: Iterable[_Hit], kind: str) -> list[_Hit]:
    return sorted((hit for hit in hits if hit.kind == kind), key=lambda hit: (-hit.weight, hit.start))


def _script(text: str) -> str | None:
    """A language that its script or its letters give away."""
    for _name, first, last, language in _SCRIPTS:
        if sum(first <= ord(character) <= last for character in text) >= 2:
            return language
    if sum(0x0600 <= ord(character) <= 0x06FF for character in text) < 2:
        return None
    for letters, language in _ARABIC_LETTERS:
        if any(letter in text for letter in letters):
            return language
    return "ar"
