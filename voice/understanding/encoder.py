"""A sentence encoder: what is meant alike lies close together, though no word is shared.

The one in use is the distribution `rechtdoor-encoder`, which is built from this repository (`encoder/`) and which
nothing needs: without it, and whenever it fails, the statistics of words alone decide.
"""

import importlib.util
import logging
from collections.abc import Sequence
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voice.understanding.normalise import written

PACKAGE = "rechtdoor_encoder"
NOTHING = "none"
"""What is encoded of a text without words."""

log = logging.getLogger(__name__)


class Encoder(Protocol):
    """Safe to use from many threads at once. `name` tells its vectors from another encoder's."""

    name: str

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(texts, dimensions)."""
        ...

    def learnt(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Which of them it learnt from: of how far it can be trusted they tell nothing."""
        ...


def encodable(text: str, language: str) -> str:
    """What reaches an encoder: plain words, never the caller's other signs, and never nothing."""
    return " ".join(written(text, language)) or NOTHING


@cache
def installed() -> Encoder | None:
    """The encoder of this installation, or None."""
    if importlib.util.find_spec(PACKAGE) is None:
        return None
    try:
        from rechtdoor_encoder import Encoder as Tuned

        encoder: Encoder = Tuned()
        return encoder
    except Exception:
        # Whatever is wrong with an optional part, calls are answered without it.
        log.exception("the sentence encoder cannot be loaded")
        return None
