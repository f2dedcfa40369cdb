"""An event, heard in a state, read as one signal: what the transition table is keyed on.

The same words mean different things at different moments ("ja" confirms, or is no answer at all), so the reading looks
at the state first. Commands that hold everywhere are read before anything else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from voice.core.call.actions import Listen
from voice.core.call.events import (
    CallEvent,
    CutOff,
    Dictated,
    HungUp,
    Identified,
    LeftAgent,
    LeftDial,
    LeftQueue,
    Misfit,
    Pressed,
    Rang,
    Refused,
    Said,
    SentOn,
    Silent,
    Standing,
    Waiting,
)
from voice.core.call.state import Call, State
from voice.core.call.states import STATES, Topics
from voice.core.call.wishes import ANYWHERE, ASIDES, HEARD_IN, Arranging, CallbackWish
from voice.core.contact.limits import CallbackRefusal
from voice.core.interpretation import Choice, Command, Decision, Interpretation
from voice.core.plan import Plan


class Signal(StrEnum):
    RANG = "rang"
    TOPIC = "topic"
    LIKELY = "likely topic"
    EITHER = "two topics"
    UNCLEAR = "no-match"
    SILENCE = "no-input"
    YES = "yes"
    NO = "no"
    OTHER = "something else"
    KEYPAD = "a digit"
    NUMBER = "a telephone number"
    AGENT = "agent"
    BACK = "back"
    REPEAT = "repeat"
    CALLBACK = "callback"
    LANGUAGE = "language"
    PERHAPS = "perhaps a command"
    GOODBYE = "goodbye"
    WAITING = "still waiting"
    BRIDGED = "answered"
    TAKEN = "taken out"
    LEFT = "left the queue"
    FULL = "queue full"
    FAULT = "queue fault"
    UNTAKEN = "not taken"
    LATER = "another moment"
    TEXT = "by text"
    STAY = "rather wait"
    CANCEL = "cancel"
    WHEN = "when does it come"
    MISSED = "a call was missed"
    BROKEN = "a promise was broken"
    SAME = "as the last time"
    SLOWER = "slower"
    ASIDE = "asked of the line"
    ANOTHER = "another number"
    PART = "a part of a number"
    IDENTITY = "identity given"
    MISFIT = "identity not right"
    SHORT = "small talk"
    DANGER = "danger"
    NOBODY = "nobody heard yet"
    ALONE = "agent left"
    SENT_ON = "sent on"
    CUT_OFF = "cut off"
    REFUSED = "no such callback"
    HUNG_UP = "hung up"


TOPICAL = frozenset({Signal.TOPIC, Signal.LIKELY, Signal.EITHER})
TAKEN_BACK = frozenset({Signal.NO, Signal.OTHER, Signal.BACK})


@dataclass(frozen=True)
class Reading:
    """A signal with what it carries. `words` is what the caller said, empty for anything but speech; `guess` says that
    the topic is to be asked about."""

    signal: Signal
    topics: tuple[str, ...] = ()
    both: bool = False
    language: str | None = None
    command: Command | None = None
    digits: str = ""
    position: int = 0
    words: str = ""
    queue: str = ""
    standing: Standing | None = None
    refusal: CallbackRefusal | None = None
    safety: str | None = None
    wish: CallbackWish | None = None
    earlier: Standing | None = None
    checked: bool = False
    guess: bool = False


COMMAND_KEYS: Mapping[str, Signal] = {
    "0": Signal.AGENT,
    "*": Signal.BACK,
    "#": Signal.REPEAT,
    "9": Signal.CALLBACK,
}
COMMANDS: Mapping[Command, Signal] = {
    Command.AGENT: Signal.AGENT,
    Command.BACK: Signal.BACK,
    Command.REPEAT: Signal.REPEAT,
    Command.CALLBACK: Signal.CALLBACK,
    Command.GOODBYE: Signal.GOODBYE,
    Command.LANGUAGE: Signal.LANGUAGE,
}
DECISIONS: Mapping[Decision, Signal] = {
    Decision.ROUTE: Signal.TOPIC,
    Decision.CONFIRM: Signal.LIKELY,
    Decision.CHOOSE: Signal.EITHER,
    Decision.UNSURE: Signal.UNCLEAR,
}
QUEUE_RESULTS: Mapping[str, Signal] = {
    "bridged": Signal.BRIDGED,
    "leave": Signal.LEFT,
    "hangup": Signal.HUNG_UP,
    "redirected": Signal.TAKEN,
    "redirected-from-bridged": Signal.TAKEN,
    "queue-full": Signal.FULL,
}
"""Twilio's QueueResult (https://www.twilio.com/docs/voice/twiml/enqueue); any other is a fault."""

