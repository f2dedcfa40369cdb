"""Actions → TwiML. Each URL carries the turn that it belongs to, so that a webhook that comes twice is known."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from twilio.twiml.voice_response import Gather, VoiceResponse

from voice.content import Line
from voice.core.call.actions import Action, Ask, Dial, Enqueue, HangUp, Leave, Listen, Prompt, Say, Wait
from voice.core.call.state import Call
from voice.core.call.states import STATES
from voice.twilio.routes import BRIEFING, DIALLED, HOLD, HOLD_TURN, QUEUE, TURN, Route
from voice.twilio.speech import AUDIO, speak
from voice.twilio.written import written

Hints = Callable[[str, Listen], Iterable[str]]
"""(language, what is listened for) → the phrases that the recogniser should expect, the most telling first."""

MOST_HINTS = 500
LONGEST_HINT = 100
"""Of https://www.twilio.com/docs/voice/twiml/gather#hints."""

KEY_PAUSE = 4
"""Seconds after which no further key is waited for. What was keyed so far of a telephone number is kept."""


@dataclass(frozen=True)
class CallerDocuments:
    """TwiML in the words of one line, which Twilio finds at `address`. `music` is the URL of what plays on hold instead
    of the line's own."""

    line: Line
    hints: Hints
    music: str | None = None
    address: str = ""

    def render(self, call: Call, actions: Iterable[Action], now: datetime) -> str:
        """The document for `actions`."""
        response = VoiceResponse()
        for action in actions:
            match action:
                case Say(prompts):
                    self._say(response, call, prompts, now)
                case Ask():
                    self._ask(response, call, action, now)
                case Enqueue(queue):
                    response.enqueue(queue, wait_url=HOLD.link(), action=QUEUE.link(turn=call.turn))
                case Dial(queue):
                    self._dial(response, call, queue)
                case Wait(prompts):
                    self._wait(response, call, prompts, now)
                case Leave():
                    response.leave()
                case HangUp():
                    response.hangup()
        return written(response)

    def _say(self, parent: VoiceResponse | Gather, call: Call, prompts: Iterable[Prompt], now: datetime) -> None:
        speak(parent, self.line, call.language, prompts, now, self.address, slow=call.slow)

    def _ask(self, response: VoiceResponse, call: Call, ask: Ask, now: datetime) -> None:
        *before, last = _waits(call, self.line.pauses[call.state].silence)
        for place, seconds in enumerate([*before, last]):
            told = {"action_on_empty_result": True} if place == len(before) else {}
            gather = self._gather(call, TURN, timeout=seconds, **told)
            if place == 0:
                self._say(gather, call, ask.prompts, now)
            response.append(gather)

    def _dial(self, response: VoiceResponse, call: Call, queue: str) -> None:
        """The call centre sees the caller's number, and whoever hides it calls from the line's own."""
        rules = self.line.plan.queues[queue]
        shown = {} if call.caller else {"caller_id": self.line.plan.shown(call.dialled, call.language)}
        seconds = round(rules.ring.total_seconds())
        dial = response.dial(action=DIALLED.link(turn=call.turn), timeout=seconds, **shown)
        address, whisper = rules.dial or "", BRIEFING.link(call=call.sid)
        if address.startswith("sip"):
            dial.sip(address, url=whisper)
        else:
            dial.number(address, url=whisper)

    def _wait(self, response: VoiceResponse, call: Call, prompts: tuple[Prompt, ...], now: datetime) -> None:
        """On hold silence is no event, so the Gather falls through, and the wait begins again."""
        gather = self._gather(call, HOLD_TURN)
        if prompts:
            self._say(gather, call, prompts, now)
        gather.play(self.music or self.line.music or self.address + AUDIO + self.line.hold)
        response.append(gather)
        response.redirect(HOLD.link())

    def _gather(self, call: Call, answer: Route, **attributes: object) -> Gather:
        """Listen as the call's state asks.

        speechTimeout is a number of seconds: "auto" ends at the first pause, and cuts off whoever thinks. Twilio's star
        for a swear word would hide what the caller says, so it is not asked for."""
        facts, quiet = STATES[call.state], self.line.pauses[call.state]
        if not facts.digits:
            attributes |= {"num_digits": 1, "finish_on_key": ""}
        attributes.setdefault("timeout", quiet.silence)
        return Gather(
            input="dtmf speech",
            action=answer.link(turn=call.turn),
            speech_timeout=quiet.pause,
            language=self.line.languages[call.language].hear,
            profanity_filter=False,
            hints=hint_list(tuple(self.hints(call.language, facts.listens or Listen.OPEN))) or None,
            **attributes,
        )


def _waits(call: Call, silence: int) -> list[int]:
    """The seconds for which is listened, one Gather after the other.

    Twilio waits as long for a further key as for the first word. Where several keys are an answer, one alone (0, for a
    person) is one too, and is not waited behind for as long as somebody looks for their number."""
    if not STATES[call.state].digits:
        return [silence]
    whole, rest = divmod(silence, KEY_PAUSE)
    return [KEY_PAUSE] * whole + [rest] * bool(rest)


@lru_cache(maxsize=256)
def hint_list(phrases: tuple[str, ...]) -> str:
    """Twilio's form: at most 500 phrases of at most 100 characters, between commas."""
    kept = (phrase.replace(",", " ").strip() for phrase in phrases)
    fitting = [phrase for phrase in kept if 0 < len(phrase) <= LONGEST_HINT]
    return ", ".join(fitting[:MOST_HINTS])


def leave_queue() -> str:
    response = VoiceResponse()
    response.leave()
    return str(response)


def redirect(link: str) -> str:
    """A document that only sends the call elsewhere."""
    response = VoiceResponse()
    response.redirect(link)
    return str(response)
