"""The original's pieces that text of Europe's Latin alphabets needs: those that the project's own words are cut into,
and of the rest the most frequent."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from original import Original
from rechtdoor_encoder.pieces import SPECIAL, START, Pieces

WORDS = 30_000


@dataclass(frozen=True)
class Vocabulary:
    """`rows` of the original's table: the special signs, then those of `pieces`."""

    pieces: list[str]
    scores: list[float]
    rows: list[int]


def trimmed(original: Original, texts: Iterable[str]) -> Vocabulary:
    """Single letters are all kept, so that every word can be spelt."""
    usable = [n for n, piece in enumerate(original.pieces) if n > original.specials[-1] and _latin(piece)]
    whole = Pieces([original.pieces[n] for n in usable], [float(original.scores[n]) for n in usable])
    needed = {usable[number - len(SPECIAL)] for text in texts for number in whole.numbers(text, 200)
              if number >= len(SPECIAL)}  # fmt: skip
    needed |= {n for n in usable if len(original.pieces[n].strip(START)) <= 1}
    rest = sorted((n for n in usable if n not in needed), key=lambda n: -original.scores[n])
    chosen = sorted({*needed, *rest[: max(0, WORDS - len(needed))]})
    return Vocabulary(
        [original.pieces[n] for n in chosen],
        [round(float(original.scores[n]), 4) for n in chosen],
        [*original.specials, *chosen],
    )


def _latin(piece: str) -> bool:
    """Of lower case: callers' words are."""
    signs = piece.replace(START, "")
    return signs == signs.lower() and all(sign in "0123456789" or _is_latin(sign) for sign in signs)


def _is_latin(sign: str) -> bool:
    return sign.isalpha() and (sign <= "z" or "ß" <= sign <= "ſ")


def texts_of(folder: Path) -> Iterable[str]:
    for path in sorted(folder.glob("epoch*.json")):
        for text, _, _ in json.loads(path.read_text(encoding="utf-8")):
            yield text


def write(vocabulary: Vocabulary, path: Path) -> None:
    rows = (f"{piece}\t{score}" for piece, score in zip(vocabulary.pieces, vocabulary.scores, strict=True))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
