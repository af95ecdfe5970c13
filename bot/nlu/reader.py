"""Understands a message: exact tables first, then words and phrases, then the classifiers. Nothing is generated.

One pass: spelling, commands, phrases, letters, embedding (when the encoder is installed), and a decision on all of
them. Every message is checked for danger, whatever its language and topic.
"""

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Protocol, runtime_checkable

import numpy as np
from msgspec.structs import replace

from bot.nlu.classifiers import Scores, softmax
from bot.nlu.commands import ANSWERS, SMALL_TALK, Commands
from bot.nlu.countries import CountryFinder, foremost, placed
from bot.nlu.embedding import Encoder, EncoderUnavailable
from bot.nlu.language import LanguageGuesser
from bot.nlu.model import Model
from bot.nlu.normalise import MAX_LENGTH, normalise
from bot.nlu.phrases import NOT, Hit, Lexicon, Phrases, danger_named, only_red, person_named, place_named, red_parts
from bot.nlu.sentences import sentences
from bot.nlu.understanding import Candidate, Understanding

OFFERED = 3
DANGER = "danger"
SUICIDE = "suicide"
ADVISOR, LANGUAGE, DECOY = "advisor", "language", "decoy"
OUT_OF_SCOPE = "out_of_scope"
NEARLY = 0.2
"""From this probability on a message that is danger now is about danger, where nothing else is sure."""

AGE = "under_18"
BESIDE_AN_AGE = 0.12
"""From this probability on an urgent topic is what somebody means who tells their age as well."""
OUT_OF_SCOPE_THRESHOLD = 0.85
"""The least probability at which a person is told that the bot cannot help with something."""

STRANGE = 0.08
"""From this probability on that it is out of scope, the nearest topics are offered and none is answered. Chosen on
messages by other hands: half as many of those that are out of scope are answered, one of two hundred others less."""

SURE_OF_COMMAND = 0.9
"""From this probability on free words are a command even where they may be something else."""

FEW_WORDS = 3
"""In so few words a language may only be mentioned ("my english teacher")."""

HIDES_IN_DANGER = 0.3
"""From this probability on, danger counted, whoever may be in danger is hidden, and left the two bare numbers."""

LEAST_PART = 1e-6
A_TRACE = 0.01
"""Below this probability nothing makes a message hide."""

TOPICS_OF_DANGER = (DANGER, SUICIDE)
OTHER_TOPIC = 0.1
"""Below this probability of all these topics together the message is about something else."""

RED_ANYWAY = 0.7
"""And from this probability on it is danger now, whatever it is about."""

SURE_OF_TOPIC, RED_BESIDE_IT = 0.95, 0.9
"""And where it is surely about something else, only from this."""

Probabilities = Mapping[str, Mapping[str, float]]
"""question -> label -> probability."""


@runtime_checkable
class Beginning(Protocol):
    """An encoder that computes while something else is done."""

    def begin(self, text: str) -> Callable[[], Scores]:
        """Begin with a text. What is returned waits for what `layers` makes of it. Both raise EncoderUnavailable."""
        ...


