"""TwiML for those whom the line rings: agents, and customers who asked to be called back; and the room they meet in.

The agent hears the story before they say anything, and says yes with a key: a voicemail presses none. Both then stand
in one conference, named after the contact and the attempt, that ends with whoever leaves first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from twilio.twiml.voice_response import Gather, VoiceResponse

from voice.content import Line
from voice.core.call.actions import Listen, Prompt, Value
from voice.core.call.states import PAUSES
from voice.core.caller import KnownCaller
from voice.core.contact.state import Contact, Kind
from voice.core.identity import IdentityKind
from voice.twilio.routes import AFTER, AGENT_ANSWER, AGENT_UP, CUSTOMER_ANSWER
from voice.twilio.speech import speak

KEY_SECONDS = 8
"""How long an agent or a customer has to press the key, after what is said."""

LONGEST_WORDS = 300
"""Characters of the caller's own words that are read out."""


def room(contact: Contact) -> str:
    return f"{contact.reference}.{contact.attempt}"


def of_attempt(contact: Contact) -> dict[str, str | int]:
    """What the webhooks about one attempt of a contact are told by (`voice.twilio.routes.OF_ATTEMPT`)."""
    return {"contact": contact.reference, "attempt": contact.attempt}


@dataclass(frozen=True)
class Background:
    """What an agent is told beside the contact: who it is, the `words` of the contact that did not solve it, and what
    was `agreed` with this caller and is still to be done."""

    known: KnownCaller | None = None
    words: tuple[str, ...] = ()
    agreed: tuple[str, ...] = ()

    def prompts(self) -> list[Prompt]:
        found = []
        if self.known and self.known.name:
            found.append(Prompt("agent.known", {"name": self.known.name}))
        if self.known and self.known.account:
            found.append(Prompt("agent.account", {"account": " ".join(self.known.account)}))
        if told := " … ".join(self.words)[:LONGEST_WORDS]:
            found.append(Prompt("agent.earlier", {"words": told}))
        return [*found, *(Prompt("agent.agreed", {"text": text}) for text in self.agreed)]


def _identity(contact: Contact) -> list[Prompt]:
    """Who the caller says they are: the digits of a number one by one."""
    if not contact.identity or not contact.identity_kind:
        return []
    born = contact.identity_kind == IdentityKind.BIRTH_DATE
    values: dict[str, Value] = {"birth": contact.identity} if born else {"account": " ".join(contact.identity)}
    checked = [Prompt("agent.identity.checked")] if contact.identity_checked else []
    return [Prompt(f"agent.identity.{contact.identity_kind}", values), *checked]


