"""Splits a text into SentencePiece tokens: the most probable way to write it with the pieces of a vocabulary.

The unigram model of Kudo (2018), decoded by Viterbi's algorithm word by word: no piece of the vocabulary has a space
inside, so the best way to write a text is the best way to write each of its words. Time grows with the length of a word
times that of the longest piece.
"""

import unicodedata

from bot.nlu.weights import TokenVocabulary

SPACE = "\u2581"
"""How SentencePiece writes a space."""

UNKNOWN_PENALTY = 10.0
"""A character outside every piece costs this much more than the rarest piece, as in SentencePiece."""


class Tokeniser:
    """Texts to token ids. Built once; tokenising changes nothing in it."""

    def __init__(self, vocabulary: TokenVocabulary) -> None:
        self._vocabulary = vocabulary
        self._unknown_score = min(vocabulary.scores) - UNKNOWN_PENALTY
        self._longest = max(map(len, vocabulary.pieces))

    def tokens(self, text: str, most: int) -> list[int]:
        """The ids of at most `most` tokens of `text`, between the ids for begin and end."""
        vocabulary = self._vocabulary
        text = unicodedata.normalize("NFKC", text)
        text = "".join(vocabulary.characters.get(ord(character), character) for character in text)
        tokens = [vocabulary.begin]
        for word in text.split() or [""]:
            tokens += self._segment(SPACE + word)
            if len(tokens) > most:
                break
        return [*tokens[: most + 1], vocabulary.end]

    def _segment(self, text: str) -> list[int]:
        pieces, scores = self._vocabulary.pieces, self._vocabulary.scores
        unknown = self._vocabulary.unknown
        best = [-float("inf")] * (len(text) + 1)
        best[0] = 0.0
        previous = [(0, unknown)] * (len(text) + 1)
        for start in range(len(text)):
            here = best[start]
            if here + self._unknown_score > best[start + 1]:
                best[start + 1], previous[start + 1] = here + self._unknown_score, (start, unknown)
            for end in range(start + 1, min(len(text), start + self._longest) + 1):
                token = pieces.get(text[start:end])
                if token is not None and here + scores[token] > best[end]:
                    best[end], previous[end] = here + scores[token], (start, token)
        tokens = []
        at = len(text)
        while at:
            at, token = previous[at]
            tokens.append(token)
        return tokens[::-1]
