"""The music on hold: eight soft chords and a few notes over them, made for a telephone line.

Own making, so that it is free of anybody's rights. Whatever is below 300 Hz or above 3400 is lost on the way, so the
chords lie between C4 and C6 and their overtones are few. Nothing here is random: the same file each time.
"""

from collections.abc import Iterator

import numpy as np

from voice.recognition.mastering import MUSIC_DBFS
from voice.recognition.pcm import Audio, Float, to_pcm
from voice.recognition.phone import PHONE_RATE

CHORDS = (
    "C4 E4 G4 B4",
    "A4 C5 E5 G5",
    "D4 F4 A4 C5",
    "G4 B4 D5 F5",
    "E4 G4 B4 D5",
    "A4 C5 E5 G4",
    "F4 A4 C5 E5",
    "G4 C5 D5",
)
CHORD_SECONDS = 4.0
NOTE_SECONDS = 0.5
MELODY = "0.2. 3.21 0.2. 1..."
"""Two chords' worth: which note of the chord is plucked on each half second, an octave up; a dot is a rest."""
FADE_SECONDS = (1.5, 3.0)
STEPS = {"C": -9, "D": -7, "E": -5, "F": -4, "G": -2, "A": 0, "B": 2}


def compose() -> Audio:
    """32 seconds that begin and end in silence, so that they can be played again and again."""
    length = round(len(CHORDS) * CHORD_SECONDS * PHONE_RATE)
    mix: Float = np.zeros(length)
    for start, sound in _sounds():
        # What rings on past the end is heard at the beginning: the loop has no seam.
        at = (round(start * PHONE_RATE) + np.arange(len(sound))) % length
        np.add.at(mix, at, sound)
    mix *= 32768 * 10 ** (MUSIC_DBFS / 20) / np.sqrt(np.mean(mix * mix))
    rise, fall = (round(seconds * PHONE_RATE) for seconds in FADE_SECONDS)
    mix[:rise] *= np.sin(np.linspace(0, np.pi / 2, rise)) ** 2
    mix[-fall:] *= np.cos(np.linspace(0, np.pi / 2, fall)) ** 2
    return Audio(to_pcm(mix), PHONE_RATE)


def _sounds() -> Iterator[tuple[float, Float]]:
    """(when it starts in seconds, its samples)"""
    steps = MELODY.replace(" ", "")
    for number, chord in enumerate(CHORDS):
        notes = [_hertz(note) for note in chord.split()]
        start = number * CHORD_SECONDS
        for hertz in notes:
            yield start, _pad(hertz)
        bar = steps[number % 2 * 8 :][:8]
        for place, step in enumerate(bar):
            if step.isdecimal():
                yield start + place * NOTE_SECONDS, _pluck(2 * notes[int(step) % len(notes)])


def _hertz(note: str) -> float:
    """A4 is 440 Hz."""
    return float(440 * 2 ** (STEPS[note[0]] / 12 + int(note[1]) - 4))


def _pad(hertz: float) -> Float:
    """A chord's note: two voices a little apart, slow to come and to go."""
    seconds = CHORD_SECONDS + 1.5
    t = np.arange(round(seconds * PHONE_RATE)) / PHONE_RATE
    swell = np.sin(np.pi * t / seconds) ** 1.5
    tone = sum(np.sin(2 * np.pi * hertz * out * k * t) / k**2 for k in (1, 2, 3) for out in (0.9985, 1.0015))
    return np.asarray(0.5 * swell * tone)


def _pluck(hertz: float) -> Float:
    t = np.arange(round(2.0 * PHONE_RATE)) / PHONE_RATE
    tone = np.sin(2 * np.pi * hertz * t) + 0.25 * np.sin(4 * np.pi * hertz * t) * np.exp(-4 * t)
    return np.asarray(0.55 * tone * np.exp(-2.6 * t) * np.minimum(1, t / 0.012))
