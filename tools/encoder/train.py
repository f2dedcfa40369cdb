"""Stage 3: fine-tuning, by two processes that share what they learnt every few steps.

Each takes its own half of every epoch. The lowest layers and the table of words stay as they were: what they know of
languages nobody here can teach. The loss is that of telling intents apart, and a contrastive one: what is about the
same lies close together, in whatever language, so that the vectors serve topics that were never seen. Out of scope is
no topic, and not drawn together.

A checkpoint every few minutes; started again, it goes on from there.
"""

import json
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from network import WIDTH, Encoder
from rechtdoor_encoder.pieces import Pieces
from torch import Tensor, distributed, multiprocessing, nn
from torch.nn import functional

WORKERS = 2
BATCH = 64
MOST_TRAINED = 48
"""Pieces of a text that training reads."""

FROZEN = 5
RATE, HEAD_RATE, WARM = 2e-4, 2e-3, 100
SHARED_EVERY = 16
SAVED_EVERY = 160
SCALE = 20.0
SMOOTHING = 0.05
CONTRAST, TEMPERATURE = 0.2, 0.1


def train(work: Path, epochs: int, minutes: float) -> None:
    """At most so many `minutes`, in which the rate falls to nothing as it would at the end of the epochs."""
    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    os.environ.setdefault("MASTER_PORT", "29517")
    multiprocessing.spawn(_work, (work, epochs, minutes), nprocs=WORKERS)


def pieces_of(work: Path) -> Pieces:
    rows = [row.split("\t") for row in (work / "pieces.tsv").read_text(encoding="utf-8").splitlines()]
    return Pieces([piece for piece, _ in rows], [float(score) for _, score in rows])


def encoder_of(work: Path) -> Encoder:
    return Encoder(**json.loads((work / "shape.json").read_text()))


def _work(rank: int, work: Path, epochs: int, minutes: float) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(rank)
    distributed.init_process_group("gloo", rank=rank, world_size=WORKERS)
    intents = json.loads((work / "intents.json").read_text())
    network = encoder_of(work)
    network.load_state_dict(torch.load(work / "start.pt"))
    for part in (network.word, network.start, *list(network.layers)[:FROZEN]):
        part.requires_grad_(False)
    network.position.requires_grad_(False)
    head = nn.Linear(WIDTH, len(intents))
    learnt = [parameter for parameter in network.parameters() if parameter.requires_grad]
    groups = [{"params": learnt, "lr": RATE}, {"params": list(head.parameters()), "lr": HEAD_RATE}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    both = nn.ModuleDict({"network": network, "head": head})
    saved = work / f"training{rank}.pt"
    step, spent = 0, 0.0
    if saved.exists():
        kept = torch.load(saved)
        both.load_state_dict(kept["both"])
        optimiser.load_state_dict(kept["optimiser"])
        step, spent = kept["step"], kept["spent"]
    _share(both)
    batches = list(_batches(work, rank, epochs))
    shared = torch.tensor([len(batches)])
    distributed.all_reduce(shared, op=distributed.ReduceOp.MIN)
    total, begun = int(shared), time.monotonic() - spent
    done = torch.zeros(1)
    network.train()
    losses: list[float] = []
    while step < total and not done:
        numbers, labels = batches[step]
        gone = max(step / total, (time.monotonic() - begun) / 60 / minutes)
        # The head first: what it does not know yet would unsettle the network.
        for group, rate, late in zip(optimiser.param_groups, (RATE, HEAD_RATE), (WARM, 0), strict=True):
            group["lr"] = rate * min(1.0, max(0.0, (step + 1 - late) / WARM)) * max(0.0, 1 - gone)
        with torch.autocast("cpu", torch.bfloat16):
            vectors = network(numbers)
        loss = _loss(head, vectors.float(), labels, intents.index("none"))
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(both.parameters(), 1.0)
        optimiser.step()
        losses.append(float(loss.detach()))
        step += 1
        if step % SHARED_EVERY == 0 or step == total:
            _share(both)
            done[0] = float(time.monotonic() - begun > 60 * minutes)
            distributed.all_reduce(done, op=distributed.ReduceOp.MAX)
        if step % SAVED_EVERY == 0 or step == total or done:
            state = {"both": both.state_dict(), "optimiser": optimiser.state_dict(), "step": step}
            torch.save(state | {"spent": time.monotonic() - begun}, saved.with_suffix(".part"))
            saved.with_suffix(".part").replace(saved)
            if rank == 0:
                said = f"step {step} of {total}, loss {np.mean(losses[-SAVED_EVERY:]):.3f}"
                print(f"{said}, {(time.monotonic() - begun) / 60:.1f} minutes", flush=True)
    if rank == 0:
        torch.save(network.state_dict(), work / "tuned.pt")


def _loss(head: nn.Linear, vectors: Tensor, labels: Tensor, none: int) -> Tensor:
    told = functional.cross_entropy(head(vectors * SCALE), labels, label_smoothing=SMOOTHING)
    alike = vectors @ vectors.T / TEMPERATURE
    itself = torch.eye(len(labels), dtype=torch.bool)
    same = (labels[:, None] == labels) & (labels != none)[:, None] & ~itself
    near = functional.log_softmax(alike.masked_fill(itself, -1e4), dim=1)
    some = same.any(dim=1)
    if not some.any():
        return told
    drawn = -(near * same).sum(dim=1)[some] / same.sum(dim=1)[some]
    return told + CONTRAST * drawn.mean()


def _share(both: nn.Module) -> None:
    """What the processes learnt, on average."""
    with torch.no_grad():
        trained = [parameter for parameter in both.parameters() if parameter.requires_grad]
        flat = torch.cat([parameter.flatten() for parameter in trained])
        distributed.all_reduce(flat)
        at = 0
        for parameter in trained:
            parameter.copy_(flat[at : at + parameter.numel()].view_as(parameter) / WORKERS)
            at += parameter.numel()


def _batches(work: Path, rank: int, epochs: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Of texts that have as many pieces, in an order drawn anew each epoch."""
    pieces = pieces_of(work)
    for epoch in range(epochs):
        rows = json.loads((work / f"epoch{epoch}.json").read_text(encoding="utf-8"))
        chance = random.Random(epoch)
        chance.shuffle(rows)
        by_length: dict[int, list[tuple[list[int], int]]] = {}
        found = []
        for text, label, _ in rows[rank::WORKERS]:
            numbers = pieces.numbers(text, MOST_TRAINED)
            waiting = by_length.setdefault(len(numbers), [])
            waiting.append((numbers, label))
            if len(waiting) == BATCH:
                found.append(by_length.pop(len(numbers)))
        found += [rest for rest in by_length.values() if len(rest) > BATCH // 4]
        chance.shuffle(found)
        for batch in found:
            yield torch.tensor([numbers for numbers, _ in batch]), torch.tensor([label for _, label in batch])


if __name__ == "__main__":
    import sys

    train(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
