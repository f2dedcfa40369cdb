"""The last answer of each telephone, for when something broke: TwiML that needs neither database nor grammars.

It is rendered once, at start, from the prompts alone, so that it is there whatever fails later. A caller goes into the
queue of people who take any question; its wait document is as plain. An agent hears a sentence and is let go: the
caller keeps the place. A customer hears that the line rings again. What nobody hears has no last answer: it is refused
with 5xx, so that Twilio repeats it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from twilio.twiml.voice_response import VoiceResponse

from voice.content import Line
from voice.core.call.actions import Prompt
from voice.twilio.routes import FALLBACK_WAIT, QUEUE, VOICE, Route, Whose

WAIT_SECONDS = 30


@dataclass(frozen=True)
class Fallback:
    """Documents by language; `numbers` says which language a number of the line has, and `agents_number` is the one
    that agents ring to sign in."""

    apologies: Mapping[str, str]
    waits: Mapping[str, str]
    agents: Mapping[str, str]
    customers: Mapping[str, str]
    numbers: Mapping[str, str]
    default: str
    agents_number: str | None

    def answer(self, route: Route | None, to: str, from_: str) -> str | None:
        """The last answer to a webhook about a call between these two numbers; None where nobody hears one. A path
        that is in no table is answered as a caller's."""
        language = self.numbers.get(to) or self.numbers.get(from_) or self.default
        whose = route.whose if route else Whose.CALLER
        if route is VOICE and to and to == self.agents_number:
            whose = Whose.AGENT
        match whose:
            case Whose.CALLER:
                inside = route is not None and route.inside_queue
                return (self.waits if inside else self.apologies)[language]
            case Whose.AGENT:
                return self.agents[language]
            case Whose.CUSTOMER:
                return self.customers[language]
            case Whose.SMS | Whose.STATUS:
                return None


def fallback(line: Line) -> Fallback:
    return Fallback(
        apologies={language: _apology(line, language) for language in line.languages},
        waits={language: _wait(line, language) for language in line.languages},
        agents={language: _let_go(line, language, "agent.fault") for language in line.languages},
        customers={language: _let_go(line, language, "customer.sorry") for language in line.languages},
        numbers=line.plan.numbers,
        default=line.plan.default_language,
        agents_number=line.agents_number,
    )


def _apology(line: Line, language: str) -> str:
    response = VoiceResponse()
    _say(response, line, language, "sorry.fault")
    response.enqueue(line.plan.person, wait_url=FALLBACK_WAIT.link(), action=QUEUE.link())
    return str(response)


def _wait(line: Line, language: str) -> str:
    response = VoiceResponse()
    _say(response, line, language, "hold")
    response.pause(length=WAIT_SECONDS)
    response.redirect(FALLBACK_WAIT.link())
    return str(response)


def _let_go(line: Line, language: str, key: str) -> str:
    response = VoiceResponse()
    _say(response, line, language, key)
    response.hangup()
    return str(response)


def _say(response: VoiceResponse, line: Line, language: str, key: str) -> None:
    spoken = line.languages[language]
    text = line.prompts[language].say(Prompt(key), datetime.now(UTC))
    response.say(text, language=spoken.say, voice=spoken.voice)
