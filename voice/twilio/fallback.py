"""TwiML for when something broke: words, and a person. Needs neither database nor grammars.

It is rendered once, at start, from the prompts alone, so that it is there whatever fails later. The caller goes into
the queue of people who take any question; its wait document is as plain.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from twilio.twiml.voice_response import VoiceResponse

from voice.content import Line
from voice.core.call.actions import Prompt

WAIT_SECONDS = 30


@dataclass(frozen=True)
class Fallback:
    """`apologies` and `waits` are documents by language; `numbers` says which language a dialled number has."""

    apologies: Mapping[str, str]
    waits: Mapping[str, str]
    numbers: Mapping[str, str]
    default: str

    def apology(self, dialled: str) -> str:
        return self.apologies[self.numbers.get(dialled, self.default)]

    def wait(self, dialled: str) -> str:
        return self.waits[self.numbers.get(dialled, self.default)]


def fallback(line: Line) -> Fallback:
    return Fallback(
        apologies={language: _apology(line, language) for language in line.languages},
        waits={language: _wait(line, language) for language in line.languages},
        numbers=line.plan.numbers,
        default=line.plan.default_language,
    )


def _apology(line: Line, language: str) -> str:
    response = VoiceResponse()
    _say(response, line, language, "sorry.fault")
    response.enqueue(line.plan.person, wait_url="fallback-wait", action="queue")
    return str(response)


def _wait(line: Line, language: str) -> str:
    response = VoiceResponse()
    _say(response, line, language, "hold")
    response.pause(length=WAIT_SECONDS)
    response.redirect("fallback-wait")
    return str(response)


def _say(response: VoiceResponse, line: Line, language: str, key: str) -> None:
    spoken = line.languages[language]
    text = line.prompts[language].say(Prompt(key), datetime.now(UTC))
    response.say(text, language=spoken.say, voice=spoken.voice)
