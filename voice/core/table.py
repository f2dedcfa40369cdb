"""The dialogue as data: (state, signal) → the move, and the states that it may lead to.

`step` is the only way a call changes. A pair that is not in the table cannot happen: it raises `Impossible` and changes
nothing. What callers do (silence, nonsense, a hang-up) is in every row; so are the commands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from voice.core import holding, moves, promising
from voice.core.actions import Action, Dial, HangUp, Leave, Wait
from voice.core.call import Call, Event, Refused, Said, State
from voice.core.moves import Move
from voice.core.plan import MAX_ROUNDS, Plan
from voice.core.reading import Reading, Signal, read

S, G = State, Signal


class Impossible(Exception):
    """An event that cannot happen in this state: a fault of ours or of Twilio's, never of the caller."""


@dataclass(frozen=True)
class Row:
    """A move, and where it may lead. The diagram draws these; a test plays calls and checks that they are true."""

    move: Move
    to: tuple[State, ...]


Rows = Mapping[Signal, Row]

ENDS = (S.HOLD, S.DIAL, S.OFFER)
"""Where a topic or a person leads: into the queue, to the call centre behind it or, where nobody can answer, to the
offer of a callback."""

ANYWHERE: Rows = {
    G.AGENT: Row(moves.person, ENDS),
    G.BACK: Row(moves.back, (S.QUESTION,)),
    G.CALLBACK: Row(promising.callback, (S.CALLBACK, S.NUMBER)),
    G.GOODBYE: Row(moves.goodbye, (S.OVER,)),
    G.HUNG_UP: Row(moves.hung_up, (S.OVER,)),
}


def same(state: State) -> Rows:
    return {G.REPEAT: Row(moves.same_question, (state,)), G.LANGUAGE: Row(moves.language, (state,))}


TOPICS: Rows = {
    G.TOPIC: Row(moves.announce, (S.ANNOUNCE, S.OFFER)),
    G.LIKELY: Row(moves.confirm, (S.CONFIRM, *ENDS)),
    G.EITHER: Row(moves.choose, (S.CHOICE, *ENDS)),
}
ONCE_MORE = Row(moves.other_words, (S.AGAIN, *ENDS))
WRONG = Row(moves.refused, (S.AGAIN, *ENDS))
KEYS = Row(moves.menu, (S.MENU, *ENDS))
GIVE_UP = Row(moves.give_up, ENDS)
GO_ON = Row(moves.proceed, ENDS)
STAY = Row(holding.keep_waiting, (S.HOLD,))
UNANSWERED = Row(promising.not_answered, (S.OFFER, S.CALLBACK, S.NUMBER, S.WINDOW, S.HOLD, S.DIAL, S.OVER))
ANOTHER_MOMENT = Row(promising.later, (S.WINDOW, S.OFFER, S.CALLBACK))
NO_PROMISE = Row(promising.refused, (S.LISTED, S.NUMBER, S.WINDOW, S.CALLBACK))
GONE = Row(moves.nothing, (S.OVER,))

