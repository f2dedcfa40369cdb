"""When a recording is played, and what an operator is told about those that are not."""

import json
import wave
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.content.conftest import Operator
from voice.content import load_line
from voice.content.acting import acting_script
from voice.content.recordings import AUDIO, BUILT, MANIFEST, OWN_MUSIC, Recording, Recordings, texts_of
from voice.core.call.actions import Prompt, Value

HASH = "0123456789ab"


def record(operator: Operator, **changes: object) -> None:
    """Every recording of English that can be made, as if it had been built; `changes` are to `goodbye`."""
    entries = {}
    for name, text in texts_of(load_line(operator.folder).prompts["en"]).items():
        file = f"en/{name}.{HASH}.wav"
        operator.writes(f"{BUILT}/{file}", b"").writes(f"{AUDIO}/en/{name}.wav", b"")
        empty = "e3b0c44298fc"
        entry = Recording(file, text, f"en/{name}.wav", empty, 1.5, -25.0, -3.0, -70.0, 0, 0.4)
        entries[name] = asdict(entry) | (changes if name == "goodbye" else {})
    operator.writes(MANIFEST, json.dumps({"en": entries}))


def plays(operator: Operator, key: str, **values: Value) -> str | None:
    """The names of what is played, without the folder and the hash; None where it is spoken by synthesis."""
    recordings: Recordings = load_line(operator.folder).recordings["en"]
    files = recordings.play(Prompt(key, values))
    return None if files is None else " ".join(file.removeprefix("en/").removesuffix(f".{HASH}.wav") for file in files)


def test_without_recordings_everything_is_spoken(operator: Operator) -> None:
    assert plays(operator, "welcome") is None
    assert plays(operator, "confirm", topic="billing") is None


@pytest.mark.parametrize(
    ("key", "values", "played"),
    [
        ("welcome", {}, "welcome"),
        ("confirm", {"topic": "billing"}, "confirm.1 topic.billing"),
        ("choice", {"first": "billing", "second": "repair"}, "choice.1 topic.billing choice.2 topic.repair choice.3"),
        ("menu.option", {"digit": 2, "topic": "repair"}, "topic.repair menu.option.1 digit.2"),
        ("offer.never", {"queue": "helpdesk"}, "queue.helpdesk offer.never.1"),
        ("hold.position", {"count": 1}, "hold.position.one"),
        ("hold.position", {"count": 7}, None),
        ("sms.taken", {"line": "x", "reference": "y"}, None),
    ],
)
def test_a_prompt_is_played_when_every_part_of_it_is_recorded(
    operator: Operator, key: str, values: dict[str, Value], played: str | None
) -> None:
    record(operator)
    assert plays(operator, key, **values) == played


def test_a_number_of_this_country_is_played_digit_by_digit(operator: Operator) -> None:
    record(operator)
    digits = " ".join(f"digit.{digit}" for digit in "0470123456")
    assert plays(operator, "offer.callback", number="+32470123456") == f"offer.callback.1 {digits}"
    assert plays(operator, "offer.callback", number="+33612345678") is None


def test_one_part_that_is_missing_is_enough_for_synthesis(operator: Operator) -> None:
    record(operator)
    operator.deletes(f"{BUILT}/en/topic.repair.{HASH}.wav")
    assert plays(operator, "confirm", topic="repair") is None
    assert plays(operator, "confirm", topic="billing") == "confirm.1 topic.billing"


def test_words_that_have_changed_are_not_played(operator: Operator) -> None:
    record(operator)
    operator.changes("prompts/en.yaml", "goodbye: ", 'goodbye: "So long." #')
    assert plays(operator, "goodbye") is None
    problem = operator.is_told_only()
    assert (problem.path, problem.severity) == (f"{AUDIO}/en/goodbye.wav", "warning")
    assert "but the prompt is now “So long.”, so it is not played. Record it again, or run" in str(problem)


def test_a_new_recording_makes_a_new_version_of_the_line(operator: Operator) -> None:
    before = load_line(operator.folder).version
    record(operator)
    assert load_line(operator.folder).version != before


def test_recordings_that_are_right_are_not_spoken_of(operator: Operator) -> None:
    record(operator)
    assert operator.is_told() == []