NOBODY_THERE = frozenset({"busy", "no-answer", "completed", "answered"})
"""DialCallStatus where nobody spoke with the caller: whoever picked up may have hung up during the whisper. Any other
is a fault."""

SHORTEST_NUMBER = 6


def is_number(call: Call, digits: str) -> bool:
    """Whether these digits answer with a telephone number."""
    return STATES[call.state].number and len(digits) >= SHORTEST_NUMBER


def read(plan: Plan, call: Call, event: CallEvent) -> Reading:
    match event:
        case Rang(standing, earlier):
            return Reading(Signal.RANG, standing=standing, earlier=earlier)
        case Refused(why, standing):
            return Reading(Signal.REFUSED, standing=standing, refusal=why)
        case LeftAgent():
            return Reading(Signal.ALONE)
        case SentOn(queue):
            return Reading(Signal.SENT_ON, queue=queue)
        case CutOff():
            return Reading(Signal.CUT_OFF)
        case Dictated(digits):
            return Reading(Signal.PART, digits=digits)
        case Identified(value, checked):
            return Reading(Signal.IDENTITY, digits=value, checked=checked)
        case Misfit(digits):
            return Reading(Signal.MISFIT, digits=digits)
        case Silent():
            return Reading(Signal.SILENCE if call.heard else Signal.NOBODY)
        case HungUp():
            return Reading(Signal.HUNG_UP)
        case Waiting(position):
            return Reading(Signal.WAITING, position=position)
        case LeftQueue(result):
            return Reading(QUEUE_RESULTS.get(result, Signal.FAULT))
        case LeftDial(result, bridged):
            if bridged:
                return Reading(Signal.ALONE)
            return Reading(Signal.UNTAKEN if result in NOBODY_THERE else Signal.FAULT)
        case Pressed(digits):
            return _pressed(plan, call, digits)
        case Said(text, meaning, wish, earlier):
            return replace(_said(plan, call, text, meaning, wish), earlier=earlier)


def _pressed(plan: Plan, call: Call, digits: str) -> Reading:
    if not digits:
        return Reading(Signal.SILENCE)
    if digits in COMMAND_KEYS:
        return Reading(COMMAND_KEYS[digits])
    if is_number(call, digits):
        return Reading(Signal.NUMBER, digits=digits)
    if digits in plan.keys and STATES[call.state].listens is Listen.OPEN and call.state is not State.HOLD:
        return Reading(Signal.LANGUAGE, language=plan.keys[digits])
    answer = _digit(plan, call, digits)
    if answer is None and STATES[call.state].listens is Listen.OPEN and call.state is not State.HOLD:
        return Reading(Signal.KEYPAD)
    return answer or Reading(Signal.UNCLEAR)