QUESTIONS: Mapping[State, Rows] = {
    S.QUESTION: {**TOPICS, G.UNCLEAR: ONCE_MORE, G.SILENCE: ONCE_MORE, G.KEYPAD: KEYS},
    S.AGAIN: {**TOPICS, G.UNCLEAR: KEYS, G.SILENCE: KEYS, G.KEYPAD: KEYS},
    S.CONFIRM: {
        **TOPICS,
        G.YES: Row(moves.confirmed, ENDS),
        G.NO: WRONG,
        G.UNCLEAR: KEYS,
        G.SILENCE: KEYS,
    },
    S.CHOICE: {
        **TOPICS,
        G.TOPIC: Row(moves.picked, (S.ANNOUNCE, *ENDS)),
        G.OTHER: WRONG,
        G.UNCLEAR: KEYS,
        G.SILENCE: KEYS,
    },
    S.MENU: {
        **TOPICS,
        G.TOPIC: Row(moves.picked, (S.ANNOUNCE, *ENDS)),
        G.UNCLEAR: GIVE_UP,
        G.SILENCE: GIVE_UP,
    },
    S.ANNOUNCE: {
        G.TOPIC: Row(moves.announce, (S.ANNOUNCE, S.OFFER)),
        G.NO: WRONG,
        G.YES: GO_ON,
        G.SILENCE: GO_ON,
        G.UNCLEAR: GO_ON,
    },
    S.OFFER: {
        **TOPICS,
        G.YES: Row(promising.callback_agreed, (S.OVER, S.NUMBER)),
        G.NO: Row(moves.declined, (S.QUESTION,)),
        G.NUMBER: Row(promising.number, (S.CALLBACK,)),
        G.LANGUAGE: Row(moves.language, ENDS),
        G.LATER: ANOTHER_MOMENT,
        G.UNCLEAR: UNANSWERED,
        G.SILENCE: UNANSWERED,
    },
    S.CALLBACK: {
        G.BACK: Row(promising.keep_place, (S.QUESTION, *ENDS)),
        G.YES: Row(promising.callback_agreed, (S.OVER,)),
        G.NO: Row(promising.another_number, (S.NUMBER,)),
        G.NUMBER: Row(promising.number, (S.CALLBACK,)),
        G.LATER: ANOTHER_MOMENT,
        G.UNCLEAR: UNANSWERED,
        G.SILENCE: UNANSWERED,
    },
    S.WINDOW: {
        G.BACK: Row(promising.keep_place, (S.QUESTION, *ENDS)),
        G.TOPIC: Row(promising.window, (S.CALLBACK, S.NUMBER, S.OVER, S.WINDOW, *ENDS)),
        G.UNCLEAR: UNANSWERED,
        G.SILENCE: UNANSWERED,
    },
    S.LISTED: {
        G.TOPIC: Row(moves.announce, (S.ANNOUNCE, S.OFFER)),
        G.AGENT: Row(promising.join_listed, (S.HOLD, S.DIAL, S.LISTED)),
        G.CALLBACK: Row(promising.leave_listed, (S.OVER,)),
        G.YES: Row(promising.leave_listed, (S.OVER,)),
        G.NO: Row(promising.cancel, (S.OVER,)),
        G.LATER: Row(promising.later, (S.WINDOW, S.LISTED)),
        G.UNCLEAR: Row(promising.listed_unclear, (S.LISTED, S.OVER)),
        G.SILENCE: Row(promising.listed_unclear, (S.LISTED, S.OVER)),
    },
    S.HELPED: {
        G.TOPIC: Row(holding.not_helped, (*ENDS, S.WHERE)),
        G.AGENT: Row(holding.again, ENDS),
        G.YES: Row(holding.helped, (S.OVER,)),
        G.NO: Row(holding.not_helped, (*ENDS, S.WHERE)),
        G.UNCLEAR: Row(holding.helped_unclear, (S.HELPED, S.OVER, S.WHERE, *ENDS)),
        G.SILENCE: Row(holding.helped_unclear, (S.HELPED, S.OVER, S.WHERE, *ENDS)),
    },
    S.WHERE: {
        G.TOPIC: Row(holding.not_helped, ENDS),
        G.LIKELY: Row(holding.not_helped, ENDS),
        G.EITHER: Row(holding.not_helped, ENDS),
        G.UNCLEAR: GIVE_UP,
        G.SILENCE: GIVE_UP,
        G.KEYPAD: GIVE_UP,
    },
    S.NUMBER: {
        G.BACK: Row(promising.keep_place, (S.QUESTION, *ENDS)),
        G.NUMBER: Row(promising.number, (S.CALLBACK,)),
        G.UNCLEAR: UNANSWERED,
        G.SILENCE: UNANSWERED,
    },
}

