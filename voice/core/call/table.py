"""The dialogue as data: (state, signal) → the move, and the states that it may lead to.

An event changes a call through `step` alone. Beside it, a caller whom the fallback queued without the store is written
down (`Switchboard.adopt`), and retention takes words out. A pair that is not in the table cannot happen: it raises
`Impossible` and changes nothing. What callers do (silence, nonsense, a hang-up) is in every row; so are the commands.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from voice.core.call import again, answers, callback, hold, identity, levels, questions, safeguards, told
from voice.core.call.actions import Action, Dial, HangUp, Leave, Wait
from voice.core.call.events import CallEvent, Dictated, Identified, Misfit, Pressed, Refused, Said
from voice.core.call.questions import Move, Result
from voice.core.call.signals import COMMANDS, TAKEN_BACK, TOPICAL, Reading, Signal, read
from voice.core.call.state import Call, State
from voice.core.interpretation import Decision
from voice.core.plan import MAX_ROUNDS, Plan

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

LEFT_ARRANGING = Row(callback.left_arranging, (S.OVER,))
NO_PROMISE = Row(callback.not_promised, (S.LISTED, S.NUMBER, S.WINDOW, S.CALLBACK))

NEWS = (S.NOTICE, S.AREA, S.EARLIER, S.IDENTITY)
"""Where a topic leads of which something is going on, that the caller rang about lately, or that asks who they are."""

TOLD = (S.ANNOUNCE, S.OFFER, S.ANSWERED, S.HOLD, S.DIAL, *NEWS)
"""Where a topic leads that is announced, or needs no person; a service may know the queue."""

EVERY_QUESTION: Rows = {
    G.AGENT: Row(questions.person, ENDS),
    G.BACK: Row(questions.back, (S.QUESTION,)),
    G.CALLBACK: Row(callback.callback, (S.CALLBACK, S.NUMBER, S.WINDOW)),
    G.GOODBYE: Row(safeguards.farewell, (S.FAREWELL,)),
    G.DANGER: Row(safeguards.danger, (S.DANGER,)),
    G.HUNG_UP: Row(questions.hung_up, (S.OVER,)),
    G.REPEAT: Row(questions.same_question, ()),
    G.SLOWER: Row(questions.slower, ()),
    G.ASIDE: Row(callback.aside, ()),
    G.LANGUAGE: Row(questions.language, (S.ANNOUNCE, S.ANSWERED, S.CONFIRM, *NEWS, *ENDS)),
    G.PERHAPS: Row(questions.check, (S.CHECK, *ENDS)),
    G.REFUSED: NO_PROMISE,
}
"""What holds in every question that says nothing else; where `to` is empty, the same question is asked."""


def as_wished(plan: Plan, call: Call, reading: Reading, now: datetime) -> questions.Result:
    """The command that the caller was asked about, where it was heard."""
    signal = COMMANDS[call.wish] if call.wish else Signal.BACK
    state = call.before or State.QUESTION
    topics = call.candidates[:1] if signal is G.LANGUAGE and state is S.QUESTION else ()
    said = replace(reading, signal=signal, language=call.wished, topics=topics, guess=True)
    return TABLE[state][signal].move(plan, call.but(state=state, wish=None, wished=None, before=None), said, now)


TOPICS: Rows = {
    G.TOPIC: Row(questions.announce, TOLD),
    G.LIKELY: Row(questions.confirm, (S.CONFIRM, *ENDS)),
    G.EITHER: Row(questions.choose, (S.CHOICE, *ENDS)),
}
ONCE_MORE = Row(questions.other_words, (S.AGAIN, *ENDS))
WRONG = Row(questions.wrong_guess, (S.AGAIN, *ENDS))
ASKED = (S.QUESTION, S.AGAIN, S.CONFIRM, S.CHOICE, S.MENU, S.ANNOUNCE, S.OFFER, S.CALLBACK, S.WINDOW, S.LISTED,
         S.HELPED, S.WHERE, S.NUMBER, S.ANSWERED, *NEWS, S.FAREWELL, S.SILENT, S.CANCELLING, S.RESUME,
         S.AGREED)  # fmt: skip
"""The questions in which a command is perhaps heard, and asked about."""

UNWISHED = Row(questions.unwished, ASKED)
KEYS = Row(questions.menu, (S.MENU, *ENDS))
GIVE_UP = Row(questions.give_up, ENDS)
GO_ON = Row(questions.proceed, ENDS)
STAY = Row(hold.keep_waiting, (S.HOLD,))
CUT_OFF = Row(questions.cut_off, (S.OVER,))
STILL = Row(questions.once_more, (S.CONFIRM, S.MENU, *NEWS, *ENDS))
BRIEFLY = Row(questions.briefly, (S.QUESTION, S.AGAIN, *ENDS))
UNANSWERED = Row(callback.not_answered, (S.OFFER, S.CALLBACK, S.NUMBER, S.WINDOW, S.HOLD, S.DIAL, S.OVER))
KEEP_PLACE = Row(callback.keep_place, (S.QUESTION, *ENDS))
ARRANGING: Rows = {
    G.LATER: Row(callback.later, (S.WINDOW, S.OFFER, S.CALLBACK, S.NUMBER)),
    G.STAY: KEEP_PLACE,
    G.ANOTHER: Row(callback.another_number, (S.NUMBER,)),
    G.PART: Row(callback.part_of_a_number, (S.NUMBER,)),
}
"""What a caller may want of a callback while it is arranged, whatever was asked."""

WHICH = Row(again.which, (S.LISTED, S.QUESTION, S.OVER))
KEPT = Row(callback.leave_listed, (S.OVER,))
UNSURE_OF_THE_END = Row(callback.not_answered, (S.CANCELLING, S.OVER))
STORY_BEFORE: Rows = {
    G.BROKEN: Row(again.broken, (*TOLD, S.AGAIN, S.NUMBER, S.OVER)),
    G.MISSED: Row(again.missed, (*TOLD, S.AGAIN)),
    G.SAME: Row(again.same, (*TOLD, S.AGAIN, S.CONFIRM)),
}
"""What is said of an earlier call instead of a topic."""

NOT_THAT: Rows = {
    G.TOPIC: Row(again.not_resumed, TOLD),
    G.LIKELY: Row(again.not_resumed, (S.CONFIRM, *ENDS)),
    G.EITHER: Row(again.not_resumed, (S.CHOICE, *ENDS)),
    G.NO: Row(again.not_resumed, (S.QUESTION, *ENDS)),
    **STORY_BEFORE,
    G.UNCLEAR: Row(again.not_resumed, (S.QUESTION, *ENDS)),
    G.SILENCE: Row(again.not_resumed, (S.QUESTION, *ENDS)),
}
"""What is said to a question about an earlier call, besides yes."""

RESUMED = Row(again.resumed, (*ENDS, S.ANSWERED, *NEWS))
THE_AGREED = Row(again.about_the_agreed, (*ENDS, *NEWS))

FIRST: Rows = {**TOPICS, **STORY_BEFORE}

GONE = Row(questions.nothing, (S.OVER,))
NOBODY = Row(safeguards.nobody_heard, (S.SILENT,))
BYE = Row(safeguards.end, (S.OVER,))
COME_BACK = Row(safeguards.stay, (S.QUESTION,))
TO_SAFETY = Row(safeguards.to_safety, (S.HOLD, S.DIAL))
NO_DANGER = Row(safeguards.no_danger, (S.QUESTION, S.ANNOUNCE, S.CONFIRM, *NEWS, *ENDS))

QUESTIONS: Mapping[State, Rows] = {
    S.QUESTION: {
        **FIRST,
        G.UNCLEAR: ONCE_MORE,
        G.SHORT: BRIEFLY,
        G.SILENCE: ONCE_MORE,
        G.KEYPAD: KEYS,
    },
    S.AGAIN: {**FIRST, G.UNCLEAR: KEYS, G.SHORT: BRIEFLY, G.SILENCE: KEYS, G.KEYPAD: KEYS},
    S.CONFIRM: {
        **TOPICS,
        G.YES: Row(questions.confirmed, (*ENDS, S.ANSWERED, *NEWS)),
        G.NO: WRONG,
        G.UNCLEAR: STILL,
        G.SILENCE: STILL,
    },
    S.CHECK: {
        **TOPICS,
        G.YES: Row(as_wished, (*ASKED, S.OVER, *ENDS)),
        G.NO: UNWISHED,
        G.UNCLEAR: UNWISHED,
        G.SILENCE: UNWISHED,
    },
    S.CHOICE: {
        **TOPICS,
        G.TOPIC: Row(questions.picked, (S.ANNOUNCE, S.ANSWERED, *NEWS, *ENDS)),
        G.OTHER: WRONG,
        G.UNCLEAR: KEYS,
        G.SILENCE: KEYS,
    },
    S.MENU: {
        **TOPICS,
        G.TOPIC: Row(questions.picked, (S.ANNOUNCE, S.ANSWERED, *NEWS, *ENDS)),
        G.UNCLEAR: GIVE_UP,
        G.SILENCE: GIVE_UP,
        G.NOBODY: NOBODY,
    },
    S.NOTICE: {
        G.TOPIC: Row(questions.announce, TOLD),
        G.YES: Row(told.agreed, (S.FAREWELL, *NEWS, *ENDS)),
        G.NO: Row(told.declined_text, (S.FAREWELL, *NEWS, *ENDS)),
        G.UNCLEAR: Row(told.stay, (*NEWS, *ENDS)),
        G.SILENCE: Row(told.stay, (*NEWS, *ENDS)),
    },
    S.AREA: {
        G.TOPIC: Row(questions.announce, TOLD),
        G.YES: Row(told.inside, (S.NOTICE, S.IDENTITY, *ENDS)),
        G.NO: Row(told.outside, (*NEWS, *ENDS)),
        G.UNCLEAR: Row(told.outside, (*NEWS, *ENDS)),
        G.SILENCE: Row(told.outside, (*NEWS, *ENDS)),
        G.HUNG_UP: CUT_OFF,
    },
    S.EARLIER: {
        G.TOPIC: Row(questions.announce, TOLD),
        G.YES: Row(levels.same, (S.IDENTITY, *ENDS)),
        G.NO: Row(levels.other, (*NEWS, *ENDS)),
        G.UNCLEAR: Row(levels.other, (*NEWS, *ENDS)),
        G.SILENCE: Row(levels.other, (*NEWS, *ENDS)),
        G.HUNG_UP: CUT_OFF,
    },
    S.IDENTITY: {
        G.TOPIC: Row(questions.announce, TOLD),
        G.IDENTITY: Row(identity.given, ENDS),
        G.MISFIT: Row(identity.misfit, (S.IDENTITY, *ENDS)),
        G.NO: Row(identity.without, ENDS),
        G.AGENT: Row(identity.to_person, ENDS),
        G.PERHAPS: Row(identity.perhaps, (S.IDENTITY, *ENDS)),
        G.UNCLEAR: Row(identity.unclear, (S.IDENTITY, *ENDS)),
        G.SILENCE: Row(identity.unclear, (S.IDENTITY, *ENDS)),
        G.HUNG_UP: CUT_OFF,
    },
    S.SILENT: {
        **FIRST,
        G.UNCLEAR: ONCE_MORE,
        G.SHORT: BRIEFLY,
        G.SILENCE: NOBODY,
        G.KEYPAD: KEYS,
        G.HUNG_UP: Row(safeguards.left_unheard, (S.OVER,)),
    },
    S.FAREWELL: {
        **TOPICS,
        G.GOODBYE: BYE,
        G.YES: BYE,
        G.SILENCE: BYE,
        G.NO: COME_BACK,
        G.SHORT: COME_BACK,
        G.UNCLEAR: COME_BACK,
    },
    S.DANGER: {
        G.TOPIC: NO_DANGER,
        G.LIKELY: NO_DANGER,
        G.EITHER: NO_DANGER,
        G.NO: NO_DANGER,
        G.GOODBYE: TO_SAFETY,
        G.AGENT: TO_SAFETY,
        G.CALLBACK: TO_SAFETY,
        G.PERHAPS: TO_SAFETY,
        G.YES: TO_SAFETY,
        G.SILENCE: TO_SAFETY,
        G.UNCLEAR: TO_SAFETY,
    },
    S.ANNOUNCE: {
        G.TOPIC: Row(questions.announce, TOLD),
        G.NO: WRONG,
        G.STAY: GO_ON,
        G.YES: GO_ON,
        G.SILENCE: GO_ON,
        G.UNCLEAR: GO_ON,
        G.HUNG_UP: CUT_OFF,
    },
    S.OFFER: {
        **TOPICS,
        G.YES: Row(callback.callback_agreed, (S.OVER, S.NUMBER)),
        G.NO: Row(questions.declined, (S.QUESTION,)),
        G.NUMBER: Row(callback.number, (S.CALLBACK,)),
        G.LANGUAGE: Row(questions.language, (S.ANNOUNCE, S.ANSWERED, S.CONFIRM, *NEWS, *ENDS)),
        **ARRANGING,
        G.STAY: Row(questions.declined, (S.QUESTION,)),
        G.UNCLEAR: UNANSWERED,
        G.SILENCE: UNANSWERED,
        G.HUNG_UP: CUT_OFF,
    },
    S.CALLBACK: {
        G.BACK: KEEP_PLACE,
        G.YES: Row(callback.callback_agreed, (S.OVER,)),
        G.NO: Row(callback.another_number, (S.NUMBER,)),
        G.NUMBER: Row(callback.number, (S.CALLBACK,)),
        **ARRANGING,
        G.UNCLEAR: UNANSWERED,
        G.SILENCE: UNANSWERED,
        G.HUNG_UP: LEFT_ARRANGING,
    },
    S.WINDOW: {
        G.BACK: KEEP_PLACE,
        G.NO: Row(callback.no_moment, (S.CALLBACK, S.NUMBER)),
        G.YES: Row(callback.no_moment, (S.CALLBACK, S.NUMBER)),
        **ARRANGING,
        G.TOPIC: Row(callback.window, (S.CALLBACK, S.NUMBER, S.OVER, S.WINDOW, *ENDS)),
        G.UNCLEAR: UNANSWERED,
        G.SILENCE: UNANSWERED,
        G.HUNG_UP: LEFT_ARRANGING,
    },
    S.LISTED: {
        G.TOPIC: Row(again.another_topic, TOLD),
        G.LIKELY: Row(again.another_topic, (S.CONFIRM, *ENDS)),
        G.EITHER: Row(again.another_topic, (S.CHOICE, *ENDS)),
        G.AGENT: Row(again.now_please, (S.HOLD, S.DIAL, S.LISTED)),
        G.MISSED: Row(again.now_please, (S.HOLD, S.DIAL, S.LISTED)),
        G.BROKEN: Row(again.broken, (S.HOLD, S.DIAL, S.NUMBER, S.OVER)),
        G.CALLBACK: Row(callback.leave_listed, (S.OVER,)),
        G.YES: Row(callback.leave_listed, (S.OVER,)),
        G.NO: WHICH,
        G.CANCEL: Row(again.shall_cancel, (S.CANCELLING,)),
        G.WHEN: Row(again.when, (S.LISTED,)),
        G.LATER: Row(callback.later, (S.WINDOW, S.CALLBACK, S.NUMBER)),
        G.ANOTHER: Row(callback.another_number, (S.NUMBER,)),
        G.UNCLEAR: WHICH,
        G.SILENCE: WHICH,
    },
    S.CANCELLING: {
        G.YES: Row(again.cancel, (S.OVER,)),
        G.NO: KEPT,
        G.AGENT: Row(again.now_please, (S.HOLD, S.DIAL, S.CANCELLING)),
        G.UNCLEAR: UNSURE_OF_THE_END,
        G.SILENCE: UNSURE_OF_THE_END,
    },
    S.RESUME: {
        **NOT_THAT,
        G.YES: RESUMED,
        G.SAME: RESUMED,
    },
    S.AGREED: {
        **NOT_THAT,
        G.YES: THE_AGREED,
        G.SAME: THE_AGREED,
    },
    S.HELPED: {
        G.TOPIC: Row(hold.not_helped, (*ENDS, S.WHERE)),
        G.AGENT: Row(hold.again, ENDS),
        G.YES: Row(safeguards.farewell, (S.FAREWELL,)),
        G.NO: Row(hold.not_helped, (*ENDS, S.WHERE)),
        G.UNCLEAR: Row(hold.helped_unclear, (S.HELPED, S.FAREWELL, S.WHERE, *ENDS)),
        G.SILENCE: Row(hold.helped_unclear, (S.HELPED, S.FAREWELL, S.WHERE, *ENDS)),
    },
    S.WHERE: {
        G.TOPIC: Row(hold.not_helped, ENDS),
        G.LIKELY: Row(hold.not_helped, ENDS),
        G.EITHER: Row(hold.not_helped, ENDS),
        G.UNCLEAR: GIVE_UP,
        G.SILENCE: GIVE_UP,
        G.KEYPAD: GIVE_UP,
    },
    S.ANSWERED: {
        **TOPICS,
        G.YES: Row(answers.informed, (S.OVER, *TOLD)),
        G.NO: Row(answers.not_informed, (S.IDENTITY, *ENDS)),
        G.TEXT: Row(answers.texted, (S.ANSWERED,)),
        G.UNCLEAR: Row(answers.unclear, (S.ANSWERED, S.IDENTITY, *ENDS)),
        G.SILENCE: Row(answers.unclear, (S.ANSWERED, S.OVER, *TOLD)),
    },
    S.NUMBER: {
        G.BACK: KEEP_PLACE,
        G.NO: Row(callback.no_number, (S.QUESTION, *ENDS, S.OVER)),
        G.NUMBER: Row(callback.number, (S.CALLBACK,)),
        **ARRANGING,
        G.UNCLEAR: UNANSWERED,
        G.SILENCE: UNANSWERED,
        G.HUNG_UP: LEFT_ARRANGING,
    },
}


QUIET = timedelta(seconds=40)
"""A call so long without a word or a key is asked for one, whatever else was asked."""

PATIENT = (S.QUESTION, S.AGAIN, S.MENU, S.RESUME, S.AGREED)


def _rows(state: State, own: Rows) -> Rows:
    """What holds in every question, and what in this one. Silence is the same whether or not somebody was heard before,
    where nothing else is said."""
    every = {signal: replace(row, to=(state, *row.to)) for signal, row in EVERY_QUESTION.items()}
    nobody = own[G.SILENCE]
    if state in PATIENT:
        nobody = replace(nobody, to=(*nobody.to, S.SILENT))
    return {**every, G.NOBODY: nobody, **own}


TABLE: Mapping[State, Rows] = {
    S.NEW: {
        G.RANG: Row(again.rang, (S.QUESTION, S.LISTED, S.RESUME, S.AGREED)),
        G.HUNG_UP: Row(questions.hung_up, (S.OVER,)),
    },
    **{state: _rows(state, rows) for state, rows in QUESTIONS.items()},
    S.HOLD: {
        G.WAITING: Row(hold.wait, (S.HOLD,)),
        G.SLOWER: Row(hold.slower, (S.HOLD,)),
        G.ASIDE: Row(hold.aside, (S.HOLD,)),
        G.TOPIC: Row(hold.change_queue, (S.HOLD, S.LEAVE)),
        G.UNCLEAR: STAY,
        G.PERHAPS: STAY,
        G.SILENCE: STAY,
        G.TEXT: Row(told.text_on_hold, (S.HOLD,)),
        G.YES: Row(hold.inside, (S.HOLD,)),
        G.NO: Row(hold.outside, (S.HOLD,)),
        G.AGENT: Row(hold.say_position, (S.HOLD,)),
        G.REPEAT: Row(hold.say_position, (S.HOLD,)),
        G.LANGUAGE: Row(hold.say_position, (S.HOLD,)),
        G.BACK: Row(hold.leave, (S.LEAVE,)),
        G.CALLBACK: Row(hold.leave, (S.LEAVE,)),
        G.GOODBYE: Row(safeguards.farewell_on_hold, (S.HOLD,)),
        G.DANGER: Row(safeguards.danger_on_hold, (S.LEAVE,)),
        G.HUNG_UP: Row(questions.hung_up, (S.OVER,)),
        G.BRIDGED: Row(hold.served, (S.OVER,)),
        G.TAKEN: Row(hold.taken_out, (S.AGENT,)),
        G.LEFT: Row(hold.queue_fault, (S.OFFER,)),
        G.CUT_OFF: Row(hold.cut_off, ENDS),
        G.FULL: Row(hold.queue_full, (S.OFFER,)),
        G.FAULT: Row(hold.queue_fault, (S.OFFER,)),
    },
    S.LEAVE: {
        G.LEFT: Row(hold.left, (S.QUESTION, S.CALLBACK, S.NUMBER, S.DANGER, *NEWS, *ENDS)),
        G.CUT_OFF: Row(hold.left, (S.QUESTION, S.CALLBACK, S.NUMBER, S.DANGER, *NEWS, *ENDS)),
        G.WAITING: Row(hold.leave_again, (S.LEAVE,)),
        G.TAKEN: Row(hold.leaves_anyway, (S.LEAVE,)),
        G.BRIDGED: Row(hold.served, (S.OVER,)),
        G.HUNG_UP: Row(questions.hung_up, (S.OVER,)),
        G.FAULT: Row(hold.queue_fault, (S.OFFER,)),
    },
    S.DIAL: {
        G.HUNG_UP: Row(questions.hung_up, (S.OVER,)),
        G.ALONE: Row(hold.agent_left, (S.HELPED,)),
        G.UNTAKEN: Row(hold.not_taken, (S.OFFER,)),
        G.FAULT: Row(hold.queue_fault, (S.OFFER,)),
        G.SENT_ON: Row(hold.sent_on, (*ENDS, S.OVER)),
        G.REFUSED: NO_PROMISE,
    },
    S.AGENT: {
        G.HUNG_UP: Row(questions.hung_up, (S.OVER,)),
        G.BRIDGED: Row(hold.served, (S.OVER,)),
        G.TAKEN: Row(hold.taken_out, (S.AGENT,)),
        G.LEFT: Row(hold.taken_out, (S.AGENT,)),
        G.ALONE: Row(hold.agent_left, (S.HELPED,)),
        G.SENT_ON: Row(hold.sent_on, (*ENDS, S.OVER)),
        G.REFUSED: NO_PROMISE,
        G.CUT_OFF: Row(hold.cut_off, ENDS),
    },
    S.OVER: {signal: GONE for signal in Signal if signal is not G.RANG},
}


def step(plan: Plan, call: Call, event: CallEvent, now: datetime) -> Result:
    """The call after the event, what the line does and what it owes. Raises `Impossible`, having changed nothing."""
    reading = read(plan, call, event)
    row = TABLE[call.state].get(reading.signal)
    if row is None:
        raise Impossible(f"{reading.signal!r} cannot happen in state {call.state!r}")
    heard = _noted(_heard(call, event, reading), reading).but(turn=call.turn + 1)
    if isinstance(event, Said) and call.state is not S.OVER and _is_story(call, event):
        heard = heard.but(words=(*call.words, event.text))
    if call.state in QUESTIONS and reading.signal is not G.NOBODY:
        heard = heard.but(rounds=call.rounds + 1)
    silent = reading.signal is G.NOBODY and now - (call.began or call.arrived) >= QUIET and call.state in PATIENT
    result = (safeguards.nobody_heard if silent else row.move)(plan, heard, reading, now)
    after = result[0]
    if after.state in QUESTIONS and after.rounds >= MAX_ROUNDS and not isinstance(event, Refused):
        return _enough(plan, heard, reading, now)
    return result


def _heard(call: Call, event: CallEvent, reading: Reading) -> Call:
    """Somebody is there, once they say or press anything. A language that a key has chosen stands when it is answered
    in; another key that answers nothing was pressed at random, and so was the first."""
    if not isinstance(event, Said | Pressed | Dictated | Identified | Misfit) or call.state is S.OVER:
        return call
    call = call.but(heard=True)
    if call.keyed and isinstance(event, Pressed) and reading.signal in (G.UNCLEAR, G.LANGUAGE, G.KEYPAD):
        return call.but(language=call.keyed, keyed=None)
    return call.but(keyed=None)


def _noted(call: Call, reading: Reading) -> Call:
    """With what only a report wants to know. Who is sent back into their own queue was not in the wrong one."""
    if call.state is S.ANNOUNCE and reading.signal in TAKEN_BACK | TOPICAL:
        return call.but(corrected=True)
    passed_on = reading.signal is G.SENT_ON and reading.queue != call.queue
    return call.but(passed_on=True) if passed_on else call


def _is_story(call: Call, event: Said) -> bool:
    """Whether it tells what the caller rings about. Who they are is kept apart from it."""
    clear = event.meaning.decision is Decision.ROUTE if call.state is S.IDENTITY else bool(event.meaning.topics)
    return clear or (call.state is not S.IDENTITY and not _is_answer(event))


def _is_answer(event: Said) -> bool:
    """Whether what was said only answers the line ("ja", a number), and is no part of the caller's story."""
    meaning = event.meaning
    commanded = meaning.command is not None and not meaning.ask
    return commanded or meaning.choice is not None or bool(meaning.digits)


def present(plan: Plan, call: Call) -> tuple[Action, ...]:
    """What the line does to go on from where the call stands, when a webhook came that fits nowhere."""
    if call.state in QUESTIONS:
        return (questions.question(plan, call),)
    if call.state is S.HOLD:
        return (Wait(),)
    if call.state is S.LEAVE:
        return (Leave(),)
    if call.state is S.DIAL and call.queue and plan.queues[call.queue].dial:
        return (Dial(call.queue),)
    return () if call.state is S.AGENT else (HangUp(),)


def _enough(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """Too many rounds: a person, or the promise of a callback where nobody is there."""
    if call.state not in (S.OFFER, S.CALLBACK, S.NUMBER) and plan.trouble(plan.person, now) is None:
        return questions.to_person(plan, call.but(intent=None), now)
    if call.state in (S.LISTED, S.CANCELLING):
        return callback.leave_listed(plan, call, reading, now)
    return callback.last_resort(plan, call, now)
