"""The webhooks of one caller and one agent in every order, each of them twice or never: whatever arrives when, the
caller hears words, the agent is let go, and nothing stays open.

The caller has waited, the agent has pressed 1, and the order to take the caller out is on its way. Then the caller
presses 9, or says what it is about, or hangs up, and the agent hangs up. Other moments are in `test_any_moment`.
"""

from collections.abc import Iterator, Sequence
from itertools import permutations
from random import Random

import pytest

from tests.faults.meeting import Meeting, obliging_line
from voice.content import Line
from voice.core.call.state import State
from voice.store import Store

pytestmark = pytest.mark.slow

KEY, COME, QUEUE, AGENT = "hold-turn", "come", "queue", "agent-status"
MOVES = (KEY, COME, QUEUE, AGENT)
TWICE_OR_NEVER = [{}, *({one: many} for one in MOVES for many in (0, 2))]


def plays(meeting: Meeting, moves: Sequence[str], keyed: dict[str, str]) -> Iterator[tuple[str, set[str]]]:
    """What was answered to each."""
    come = False
    for move in moves:
        match move:
            case "hold-turn":
                yield move, meeting.posts(f"/twilio/hold-turn?turn={meeting.turn}", **keyed)
            case "come":
                come = True
                yield move, meeting.posts(f"/twilio/come?{meeting.attempt}")
            case "queue":
                result = "redirected" if come else "leave"
                yield move, meeting.posts(f"/twilio/queue?turn={meeting.turn}", QueueResult=result)
            case "agent-status":
                ended = {"CallSid": meeting.agents_call, "CallStatus": "completed"}
                yield move, meeting.posts(f"/twilio/agent-status?{meeting.attempt}", **ended)


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
    attacked = obliging_line(line, store)
    chosen = Random(1)
    for number, order in enumerate(ORDERS, 1):
        often = TWICE_OR_NEVER[0] if number % 3 else chosen.choice(TWICE_OR_NEVER)
        moves = [move for move in order for _ in range(often.get(move, 1))]
        meeting = Meeting(attacked, number)
        meeting.is_taken()
        heard(number, list(plays(meeting, moves, keyed)), moves)
        meeting.ends()
        contacts = attacked.store.contacts_of(meeting.sid)
        assert [one for one in contacts if not one.over] == [], moves
        assert attacked.store.agents.find("An").contact is None, moves  # type: ignore[union-attr]
        assert meeting.state_of_call[0] is State.OVER, moves
