"""Moves of who rings again: with a callback that stands, one that never came, or a call that was cut off."""

from dataclasses import replace
from datetime import datetime

from voice.core.call.actions import Ask, HangUp, Prompt, Say
from voice.core.call.callback import leave_listed, say_first, take_callback, what_stands, with_standing
from voice.core.call.events import Standing
from voice.core.call.questions import (
    Result,
    about,
    announce,
    ask,
    choose,
    confirm,
    connect,
    greet,
    prompt,
    question,
    to_queue,
    welcome,
    why,
)
from voice.core.call.signals import Reading, Signal
from voice.core.call.state import Call, Outcome, State
from voice.core.call.wishes import Arranging
from voice.core.plan import Plan


def rang(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    if reading.standing:
        return with_standing(plan, call, reading.standing, now, *welcome(plan))
    if reading.earlier and reading.earlier.intent in plan.topics:
        return (_agreed if reading.earlier.agreed else _resume)(plan, call, reading.earlier, now)
    return greet(plan, call, reading, now)


def _resume(plan: Plan, call: Call, earlier: Standing, now: datetime) -> Result:
    """Whoever was cut off, or left the queue, does not tell the story twice."""
    assert earlier.intent is not None
    call = call.but(candidates=(earlier.intent,), resumes=earlier.reference, since=earlier.arrived, words=earlier.words)
    call, _, effects = ask(plan, call, State.RESUME, now)
    return call, (Ask((*welcome(plan), prompt("resume", topic=earlier.intent))),), effects


def _agreed(plan: Plan, call: Call, earlier: Standing, now: datetime) -> Result:
    """Whoever was promised something most likely rings about that."""
    assert earlier.intent is not None
    known = call.but(
        candidates=(earlier.intent,), resumes=earlier.reference, words=earlier.words, agreed=earlier.agreed
    )
    known, _, effects = ask(plan, known, State.AGREED, now)
    return known, (question(plan, known, *welcome(plan)),), effects


def about_the_agreed(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    """To the people of its topic, with the story of then; whether that was solved need not be asked."""
    return connect(plan, call.but(answered=(), earlier=None), call.candidates[0], now)


def resumed(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    """Still that: into its queue, with the place of the first call."""
    intent = call.candidates[0]
    return connect(plan, call.but(arrived=call.since or call.arrived), intent, now)


def not_resumed(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """Something else, told from its beginning."""
    words = (reading.words,) if reading.topics else ()
    call = call.but(candidates=(), resumes=None, since=None, agreed=None, words=words)
    moves = {Signal.TOPIC: announce, Signal.LIKELY: confirm, Signal.EITHER: choose}
    if reading.signal in moves:
        return moves[reading.signal](plan, call, reading, now)
    return ask(plan, call, State.QUESTION, now)


def which(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """Not as it stands: what then? Who does not say so either time loses nothing; about something else, it is asked
    what that is."""
    if reading.wish and reading.wish.what is Arranging.OTHER:
        return ask(plan, _beside(call, now), State.QUESTION, now)
    if call.missed:
        return leave_listed(plan, call, reading, now)
    lead = {Signal.UNCLEAR: (prompt("sorry.unclear"),), Signal.SILENCE: (prompt("sorry.silence"),)}
    call = call.but(missed=1)
    return call, (question(plan, call, *lead.get(reading.signal, ())),), ()


def when(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    return call, (question(plan, call, what_stands(plan, call, now)),), ()


def shall_cancel(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    return ask(plan, call, State.CANCELLING, now)


def cancel(_plan: Plan, call: Call, _reading: Reading, _now: datetime) -> Result:
    over = call.but(state=State.OVER, outcome=Outcome.HANGUP, withdrawn=True)
    return over, (Say((prompt("listed.cancelled"), prompt("goodbye"))), HangUp()), ()


def now_please(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    """Into the queue after all, with the old place; where nobody could answer it stays as it is."""
    queue = call.queue or plan.person
    if trouble := plan.trouble(queue, now):
        return call, (question(plan, call, why(plan, call.but(trouble=trouble), now)),), ()
    return to_queue(plan, call, queue, now, prompt("connecting"))


def another_topic(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """Another topic is another contact, perhaps of somebody else behind the same number: that on the list stays."""
    move = {Signal.LIKELY: confirm, Signal.EITHER: choose}.get(reading.signal, announce)
    if reading.signal is Signal.TOPIC and call.intent in (None, plan.topic_of(reading.topics[0])):
        return announce(plan, call, reading, now)
    return move(plan, _beside(call, now).but(words=(reading.words,)), reading, now)


def broken(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """A callback that was promised and did not come: an apology, and before all others; where nobody is there, the same
    on the list. Who is not found tells what it was about."""
    call = _known(call, reading.earlier)
    if call.reference is None and call.resumes is None:
        return _not_found(plan, call, reading, now, prompt("broken.unknown"))
    call, queue = call.but(first=True), call.queue or plan.person
    trouble = plan.trouble(queue, now)
    if trouble is None:
        return to_queue(plan, call, queue, now, prompt("broken"))
    number = call.rung_back_on
    if number is None:
        return ask(plan, call, State.NUMBER, now, prompt("broken"))
    return say_first(take_callback(plan, call.but(trouble=trouble), now, number), prompt("broken"))


def missed(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """Rung by the line, and not there: put through now, with the old place."""
    call = _known(call, reading.earlier)
    if call.reference is None and call.resumes is None:
        return _not_found(plan, call, reading, now, prompt("missed.unknown"))
    return to_queue(plan, call, call.queue or plan.person, now, prompt("connecting"))


def same(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """The topic of the last time; named only where `recognise` lets it be."""
    earlier = reading.earlier
    intent = earlier.intent if earlier else None
    if earlier is None or intent is None or intent not in plan.topics:
        return _not_found(plan, call, reading, now)
    if plan.may_name(earlier.arrived, now):
        return announce(plan, call, replace(reading, topics=(intent,)), now)
    return to_queue(plan, about(plan, call, intent), plan.queue_of(intent), now, prompt("connecting"))


def _not_found(plan: Plan, call: Call, reading: Reading, now: datetime, *lead: Prompt) -> Result:
    """Nothing is known of the number: then what it is about, if that was said too."""
    if reading.topics:
        return (confirm if reading.guess else announce)(plan, call, reading, now)
    return ask(plan, call, State.AGAIN, now, *lead)


def _known(call: Call, earlier: Standing | None) -> Call:
    """The call of the contact that it is about, as far as there is one."""
    if earlier is None:
        return call
    return call.but(
        reference=None if earlier.over else earlier.reference,
        resumes=earlier.reference if earlier.over else None,
        arrived=earlier.arrived,
        queue=earlier.queue,
        intent=earlier.intent,
        words=(*earlier.words, *call.words),
        number=earlier.number,
    )


def _beside(call: Call, now: datetime) -> Call:
    """A call about something else than the callback that stands, and goes on to stand."""
    return call.but(
        reference=None, arrived=now, queue=None, intent=None, words=(), number=None, stands=(), beside=True
    )  # fmt: skip
