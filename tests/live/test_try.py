"""What an operator is told who tries a sentence."""

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import OPEN_DAY, Scripted
from tests.live.conftest import Desk
from voice.cli import main
from voice.content import Line
from voice.service.operators.similarity import grouped
from voice.service.operators.try_utterance import UtteranceTrial

pytestmark = pytest.mark.long


@pytest.mark.parametrize(
    ("said", "happens", "says"),
    [
        ("mijn factuur klopt niet", "the queue “billing”", "factuur"),
        ("iets met betalen", "probably “billing”", "Gaat het over een factuur?"),
        ("factuur of gsm", "one of two topics", "over uw gsm"),
        ("blabla", "in other words", "Kunt u het anders zeggen?"),
        ("een medewerker", "the queue “general” at once", ""),
        ("bel me terug", "on which number", "Wij bellen u terug"),
        ("tot ziens", "farewell", ""),
    ],
)
def test_it_tells_what_would_happen_and_what_the_caller_would_hear(
    line: Line, said: str, happens: str, says: str
) -> None:
    trial = UtteranceTrial(line, Scripted()).try_out(said, "nl", OPEN_DAY)
    assert happens in trial.happens
    assert says in trial.says


def test_the_nearest_phrases_are_shown_with_their_places(desk: Desk) -> None:
    phrase = desk.files.reads("grammars/en/billing.yaml").partition("phrases:\n")[2].split('"')[1]
    from voice.content import load_line

    trial = UtteranceTrial(load_line(desk.shelf.line), Scripted()).try_out(f"well, {phrase}!", "en", OPEN_DAY)
    nearest, likeness = trial.nearest[0]
    assert (nearest.text, nearest.intent) == (phrase, "billing")
    assert desk.files.line_of("grammars/en/billing.yaml", phrase) == nearest.line
    assert 0.7 < likeness < 1


def test_likes_are_grouped_and_strangers_are_not() -> None:
    texts = ["mijn factuur klopt niet", "bel me terug", "m'n factuur klopt niet", "mijn factuur klopt precies niet"]
    assert grouped(texts) == [[0, 2, 3], [1]]
    assert grouped([]) == []
    assert grouped(["", "?"]) == [[0], [1]]


def test_the_command_prints_it(desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["voice", "try", "there's a mistake on my bill", "--line", str(desk.shelf.line), "--json"]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    told = json.loads(capsys.readouterr().out)
    assert told["topic"] == "billing"
    assert told["nearest"][0]["place"].startswith("grammars/en/")


class Watched:
    """`voice try --watch`, and what it prints, as it comes."""

    def __init__(self, line: Path) -> None:
        command = [sys.executable, "-u", "-m", "voice", "try", "--watch", "--line", str(line)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.printed: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for row in self.process.stdout:
            self.printed.put(row)

    def prints(self, text: str) -> None:
        """Waits until it does."""
        rows = ""
        until = time.monotonic() + 120
        while text not in rows:
            assert time.monotonic() < until, rows
            with suppress(queue.Empty):
                rows += self.printed.get(timeout=1)


@pytest.fixture
def watched(desk: Desk) -> Iterator[Watched]:
    desk.files.writes(
        "grammars/en/tests/calls.tsv", "billing\tmy invoice is wrong\nnone\tmy parcel has not come once again\n"
    )
    watching = Watched(desk.shelf.line)
    yield watching
    watching.process.terminate()
    watching.process.wait(20)


def test_the_test_phrases_run_on_every_save(desk: Desk, watched: Watched) -> None:
    watched.prints("calls.tsv:2  “my parcel has not come once again” should be none")
    watched.prints("en: 1 of 2 test phrases go right.")
    desk.files.changes("grammars/en/none.yaml", "phrases:\n", 'phrases:\n  - "my parcel has not come once again"\n')
    watched.prints("en: 2 of 2 test phrases go right.")
    desk.files.changes("grammars/en/none.yaml", "phrases:\n", "frases:\n")
    watched.prints("“frases” is not known here. Did you mean “phrases”?")
    desk.files.changes("grammars/en/none.yaml", "frases:\n", "phrases:\n")
    watched.prints("en: 2 of 2 test phrases go right.")