def _digit(plan: Plan, call: Call, digit: str) -> Reading | None:
    """What a digit, pressed or spoken, answers in this state; None where it answers nothing."""
    if call.state is State.LISTED and call.missed and digit == "2":
        return Reading(Signal.CANCEL)
    if STATES[call.state].later and digit == "3":
        return Reading(Signal.LATER)
    if STATES[call.state].text and digit == "4":
        return Reading(Signal.TEXT)
    if call.state is State.WINDOW and digit.isdecimal():
        return Reading(Signal.TOPIC, digits=digit)
    if STATES[call.state].yes_no or _asked_on_hold(call):
        signal = {"1": Signal.YES, "2": Signal.NO}.get(digit)
        return Reading(signal) if signal else None
    options: tuple[str, ...] = ()
    if call.state is State.MENU:
        options = plan.menu
    elif call.state is State.CHOICE:
        options = call.candidates
    if digit.isdecimal() and 1 <= int(digit) <= len(options):
        return Reading(Signal.TOPIC, topics=(options[int(digit) - 1],))
    if call.state is State.CHOICE and digit == "3":
        return Reading(Signal.OTHER)
    return None


ARRANGED: Mapping[Arranging, Signal] = {
    Arranging.STAY: Signal.STAY,
    Arranging.NUMBER: Signal.ANOTHER,
    Arranging.MOMENT: Signal.LATER,
    Arranging.KEEP: Signal.YES,
    Arranging.CANCEL: Signal.CANCEL,
    Arranging.WHEN: Signal.WHEN,
    Arranging.MISSED: Signal.MISSED,
    Arranging.BROKEN: Signal.BROKEN,
    Arranging.SAME: Signal.SAME,
    Arranging.SLOWER: Signal.SLOWER,
    Arranging.WITHOUT: Signal.NO,
    **dict.fromkeys(ASIDES, Signal.ASIDE),
}
NO_STORY = "none"
"""What the understanding calls words that are about no topic of the line."""

PLACES: Mapping[Choice, int] = {
    Choice.FIRST: 0,
    Choice.SECOND: 1,
    Choice.THIRD: 2,
    Choice.FOURTH: 3,
    Choice.LAST: -1,
    Choice.BOTH: 0,
}
"""Of the options that were told."""

SAID_AGAIN = (State.CONFIRM, State.ANNOUNCE, State.RESUME, State.AGREED)
"""Where the topic that is named once more is a yes."""

FEW = 6
"""Words of a greeting with a name, of "one moment": more of them tell something that was not understood."""


def _said(plan: Plan, call: Call, text: str, meaning: Interpretation, wish: CallbackWish | None) -> Reading:
    if meaning.safety:
        likely = tuple(topic for topic, _ in meaning.probabilities[:1] if topic in plan.topics)
        return Reading(Signal.DANGER, likely, words=text, safety=meaning.safety)
    if wish is not None and (wish.what in HEARD_IN.get(call.state, ()) or wish.what in ANYWHERE):
        if wish.what is Arranging.OTHER:
            return Reading(DECISIONS[meaning.decision], meaning.topics, both=meaning.both, words=text, wish=wish)
        guess = meaning.decision is Decision.CONFIRM and wish.what is Arranging.SAME
        topics = meaning.topics[:1] if guess or meaning.decision is Decision.ROUTE else ()
        return Reading(ARRANGED[wish.what], topics, words=text, wish=wish, guess=guess)
    if meaning.command is not None and meaning.command in COMMANDS:
        told = (Decision.ROUTE, Decision.CONFIRM) if meaning.command is Command.LANGUAGE else (Decision.ROUTE,)
        topics = meaning.topics[:1] if meaning.decision in told else ()
        signal = Signal.PERHAPS if meaning.ask else COMMANDS[meaning.command]
        if call.state is State.CHECK and meaning.command is call.wish:
            signal = Signal.YES
        language, command = meaning.language, meaning.command
        guess = meaning.decision is Decision.CONFIRM
        return Reading(signal, topics=topics, guess=guess, language=language, command=command, words=text, wish=wish)
    if is_number(call, meaning.digits):
        return Reading(Signal.NUMBER, digits=meaning.digits, words=text)
    answer = _digit(plan, call, meaning.digits) if meaning.digits else None
    answer = answer or _picked(plan, call, meaning) or _answer(call, meaning) or _topic(call, meaning)
    if answer.signal is Signal.UNCLEAR and _is_small_talk(call, text, meaning):
        return Reading(Signal.SHORT, words=text)
    return Reading(answer.signal, answer.topics, answer.both, digits=answer.digits, words=text)


