"""Moves of the callback: taking the promise, its number and its moment."""

from dataclasses import replace
from datetime import datetime, timedelta

from voice.core.call.actions import Ask, HangUp, Prompt, Say
from voice.core.call.effects import NoteDown, TakeCallback
from voice.core.call.events import Standing
from voice.core.call.questions import Result, ask, back, prompt, question, to_person, to_queue, why, windows
from voice.core.call.questions import aside as about_the_line
from voice.core.call.signals import Reading, Signal
from voice.core.call.state import Call, Outcome, State
from voice.core.call.wishes import Arranging, Span, nearest_window, window_for
from voice.core.contact.limits import CallbackRefusal
from voice.core.plan import Plan
from voice.core.queue.status import Trouble


def take_callback(plan: Plan, call: Call, now: datetime, number: str) -> Result:
    queue = call.queue or plan.queue_of(call.intent)
    opens: datetime | None
    until: datetime | None
    if call.window:
        opens, until = call.window
        taken = prompt("callback.taken.window", opens=opens, until=until)
    else:
        opens, until = _opening(plan, call, queue, now)
        taken = prompt("callback.taken")
        if opens and until:
            taken = prompt("callback.taken.window", opens=opens, until=until)
        elif opens:
            taken = prompt("callback.taken.later", opens=opens)
    call = call.but(state=State.OVER, queue=queue, number=number, outcome=Outcome.CALLBACK)
    effect = TakeCallback(number, queue, call.arrived, opens, until)
    return call, (Say((taken,)), HangUp()), (effect,)


def _opening(plan: Plan, call: Call, queue: str, now: datetime) -> tuple[datetime | None, datetime | None]:
    """When a callback comes that cannot come in its turn: in the queue's next opening, at hours at which people are
    rung."""
    if call.trouble is not Trouble.CLOSING and plan.is_open(queue, now):
        return None, None
    opens = plan.opens_after(queue, now)
    found = window_for(plan, queue, ((opens, opens + ONE_DAY),), now) if opens else None
    return found or (opens, None)


def say_first(result: Result, lead: Prompt) -> Result:
    """The same, with something said before it."""
    call, actions, effects = result
    said, *others = actions
    assert isinstance(said, Say)
    return call, (Say((lead, *said.prompts)), *others), effects