TABLE: Mapping[State, Rows] = {
    S.NEW: {G.RANG: Row(promising.rang, (S.QUESTION, S.LISTED)), G.HUNG_UP: Row(moves.hung_up, (S.OVER,))},
    **{state: {**ANYWHERE, **same(state), G.REFUSED: NO_PROMISE, **rows} for state, rows in QUESTIONS.items()},
    S.HOLD: {
        G.WAITING: Row(holding.wait, (S.HOLD,)),
        G.TOPIC: Row(holding.change_queue, (S.HOLD, S.LEAVE)),
        G.UNCLEAR: STAY,
        G.SILENCE: STAY,
        G.AGENT: Row(holding.say_position, (S.HOLD,)),
        G.REPEAT: Row(holding.say_position, (S.HOLD,)),
        G.LANGUAGE: Row(holding.say_position, (S.HOLD,)),
        G.BACK: Row(holding.leave, (S.LEAVE,)),
        G.CALLBACK: Row(holding.leave, (S.LEAVE,)),
        G.GOODBYE: Row(moves.goodbye, (S.OVER,)),
        G.HUNG_UP: Row(moves.hung_up, (S.OVER,)),
        G.BRIDGED: Row(holding.served, (S.OVER,)),
        G.TAKEN: Row(holding.taken_out, (S.AGENT,)),
        G.LEFT: Row(holding.queue_fault, (S.OFFER,)),
        G.CUT_OFF: Row(holding.cut_off, ENDS),
        G.FULL: Row(holding.queue_full, (S.OFFER,)),
        G.FAULT: Row(holding.queue_fault, (S.OFFER,)),
    },
    S.LEAVE: {
        G.LEFT: Row(holding.left, (S.QUESTION, S.CALLBACK, S.NUMBER, *ENDS)),
        G.WAITING: Row(holding.leave_again, (S.LEAVE,)),
        G.TAKEN: Row(holding.taken_out, (S.AGENT,)),
        G.BRIDGED: Row(holding.served, (S.OVER,)),
        G.HUNG_UP: Row(moves.hung_up, (S.OVER,)),
        G.FAULT: Row(holding.queue_fault, (S.OFFER,)),
    },
    S.DIAL: {
        G.HUNG_UP: Row(moves.hung_up, (S.OVER,)),
        G.ALONE: Row(holding.agent_left, (S.HELPED,)),
        G.UNTAKEN: Row(holding.not_taken, (S.OFFER,)),
        G.FAULT: Row(holding.queue_fault, (S.OFFER,)),
        G.SENT_ON: Row(holding.sent_on, (*ENDS, S.OVER)),
        G.REFUSED: NO_PROMISE,
    },
    S.AGENT: {
        G.HUNG_UP: Row(moves.hung_up, (S.OVER,)),
        G.BRIDGED: Row(holding.served, (S.OVER,)),
        G.TAKEN: Row(holding.taken_out, (S.AGENT,)),
        G.LEFT: Row(holding.taken_out, (S.AGENT,)),
        G.ALONE: Row(holding.agent_left, (S.HELPED,)),
        G.SENT_ON: Row(holding.sent_on, (*ENDS, S.OVER)),
        G.REFUSED: NO_PROMISE,
        G.CUT_OFF: Row(holding.cut_off, ENDS),
    },
    S.OVER: {signal: GONE for signal in Signal if signal is not G.RANG},
}


def step(plan: Plan, call: Call, event: Event, now: datetime) -> tuple[Call, tuple[Action, ...]]:
    """The call after the event, and what the line does. Raises `Impossible`, having changed nothing."""
    reading = read(plan, call, event)
    row = TABLE[call.state].get(reading.signal)
    if row is None:
        raise Impossible(f"{reading.signal!r} cannot happen in state {call.state!r}")
    heard = call.but(turn=call.turn + 1)
    if isinstance(event, Said) and call.state is not S.OVER and (event.meaning.topics or not _is_answer(event)):
        heard = heard.but(words=(*call.words, event.text))
    if call.state in QUESTIONS:
        heard = heard.but(rounds=call.rounds + 1)
    after, actions = row.move(plan, heard, reading, now)
    if after.state in QUESTIONS and after.rounds >= MAX_ROUNDS and not isinstance(event, Refused):
        return _enough(plan, heard, reading, now)
    return after, actions


def _is_answer(event: Said) -> bool:
    """Whether what was said only answers the line ("ja", a number), and is no part of the caller's story."""
    return event.meaning.command is not None or event.meaning.choice is not None or bool(event.meaning.digits)


def present(plan: Plan, call: Call) -> tuple[Action, ...]:
    """What the line does to go on from where the call stands, when a webhook came that fits nowhere."""
    if call.state in QUESTIONS:
        return (moves.question(plan, call),)
    if call.state is S.HOLD:
        return (Wait(),)
    if call.state is S.LEAVE:
        return (Leave(),)
    if call.state is S.DIAL and call.queue and plan.queues[call.queue].dial:
        return (Dial(call.queue),)
    return () if call.state is S.AGENT else (HangUp(),)


def _enough(plan: Plan, call: Call, reading: Reading, now: datetime) -> tuple[Call, tuple[Action, ...]]:
    """Too many rounds: a person, or the promise of a callback where nobody is there."""
    if call.state not in (S.OFFER, S.CALLBACK, S.NUMBER) and plan.trouble(plan.person, now) is None:
        return moves.to_person(plan, call.but(intent=None), now)
    if call.state is S.LISTED:
        return promising.leave_listed(plan, call, reading, now)
    return promising.last_resort(plan, call, now)
