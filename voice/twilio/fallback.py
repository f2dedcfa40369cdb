"""The last answer of each telephone, for when something broke: TwiML that needs neither database nor grammars.

Its words are rendered once, at start, from the prompts alone, so that they are there whatever fails later. A caller is
put into the queue of people who take any question; its wait document is as plain. An agent hears a sentence and is let
go: the caller keeps the place. A customer hears that the line rings again. What nobody hears has no last answer: it is
refused with 5xx, so that Twilio repeats it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from twilio.twiml.voice_response import VoiceResponse

from voice.content import Line
from voice.core.call.actions import Prompt
from voice.errors import RequestError
from voice.twilio.routes import BRIEFING, CUSTOMER_AGAIN, FALLBACK_WAIT, QUEUE, VOICE, Route, Whose

WAIT_SECONDS = 30

APOLOGY, WAIT, AGENT, CUSTOMER = "sorry.fault", "hold", "agent.fault", "customer.sorry"


@dataclass(frozen=True)
class Sentence:
    """A text, and the language and voice that speak it, in Twilio's codes."""

    text: str
    language: str
    voice: str | None


@dataclass(frozen=True)
class Fallback:
    """`sentences` by (language, prompt); `person` is the queue of people who take any question; `numbers` says which
    language a number of the line has, and `agents_number` is the one that agents ring to sign in."""

    sentences: Mapping[tuple[str, str], Sentence]
    person: str
    numbers: Mapping[str, str]
    default: str
    agents_number: str | None

    def answer(self, route: Route | None, to: str, from_: str, query: Mapping[str, str]) -> str | None:
        """The last answer to a webhook about a call between these two numbers; None where nobody hears one. A path
        that is in no table is answered as a caller's."""
        language = self.numbers.get(to) or self.numbers.get(from_) or self.default
        whose = route.whose if route else Whose.CALLER
        if route is BRIEFING:
            return self._connect()
        if route is VOICE and to and to == self.agents_number:
            whose = Whose.AGENT
        match whose:
            case Whose.CALLER:
                return self._wait(language) if route and route.inside_queue else self._apology(language)
            case Whose.AGENT:
                return self._let_go(language)
            case Whose.CUSTOMER:
                return self._ring_again(language, query if route is not CUSTOMER_AGAIN else None)
            case Whose.SMS | Whose.STATUS:
                return None

    def _apology(self, language: str) -> str:
        response = self._said(language, APOLOGY)
        response.enqueue(self.person, wait_url=FALLBACK_WAIT.link(), action=QUEUE.link())
        return str(response)

    def _wait(self, language: str) -> str:
        response = self._said(language, WAIT)
        response.pause(length=WAIT_SECONDS)
        response.redirect(FALLBACK_WAIT.link())
        return str(response)

    def _connect(self) -> str:
        """The caller and who picks up at a call centre are connected after this: the story is lost, not the call."""
        response = VoiceResponse()
        response.pause(length=1)
        return str(response)

    def _let_go(self, language: str) -> str:
        response = self._said(language, AGENT)
        response.hangup()
        return str(response)

    def _ring_again(self, language: str, query: Mapping[str, str] | None) -> str:
        """While the sentence is spoken the fault may have passed: then it is written down whose fault it was, and the
        attempt does not count. `query` is None for one who has heard the sentence."""
        response = self._said(language, CUSTOMER) if query is not None else VoiceResponse()
        try:
            response.redirect(CUSTOMER_AGAIN.link(**CUSTOMER_AGAIN.read(query or {})))
        except RequestError:
            response.hangup()
        return str(response)

    def _said(self, language: str, key: str) -> VoiceResponse:
        said = self.sentences[language, key]
        response = VoiceResponse()
        response.say(said.text, language=said.language, voice=said.voice)
        return response


def fallback(line: Line) -> Fallback:
    return Fallback(
        sentences={
            (language, key): _sentence(line, language, key)
            for language in line.languages
            for key in (APOLOGY, WAIT, AGENT, CUSTOMER)
        },
        person=line.plan.person,
        numbers=line.plan.numbers,
        default=line.plan.default_language,
        agents_number=line.agents_number,
    )


def _sentence(line: Line, language: str, key: str) -> Sentence:
    spoken = line.languages[language]
    return Sentence(line.prompts[language].say(Prompt(key), datetime.now(UTC)), spoken.say, spoken.voice)