def callback(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """The caller wants to be called back: on the number they ring from, if it is shown; at the moment they named."""
    if reading.wish and reading.wish.within:
        return later(plan, call, reading, now)
    number = call.rung_back_on
    return ask(plan, call.but(number=number), State.CALLBACK if number else State.NUMBER, now)


def callback_agreed(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    number = call.rung_back_on
    return take_callback(plan, call, now, number) if number else callback(plan, call, reading, now)


def keep_place(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """No callback after all: back to the queue that the caller came from, or to the question. One that stood before
    this call stands still."""
    if stands_still(call):
        return (back if reading.signal is Signal.BACK else leave_listed)(plan, call, reading, now)
    return to_queue(plan, call, call.queue, now) if call.queue else back(plan, call, reading, now)


def another_number(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    return ask(plan, call.but(dictated=""), State.NUMBER, now)


def number(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    return ask(plan, call.but(number=reading.digits, dictated=""), State.CALLBACK, now)


def part_of_a_number(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """What was said of a number is kept; only the rest is asked for."""
    return ask(plan, call.but(dictated=reading.digits), State.NUMBER, now)


def no_number(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """No callback after all; or the number is not known to who was asked for it, and is not asked for again."""
    unknown = reading.wish is not None and reading.wish.what is Arranging.WITHOUT
    return last_resort(plan, call, now) if unknown else keep_place(plan, call, reading, now)


def not_answered(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """No answer to the callback's question: once more, and then the promise that loses nothing. Who looks for a number
    says so, and has one time more.

    Who asked for a callback, or was offered one, and cannot be understood is called back on the number they ring from.
    Who hides it goes back to the queue they came from, or to a person; where nobody is there they hear when somebody
    will be. Keys that answer nothing were pressed at random: who came from the queue goes back to it.
    """
    looking = call.state is State.NUMBER and reading.signal is Signal.UNCLEAR
    if call.missed < 1 + looking:
        heard = "unclear" if reading.signal is Signal.UNCLEAR else "silence"
        call = call.but(missed=call.missed + 1)
        return call, (question(plan, call, prompt(f"sorry.{heard}")),), ()
    if stands_still(call):
        return leave_listed(plan, call, reading, now)
    at_random = reading.signal is Signal.UNCLEAR and not reading.words
    return (keep_place if at_random and call.held else _to_last_resort)(plan, call, reading, now)


def _to_last_resort(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    return last_resort(plan, call, now)


def left_arranging(plan: Plan, call: Call, _reading: Reading, _now: datetime) -> Result:
    """The caller hung up at a question about a callback's number or moment: they are listed with their words. A contact
    from the queue, or from before this call, goes its own way."""
    noted = NoteDown(call.queue or plan.queue_of(call.intent))
    return call.but(state=State.OVER), (), () if call.held or call.reference else (noted,)


def stands_still(call: Call) -> bool:
    """Whether the caller has a callback from before this call, and did not leave it for the queue."""
    return call.reference is not None and call.held is None


def leave_listed(_plan: Plan, call: Call, _reading: Reading, _now: datetime) -> Result:
    """It stays as it is."""
    over = call.but(state=State.OVER, outcome=Outcome.CALLBACK)
    return over, (Say((prompt("listed.stays"), prompt("goodbye"))), HangUp()), ()


def last_resort(plan: Plan, call: Call, now: datetime) -> Result:
    if call.caller and call.callable:
        return say_first(take_callback(plan, call, now, call.caller), prompt("callback.own", number=call.caller))
    if call.queue and call.trouble is None and plan.trouble(call.queue, now) is None:
        return to_queue(plan, call, call.queue, now, prompt("person"))
    trouble = plan.trouble(plan.person, now)
    if trouble is None:
        return to_person(plan, call.but(intent=None), now)
    over = call.but(state=State.OVER, outcome=Outcome.HANGUP)
    reason = why(plan, call.but(queue=call.queue or plan.person, trouble=call.trouble or trouble), now)
    noted = NoteDown(call.queue or plan.queue_of(call.intent))
    return over, (Say((reason, prompt("callback.noted"), prompt("goodbye"))), HangUp()), (noted,)


def later(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """Another moment than "as soon as it is my turn": the one that was named, read back with the number; else it is
    asked for. Where nobody rings at that time, what is nearest is read back."""
    within = reading.wish.within if reading.wish else ()
    if not within and call.state is State.WINDOW:
        return not_answered(plan, call, replace(reading, signal=Signal.UNCLEAR), now)
    if not within:
        return ask(plan, call, State.WINDOW, now)
    queue = call.queue or plan.queue_of(call.intent)
    chosen = window_for(plan, queue, within, now)
    if chosen is None:
        return _nearest(plan, call, nearest_window(plan, queue, within, now), now)
    return _with_window(plan, call.but(window=chosen), now)


def _nearest(plan: Plan, call: Call, window: Span | None, now: datetime) -> Result:
    if window is None:
        return ask(plan, call, State.WINDOW, now, prompt("window.none"))
    result = _with_window(plan, call.but(window=window), now)
    call, (asked, *_), effects = result
    assert isinstance(asked, Ask)
    return call, (Ask((prompt("window.none"), *asked.prompts)),), effects


def _with_window(plan: Plan, call: Call, now: datetime) -> Result:
    """Read back with the number, which is asked for where it is not known."""
    number = call.rung_back_on
    return ask(plan, call.but(number=number), State.CALLBACK if number else State.NUMBER, now)


def aside(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """Who asks how long it takes hears when they would be rung, as far as that is known; what opens a closed queue, or
    the moment they chose, the question says itself."""
    queue = call.queue or plan.queue_of(call.intent)
    if reading.wish is None or reading.wish.what is not Arranging.HOW_LONG or call.state not in ARRANGED_IN:
        return about_the_line(plan, call, reading, now)
    lead = [why(plan, call, now)] if call.state is State.OFFER else []
    if call.window is None and plan.is_open(queue, now):
        lead.insert(0, _around(plan, queue, now) or prompt("aside.how_long.unknown"))
    return call, (question(plan, call, *lead),), ()


def no_moment(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    """None of those: when the turn comes, then."""
    return _with_window(plan, call.but(window=None), now)


def window(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """One of the moments offered, by its digit."""
    place = int(reading.digits or 0) - 1
    if not 0 <= place < len(call.moments):
        return not_answered(plan, call, replace(reading, signal=Signal.UNCLEAR), now)
    chosen = next((one for one in windows(plan, call) if one[0] == call.moments[place]), None)
    if chosen is None:
        return window_gone(plan, call, now)
    return _with_window(plan, call.but(window=chosen), now)


def with_standing(plan: Plan, call: Call, standing: Standing, now: datetime, *lead: Prompt) -> Result:
    """Who has a callback on the list hears what stands, before anything is asked."""
    stands = tuple(moment for moment in (standing.promised, standing.until) if moment)
    known = call.but(
        state=State.LISTED,
        reference=standing.reference,
        arrived=standing.arrived,
        queue=standing.queue,
        intent=standing.intent,
        words=(*standing.words, *call.words),
        missed=0,
        window=None,
        number=standing.number,
        stands=stands,
    )
    return known, (question(plan, known, *lead, what_stands(plan, known, now)),), ()


def what_stands(plan: Plan, call: Call, now: datetime) -> Prompt:
    """When the callback comes: as it was promised, or about when its turn comes where there is ground for a guess."""
    if len(call.stands) > 1:
        opens, until = call.stands
        return prompt("listed.window", opens=opens, until=until)
    if call.stands and call.stands[0] > now:
        return prompt("listed.at", opens=call.stands[0])
    return _around(plan, call.queue or plan.person, now) or prompt("listed")


def _around(plan: Plan, queue: str, now: datetime) -> Prompt | None:
    """About when the turn of who rings now would come; None without ground for a guess."""
    estimate = plan.status_of(queue).estimate
    if estimate is None or estimate.minutes is None or plan.trouble(queue, now):
        return None
    soon = now + timedelta(seconds=estimate.guess)
    return prompt("listed.around", until=soon + (FIVE - timedelta(minutes=soon.minute % 5, seconds=soon.second)))


def not_promised(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """The promise cannot be given. Who has one already hears what stands; somebody else's is nobody's business."""
    standing, number = reading.standing, call.rung_back_on
    if reading.refusal is CallbackRefusal.WINDOW:
        return window_gone(plan, call, now)
    if standing and standing.number == call.caller:
        return with_standing(plan, call, standing, now)
    call = call.but(number=None, callable=call.callable and number != call.caller)
    return ask(plan, call, State.NUMBER, now, prompt(f"callback.{reading.refusal}"))


def window_gone(plan: Plan, call: Call, now: datetime) -> Result:
    """Another one; where none is left, as soon as it is the caller's turn."""
    number = call.rung_back_on
    state = State.CALLBACK if number else State.NUMBER
    if windows(plan, call):
        state = State.WINDOW
    return ask(plan, call.but(window=None, number=number), state, now, prompt("window.taken"))


ARRANGED_IN = (State.OFFER, State.CALLBACK, State.NUMBER, State.WINDOW)

ONE_DAY = timedelta(days=1)

FIVE = timedelta(minutes=5)
"""As people say a time of the day."""
