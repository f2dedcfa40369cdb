"""The webhooks of one caller and one agent in every order, each of them twice or never: whatever arrives when, the
caller hears words, the agent is let go, and nothing stays open.

The caller has waited, the agent has pressed 1, and the order to take the caller out is on its way. Then the caller
presses 9, or says what it is about, or hangs up, and the agent hangs up.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import permutations
from random import Random
from xml.etree import ElementTree as ET

import pytest
from twilio.request_validator import RequestValidator

from benchmarks.hostile import AGENTS, PUBLIC, TOKEN, Attacked, Refusing, open_line
from tests.conftest import Scripted
from voice.content import Line
from voice.core.call.state import State
from voice.core.contact.state import Contact, Stage
from voice.store import Store

pytestmark = pytest.mark.slow

KEY, COME, QUEUE, AGENT = "hold-turn", "come", "queue", "agent-status"
MOVES = (KEY, COME, QUEUE, AGENT)
TWICE_OR_NEVER = [{}, *({one: many} for one in MOVES for many in (0, 2))]


class Obliging(Refusing):
    def _may_refuse(self) -> None:
        """This Twilio takes every order."""

    def is_over(self, _sid: str) -> bool:
        return True


class Meeting:
    """One caller and one agent, from the ring to the moment in which both do something."""

    def __init__(self, attacked: Attacked, number: int) -> None:
        self.attacked, self.sid = attacked, f"CA{number:032x}"
        self.form = {"CallSid": self.sid, "From": f"+3247{1_000_000 + number}", "To": "+3212345670"}
        self.client = attacked.app.test_client()
        for name in AGENTS:
            attacked.store.agents.sign_out(name, attacked.now[0])
        attacked.store.agents.sign_in("An", attacked.now[0])
        self.posts("/twilio/voice")
        self.posts("/twilio/turn?turn=1", SpeechResult="een medewerker")
        self.posts("/twilio/hold")
        self.passes(1)
        contact = self.contact
        assert contact.stage is Stage.RINGING
        self.turn = self.state_of_call[1]
        self.attempt = f"contact={contact.reference}&attempt={contact.attempt}"
        self.agents_call = contact.agent_call or "CA" + "a" * 32
        self.posts(f"/twilio/agent-answer?{self.attempt}&times=1", CallSid=self.agents_call, Digits="1")
        self.passes(1)
        assert self.contact.stage is Stage.TAKING

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

    def plays(self, moves: Sequence[str], keyed: dict[str, str]) -> Iterator[tuple[str, set[str]]]:
        """What was answered to each."""
        come = False
        for move in moves:
            match move:
                case "hold-turn":
                    yield move, self.posts(f"/twilio/hold-turn?turn={self.turn}", **keyed)
                case "come":
                    come = True
                    yield move, self.posts(f"/twilio/come?{self.attempt}")
                case "queue":
                    result = "redirected" if come else "leave"
                    yield move, self.posts(f"/twilio/queue?turn={self.turn}", QueueResult=result)
                case "agent-status":
                    ended = {"CallSid": self.agents_call, "CallStatus": "completed"}
                    yield move, self.posts(f"/twilio/agent-status?{self.attempt}", **ended)

    def ends(self) -> None:
        self.posts("/twilio/status", CallStatus="completed")
        for _ in range(6):
            if self.contact.over:
                break
            self.passes(120)


ORDERS = [*permutations(MOVES)]


def heard(number: int, played: list[tuple[str, set[str]]], moves: Sequence[str]) -> None:
    told = f"{number}: {moves} → {played}"
    for move, verbs in played:
        if move == COME:
            assert "Leave" not in verbs, f"the call ends: {told}"
            assert verbs - {"Hangup"}, f"silence: {told}"
        if move == QUEUE and COME not in [before for before, _ in played[: played.index((move, verbs))]]:
            assert verbs - {"Hangup"}, f"silence: {told}"


@pytest.mark.parametrize(
    "keyed", [{"Digits": "9"}, {"SpeechResult": "mijn factuur klopt niet"}], ids=["presses 9", "tells a topic"]
)
def test_in_whatever_order_twice_or_never_all_ends_well(line: Line, store: Store, keyed: dict[str, str]) -> None:
    attacked = open_line(line, Scripted(), store, seed=1)  # type: ignore[arg-type]
    attacked.worker.rest = Obliging(Random(1))  # type: ignore[assignment]
    chosen = Random(1)
    for number, order in enumerate(ORDERS, 1):
        often = TWICE_OR_NEVER[0] if number % 3 else chosen.choice(TWICE_OR_NEVER)
        moves = [move for move in order for _ in range(often.get(move, 1))]
        meeting = Meeting(attacked, number)
        heard(number, list(meeting.plays(moves, keyed)), moves)
        meeting.ends()
        contacts = attacked.store.contacts_of(meeting.sid)
        assert [one for one in contacts if not one.over] == [], moves
        assert attacked.store.agents.find("An").contact is None, moves  # type: ignore[union-attr]
        assert meeting.state_of_call[0] is State.OVER, moves
