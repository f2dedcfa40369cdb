"""TwiML for those whom the line rings: agents, and customers who asked to be called back; and the room they meet in.

The agent hears the story before they say anything, and says yes with a key: a voicemail presses none. Both then stand
in one conference, named after the request and the attempt, that ends with whoever leaves first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from twilio.twiml.voice_response import Gather, VoiceResponse

from voice.content import Line
from voice.core.actions import Prompt, Value
from voice.core.requests import Kind, Request
from voice.twilio.speech import speak

KEY_SECONDS = 8
"""How long an agent or a customer has to press the key, after what is said."""

LONGEST_WORDS = 300
"""Characters of the caller's own words that are read out."""


def room(request: Request) -> str:
    return f"{request.reference}.{request.attempt}"


def path(name: str, request: Request, **more: str) -> str:
    """A webhook about one attempt of a request, as a path from the public URL."""
    return f"/twilio/{name}?{urlencode({'r': request.reference, 'a': request.attempt, **more})}"


@dataclass(frozen=True)
class Documents:
    line: Line

    def whisper(self, request: Request, language: str, earlier: int, now: datetime, times: int = 1) -> str:
        """The story in the agent's language, for so manieth time; then a key decides."""
        action = path("agent-answer", request, n=str(times))
        prompts = [*self._story(request, earlier, now), Prompt("agent.press")]
        return self._ask(language, action, prompts, now)

    def briefing(self, request: Request, earlier: int, now: datetime) -> str:
        """The story, for who picks up at a call centre; then the two are connected."""
        response = VoiceResponse()
        self._say(response, request.language, self._story(request, earlier, now), now)
        return str(response)

    def _story(self, request: Request, earlier: int, now: datetime) -> list[Prompt]:
        """Who is calling, about what, in whose words, and for how long."""
        prompts = [Prompt("agent.whisper", {"queue": request.queue, "language": request.language})]
        if request.kind is Kind.CALLBACK:
            prompts.append(Prompt("agent.callback"))
        words = " … ".join(request.words)[:LONGEST_WORDS]
        if words:
            prompts.append(Prompt("agent.words", {"words": words}))
        elif request.intent:
            prompts.append(Prompt("agent.topic", {"topic": request.intent}))
        if request.note and request.note in self.line.plan.topics:
            prompts.append(Prompt("agent.note", {"topic": request.note}))
        minutes = round((now - request.arrived).total_seconds() / 60)
        if minutes:
            prompts.append(Prompt("agent.waited", {"count": minutes}))
        if earlier:
            prompts.append(Prompt("agent.again", {"count": earlier}))
        return prompts

    def hello(self, request: Request, spoken: str, now: datetime) -> str:
        """To the customer: nobody is told anything before they have said that it is them; but whether the agent, who
        speaks `spoken`, does not speak their language."""
        same = spoken == request.language
        said = Prompt("customer.hello") if same else Prompt("customer.hello.language", {"language": spoken})
        return self._ask(request.language, path("customer-answer", request), [said], now, speech=True)

    def meet(
        self, request: Request, now: datetime, key: str | None = None, after: str | None = None, language: str = ""
    ) -> str:
        """Into the room; `after` is where the line goes on once the other has left it."""
        response = VoiceResponse()
        if key:
            self._say(response, language or request.language, [Prompt(key)], now)
        dial = response.dial(**({"action": after} if after else {}))
        dial.conference(
            room(request), beep="false", start_conference_on_enter=True, end_conference_on_exit=True, wait_url=""
        )
        if after is None:
            response.hangup()
        return str(response)

    def last_words(self, language: str, key: str, now: datetime) -> str:
        response = VoiceResponse()
        self._say(response, language, [Prompt(key)], now)
        response.hangup()
        return str(response)

    def hang_up(self) -> str:
        response = VoiceResponse()
        response.hangup()
        return str(response)

    def pin(self, language: str, keys: Sequence[str], now: datetime) -> str:
        """Ask an agent for the PIN."""
        response = VoiceResponse()
        gather = Gather(input="dtmf", action="agent-pin", timeout=KEY_SECONDS, action_on_empty_result=True)
        self._say(gather, language, [Prompt(key) for key in keys], now)
        response.append(gather)
        return str(response)

    def text(self, request: Request, key: str, now: datetime) -> str:
        """The words of a text; one that says that a callback is taken says for when."""
        local = now.astimezone(self.line.plan.timezone)
        values: dict[str, Value] = {"line": self.line.name, "reference": request.reference}
        if key == "sms.taken" and request.promised and request.until:
            key, values = "sms.taken.window", values | {"opens": request.promised, "until": request.until}
        elif key == "sms.taken" and request.promised:
            key, values = "sms.taken.later", values | {"opens": request.promised}
        return self.line.prompts[request.language].say(Prompt(key, values), local)

    def _ask(
        self, language: str, action: str, prompts: Sequence[Prompt], now: datetime, *, speech: bool = False
    ) -> str:
        response = VoiceResponse()
        gather = Gather(
            input="dtmf speech" if speech else "dtmf",
            action=action,
            timeout=KEY_SECONDS,
            num_digits=1,
            finish_on_key="",
            action_on_empty_result=True,
            **({"speech_timeout": "auto", "language": self.line.languages[language].hear} if speech else {}),
            **({"profanity_filter": False} if speech else {}),
        )
        self._say(gather, language, prompts, now)
        response.append(gather)
        return str(response)

    def _say(self, parent: VoiceResponse | Gather, language: str, prompts: Sequence[Prompt], now: datetime) -> None:
        speak(parent, self.line, language, prompts, now)
