"""How a person rings on this computer: by microphone, by audio files, or by keyboard; and whether the line has a voice.

The best way that is there is chosen; what is missing is said once, with what would mend it, and the call goes on by
keyboard.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from voice.cli.phone.conversation import Show
from voice.cli.phone.turns import FallbackTurns, Lines, Turns
from voice.errors import SettingsError, VoiceError
from voice.localtwilio import Loudspeaker
from voice.recognition.errors import DeviceMissingError, ModelMissingError, SpeechPartError

if TYPE_CHECKING:
    from voice.recognition.ear import EarEvent


LASTING = (SettingsError, SpeechPartError, DeviceMissingError, ModelMissingError)
"""What this computer lacks, or its user refused: they need not be told again."""


@dataclass(frozen=True)
class Wish:
    """What the options ask for. `text` forces the keyboard; with `json` a machine reads what is printed."""

    files: tuple[Path, ...] = ()
    mic: bool = False
    text: bool = False
    phone: bool = False
    model: str = ""
    json: bool = False


@dataclass(frozen=True)
class How:
    """What was chosen. `typed` says that turns come from the keyboard alone; `finish` lets the line end its last words
    before the program ends."""

    turns: Turns
    typed: bool = False
    loudspeaker: Loudspeaker | None = None
    patient: bool = True
    finish: Callable[[], None] = lambda: None


def choose(wish: Wish, language: str, show: Show) -> How:
    """Raises `VoiceError` where what the options ask for is not there; what nobody asked for is done without."""
    if wish.files:
        from voice.cli.phone.spoken import Recognisers, Waves

        recognisers = Recognisers(wish.model)
        recognisers.of(language)
        return How(Waves(wish.files, recognisers, phone=wish.phone))
    keyboard = Lines()
    if wish.mic:
        return _by_microphone(wish, language, keyboard, show)
    if wish.text or wish.json or not keyboard.terminal:
        return How(keyboard, typed=True)
    try:
        if not wish.model:
            _offer_model(language, keyboard, show)
        return _by_microphone(wish, language, keyboard, show)
    except VoiceError as error:
        told = f"By keyboard: {error.message} {error.mend}"
        if isinstance(error, LASTING) and not wish.model:
            _say_once(told, show)
        else:
            show.starting(told)
        return _by_keyboard(language, keyboard, show)


def _by_keyboard(language: str, keyboard: Lines, show: Show) -> How:
    """A person types, and hears the line speak where this computer can."""
    from voice.cli.phone.spoken import LineVoice

    voice = LineVoice()
    if not voice.speaks(language):
        _say_once(
            "You read what the line says: with the program espeak-ng, and a loudspeaker, you would hear it.", show
        )
        return How(keyboard, typed=True)
    keyboard.on_line = voice.cut
    return How(keyboard, typed=True, loudspeaker=voice, finish=voice.finish)


def _by_microphone(wish: Wish, language: str, keyboard: Lines, show: Show) -> How:
    from voice.cli.phone.spoken import LineVoice, Recognisers, Spoken

    recognisers = Recognisers(wish.model)
    recognisers.of(language)
    voice = LineVoice()
    ears = Spoken(recognisers, keyboard, voice, _unseen if wish.json else _follow, phone=wish.phone)
    turns = FallbackTurns(ears, keyboard, lambda error: show.fault(f"{error} The call goes on by keyboard."))
    return How(turns, loudspeaker=voice, patient=False, finish=voice.finish)


def _offer_model(language: str, keyboard: Lines, show: Show) -> None:
    """A person with a microphone and no model of the language is asked, once, whether to fetch it, and may say no."""
    from voice.cli.models import get
    from voice.recognition.microphone import Microphone
    from voice.recognition.models.catalogue import in_catalogue
    from voice.recognition.models.installed import find_model

    try:
        find_model(language)
    except ModelMissingError:
        entry = in_catalogue(language)
        if entry is None or _told(f"no {entry.name}").exists():
            raise
        with Microphone():
            pass
        size = f"{round(entry.size / 1e6)} MB, {entry.licence}"
        show.starting(f"To hear you speak, the model {entry.name} is needed ({size}). Fetch it? (y/N)")
        answer = keyboard.arrived.get()
        if answer is None:
            keyboard.arrived.put(None)  # the end of all input is for the call as well
        if not answer or answer.lower() not in ("y", "yes", "j", "ja", "o", "oui"):
            _remember(_told(f"no {entry.name}"))
            raise SettingsError("No model was fetched.", f"Later: voice models get {language}.") from None
        get(language)


def _follow(events: "Iterator[EarEvent]") -> "EarEvent | None":
    from voice.cli.hear import follow

    return _end(follow(events))


def _unseen(events: "Iterator[EarEvent]") -> "EarEvent | None":
    last = deque(events, maxlen=1)
    return _end(last[0] if last else None)


def _end(last: "EarEvent | None") -> "EarEvent | None":
    """What interrupts the listening, a typed line, leaves no end of a turn."""
    from voice.recognition.hearing import Heard, NoInput

    return last if isinstance(last, Heard | NoInput) else None


def _say_once(text: str, show: Show) -> None:
    """Once on each computer: a reader who has read it knows it."""
    if not _told(text).exists():
        show.starting(text)
        _remember(_told(text))


def _told(text: str) -> Path:
    """The file that says whether this has been told, or answered, on this computer."""
    return platformdirs.user_cache_path("rechtdoor") / "told" / hashlib.sha256(text.encode()).hexdigest()[:12]


def _remember(told: Path) -> None:
    with suppress(OSError):
        told.parent.mkdir(parents=True, exist_ok=True)
        told.touch()
