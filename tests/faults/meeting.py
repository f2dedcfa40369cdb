"""One caller and one agent whose webhooks a test posts itself, in whatever order."""

from datetime import timedelta
from random import Random
from xml.etree import ElementTree as ET

from twilio.request_validator import RequestValidator

from benchmarks.hostile import AGENTS, PUBLIC, TOKEN, Attacked, Refusing, open_line
from tests.conftest import Scripted
from voice.content import Line
from voice.core.call.state import State
from voice.core.contact.state import Contact, Stage
from voice.store import Store


class Obliging(Refusing):
    def _may_refuse(self) -> None:
        """This Twilio takes every order."""

    def is_over(self, _sid: str) -> bool:
        return True


def obliging_line(line: Line, store: Store) -> Attacked:
    attacked = open_line(line, Scripted(), store, seed=1)  # type: ignore[arg-type]
    attacked.worker.rest = Obliging(Random(1))  # type: ignore[assignment]
    return attacked


class Meeting:
    def __init__(self, attacked: Attacked, number: int) -> None:
        self.attacked, self.sid, self.number = attacked, f"CA{number:032x}", f"+3247{1_000_000 + number}"
        self.form = {"CallSid": self.sid, "From": self.number, "To": "+3212345670"}
        self.client = attacked.app.test_client()
        self.turn, self.attempt, self.agents_call = 1, "", "CA" + "a" * 32
        for name in AGENTS:
            attacked.store.agents.sign_out(name, attacked.now[0])
        attacked.store.agents.sign_in("An", attacked.now[0])

    def waits(self) -> None:
        self.posts("/twilio/voice")
        self.posts("/twilio/turn?turn=1", SpeechResult="een medewerker")
        self.posts("/twilio/hold")
        self.turn = self.state_of_call[1]

    def is_rung_for(self) -> None:
        """An's telephone rings."""
        self.waits()
        self._rings()

    def is_taken(self) -> None:
        """An has pressed 1, and the order to take the caller out is on its way."""
        self.is_rung_for()
        self.posts(f"/twilio/agent-answer?{self.attempt}&times=1", CallSid=self.agents_call, Digits="1")
        self.passes(1)
        assert self.contact.stage is Stage.TAKING

    def leaves_as_they_are_taken(self) -> None:
        """The caller has pressed 9, and is not out of the queue yet."""
        self.is_rung_for()
        self.posts(f"/twilio/hold-turn?turn={self.turn}", Digits="9")

    def talks(self) -> None:
        self.is_taken()
        self.posts(f"/twilio/come?{self.attempt}")
        assert self.contact.stage is Stage.TALKING

    def is_rung_back(self) -> None:
        """An has taken the callback, and the customer's telephone rings."""
        self.posts("/twilio/voice")
        self.posts("/twilio/turn?turn=1", SpeechResult="bel me terug")
        self.posts(f"/twilio/turn?turn={self.state_of_call[1]}", SpeechResult="ja")
        self.posts("/twilio/status", CallStatus="completed")
        self._rings()
        self.posts(f"/twilio/agent-answer?{self.attempt}&times=1", CallSid=self.agents_call, Digits="1")
        self.passes(1)
        assert self.contact.stage is Stage.TAKING
        self.form |= {"CallSid": self.contact.leg or "", "From": "+3212345670", "To": self.number}

    def _rings(self) -> None:
        self.passes(1)
        contact = self.contact
        assert contact.stage is Stage.RINGING
        self.attempt = f"contact={contact.reference}&attempt={contact.attempt}"
        self.agents_call = contact.agent_call or self.agents_call

    @property
    def contact(self) -> Contact:
        return self.attacked.store.contacts_of(self.sid)[-1]

    @property
    def state_of_call(self) -> tuple[State, int]:
        call = self.attacked.store.call(self.sid)
        assert call is not None
        return call.state, call.turn

    def passes(self, seconds: float) -> None:
        self.attacked.now[0] += timedelta(seconds=seconds)
        self.attacked.worker.tick()

    def posts(self, path: str, **more: str) -> set[str]:
        """The verbs that are answered."""
        form = self.form | more
        signature = RequestValidator(TOKEN).compute_signature(PUBLIC + path, form)
        answer = self.client.post(path, data=form, headers={"X-Twilio-Signature": signature})
        assert answer.status_code == 200, answer.text
        return {verb.tag for verb in ET.fromstring(answer.text)} if answer.text else set()

    def ends(self) -> None:
        """All have hung up, and time passes."""
        self.posts("/twilio/status", CallSid=self.sid, CallStatus="completed")
        for _ in range(6):
            if self.contact.over:
                break
            self.passes(120)
