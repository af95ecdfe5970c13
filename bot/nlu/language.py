"""Which language a message is written in: by its script, then by its runs of letters."""

from collections.abc import Mapping

from bot.nlu.classifiers import NgramClassifier, softmax
from bot.nlu.features import spelled

_BLOCKS = (
    (0x0600, 0x06FF, frozenset(("ar", "fa", "prs", "ur", "ckb", "ps"))),
    (0x0750, 0x077F, frozenset(("ar", "fa", "prs", "ur", "ckb", "ps"))),
    (0x0400, 0x04FF, frozenset(("uk",))),
    (0x1200, 0x139F, frozenset(("ti",))),
)
_NOT_LATIN = frozenset(("ar", "fa", "prs", "ckb", "ps", "uk", "ti"))
HABIT = 3.0
"""The language of the conversation so far is this many times more likely than its letters alone say."""


class LanguageGuesser:
    def __init__(self, classifier: NgramClassifier, default: str) -> None:
        self._classifier = classifier
        self._default = default

    def guess(self, text: str, known: frozenset[str], locale: str | None) -> tuple[str, float]:
        """(language, its probability). known: the languages in which the whole message is a command or greeting.

        With nothing to go by (digits, signs): the language of the conversation or the default one, 0.0.
        """
        letters = spelled(text)
        if not any(each.isalpha() for each in letters):
            return locale or self._default, 0.0
        every = softmax(self._classifier.scores(letters), self._classifier.labels, {})["language"]
        probabilities = _within(every, _possible(letters))
        if known:
            probabilities = _within(probabilities, known & probabilities.keys()) or probabilities
        if locale is not None and locale in probabilities:
            probabilities[locale] *= HABIT
        best = max(probabilities, key=lambda name: (probabilities[name], name == self._default))
        return best, round(probabilities[best] / sum(probabilities.values()), 2)


def _possible(letters: str) -> frozenset[str] | None:
    """The languages written in the script of most letters; None for Latin and unknown scripts."""
    counts = {languages: 0 for _first, _last, languages in _BLOCKS}
    for each in letters:
        for first, last, languages in _BLOCKS:
            if first <= ord(each) <= last:
                counts[languages] += 1
    most = max(counts, key=lambda languages: counts[languages])
    return most if counts[most] * 2 >= len(letters.replace(" ", "")) else None


def _within(probabilities: Mapping[str, float], possible: frozenset[str] | None) -> dict[str, float]:
    """The possible languages only, their probabilities adding up to 1 again."""
    kept = {
        name: probability
        for name, probability in probabilities.items()
        if (name in possible if possible is not None else name not in _NOT_LATIN)
    }
    total = sum(kept.values())
    return {name: probability / total for name, probability in kept.items()} if total else {}
