"""What is heard of a real voice on a real line: espeak-ng's Korean, the telephone, Vosk's Korean model.

Where a Dutch, French, German or English model is installed, the same is asked of it.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from voice.content.check import check_files
from voice.core.call.actions import Listen
from voice.recognition.ear import Ear
from voice.recognition.engine import SharedModel, VoskRecogniser, load_model
from voice.recognition.errors import ModelMissingError
from voice.recognition.hearing import Heard
from voice.recognition.microphone import AudioSource
from voice.recognition.models.installed import check_model, find_model
from voice.recognition.pcm import Audio
from voice.understanding import Trained

from .korean import CALLER, DEMO, DIGITS, FREE, LINE

pytestmark = pytest.mark.long

Spoken = Callable[..., Audio]
HEARD_AT_LEAST = 0.9
"""Measured: all but one. Vosk adds a little noise of its own to each turn, so one may slip."""


@pytest.fixture(scope="module")
def model(korean: Path) -> SharedModel:
    return load_model(check_model(korean))


def heard(model: SharedModel, audio: Audio, phrases: list[str]) -> str:
    *_, end = Ear(AudioSource(audio), VoskRecogniser(model), phone=True).listen(phrases)
    return end.text if isinstance(end, Heard) else ""


def listened_for(trained: Trained, moment: str) -> list[str]:
    """What the Korean line listens for at a moment of the call; keys are a list of the tests' own."""
    if moment == "open question":
        return [phrase.text for phrase in check_files(LINE).grammars["ko"].openings()]
    if moment == "digits":
        return [phrase for phrases in DIGITS.values() for phrase in phrases]
    return list(trained.hints("ko", Listen(moment)))


@pytest.mark.parametrize("moment", ["open question", Listen.YES_NO, Listen.OBJECTION, "digits"])
def test_the_phrases_are_heard_over_the_telephone(
    model: SharedModel, spoken: Spoken, understanding: Trained, moment: str
) -> None:
    voice, speed = CALLER
    phrases = listened_for(understanding, moment)
    lost = {
        phrase: text
        for phrase in phrases
        if (text := heard(model, spoken(phrase, voice=voice, speed=speed), phrases)) != phrase
    }
    assert len(lost) <= (1 - HEARD_AT_LEAST) * len(phrases), lost


def test_some_words_are_heard_in_free_speech_too(model: SharedModel, spoken: Spoken) -> None:
    voice, speed = CALLER
    lost = {word: text for word in FREE if (text := heard(model, spoken(word, voice=voice, speed=speed), [])) != word}
    assert len(lost) <= 1, lost


@pytest.mark.parametrize("language", DEMO)
def test_the_lines_own_languages_are_heard_where_their_model_is(spoken: Spoken, language: str) -> None:
    try:
        model = load_model(find_model(language))
    except ModelMissingError as error:
        pytest.skip(str(error))
    voice, phrases = DEMO[language]
    texts = [heard(model, spoken(phrase, voice=voice), list(phrases)) for phrase in phrases]
    assert sum(text == phrase for text, phrase in zip(texts, phrases, strict=True)) >= len(phrases) - 1, texts
