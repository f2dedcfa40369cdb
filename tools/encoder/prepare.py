"""Stage 2: the original's weights, trimmed to the words that are needed, as a checkpoint to begin from."""

import json
from pathlib import Path

import torch
from network import from_original
from original import read
from vocabulary import texts_of, trimmed, write


def prepare(model: Path, work: Path, layers: int) -> None:
    original = read(model)
    vocabulary = trimmed(original, texts_of(work))
    write(vocabulary, work / "pieces.tsv")
    network = from_original(original, vocabulary.rows, list(range(layers)))
    torch.save(network.state_dict(), work / "start.pt")
    (work / "shape.json").write_text(json.dumps({"words": len(vocabulary.rows), "layers": layers}))
