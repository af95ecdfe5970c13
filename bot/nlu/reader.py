"""Reads a message: exact tables first, then words and phrases, then what was learned. Nothing is generated.

One pass: spelling, commands, phrases, letters, meaning (when the encoder is there), and from all of that the answer.
Danger is looked for in every message, whatever its language and topic.
"""

import copy
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from bot.nlu.classifiers import likely
from bot.nlu.commands import SMALL_TALK, Commands
from bot.nlu.countries import Countries
from bot.nlu.embedding import Encoder
from bot.nlu.language import LanguageGuesser
from bot.nlu.model import Model
from bot.nlu.normalise import MAX_LENGTH, normalise
from bot.nlu.phrases import Hit, Lexicon, Phrases, danger_named, only_red, person_named, place_named, red_parts
from bot.nlu.understanding import Candidate, Understanding

OFFERED = 3
DANGER = "danger"
STRANGE = "out_of_scope"
SURELY_STRANGE = 0.85
"""So sure it must be before anybody is told that the bot cannot help with something."""

Likely = Mapping[str, Mapping[str, float]]


class Reader:
    """Understands. Built once; `understand` changes nothing.

    priorities: topic id -> P0, P1 or H. encoder: None where the weights are not installed: letters decide alone then.
    default: the language assumed when nothing says otherwise.
    """

    def __init__(
        self,
        lexicons: Iterable[Lexicon],
        countries: Countries,
        model: Model,
        encoder: Encoder | None,
        priorities: Mapping[str, str],
        default: str,
    ) -> None:
        lexicons = list(lexicons)
        self._commands = Commands(lexicons)
        self._phrases = Phrases(lexicons)
        self._countries = countries
        self._model = model
        self._encoder = encoder
        self._limits = model.figures.both if encoder else model.figures.letters
        self._guesser = LanguageGuesser(model.languages, default)
        self._priorities = priorities
        self._exact = {word: self._only(word, command) for word, command in self._commands if self._harmless(word)}

    @property
    def reads_meaning(self) -> bool:
        """Does the encoder take part?"""
        return self._encoder is not None

    def by_letters(self) -> "Reader":
        """The same reader without the encoder: fast, for floods."""
        fast = copy.copy(self)
        fast._encoder, fast._limits = None, self._model.figures.letters
        return fast

    def understand(self, text: str, locale: str | None) -> Understanding:
        """See `Understander`."""
        text = text[:MAX_LENGTH]
        whole = normalise(text)
        exact = self._exact.get(whole)
        if exact is not None:
            language, certainty = self._guesser.guess(text, self._commands.languages(whole), locale)
            return replace(exact, language=language, language_confidence=certainty)
        words = whole.split()
        hits = self._phrases.find(words)
        language, certainty = self._guesser.guess(text, self._commands.languages(whole), locale)
        found = self._likely(text, whole, language)
        command, switch_to = self._commands.read(whole, words)
        danger = self._danger(words, hits, found)
        topic, confidence = self._topic(found)
        if topic == DANGER and danger != "red":
            topic, danger = None, "amber"  # nine of ten such messages only look like it: asked, with the line
        if command in SMALL_TALK:
            topic, confidence, command = (command, 1.0, None) if danger != "red" else (topic, confidence, None)
        wants, no_call = self._person(words, hits, found)
        return Understanding(
            language=language,
            language_confidence=certainty,
            topic=topic,
            confidence=confidence,
            candidates=self._candidates(found["topic"]),
            command=command,
            danger=danger,
            emergency_line=danger != "none" or not (command or self._plain(topic, found)),
            wants_advisor=command == "advisor" or wants,
            no_call=no_call,
            country=self._countries.find(words),
            place=place_named(hits),
            switch_to=switch_to,
        )

    def _likely(self, text: str, whole: str, language: str) -> Likely:
        """What letters, and meaning where it can be read, make of the message."""
        scores = self._model.letters.scores(whole)
        if self._encoder is not None:
            vote = self._limits.weak.get(language, 1.0)
            scores = scores + vote * self._model.meaning.scores(self._encoder.vector(text))
        return likely(scores, self._model.letters.labels, self._limits.sharpness)

    def _danger(self, words: Sequence[str], hits: Sequence[Hit], found: Likely) -> str:
        """Red when it is likely, or named and not unlikely, and not when it is denied ("hij slaat me niet"). Amber when
        it is named, or from a small suspicion on."""
        named, odds, limits = danger_named(hits), found["danger"], self._limits
        denied = named == "none" and any(hit.kind == "danger" and hit.value == "not" for hit in hits)
        parts = red_parts(words, hits) if named == "red" else []
        red = max([odds["red"], *map(self._red_by_letters, parts)])
        if not denied and red >= (limits.red_named if parts else limits.red):
            return "red"
        if parts and only_red(words, hits):
            return "red"
        suspected = 1 - odds["harmless"] >= limits.danger or found["topic"]["suicide"] >= limits.direct
        return "amber" if named != "none" or suspected else "none"

    def _red_by_letters(self, part: str) -> float:
        letters, sharpness = self._model.letters, self._model.figures.letters.sharpness
        return likely(letters.scores(part), letters.labels, sharpness)["danger"]["red"]

    def _person(self, words: Sequence[str], hits: Sequence[Hit], found: Likely) -> tuple[bool, bool]:
        """Is a person asked for; is a call refused?"""
        odds, limits, named = found["person"], self._limits, person_named(words, hits)
        wants = named is not False and odds["wants"] >= (limits.wants_named if named else limits.wants)
        return wants, odds["nocall"] >= limits.nocall

    def _topic(self, found: Likely) -> tuple[str | None, float]:
        """The topic to answer without asking, None when that is not sure; and how likely the best one is."""
        odds = found["topic"]
        best = max(odds, key=lambda topic: odds[topic])
        enough = max(self._limits.direct, SURELY_STRANGE) if best == STRANGE else self._limits.direct
        return best if odds[best] >= enough else None, round(odds[best], 2)

    def _candidates(self, odds: Mapping[str, float]) -> tuple[Candidate, ...]:
        """The likeliest topics, best first."""
        offered = [topic for topic in odds if topic in self._priorities and topic != DANGER]
        best = sorted(offered, key=lambda topic: (-odds[topic], topic))[:OFFERED]
        return tuple(Candidate(topic, round(odds[topic], 2)) for topic in best)

    def _plain(self, topic: str | None, found: Likely) -> bool:
        """Is this surely an ordinary question or small talk, so that it needs no emergency line?"""
        ordinary = self._priorities.get(topic or "") == "P1" or topic in (STRANGE, *SMALL_TALK)
        return ordinary and 1 - found["danger"]["harmless"] < self._limits.calm

    def _harmless(self, word: str) -> bool:
        return danger_named(self._phrases.find(word.split())) == "none"

    def _only(self, word: str, command: str) -> Understanding:
        """What a message that is nothing but this word means, worked out at start."""
        small = command in SMALL_TALK
        return Understanding(
            language="",
            language_confidence=0.0,
            topic=command if small else None,
            confidence=1.0 if small else 0.0,
            command=None if small else command,
            emergency_line=False,
            wants_advisor=command == "advisor",
        )
