"""As `test_any_order`, from other moments: in the queue, while the agent hears the whisper, on the way out of the
queue, with an agent, and called back. A few orders of each are drawn; `long` draws many more."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice, permutations
from random import Random

import pytest

from tests.faults.meeting import Meeting, obliging_line
from voice.content import Line
from voice.core.call.state import State
from voice.core.contact.events import Withdrew
from voice.core.contact.state import Kind, Stage
from voice.store import Store
from voice.twilio.routes import ROUTES, VERBS, Whose

DRAWN, DRAWN_LONG = 4, 250


def accepts(meeting: Meeting) -> None:
    """The order to take the caller out follows at once."""
    meeting.passes(1)


MOVES: dict[str, tuple[str, dict[str, str], Callable[[Meeting], None] | None]] = {
    "holds": ("hold", {}, None),
    "presses 9": ("hold-turn?turn={turn}", {"Digits": "9"}, None),
    "out of the queue": ("queue?turn={turn}", {"QueueResult": "leave"}, None),
    "comes": ("come?{attempt}", {}, None),
    "is taken out": ("queue?turn={turn}", {"QueueResult": "redirected"}, None),
    "hangs up": ("status", {"CallStatus": "completed"}, None),
    "agent hears": ("agent?{attempt}", {"CallSid": "agent"}, None),
    "agent accepts": ("agent-answer?{attempt}&times=1", {"CallSid": "agent", "Digits": "1"}, accepts),
    "agent declines": ("agent-answer?{attempt}&times=1", {"CallSid": "agent", "Digits": "2"}, None),
    "agent hangs up": ("agent-status?{attempt}", {"CallSid": "agent", "CallStatus": "completed"}, None),
    "is asked": ("after?{attempt}", {}, None),
    "says yes": ("turn?turn={turn}", {"SpeechResult": "ja"}, None),
    "picks up": ("customer?{attempt}", {"AnsweredBy": "human"}, None),
    "presses 1": ("customer-answer?{attempt}&times=1", {"Digits": "1"}, None),
    "presses 2": ("customer-answer?{attempt}&times=1", {"Digits": "2"}, None),
    "rings off": ("customer-status?{attempt}", {"CallStatus": "completed"}, None),
}
"""What arrives: path, form, and what follows it."""

MOMENTS: dict[str, tuple[Callable[[Meeting], None], tuple[str, ...]]] = {
    "queue": (Meeting.waits, ("holds", "presses 9", "out of the queue", "hangs up")),
    "whisper": (
        Meeting.is_rung_for,
        ("agent hears", "agent accepts", "presses 9", "comes", "is taken out", "agent hangs up"),
    ),
    "leaving": (
        Meeting.leaves_as_they_are_taken,
        ("out of the queue", "agent accepts", "comes", "agent declines", "agent hangs up"),
    ),
    "bridged": (Meeting.talks, ("is taken out", "agent hangs up", "is asked", "says yes", "hangs up")),
    "called back": (
        Meeting.is_rung_back,
        ("picks up", "presses 1", "presses 2", "is asked", "agent hangs up", "rings off"),
    ),
}


def drawn(moves: Sequence[str], seed: int) -> Iterator[list[str]]:
    """Orders of the moves, of which one comes twice or never, or none does."""
    random = Random(seed)
    orders = list(permutations(moves))
    while True:
        order = random.choice(orders)
        often = {random.choice(moves): random.choice([0, 1, 2])}
        yield [move for move in order for _ in range(often.get(move, 1))]


def post(meeting: Meeting, move: str) -> set[str]:
    path, form, follows = MOVES[move]
    form = form | ({"CallSid": meeting.agents_call} if form.get("CallSid") == "agent" else {})
    verbs = meeting.posts("/twilio/" + path.format(turn=meeting.turn, attempt=meeting.attempt), **form)
    if follows:
        follows(meeting)
    return verbs


def judge(meeting: Meeting, move: str, verbs: set[str], before: Sequence[str], told: str) -> None:
    route = ROUTES["/twilio/" + MOVES[move][0].partition("?")[0]]
    assert verbs <= VERBS[route.reply], f"{move}: {verbs} may not stand there: {told}"
    elsewhere = move == "is taken out" or (move == "out of the queue" and "comes" in before)
    call = meeting.attacked.store.call(meeting.form["CallSid"])
    gone = call is None or call.state is State.OVER or (call.state is State.AGENT and route.inside_queue)
    if route.whose is Whose.CALLER and not elsewhere and not gone:
        assert verbs - {"Hangup"}, f"{move}: silence: {told}"
    if route.whose in (Whose.AGENT, Whose.CUSTOMER):
        assert verbs, f"{move}: silence: {told}"


def all_ends_well(line: Line, store: Store, moment: str, many: int, seed: int) -> None:
    attacked = obliging_line(line, store)
    begins, moves = MOMENTS[moment]
    for number, order in enumerate(islice(drawn(moves, seed), many), 1):
        meeting = Meeting(attacked, number)
        begins(meeting)
        for place, move in enumerate(order):
            judge(meeting, move, post(meeting, move), order[:place], f"{number}: {order}")
        meeting.posts("/twilio/status", CallStatus="completed")
        meeting.ends()
        listed = [one for one in store.contacts_of(meeting.sid) if not one.over]
        assert all(one.kind is Kind.CALLBACK and one.stage is Stage.WAITING for one in listed), f"{number}: {order}"
        for one in listed:
            store.contacts.happen(line.plan, one.reference, Withdrew(), attacked.now[0])
        assert store.agents.find("An").contact is None, f"{number}: {order}"  # type: ignore[union-attr]
        assert meeting.state_of_call[0] is State.OVER, f"{number}: {order}"


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_whatever_arrives_when_all_ends_well(line: Line, store: Store, moment: str) -> None:
    all_ends_well(line, store, moment, DRAWN, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("moment", MOMENTS)
def test_many_orders_of_each_moment_end_well(line: Line, store: Store, moment: str) -> None:
    all_ends_well(line, store, moment, DRAWN_LONG, seed=2)
