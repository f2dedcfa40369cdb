"""Text → pieces of words: SentencePiece's unigram model, for text of plain words.

Each word is cut into the pieces that are likeliest together. No piece reaches across a space, so that words are cut one
by one; a pure search over a small table costs some ten microseconds a word.
"""

from collections.abc import Mapping, Sequence

START = "▁"
"""Stands before the first piece of every word."""

FIRST, LAST, UNKNOWN = 0, 1, 2
"""Numbers of the signs around a text, and of what no piece holds."""

SPECIAL = ("<s>", "</s>", "<unk>")
UNKNOWN_WORTH = -10.0
"""Below the least likely piece."""


class Pieces:
    """`scores` are log probabilities by piece; a piece's number is its place behind `SPECIAL`."""

    def __init__(self, pieces: Sequence[str], scores: Sequence[float]) -> None:
        self._known: Mapping[str, tuple[int, float]] = {
            piece: (number, score)
            for number, (piece, score) in enumerate(zip(pieces, scores, strict=True), len(SPECIAL))
        }
        self._longest = max(map(len, pieces))
        self._unknown = min(scores) + UNKNOWN_WORTH

    def numbers(self, text: str, most: int) -> list[int]:
        """At most `most` pieces, with a sign at either end."""
        found: list[int] = []
        for word in text.split():
            found += self._cut(START + word)
            if len(found) >= most:
                break
        return [FIRST, *found[:most], LAST]

    def _cut(self, word: str) -> list[int]:
        size = len(word)
        best = [0.0] + [float("-inf")] * size
        back = [(0, UNKNOWN)] * (size + 1)
        for begin in range(size):
            so_far = best[begin]
            for end in range(begin + 1, min(size, begin + self._longest) + 1):
                number, score = self._known.get(word[begin:end], (UNKNOWN, self._unknown))
                if (number != UNKNOWN or end == begin + 1) and so_far + score > best[end]:
                    best[end], back[end] = so_far + score, (begin, number)
        found: list[int] = []
        while size:
            size, number = back[size]
            found.append(number)
        return found[::-1]
