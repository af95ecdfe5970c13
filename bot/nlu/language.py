"""Which language a message is written in: by its script, then by its runs of letters."""

from collections.abc import Iterable, Mapping, Sequence, Set

from bot.nlu.classifiers import NgramClassifier, softmax
from bot.nlu.features import spelled

_BLOCKS = ((0x0600, 0x06FF, "Arab"), (0x0750, 0x077F, "Arab"), (0x0400, 0x04FF, "Cyrl"), (0x1200, 0x139F, "Ethi"))
"""First and last letter of a script, as ISO 15924 calls it."""
LATIN = "Latn"
HABIT = 3.0
"""The language of the conversation so far is this many times more likely than its letters alone say."""


class LanguageGuesser:
    """Built once. What commands and greetings tell is worked out then: it is what most people write."""

    def __init__(
        self,
        classifier: NgramClassifier,
        scripts: Mapping[str, Sequence[str]],
        default: str,
        whole: Iterable[tuple[str, frozenset[str]]] = (),
    ) -> None:
        """scripts: language -> what it is written in. whole: messages that are a command or greeting, and in which
        languages."""
        self._classifier = classifier
        self._default = default
        every = tuple(classifier.labels["language"])
        self._written_in = {
            script: frozenset(each for each in every if script in scripts.get(each, (LATIN,)))
            for script in (LATIN, *(script for _first, _last, script in _BLOCKS))
        }
        # Most of them belong to one language, which needs no working out.
        self._worked_out = {
            (letters, known): self._told_by(letters, known)
            for letters, known in {(spelled(text), known) for text, known in whole}
            if letters and len(known & self._written_in[_script(letters)]) != 1
        }

    def guess(self, text: str, known: frozenset[str], locale: str | None) -> tuple[str, float]:
        """(language, its probability). known: the languages in which the whole message is a command or greeting.

        With nothing to go by (digits, signs): the language of the conversation or the default one, 0.0.
        """
        letters = spelled(text)
        if not any(each.isalpha() for each in letters):
            return locale or self._default, 0.0
        told = (known and self._worked_out.get((letters, known))) or self._told_by(letters, known)
        if locale in told:
            told = {name: part * (HABIT if name == locale else 1.0) for name, part in told.items()}
        best = max(told, key=lambda name: (told[name], name == self._default))
        return best, round(told[best] / sum(told.values()), 2)

    def _told_by(self, letters: str, known: frozenset[str]) -> Mapping[str, float]:
        """Language -> its probability by the letters alone."""
        possible = self._written_in[_script(letters)]
        only = known & possible
        if len(only) == 1:
            return dict.fromkeys(only, 1.0)
        every = softmax(self._classifier.scores(letters), self._classifier.labels, {})["language"]
        return _within(every, only) or _within(every, possible)


def _script(letters: str) -> str:
    """The script of most letters; Latin where it is one we do not know."""
    counts = {script: 0 for _first, _last, script in _BLOCKS}
    for each in letters:
        for first, last, script in _BLOCKS:
            if first <= ord(each) <= last:
                counts[script] += 1
    most = max(counts, key=lambda script: counts[script])
    return most if counts[most] * 2 >= len(letters.replace(" ", "")) else LATIN


def _within(probabilities: Mapping[str, float], possible: Set[str]) -> dict[str, float]:
    """The possible languages only, their probabilities adding up to 1 again."""
    kept = {name: probability for name, probability in probabilities.items() if name in possible}
    total = sum(kept.values())
    return {name: probability / total for name, probability in kept.items()} if total else {}
