"""What is heard of a real voice on a real line: espeak-ng's Korean, the telephone, Vosk's Korean model.

Where a Dutch, French, German or English model is installed, the same is asked of it.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from voice.recognition.ear import Ear
from voice.recognition.engine import SharedModel, VoskRecogniser, load_model
from voice.recognition.errors import ModelMissingError
from voice.recognition.hearing import Heard
from voice.recognition.microphone import AudioSource
from voice.recognition.models import check_model, find_model
from voice.recognition.pcm import Audio

from .korean import CALLER, DIGITS, FREE, OPEN, YES_OR_NO

Spoken = Callable[..., Audio]
HEARD_AT_LEAST = 0.9
"""Measured: every one of them. Vosk adds a little noise of its own to each turn, so one may slip."""


@pytest.fixture(scope="module")
def model(korean: Path) -> SharedModel:
    return load_model(check_model(korean))


def heard(model: SharedModel, audio: Audio, phrases: list[str]) -> str:
    *_, end = Ear(AudioSource(audio), VoskRecogniser(model), phone=True).listen(phrases)
    return end.text if isinstance(end, Heard) else ""


@pytest.mark.parametrize("purposes", [OPEN, YES_OR_NO, DIGITS], ids=["open question", "yes or no", "digits"])
def test_the_phrases_are_heard_over_the_telephone(
    model: SharedModel, spoken: Spoken, purposes: dict[str, list[str]]
) -> None:
    voice, speed = CALLER
    phrases = [phrase for listed in purposes.values() for phrase in listed]
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


@pytest.mark.parametrize(
    ("language", "voice", "phrases"),
    [
        ("nl", "nl", ["ja", "nee", "mijn internet ligt plat", "ik wil een medewerker spreken"]),
        ("fr", "fr-be", ["oui", "non", "je veux parler à un conseiller", "mon internet ne marche plus"]),
        ("de", "de", ["ja", "nein", "mein internet geht nicht", "ich möchte einen mitarbeiter sprechen"]),
        ("en", "en-us", ["yes", "no", "my internet is down", "i want to talk to an agent"]),
    ],
)
def test_the_lines_own_languages_are_heard_where_their_model_is(
    spoken: Spoken, language: str, voice: str, phrases: list[str]
) -> None:
    try:
        model = load_model(find_model(language))
    except ModelMissingError as error:
        pytest.skip(str(error))
    texts = [heard(model, spoken(phrase, voice=voice), phrases) for phrase in phrases]
    assert sum(text == phrase for text, phrase in zip(texts, phrases, strict=True)) >= len(phrases) - 1, texts