def _is_small_talk(call: Call, text: str, meaning: Interpretation) -> bool:
    """A greeting, "one moment", a customer number: no story, and nothing that was not understood."""
    if call.state not in (State.QUESTION, State.AGAIN, State.SILENT, State.FAREWELL):
        return False
    likeliest = meaning.probabilities[0][0] if meaning.probabilities else ""
    return bool(meaning.digits) or (likeliest == NO_STORY and len(text.split()) <= FEW)


def _picked(plan: Plan, call: Call, meaning: Interpretation) -> Reading | None:
    """One of the options that were told, by its place: "the second one", "the last"."""
    place = PLACES.get(meaning.choice) if meaning.choice else None
    told = {State.CHOICE: len(call.candidates), State.MENU: len(plan.menu), State.WINDOW: len(call.moments)}
    options = told.get(call.state, 0)
    both = meaning.choice is Choice.BOTH
    if place is None or not options or (both and call.state is not State.CHOICE):
        return None
    if place >= options:
        return Reading(Signal.OTHER) if call.state is State.CHOICE and place == options else Reading(Signal.UNCLEAR)
    digit = _digit(plan, call, str(place % options + 1))
    return replace(digit, both=both) if digit else None


def _answer(call: Call, meaning: Interpretation) -> Reading | None:
    """An answer to the question that was asked; None when the utterance is to be read by its topic."""
    likeliest = meaning.topics[0] if meaning.topics else None
    if call.state is State.CHOICE:
        if meaning.choice is Choice.OTHER or (meaning.command is Command.NO and not meaning.topics):
            return Reading(Signal.OTHER)
        if not meaning.both:
            return _candidate(call, meaning)
        return None
    if call.state is State.IDENTITY and meaning.command is Command.NO:
        return Reading(Signal.NO)
    if not (STATES[call.state].yes_no or _asked_on_hold(call)):
        return None
    if meaning.command is Command.NO:
        # "Nee, het gaat over mijn gsm": the no is heard, and the new topic is not asked for again.
        corrected = likeliest is not None and likeliest not in call.candidates
        if call.state is State.HELPED:
            return Reading(Signal.NO, meaning.topics[:1])
        return _topic(call, meaning) if corrected else Reading(Signal.NO)
    if meaning.command is Command.YES:
        return Reading(Signal.YES)
    if likeliest is not None and call.state in SAID_AGAIN and likeliest in call.candidates:
        return Reading(Signal.YES)
    return None


def _asked_on_hold(call: Call) -> bool:
    """Music listens for no yes, unless something was asked over it."""
    return call.state is State.HOLD and call.area_asked is not None


def _candidate(call: Call, meaning: Interpretation) -> Reading | None:
    """One of the two that were offered, named in other words: likelier than the other and than anything else."""
    if not meaning.probabilities or meaning.decision is Decision.UNSURE:
        return None
    best = meaning.probabilities[0][0]
    return Reading(Signal.TOPIC, topics=(best,)) if best in call.candidates else None


def _topic(call: Call, meaning: Interpretation) -> Reading:
    signal = DECISIONS[meaning.decision]
    if meaning.command in (Command.YES, Command.NO) and not meaning.topics:
        signal = Signal.UNCLEAR
    answers = STATES[call.state].topics
    if answers is Topics.NONE or (answers is Topics.CLEAR and signal is not Signal.TOPIC):
        signal = Signal.UNCLEAR
    return Reading(signal, meaning.topics, meaning.both)
