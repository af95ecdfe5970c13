"""Which language a message is written in: by its script, then by its runs of letters."""

from collections.abc import Mapping, Sequence, Set

from bot.nlu.classifiers import NgramClassifier, softmax
from bot.nlu.features import spelled

_BLOCKS = ((0x0600, 0x06FF, "Arab"), (0x0750, 0x077F, "Arab"), (0x0400, 0x04FF, "Cyrl"), (0x1200, 0x139F, "Ethi"))
"""First and last letter of a script, as ISO 15924 calls it."""
LATIN = "Latn"
HABIT = 3.0
"""The language of the conversation so far is this many times more likely than its letters alone say."""


class LanguageGuesser:
    def __init__(self, classifier: NgramClassifier, scripts: Mapping[str, Sequence[str]], default: str) -> None:
        """scripts: language -> what it is written in."""
        self._classifier = classifier
        self._scripts = scripts
        self._default = default

    def guess(self, text: str, known: frozenset[str], locale: str | None) -> tuple[str, float]:
        """(language, its probability). known: the languages in which the whole message is a command or greeting.

        With nothing to go by (digits, signs): the language of the conversation or the default one, 0.0.
        """
        letters = spelled(text)
        if not any(each.isalpha() for each in letters):
            return locale or self._default, 0.0
        every = softmax(self._classifier.scores(letters), self._classifier.labels, {})["language"]
        script = _script(letters)
        probabilities = _within(every, {each for each in every if script in self._scripts.get(each, (LATIN,))})
        if known:
            probabilities = _within(probabilities, known & probabilities.keys()) or probabilities
        if locale is not None and locale in probabilities:
            probabilities[locale] *= HABIT
        best = max(probabilities, key=lambda name: (probabilities[name], name == self._default))
        return best, round(probabilities[best] / sum(probabilities.values()), 2)


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
