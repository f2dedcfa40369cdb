"""The encoder: what reaches it, what it may judge, and, where its weights are installed, what it knows."""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import needs
from voice.content import Line, load_grammar
from voice.understanding.encoder import NOTHING, Encoder, encodable, installed
from voice.understanding.loading import labelled_lines
from voice.understanding.meaning import learn, nearest
from voice.understanding.model import load, save
from voice.understanding.normalise import LONGEST, LONGEST_WORD, MOST_WORDS
from voice.understanding.training import train

HOSTILE = (
    "",
    "\x00\x1b[2J" * 400,
    "ﷺ" * 5000,
    "a" * 100_000,
    "\u202e\u0301\u0301\ud800 '; drop table calls; --",
    "中文 العربية русский 한국어 😀" * 50,
    " ".join("x" for _ in range(5000)),
)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_reaches_an_encoder_is_short_and_of_letters_and_digits(text: str) -> None:
    words = encodable(text, "nl").split(" ")
    assert 1 <= len(words) <= MOST_WORDS
    assert all(word.isalnum() and word == word.lower() and len(word) <= LONGEST_WORD for word in words)
    assert len(encodable(text, "nl")) <= LONGEST


def test_accents_reach_an_encoder_and_hesitations_do_not() -> None:
    assert encodable("Euh, ma FACTURE élevée… s'il vous plaît", "fr") == "ma facture élevée s il vous plaît"
    assert encodable("?!", "fr") == NOTHING


class Learnt:
    """An encoder of letters that learnt from some texts."""

    name = "letters"

    def __init__(self, known: set[str]) -> None:
        self.known = known

    def encode(self, texts: list[str]) -> np.ndarray:
        return np.array([[text.count(letter) / len(text) for letter in "aeionrst"] for text in texts], np.float32)

    def learnt(self, texts: list[str]) -> np.ndarray:
        return np.array([text in self.known for text in texts], dtype=bool)


LABELLED = [
    ("billing", "the amount on my invoice is too high this month"),
    ("outage", "since yesterday the internet is down at our house"),
    ("order", "my parcel has not arrived and the delivery is late"),
    ("none", "is this the bakery on the corner"),
]


@pytest.mark.parametrize("known", [0, 1, 4])
def test_what_an_encoder_learnt_from_does_not_vouch_for_it(
    make_line: Callable[..., Line], tmp_path_factory: pytest.TempPathFactory, known: int
) -> None:
    line = make_line(labelled="\n".join("\t".join(row) for row in LABELLED))
    encoder = Learnt({encodable(text, "en") for _, text in LABELLED[:known]})
    grammar = load_grammar(line.folder, "en", line.intents)
    model = train(grammar, labelled_lines(line, "en"), line.plan.topics, line.intents, encoder)
    assert model.semantic is not None
    assert [model.intents[at] for at in model.semantic.labels] == [label for label, _ in LABELLED[known:]]
    assert len(model.semantic.held_out) == len(model.semantic.counts) == len(LABELLED) - known
    assert len(model.lexical.labels) == len(LABELLED)
    path = tmp_path_factory.mktemp("kept") / "model.npz"
    path.write_bytes(save(model))
    again = load(path)
    assert again.semantic is not None
    assert np.array_equal(again.semantic.counts, model.semantic.counts)
    words, vector = ["my", "parcel", "is", "late"], encoder.encode(["my parcel is late"])[0]
    assert np.array_equal(again.probabilities(words, vector), model.probabilities(words, vector))


def test_one_known_example_is_enough_to_be_near_an_intent() -> None:
    likeness = np.array([[0.2, 0.9, -0.5], [0.1, 0.0, 0.4]], np.float32)
    assert nearest(likeness, np.array([0, 0, 2]), 3) == pytest.approx(np.array([[0.9, 0, 0], [0.1, 0, 0.4]]))


def test_an_example_that_is_held_out_is_not_its_own_neighbour() -> None:
    vectors = np.array([[1, 0, 0], [0, 1, 0], [0.9, 0.1, 0.4], [0.1, 0.9, -0.4]], np.float32)
    labels = np.array([0, 1, 1, 0])
    meaning, (_, near) = learn(vectors, labels, np.array([0, 1]), 2)
    assert meaning.opinions(vectors)[1][2:].argmax(axis=1).tolist() == [1, 0]
    assert near.argmax(axis=1).tolist() == [0, 1]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    found = installed()
    needs("rechtdoor-encoder (make .venv/ready)", found is not None)
    assert found is not None
    return found


FORKS = """
import os, sys
from voice.understanding.encoder import installed
assert installed() is not None
child = os.fork()
if child == 0:
    sys.exit(installed().encode(["hallo"]).shape != (1, 384))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
@pytest.mark.usefixtures("encoder")
def test_its_runtime_tells_nobody_anything_and_a_forked_process_ends(tmp_path: Path) -> None:
    """gunicorn forks its workers behind the encoder. What onnxruntime tells its makers would be kept in the cache, and
    sent by a thread that a forked process has not, and would wait for."""
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", FORKS], env=os.environ | home, timeout=60, check=True)
    assert list(tmp_path.rglob("*")) == []


def test_what_is_meant_alike_lies_close_together_in_all_languages(encoder: Encoder) -> None:
    down = ["mijn internet ligt plat", "my internet is down", "ma connexion ne marche plus", "das internet geht nicht"]
    paid = ["ik heb te veel betaald", "my bill is too high", "ma facture est trop élevée", "die rechnung ist zu hoch"]
    vectors = encoder.encode([*down, *paid])
    near = vectors @ vectors.T
    assert min(near[:4, :4].min(), near[4:, 4:].min()) > near[:4, 4:].max()
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


def test_no_text_breaks_it(encoder: Encoder) -> None:
    chance = random.Random(5)
    strange = ["".join(chr(chance.randrange(1, 0xD7FF)) for _ in range(40)) for _ in range(40)]
    assert np.isfinite(encoder.encode([encodable(text, "nl") for text in (*HOSTILE, *strange)])).all()
    assert encoder.encode([]).shape[0] == 0


def test_many_threads_hear_what_one_does(encoder: Encoder) -> None:
    texts = [f"call number {n} about the internet" for n in range(16)]
    alone = np.stack([encoder.encode([text])[0] for text in texts])
    with ThreadPoolExecutor(4) as threads:
        together = np.stack([vectors[0] for vectors in threads.map(lambda text: encoder.encode([text]), texts)])
    assert np.allclose(together, alone, atol=1e-5)


def test_a_text_lies_where_it_does_among_others(encoder: Encoder) -> None:
    """What flows between the layers is measured anew for those that are encoded together, which moves each a little."""
    texts = [f"call number {n} about the internet" for n in range(16)]
    alone = np.stack([encoder.encode([text])[0] for text in texts])
    assert ((alone * encoder.encode(texts)).sum(axis=1) > 0.9).all()
