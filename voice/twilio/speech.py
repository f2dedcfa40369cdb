"""Prompts → what the caller hears: recordings where they exist, and speech synthesis for the rest."""

from collections.abc import Iterable
from datetime import datetime

from twilio.twiml.voice_response import Gather, VoiceResponse

from voice.content import Line
from voice.core.call.actions import Prompt

AUDIO = "/audio/"
"""Where sounds are served, from the line's address on."""


def speak(
    parent: VoiceResponse | Gather,
    line: Line,
    language: str,
    prompts: Iterable[Prompt],
    now: datetime,
    address: str,
) -> None:
    """Say the prompts in order. Those that have to be synthesised one after another are one Say: a voice that draws
    breath between them sounds like two. `address` is the line's own: Play is documented with whole URLs only."""
    local = now.astimezone(line.plan.timezone)
    words, recordings = line.prompts[language], line.recordings[language]
    unsaid: list[str] = []
    for prompt in prompts:
        files = recordings.play(prompt)
        if files is None:
            unsaid.append(words.say(prompt, local))
            continue
        _synthesise(parent, line, language, unsaid)
        for file in files:
            parent.play(address + AUDIO + file)
    _synthesise(parent, line, language, unsaid)


def _synthesise(parent: VoiceResponse | Gather, line: Line, language: str, unsaid: list[str]) -> None:
    if unsaid:
        spoken = line.languages[language]
        parent.say(" ".join(unsaid), language=spoken.say, voice=spoken.voice)
        unsaid.clear()
