"""Stage 2, another way: the weights that the distribution has, to go on from. What was quantised comes back as the
nearest that eight bits can tell; layers that are not trained are quantised into the very same again."""

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from network import Encoder
from onnx import numpy_helper

Tensors = dict[str, np.ndarray]


def again(distribution: Path, work: Path) -> None:
    model = onnx.load(distribution / "encoder.onnx")
    tensors = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
    word = _whole(tensors, "word.weight")
    layers = len({name.split(".")[1] for name in tensors if name.startswith("layers.")})
    network = Encoder(len(word), layers)
    named = network.state_dict()
    found = {name: tensors[name] for name in named if name in tensors}
    found["word.weight"] = word
    for node in model.graph.node:
        if node.op_type == "MatMulInteger":
            # /layers.0/qkv/MatMul_quant: the weight is its second input, laid across.
            _, layer, part, _ = node.name.split("/")
            found[f"{layer}.{part}.weight"] = _whole(tensors, node.input[1].removesuffix("_quantized")).T
    if missing := named.keys() - found.keys():
        raise ValueError(f"encoder.onnx has no {', '.join(sorted(missing))}")
    network.load_state_dict({name: torch.from_numpy(np.array(found[name], dtype=np.float32)) for name in named})
    torch.save(network.state_dict(), work / "start.pt")
    (work / "shape.json").write_text(json.dumps({"words": len(word), "layers": layers}))
    (work / "pieces.tsv").write_bytes((distribution / "pieces.tsv").read_bytes())
    (work / "learnt_before.bin").write_bytes((distribution / "learnt.bin").read_bytes())


def _whole(tensors: Tensors, name: str) -> np.ndarray:
    """Scales are one for all, or one a column."""
    numbers = tensors[f"{name}_quantized"].astype(np.float32) - tensors[f"{name}_zero_point"].astype(np.float32)
    return numbers * tensors[f"{name}_scale"]
