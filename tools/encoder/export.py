"""Stage 4: the network → eight bits in ONNX, in the distribution's folder, with what belongs to it.

Weights are numbers of eight bits, one scale for each row of a matrix; what flows between them is measured anew each
time. `share` is that of the fine-tuned weights, the rest is the original's: a mixture forgets less of what it knew of
other topics.
"""

import tempfile
from pathlib import Path

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from train import encoder_of

OPSET = 17


def export(work: Path, into: Path, share: float = 1.0) -> None:
    network = encoder_of(work)
    tuned, start = torch.load(work / "tuned.pt"), torch.load(work / "start.pt")
    network.load_state_dict({name: share * tuned[name] + (1 - share) * start[name] for name in start})
    network.eval()
    with tempfile.TemporaryDirectory() as folder:
        whole, ready = Path(folder, "whole.onnx"), Path(folder, "ready.onnx")
        torch.onnx.export(
            network,
            (torch.zeros(2, 7, dtype=torch.int64),),
            whole,
            dynamo=False,
            opset_version=OPSET,
            input_names=["numbers"],
            output_names=["vectors"],
            dynamic_axes={"numbers": {0: "texts", 1: "pieces"}, "vectors": {0: "texts"}},
        )
        quant_pre_process(whole, ready, skip_symbolic_shape=True)
        quantize_dynamic(
            ready,
            into / "encoder.onnx",
            op_types_to_quantize=["MatMul", "Gather"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            extra_options={"MatMulConstBOnly": True},
        )
    (into / "pieces.tsv").write_bytes((work / "pieces.tsv").read_bytes())
    prints = {int(row, 16) for row in (work / "learnt.txt").read_text().split()}
    if (before := work / "learnt_before.bin").exists():
        prints.update(np.fromfile(before, dtype=">u8").tolist())
    np.array(sorted(prints), dtype=">u8").tofile(into / "learnt.bin")