@pytest.mark.parametrize(
    ("measured", "told"),
    [
        ({"seconds": 8.1}, "It lasts 8.1 s; the ear holds 8 s. Say it shorter."),
        ({"clipped": 12}, "12 samples are clipped. Record it again, further from the microphone."),
        ({"noise": -41.0}, "The pauses are noisy (-41 dBFS). Record it again in a quieter room."),
        ({"level": -50.0}, "The voice is very soft (-50 dBFS). Record it again, nearer to the microphone."),
        ({"source_hash": "another"}, "This recording is not built yet, so it is not played. Run `voice prom"),
        ({"file": f"en/gone.{HASH}.wav"}, "This recording is not built yet, so it is not played."),
    ],
)
def test_what_is_not_as_it_should_be_is_a_warning(operator: Operator, measured: dict[str, object], told: str) -> None:
    record(operator, **measured)
    problem = operator.is_told_only()
    assert str(problem).startswith(f"{AUDIO}/en/goodbye.wav: {told}")
    assert problem.severity == "warning"


def test_names_that_are_not_a_prompts(operator: Operator) -> None:
    operator.writes(f"{AUDIO}/en/goodbuy.mp3", b"x")
    problem = operator.is_told_only()
    assert str(problem) == f"{AUDIO}/en/goodbuy.mp3: No prompt has the name “goodbuy”. Did you mean “goodbye”?"
    assert problem.severity == "warning"


def test_two_recordings_of_one_prompt(operator: Operator) -> None:
    operator.writes(f"{AUDIO}/en/goodbye.mp3", b"x").writes(f"{AUDIO}/en/goodbye.wav", b"x")
    told = "There are several recordings of “goodbye”: goodbye.mp3 and goodbye.wav. Keep one."
    assert operator.is_told_only().what + " " + operator.is_told_only().mend == told


def test_a_prompt_recorded_in_part(operator: Operator) -> None:
    record(operator)
    operator.deletes(f"{AUDIO}/en/choice.2.wav").deletes(f"{BUILT}/en/choice.2.{HASH}.wav")
    entries = json.loads(operator.reads(MANIFEST))
    del entries["en"]["choice.2"]
    operator.writes(MANIFEST, json.dumps(entries))
    told = "“choice” is recorded in part only, so it is not played: choice.2 is missing. Record the rest, too."
    assert told in str(operator.is_told_only())


@pytest.mark.parametrize("damaged", ["{", "[]", '{"en": {"goodbye": {}}}', '{"en": {"goodbye": {"file": "../x.wav"}}}'])
def test_a_damaged_list_leaves_the_line_to_synthesis(operator: Operator, damaged: str) -> None:
    operator.writes(MANIFEST, damaged)
    assert plays(operator, "goodbye") is None
    if "../" not in damaged:
        assert "The list of recordings is damaged: nothing recorded is played." in operator.is_told_only().what


def test_music_comes_with_the_package_unless_the_line_has_its_own(operator: Operator) -> None:
    assert (OWN_MUSIC / load_line(operator.folder).hold).is_file()
    own = Recording(f"hold.{HASH}.wav", "", "hold.mp3", "", 60.0, -20.0, -9.0, -96.0, 0, 0.0)
    operator.writes(f"{BUILT}/{own.file}", b"").writes(MANIFEST, json.dumps({"": {"hold": asdict(own)}}))
    assert load_line(operator.folder).hold == own.file


def test_the_music_is_a_small_file_for_the_telephone() -> None:
    [path] = OWN_MUSIC.glob("*.wav")
    assert path.stat().st_size < 700_000
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (8000, 2, 1)
        assert 30 <= file.getnframes() / 8000 <= 40


def test_the_script_says_what_to_read_and_where_it_joins(operator: Operator) -> None:
    prompts = load_line(operator.folder).prompts["en"]
    script = list(acting_script(prompts, texts_of(prompts)))
    assert "| `goodbye` | Thank you for ringing. Goodbye. |" in script
    assert "| `choice.2` | … about … |" in script
    assert "| `topic.repair` | an appliance that isn't working |" in script
    assert "| `digit.7` | … 7 … |" in script
    assert not any("sms" in row or "when" in row.split("|")[0] for row in script)
    assert list(acting_script(prompts, {"goodbye"}))[-1].startswith("| `goodbye`")


def test_the_folder_of_a_line_may_be_relative(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    record(operator)
    monkeypatch.chdir(operator.folder)
    assert load_line(Path()).recordings["en"].files["goodbye"] == f"en/goodbye.{HASH}.wav"
