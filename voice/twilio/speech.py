"""Prompts → what the caller hears: recordings where they exist, and speech synthesis for the rest."""

from collections.abc import Iterable
from datetime import datetime

from twilio.twiml.voice_response import Gather, VoiceResponse

from voice.content import Line
from voice.core.call.actions import Prompt

SLOW = "80%"
"""Of the voice's own speed (https://www.twilio.com/docs/voice/twiml/say/text-speech#prosody)."""

AUDIO = "/audio/"
"""Where sounds are served, from the line's address on."""


def speak(
    parent: VoiceResponse | Gather,
    line: Line,
    language: str,
    prompts: Iterable[Prompt],
    now: datetime,
    address: str,
    *,
    slow: bool = False,
) -> None:
    """Say the prompts in order. Those that have to be synthesised one after another are one Say: a voice that draws
    breath between them sounds like two. `slow` speech is always synthesised: a recording has one speed.
    `address` is the line's own: Play is documented with whole URLs only."""
    local = now.astimezone(line.plan.timezone)
    words, recordings = line.prompts[language], line.recordings[language]
    unsaid: list[str] = []
    for prompt in prompts:
        files = None if slow else recordings.play(prompt)
        if files is None:
            unsaid.append(words.say(prompt, local))
            continue
        _synthesise(parent, line, language, unsaid, slow)
        for file in files:
            parent.play(address + AUDIO + file)
    _synthesise(parent, line, language, unsaid, slow)


def _synthesise(parent: VoiceResponse | Gather, line: Line, language: str, unsaid: list[str], slow: bool) -> None:
    if unsaid:
        spoken = line.languages[language]
        words = " ".join(unsaid)
        said = parent.say("" if slow else words, language=spoken.say, voice=spoken.voice)
        if slow:
            said.prosody(words, rate=SLOW)
        unsaid.clear()
