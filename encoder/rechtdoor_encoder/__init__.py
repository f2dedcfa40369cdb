"""A small sentence encoder for callers of a voice line: what is meant alike lies close together.

multilingual-e5-small, trimmed to the Latin alphabets of Europe and to ten layers, fine-tuned on the phrases of
Rechtdoor's own line, in eight bits, run by onnxruntime on one core. `README.md` is its model card, and `tools/encoder`
makes it.

    pieces      text → pieces of words
"""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rechtdoor_encoder.pieces import Pieces

# From 1.29 on onnxruntime tells its makers of each process and session, unless it is told not to before it is imported
# (its Privacy.md): by threads of its own, for which a forked process waits for ever at its end.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime

FOLDER = Path(__file__).parent
MODEL = FOLDER / "encoder.onnx"
MOST_PIECES = 94
"""Pieces of a text that are read, beside the signs at its ends."""

BATCH = 32
DIMENSIONS = 384
FINGERPRINT = 8
"""Bytes."""


class Encoder:
    """Safe to use from many threads at once. `name` tells its vectors from another encoder's."""

    def __init__(self) -> None:
        rows = (FOLDER / "pieces.tsv").read_text(encoding="utf-8").splitlines()
        pieces, scores = zip(*(row.split("\t") for row in rows), strict=True)
        self._pieces = Pieces(pieces, [float(score) for score in scores])
        options = onnxruntime.SessionOptions()
        # One thread: the matrices are small, and a process serves many callers at once.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(MODEL, options, providers=["CPUExecutionProvider"])
        content = MODEL.read_bytes()
        self.name = f"rechtdoor-{hashlib.sha256(content).hexdigest()[:16]}"
        self._learnt = np.fromfile(FOLDER / "learnt.bin", dtype=">u8")

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(texts, `DIMENSIONS`), each of length 1. Texts are words of lower case with spaces between."""
        numbers = [self._pieces.numbers(text, MOST_PIECES) for text in texts]
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        by_length: dict[int, list[int]] = {}
        for at, each in enumerate(numbers):
            by_length.setdefault(len(each), []).append(at)
        for places in by_length.values():
            for start in range(0, len(places), BATCH):
                batch = places[start : start + BATCH]
                fed = np.array([numbers[at] for at in batch], dtype=np.int64)
                vectors[batch] = self._session.run(None, {"numbers": fed})[0]
        return vectors

    def learnt(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Which of them it was trained on: they tell nothing of how far it can be trusted."""
        return np.isin([fingerprint(text) for text in texts], self._learnt)


def fingerprint(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:FINGERPRINT], "big")