class Reader:
    """An `Understander`. Built once; `understand` changes nothing."""

    def __init__(
        self,
        lexicons: Iterable[Lexicon],
        countries: CountryFinder,
        model: Model,
        encoder: Encoder | None,
        priorities: Mapping[str, str],
        default: str,
    ) -> None:
        """priorities: topic id -> P0, P1 or H. default: the language assumed when nothing says otherwise.

        encoder: None where the weights are not installed; the letters then decide alone.
        """
        lexicons = list(lexicons)
        self._commands = Commands(lexicons)
        self._phrases = Phrases(lexicons)
        self._countries = countries
        self._model = model
        self._encoder = encoder
        self._thresholds = model.calibration.both if encoder else model.calibration.letters
        scripts = {each.language: each.scripts for each in lexicons}
        self._guesser = LanguageGuesser(model.languages, scripts, default, self._commands.typed)
        self._priorities = priorities
        self._exact = {
            word: self._command_alone(word, command) for word, command in self._commands if self._is_harmless(word)
        }

    @property
    def countries(self) -> CountryFinder:
        """What finds the countries in a message."""
        return self._countries

    @property
    def has_encoder(self) -> bool:
        """Whether the encoder votes."""
        return self._encoder is not None

    def without_encoder(self) -> "Reader":
        """The same reader without the encoder: faster, for floods."""
        fast = copy.copy(self)
        fast._encoder, fast._thresholds = None, self._model.calibration.letters
        return fast

    def understand(self, text: str, locale: str | None, spelled: str | None = None) -> Understanding:
        """See `Understander`."""
        text = text[:MAX_LENGTH]
        whole = normalise(text) if spelled is None else spelled
        exact = self._exact.get(whole)
        if exact is not None:
            language, certainty = self._guesser.guess(text, self._commands.languages(whole), locale)
            return replace(exact, language=language, language_confidence=certainty)
        try:
            layers = self._begun(text)  # the encoder computes while the letters are read
            words = whole.split()
            hits = self._phrases.find(words)
            language, certainty = self._guesser.guess(text, self._commands.languages(whole), locale)
            command, switch_to = self._commands.read(whole, words)
            countries, place = self._countries.find_all(words), place_named(hits) if hits else None
            found = self._probabilities(self._model.letters.scores(whole), layers, language)
        except EncoderUnavailable:
            return self.without_encoder().understand(text, locale)
        danger = self._danger(words, hits, found)
        wants, no_call = self._person(words, hits, found)
        free_command = (
            None if command or wants else self._free_command(found, len(words), hits, danger, no_call=no_call)
        )
        topic, confidence = self._topic(found)
        if topic == DANGER and danger != "red":
            # Nine of ten such messages only look like it: asked, with the line. A single word tells nothing.
            topic, danger = None, "amber" if len(words) > 1 else danger
        if danger == "red" and topic is None:
            nearly = found["topic"][DANGER] >= NEARLY or _likeliest(found["topic"]) == DANGER
            topic = DANGER if nearly else None
        stands_alone = bool(command) and not switch_to and command not in ANSWERS and danger == "none"
        if command in SMALL_TALK:
            topic, confidence, command = (command, 1.0, None) if danger != "red" else (topic, confidence, None)
        return Understanding(
            language=language,
            language_confidence=certainty,
            topic=topic,
            confidence=confidence,
            candidates=self._candidates(found["topic"]),
            command=command,
            free_command=free_command,
            danger=danger,
            emergency_line=danger != "none" or not (command or self._is_ordinary(free_command or topic, found)),
            wants_advisor=command == ADVISOR or wants,
            no_call=no_call,
            country=foremost(countries) if countries else None,
            place=place,
            **(self._told(found, countries) if self._thresholds.told else {}),
            switch_to=self._commands.named_once(words) if free_command == LANGUAGE else switch_to,
            stands_alone=stands_alone,
        )

    def _begun(self, text: str) -> Callable[[], Scores] | None:
        """What gives the layers of a text, and of its sentences where it is long; None without encoder. Raises
        EncoderUnavailable."""
        if self._encoder is None:
            return None
        texts = [text, *sentences(text)]
        if len(texts) == 1 and isinstance(self._encoder, Beginning):
            return self._encoder.begin(text)
        return partial(self._encoder.layers, texts)

    def _probabilities(self, scores: Scores, layers: Callable[[], Scores] | None, language: str) -> Probabilities:
        """What the letters, whose scores these are, and the encoder where there is one, make of the message."""
        if layers is None:
            return softmax(scores, self._model.letters.labels, self._thresholds.inverse_temperature)
        votes, weight = self._meaning(layers()), self._thresholds.encoder_weights.get(language, 1.0)
        shared = len(scores)
        whole = np.concatenate([scores + weight * votes[:shared], votes[shared:]])
        return softmax(whole, self._model.meaning.labels, self._thresholds.inverse_temperature)

    def _meaning(self, layers: Scores) -> Scores:
        """The votes of the encoder: of the whole, and of its sentences where it is long."""
        votes = [self._model.meaning.scores(each) for each in layers]
        return votes[0] if len(votes) == 1 else (votes[0] + np.mean(votes[1:], axis=0)) / 2

    def _danger(self, words: Sequence[str], hits: Sequence[Hit], found: Probabilities) -> str:
        """Red when probable, or named and not improbable; not when it is denied ("hij slaat me niet"). Amber when
        named, or on a small suspicion."""
        named, probabilities, thresholds = danger_named(hits) if hits else "none", found["danger"], self._thresholds
        denied = named == "none" and any(hit.kind == "danger" and hit.value == "not" for hit in hits)
        parts = red_parts(words, hits) if named == "red" else []
        red = probable_red(found) if probabilities["red"] >= thresholds.red else 0.0
        red = max([red, *map(self._red_by_letters, parts)])
        if not denied and red >= (thresholds.red_named if parts else thresholds.red):
            return "red"
        surely = not denied and found["topic"][DANGER] >= SURE_OF_TOPIC
        if parts and (surely or only_red(words, hits)):
            return "red"
        suspected = 1 - probabilities["harmless"] >= thresholds.danger or found["topic"][SUICIDE] >= thresholds.direct
        return "amber" if named != "none" or suspected else "none"

    def _red_by_letters(self, part: str) -> float:
        letters, inverse_temperature = self._model.letters, self._model.calibration.letters.inverse_temperature
        return softmax(letters.scores(part), letters.labels, inverse_temperature)["danger"]["red"]

    def _person(self, words: Sequence[str], hits: Sequence[Hit], found: Probabilities) -> tuple[bool, bool]:
        """(whether a person is asked for, whether a call is refused)."""
        probabilities, thresholds, named = found["person"], self._thresholds, person_named(words, hits)
        if words and words[0] in NOT and self._commands.read(" ".join(words[1:]), words[1:])[0] == ADVISOR:
            named = False  # "no adviser"
        wants = named is not False and probabilities["wants"] >= (thresholds.wants_named if named else thresholds.wants)
        return wants, probabilities["nocall"] >= thresholds.nocall

    def _free_command(
        self, found: Probabilities, words: int, hits: Sequence[Hit], danger: str, *, no_call: bool
    ) -> str | None:
        """The command that the sentence asks for, None when none is probable enough. In danger only to be hidden, when
        nothing names the danger and nothing else is meant."""
        probabilities, thresholds = found["topic"], self._thresholds.commands
        if probabilities[DECOY] >= A_TRACE:
            probabilities = commands_asked(found)
        reached = [command for command in thresholds if probabilities[command] >= thresholds[command]]
        best = max(reached, key=probabilities.__getitem__, default=None)
        surely = best is not None and probabilities[best] >= SURE_OF_COMMAND
        hides = best == DECOY and surely and found["topic"][DECOY] >= HIDES_IN_DANGER
        if danger == "red" and not (hides and danger_named(hits) == "none"):
            return None
        only_named = best == LANGUAGE and words <= FEW_WORDS
        # Who is looking may be a danger; that tells nothing against it.
        endangered = danger != "none" and best != DECOY
        return best if surely or not (no_call or only_named or endangered) else None

    def _told(self, found: Probabilities, countries: Sequence[str]) -> dict[str, str]:
        """What the message says of who, where and when: of each only what is probable enough."""
        told = {}
        for question, thresholds in self._thresholds.told.items():
            known = placed(found[question], countries) if countries and question == "where" else found[question]
            most = 0.0
            for label, least in thresholds.items():
                if known[label] >= least and known[label] > most:
                    told[question], most = label, known[label]
        return told

    def _topic(self, found: Probabilities) -> tuple[str | None, float]:
        """(the topic to answer without asking, None when unsure; the probability of the best topic)."""
        probabilities = found["topic"]
        topics = [topic for topic in probabilities if topic not in self._thresholds.commands]
        best = max(topics, key=probabilities.__getitem__)
        sum_of_two = 0.0
        if best == AGE:  # told beside something else
            other = max((topic for topic in topics if topic != AGE), key=probabilities.__getitem__)
            if self._priorities.get(other) == "P0" and probabilities[other] >= BESIDE_AN_AGE:
                best, sum_of_two = other, probabilities[AGE]
        enough = (
            max(self._thresholds.direct, OUT_OF_SCOPE_THRESHOLD) if best == OUT_OF_SCOPE else self._thresholds.direct
        )
        strange = best in self._priorities and best not in (DANGER, SUICIDE) and probabilities[OUT_OF_SCOPE] >= STRANGE
        probability = probabilities[best] + sum_of_two
        sure = probability >= enough and not strange
        return best if sure else None, round(probability, 2)

    def _candidates(self, probabilities: Mapping[str, float]) -> tuple[Candidate, ...]:
        """The most probable topics, best first."""
        offered = [topic for topic in probabilities if topic in self._priorities and topic != DANGER]
        best = sorted(offered, key=lambda topic: (-probabilities[topic], topic))[:OFFERED]
        return tuple(Candidate(topic, round(probabilities[topic], 2)) for topic in best)

    def _is_ordinary(self, topic: str | None, found: Probabilities) -> bool:
        """Whether this is confidently an ordinary question or small talk, so that it needs no emergency line."""
        ordinary = self._priorities.get(topic or "") == "P1" or topic in (
            OUT_OF_SCOPE,
            *SMALL_TALK,
            *self._thresholds.commands,
        )
        return ordinary and 1 - found["danger"]["harmless"] < self._thresholds.calm

    def _is_harmless(self, word: str) -> bool:
        return danger_named(self._phrases.find(word.split())) == "none"

    def _command_alone(self, word: str, command: str) -> Understanding:
        """What a message of nothing but this command word means, computed at start."""
        small = command in SMALL_TALK
        return Understanding(
            language="",
            language_confidence=0.0,
            topic=command if small else None,
            confidence=1.0 if small else 0.0,
            command=None if small else command,
            emergency_line=False,
            wants_advisor=command == ADVISOR,
            stands_alone=command not in ANSWERS,
        )


def probable_red(found: Probabilities) -> float:
    """How probable danger now is; 0 where the message is rather about something that is none. Somebody who is looking
    may be the danger."""
    red, topics = found["danger"]["red"], found["topic"]
    about = sum(topics[topic] for topic in (*TOPICS_OF_DANGER, DECOY))
    enough = RED_BESIDE_IT if max(topics.values()) >= SURE_OF_TOPIC else RED_ANYWAY
    return red if about >= OTHER_TOPIC or red >= enough else 0.0


def commands_asked(found: Probabilities) -> Mapping[str, float]:
    """How probable each command is. Danger tells nothing against "somebody is looking", which may be said in the same
    words: among all other topics it is as probable as this."""
    topics = found["topic"]
    return {**topics, DECOY: topics[DECOY] / max(1 - topics[DANGER], topics[DECOY], LEAST_PART)}


def _likeliest(probabilities: Mapping[str, float]) -> str:
    return max(probabilities, key=probabilities.__getitem__)
