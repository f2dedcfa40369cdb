"""A line in a fifth language, which only the operator's files know: rung, spoken to, understood and routed.

espeak-ng speaks, over the telephone or into a real microphone; Vosk's Korean model hears; the signed webhooks route.
Where a Dutch, French, German or English model is installed, the demo line is rung in that language too.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pytest

from voice.content.check import check_files
from voice.core.call.actions import Listen
from voice.core.interpretation import Command, Decision
from voice.recognition.errors import ModelMissingError
from voice.recognition.files import write_wave
from voice.recognition.models.installed import find_model
from voice.recognition.pcm import Audio
from voice.understanding import Trained

from .conftest import Needs
from .korean import CALLER, DEMO, LINE

pytestmark = pytest.mark.long

if TYPE_CHECKING:
    from .sound_card import SoundCard

Spoken = Callable[..., Audio]
PROJECT = Path(__file__).parent.parent.parent
RING = [sys.executable, "-m", "voice", "call"]


@pytest.fixture
def says(spoken: Spoken, tmp_path: Path) -> Callable[..., Path]:
    """A wave file of what a caller says."""

    def record(text: str, voice: str = CALLER[0], speed: int = CALLER[1]) -> Path:
        path = tmp_path / f"{len(list(tmp_path.glob('*.wav')))}.wav"
        write_wave(path, spoken(text, voice=voice, speed=speed))
        return path

    return record


def replayed(*files: Path, options: tuple[str, ...] = ("--line", str(LINE))) -> list[dict[str, Any]]:
    """What is printed of a call in which these are the turns."""
    command = [*RING, *options, "--wav", "--phone", "--json", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, cwd=PROJECT, check=True)
    return [json.loads(row) for row in done.stdout.splitlines()]


# The line


def test_nothing_is_wrong_with_its_files() -> None:
    assert check_files(LINE).problems == ()


def test_its_open_question_listens_for_topics_and_commands_and_not_for_answers() -> None:
    listened = {phrase.text for phrase in check_files(LINE).grammars["ko"].openings()}
    assert {"와이파이", "와이파이 연결", "새로운 빌라", "직원"} <= listened
    assert not {"네", "아니오", "여보세요"} & listened


def test_words_in_another_script_are_understood(understanding: Trained) -> None:
    meaning = understanding.understand("와이파이 점검", "ko")
    assert (meaning.decision, meaning.topics) == (Decision.ROUTE, ("outage",))
    assert understanding.understand("와이파이 고장", "ko").probabilities[0][0] == "outage"
    assert understanding.understand("네, 좋아요!", "ko").command is Command.YES


def test_keys_and_numbers_are_spoken_in_words_of_the_operators_list(understanding: Trained) -> None:
    assert understanding.understand("번호 이", "ko").digits == "2"
    assert understanding.understand("오 이 번 5 넷 삼 번", "ko").digits == ""
    assert understanding.understand("오 넷 아홉 5 오 오 넷", "ko").digits == "5495554"


def test_twilio_is_told_what_to_expect(understanding: Trained) -> None:
    assert {"와이파이", "요금 할인", "직원"} <= set(understanding.hints("ko", Listen.OPEN))


# A call that is replayed


@pytest.mark.parametrize(
    ("phrase", "queue", "intent"),
    [
        ("와이파이 로그인", "technical", "outage"),
        ("비용 이용료", "billing", "billing"),
        ("새로운 빌라", "orders", "moving"),
        ("사람 연결", "general", None),
    ],
)
@pytest.mark.usefixtures("korean")
def test_one_question_and_the_right_queue(
    says: Callable[..., Path], phrase: str, queue: str, intent: str | None
) -> None:
    *seen, ending = replayed(says(phrase))
    assert {"heard": phrase} in seen
    assert (ending["queue"], ending["intent"], ending["questions"]) == (queue, intent, 1)


@pytest.mark.usefixtures("korean")
def test_a_callback_is_taken_by_voice(says: Callable[..., Path]) -> None:
    customer = ("--line", str(LINE), "--from", "+821023456789")
    *seen, ending = replayed(says("한 번 더"), says("예약 전화"), says("네 좋아요"), options=customer)
    questions = [event["said"] for event in seen if "said" in event]
    assert questions[1] == "무엇을 도와 드릴까요?"
    assert (ending["outcome"], bool(ending["reference"])) == ("callback", True)


@pytest.mark.parametrize("language", DEMO)
def test_the_demo_line_where_its_model_is(says: Callable[..., Path], language: str) -> None:
    try:
        find_model(language)
    except ModelMissingError as error:
        pytest.skip(str(error))
    voice, said = DEMO[language]
    stories = {story: queue for story, queue in said.items() if queue}
    ended = {story: replayed(says(story, voice), options=("--language", language))[-1]["queue"] for story in stories}
    assert any(ended[story] == queue for story, queue in stories.items()), ended


# A call by microphone


SOFT_VOICE = """#!/bin/sh
text=$(cat)
espeak-ng -v ko -a 4 -s 100 -w "$4" "$text $text"
"""
"""In the place of Piper. On this sound card the microphone hears the loudspeaker as loud as it is, so the line speaks
as softly as a headset lets through; and so long that whoever is heard before its end has cut it off."""

PROMPT_SECONDS = 10.0


class Ringing:
    """Somebody at a computer with a microphone, who rings the line. Reads what is printed, row by row."""

    def __init__(self, card: "SoundCard", voice: dict[str, str]) -> None:
        self.card = card
        self.process = subprocess.Popen(
            [*RING, "--mic", "--phone", "--json", "--line", str(LINE)],
            env={**os.environ, **card.env, **voice},
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.patience = threading.Timer(120, self.process.kill)
        self.patience.start()

    def sees(self, name: str) -> dict[str, Any]:
        """The next row with this name."""
        for row in _pipe(self.process.stdout):
            if name in (event := json.loads(row)):
                return dict(event)
        raise AssertionError(f"no {name}: {_pipe(self.process.stderr).read()}")

    def is_told(self, what: str) -> bool:
        """Whether this is said on standard error. The sound system has words of its own there."""
        return any(what in row for row in _pipe(self.process.stderr))

    def speaks(self, recording: Path) -> None:
        self.card.play(recording).wait()

    def types(self, text: str) -> None:
        keyboard = _pipe(self.process.stdin)
        keyboard.write(f"{text}\n")
        keyboard.flush()

    def hangs_up(self) -> dict[str, Any]:
        _pipe(self.process.stdin).close()
        return self.sees("outcome")

    def leaves(self) -> None:
        self.patience.cancel()
        self.process.kill()
        self.process.wait()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


@pytest.fixture
def caller(needs: Needs, tmp_path: Path, korean: Path) -> Iterator[Ringing]:
    """Rings a line that speaks long and softly."""
    needs("portaudio", "pulseaudio", "paplay", "espeak-ng")
    assert korean
    from .sound_card import SoundCard

    (tmp_path / "card").mkdir()
    (tmp_path / "piper").write_text(SOFT_VOICE)
    (tmp_path / "piper").chmod(0o755)
    card = SoundCard(tmp_path / "card")
    ringing = Ringing(card, {"PATH": f"{tmp_path}:{os.environ['PATH']}", "VOICE_PIPER_MODEL_KO": "soft.onnx"})
    yield ringing
    ringing.leaves()
    card.unplug()


def test_a_caller_speaks_over_the_prompt_and_is_routed(caller: Ringing, says: Callable[..., Path]) -> None:
    story = says("새로운 빌라")
    welcome = "한길통신입니다. 저는 컴퓨터입니다. 하신 말씀은 30일 동안 보관합니다. 무엇을 도와 드릴까요?"
    assert caller.sees("said")["said"] == welcome
    began = time.monotonic()
    caller.speaks(story)
    assert caller.sees("heard") == {"heard": "새로운 빌라"}
    assert time.monotonic() - began < PROMPT_SECONDS
    caller.types("")
    assert caller.sees("done") == {"done": "queued", "queue": "orders"}
    assert caller.hangs_up()["intent"] == "moving"


def test_keys_work_beside_the_microphone(caller: Ringing) -> None:
    caller.sees("said")
    caller.types("0")
    assert caller.sees("pressed") == {"pressed": "0"}
    assert caller.sees("done")["queue"] == "general"
    assert caller.hangs_up()["outcome"] == "agent"


def test_an_unplugged_microphone_leaves_the_keyboard(caller: Ringing) -> None:
    caller.sees("said")
    caller.card.unplug()
    assert caller.is_told("The call goes on by keyboard.")
    caller.types("와이파이 점검")
    assert caller.sees("heard") == {"heard": "와이파이 점검"}
    caller.types("")
    assert caller.sees("done")["queue"] == "technical"
    assert caller.hangs_up()["outcome"] == "queued"
