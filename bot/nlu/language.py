"""Which language a message is written in: by its script, then by its runs of letters."""

from collections.abc import Mapping

from bot.nlu.classifiers import NgramClassifier, likely
from bot.nlu.features import spelled

_BLOCKS = (
    (0x0600, 0x06FF, frozenset(("ar", "fa", "prs", "ur", "ckb", "ps"))),
    (0x0750, 0x077F, frozenset(("ar", "fa", "prs", "ur", "ckb", "ps"))),
    (0x0400, 0x04FF, frozenset(("uk",))),
    (0x1200, 0x139F, frozenset(("ti",))),
)
_NOT_LATIN = frozenset(("ar", "fa", "prs", "ckb", "ps", "uk", "ti"))
HABIT = 3.0
"""How many times likelier than the letters alone say the language of the conversation so far is."""


class LanguageGuesser:
    def __init__(self, heads: NgramClassifier, default: str) -> None:
        self._heads = heads
        self._default = default

    def guess(self, text: str, known: frozenset[str], locale: str | None) -> tuple[str, float]:
        """(language, how likely). known: the languages in which the whole message is a command or greeting.

        With nothing to go by (digits, signs): the language of the conversation or the default one, 0.0.
        """
        letters = spelled(text)
        if not any(each.isalpha() for each in letters):
            return locale or self._default, 0.0
        shares = _within(likely(self._heads.scores(letters), self._heads.labels, {})["language"], _possible(letters))
        if known:
            shares = _within(shares, known & shares.keys()) or shares
        if locale is not None and locale in shares:
            shares[locale] *= HABIT
        best = max(shares, key=lambda name: (shares[name], name == self._default))
        return best, round(shares[best] / sum(shares.values()), 2)


def _possible(letters: str) -> frozenset[str] | None:
    """The languages written in the script most letters are of; None for Latin and scripts we do not know."""
    counts = {languages: 0 for _first, _last, languages in _BLOCKS}
    for each in letters:
        for first, last, languages in _BLOCKS:
            if first <= ord(each) <= last:
                counts[languages] += 1
    most = max(counts, key=lambda languages: counts[languages])
    return most if counts[most] * 2 >= len(letters.replace(" ", "")) else None


def _within(shares: Mapping[str, float], possible: frozenset[str] | None) -> dict[str, float]:
    """The shares of the possible languages, adding up to 1."""
    kept = {
        name: share
        for name, share in shares.items()
        if (name in possible if possible is not None else name not in _NOT_LATIN)
    }
    total = sum(kept.values())
    return {name: share / total for name, share in kept.items()} if total else {}
