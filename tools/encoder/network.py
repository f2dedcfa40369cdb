"""The network: the original's layers over fewer words, and a head that tells intents apart.

Texts of a batch are equally long, so that nothing is padded and nothing masked, in training as in use.
"""

import numpy as np
import torch
from original import Original
from torch import Tensor, nn
from torch.nn import functional

WIDTH = 384
DROPPED = 0.1
MOST_PIECES = 96
"""Positions that are kept: 90 words are read of an utterance, of a piece and more each."""


class Layer(nn.Module):
    def __init__(self, width: int, wide: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.after_attention = nn.LayerNorm(width, eps=1e-12)
        self.up = nn.Linear(width, wide)
        self.down = nn.Linear(wide, width)
        self.after_words = nn.LayerNorm(width, eps=1e-12)
        self.dropped = nn.Dropout(DROPPED)

    def forward(self, x: Tensor) -> Tensor:
        batch, length, width = x.shape
        qkv = self.qkv(x).view(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        # Written out: exporters and quantisers know these steps.
        weights = torch.softmax(qkv[0] @ qkv[1].transpose(-1, -2) * (width // self.heads) ** -0.5, dim=-1)
        seen = (weights @ qkv[2]).transpose(1, 2).reshape(batch, length, width)
        x = self.after_attention(x + self.dropped(self.out(seen)))
        return self.after_words(x + self.dropped(self.down(functional.gelu(self.up(x)))))


class Encoder(nn.Module):
    """Numbers of pieces (texts × pieces) → vectors of length 1 (texts × `WIDTH`)."""

    def __init__(self, words: int, layers: int, heads: int = 12, wide: int = 4 * WIDTH) -> None:
        super().__init__()
        self.word = nn.Embedding(words, WIDTH)
        self.position = nn.Parameter(torch.zeros(MOST_PIECES, WIDTH))
        self.start = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer(WIDTH, wide, heads) for _ in range(layers))

    def forward(self, numbers: Tensor) -> Tensor:
        x = self.start(self.word(numbers) + self.position[: numbers.shape[1]])
        for layer in self.layers:
            x = layer(x)
        return functional.normalize(x.mean(dim=1), dim=-1)


def from_original(original: Original, rows: list[int], keep: list[int]) -> Encoder:
    """Of the original's words the `rows`, of its layers those to `keep`."""
    tensors = original.tensors
    made = Encoder(len(rows), len(keep), original.heads)

    def put(parameter: Tensor, *values: np.ndarray) -> None:
        with torch.no_grad():
            parameter.copy_(torch.from_numpy(np.concatenate(values)))

    put(made.word.weight, tensors["emb.word"][rows])
    put(made.position, tensors["emb.pos"][:MOST_PIECES] + tensors["emb.type"][0])
    put(made.start.weight, tensors["emb.ln.w"])
    put(made.start.bias, tensors["emb.ln.b"])
    names = {"out": "ao", "after_attention": "aln", "up": "fi", "down": "fo", "after_words": "oln"}
    for layer, n in zip(made.layers, keep, strict=True):
        for kind, suffix in (("weight", "w"), ("bias", "b")):
            put(getattr(layer.qkv, kind), *(tensors[f"l{n}.{name}.{suffix}"] for name in "qkv"))
            for ours, theirs in names.items():
                put(getattr(getattr(layer, ours), kind), tensors[f"l{n}.{theirs}.{suffix}"])
    return made