@dataclass(frozen=True)
class AgentDocuments:
    """In the words of one line, which Twilio finds at `address`."""

    line: Line
    address: str = ""

    def whisper(
        self,
        contact: Contact,
        language: str,
        earlier: int,
        now: datetime,
        times: int = 1,
        background: "Background | None" = None,
    ) -> str:
        """The story in the agent's language, for so manieth time; then a key decides."""
        action = AGENT_ANSWER.link(**of_attempt(contact), times=times)
        prompts = [*self._story(contact, earlier, now, background), Prompt("agent.press")]
        return self._ask(language, action, prompts, now)

    def question(self, contact: Contact, language: str, now: datetime) -> str:
        """For who has the story before their eyes: the key that decides, and no more."""
        action = AGENT_ANSWER.link(**of_attempt(contact), times=1)
        return self._ask(language, action, [Prompt("agent.press")], now)

    def stay(self) -> str:
        """Silence, until the line is sent elsewhere."""
        response = VoiceResponse()
        response.pause(length=20)
        return str(response)

    def briefing(self, contact: Contact, earlier: int, now: datetime, background: "Background | None" = None) -> str:
        """The story, for who picks up at a call centre; then the two are connected."""
        response = VoiceResponse()
        self._say(response, contact.language, self._story(contact, earlier, now, background), now)
        return str(response)

    def _story(self, contact: Contact, earlier: int, now: datetime, background: "Background | None") -> list[Prompt]:
        """Who is calling, about what, in whose words, and for how long."""
        prompts = [Prompt("agent.whisper", {"queue": contact.queue, "language": contact.language})]
        if contact.kind is Kind.CALLBACK:
            prompts.append(Prompt("agent.callback"))
        prompts += background.prompts() if background else []
        prompts += _identity(contact)
        words = " … ".join(contact.words)[:LONGEST_WORDS]
        if words:
            prompts.append(Prompt("agent.words", {"words": words}))
        elif contact.intent:
            prompts.append(Prompt("agent.topic", {"topic": contact.intent}))
        if contact.note and contact.note in self.line.plan.destinations:
            prompts.append(Prompt("agent.note", {"topic": contact.note}))
        minutes = round((now - contact.arrived).total_seconds() / 60)
        if minutes:
            prompts.append(Prompt("agent.waited", {"count": minutes}))
        if earlier:
            prompts.append(Prompt("agent.again", {"count": earlier}))
        return prompts

    def hello(self, contact: Contact, spoken: str, now: datetime) -> str:
        """To the customer: nobody is told anything before they have said that it is them; but whether the agent, who
        speaks `spoken`, does not speak their language."""
        same = spoken == contact.language
        values: dict[str, Value] = {"line": self.line.name} if same else {"line": self.line.name, "language": spoken}
        said = Prompt("customer.hello" if same else "customer.hello.language", values)
        return self.ask_customer(contact, said, now, times=1)

    def ask_customer(self, contact: Contact, said: Prompt, now: datetime, times: int, *, cancel: bool = False) -> str:
        """To the customer, who is asked for the time that `times` says; with `cancel`, whether they want it no more."""
        more = {"cancel": 1} if cancel else {}
        action = CUSTOMER_ANSWER.link(**of_attempt(contact), times=times, **more)
        return self._ask(contact.language, action, [said], now, speech=True)

    def meet(
        self, contact: Contact, now: datetime, *keys: str, agent: bool = False, up: bool = False, language: str = ""
    ) -> str:
        """Into the room. Once the other has left it, the caller's line goes on, and an agent's is over. With `up` an
        agent may leave it by a *, which ends the room too and is told to AGENT_UP."""
        response = VoiceResponse()
        if keys:
            self._say(response, language or contact.language, [Prompt(key) for key in keys], now)
        action: dict[str, object] = {} if agent else {"action": AFTER.link(**of_attempt(contact))}
        if up:
            action = {"action": AGENT_UP.link(**of_attempt(contact)), "hangup_on_star": True}
        dial = response.dial(**action)
        dial.conference(
            room(contact), beep="false", start_conference_on_enter=True, end_conference_on_exit=True, wait_url=""
        )
        if agent:
            response.hangup()
        return str(response)

    def wait_for_key(self, contact: Contact) -> str:
        """To the caller, whose agent has left the room: a second, in which a key of that agent's is heard of."""
        response = VoiceResponse()
        response.pause(length=1)
        response.redirect(AFTER.link(**of_attempt(contact), again=1))
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

    def pin(self, language: str, keys: Sequence[str], now: datetime, action: str) -> str:
        """Ask an agent for the PIN; it is posted to `action`."""
        response = VoiceResponse()
        gather = Gather(input="dtmf", action=action, timeout=KEY_SECONDS, action_on_empty_result=True)
        self._say(gather, language, [Prompt(key) for key in keys], now)
        response.append(gather)
        return str(response)

    def text(self, contact: Contact, key: str, now: datetime) -> str:
        """The words of a text; one that says that a callback is taken says for when. What is no prompt's key is the
        text itself, as an operator's service wrote it."""
        if key not in self.line.prompts[contact.language].texts:
            return key
        local = now.astimezone(self.line.plan.timezone)
        values: dict[str, Value] = {"line": self.line.name, "reference": contact.reference}
        if key == "sms.taken" and contact.promised and contact.until:
            key, values = "sms.taken.window", values | {"opens": contact.promised, "until": contact.until}
        elif key == "sms.taken" and contact.promised:
            key, values = "sms.taken.later", values | {"opens": contact.promised}
        return self.line.prompts[contact.language].say(Prompt(key, values), local)

    def agreed(self, contact: Contact, key: str, text: str, due: datetime, now: datetime) -> str:
        """The words of a text about what was agreed."""
        local = now.astimezone(self.line.plan.timezone)
        values: dict[str, Value] = {"line": self.line.name, "opens": due, "text": text}
        return self.line.prompts[contact.language].say(Prompt(key, values), local)

    def _ask(
        self, language: str, action: str, prompts: Sequence[Prompt], now: datetime, *, speech: bool = False
    ) -> str:
        spoken = {
            "speech_timeout": PAUSES[Listen.YES_NO].pause,
            "language": self.line.languages[language].hear,
            "profanity_filter": False,
        }
        response = VoiceResponse()
        gather = Gather(
            input="dtmf speech" if speech else "dtmf",
            action=action,
            timeout=KEY_SECONDS,
            num_digits=1,
            finish_on_key="",
            action_on_empty_result=True,
            **(spoken if speech else {}),
        )
        self._say(gather, language, prompts, now)
        response.append(gather)
        return str(response)

    def _say(self, parent: VoiceResponse | Gather, language: str, prompts: Sequence[Prompt], now: datetime) -> None:
        speak(parent, self.line, language, prompts, now, self.address)
