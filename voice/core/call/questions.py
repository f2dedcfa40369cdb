"""Moves of the questions: (plan, call, reading, now) → (call, actions, effects)."""

from collections.abc import Callable
from datetime import datetime

from voice.core.call import notices
from voice.core.call.actions import Action, Ask, Dial, Enqueue, HangUp, Prompt, Say, Value
from voice.core.call.effects import CallEffect, Inform, NoteDown, Tell
from voice.core.call.signals import Reading, Signal
from voice.core.call.state import Call, Outcome, State
from voice.core.call.states import STATES
from voice.core.call.wishes import Arranging
from voice.core.interpretation import Command
from voice.core.notice import Notice, NoticeKind
from voice.core.plan import MAX_QUESTIONS, Plan
from voice.core.queue.status import Trouble

Result = tuple[Call, tuple[Action, ...], tuple[CallEffect, ...]]
Move = Callable[[Plan, Call, Reading, datetime], Result]

MOST_WINDOWS = 2


def prompt(key: str, **values: Value) -> Prompt:
    return Prompt(key, values)


def question(plan: Plan, call: Call, *lead: Prompt) -> Ask:
    """The question of the state that the call is in; asked again, it is the same question."""
    return Ask((*lead, *_wording(plan, call)))


def _wording(plan: Plan, call: Call) -> tuple[Prompt, ...]:
    match call.state:
        case State.QUESTION:
            return (prompt("question"),)
        case State.AGAIN:
            return (prompt("again" if call.words else "again.silence"),)
        case State.CONFIRM:
            return (prompt("confirm", topic=call.candidates[0]),)
        case State.CHECK:
            values = {"language": call.wished or call.language} if call.wish is Command.LANGUAGE else {}
            return (prompt(f"check.{call.wish}", **values),)
        case State.CHOICE:
            first, second = call.candidates
            return (prompt("choice.both" if call.both else "choice", first=first, second=second),)
        case State.MENU:
            options = (prompt("menu.option", digit=n, topic=t) for n, t in enumerate(plan.menu, 1))
            return (*options, prompt("menu.person"))
        case State.ANNOUNCE:
            return (prompt("announce", topic=call.candidates[0]),)
        case State.OFFER:
            number = call.rung_back_on
            offered = prompt("offer.callback", number=number) if number else prompt("offer.callback.hidden")
            return (offered, *later(plan, call))
        case State.CALLBACK:
            if call.window:
                opens, until = call.window
                return (prompt("callback.confirm.window", number=call.number or "", opens=opens, until=until),)
            return (prompt("callback.confirm", number=call.number or ""), *later(plan, call))
        case State.WINDOW:
            length = plan.queues[call.queue or plan.queue_of(call.intent)].window
            moments = enumerate(call.moments, 1)
            return (
                prompt("window"),
                *(prompt("window.option", digit=n, opens=at, until=at + length) for n, at in moments),
            )
        case State.LISTED:
            return (prompt("listed.which" if call.missed else "listed.keep"),)
        case State.CANCELLING:
            return (prompt("listed.cancel"),)
        case State.RESUME:
            return (prompt("resume", topic=call.candidates[0]),)
        case State.AGREED:
            return (prompt("agreed", text=call.agreed or ""),)
        case State.HELPED:
            return (prompt("helped"),)
        case State.DANGER:
            return (prompt(f"safety.{call.safety}"),)
        case State.FAREWELL:
            return (prompt("goodbye"),)
        case State.SILENT:
            return (prompt("silent"),)
        case State.WHERE:
            return (prompt("helped.where"),)
        case State.NUMBER:
            if call.dictated:
                return (prompt("callback.number.rest", number=call.dictated),)
            return (prompt("callback.number"),)
        case State.ANSWERED:
            return (*answer_prompts(plan, call), prompt("answered"))
        case State.NOTICE:
            return notices.wording(plan, call)
        case State.AREA:
            return notices.area_wording(plan, call)
        case State.EARLIER:
            return (prompt("earlier"),)
        case State.IDENTITY:
            return (prompt(f"identity.{call.asked[-1]}"),)
        case _:
            raise ValueError(f"there is no question in state {call.state}")


def answer_prompts(plan: Plan, call: Call) -> tuple[Prompt, ...]:
    """The answer, in the words of the operator's service if it had any, and the offer of a text."""
    said = prompt("answered.service", text=call.reply) if call.reply else prompt(f"answer.{call.answer}")
    return (said, prompt("answered.text")) if may_be_texted(plan, call) else (said,)


def may_be_texted(plan: Plan, call: Call) -> bool:
    own = plan.answers[call.answer].text if call.answer and call.answer in plan.answers and not call.reply else False
    has_text = own or call.reply_text
    return bool(has_text and call.caller and call.callable and not call.texted)


def windows(plan: Plan, call: Call) -> tuple[tuple[datetime, datetime], ...]:
    """The moments that a caller may choose to be called back at, as many as are remembered when heard."""
    return plan.status_of(call.queue or plan.queue_of(call.intent)).windows[:MOST_WINDOWS]


def later(plan: Plan, call: Call) -> tuple[Prompt, ...]:
    return (prompt("callback.later"),) if windows(plan, call) else ()


def ask(plan: Plan, call: Call, state: State, now: datetime, *lead: Prompt) -> Result:
    """Ask the question of `state`, unless the caller has been asked enough: then a person."""
    if STATES[state].counted:
        if call.questions >= MAX_QUESTIONS:
            return to_person(plan, call, now)
        call = call.but(questions=call.questions + 1)
    moments = tuple(opens for opens, _ in windows(plan, call)) if state is State.WINDOW else ()
    call = call.but(state=state, missed=0, moments=moments)
    return call, (question(plan, call, *lead),), ()


def to_queue(plan: Plan, call: Call, queue: str, now: datetime, *lead: Prompt) -> Result:
    """Into the queue, if anybody can answer there, or to the call centre behind it; else a callback is offered."""
    if trouble := plan.trouble(queue, now):
        return offer(plan, call.but(queue=queue), trouble, now)
    outcome = Outcome.QUEUED if call.intent else Outcome.AGENT
    dial = plan.queues[queue].dial
    wait = None if dial else plan.status_of(queue).estimate
    call = call.but(
        state=State.DIAL if dial else State.HOLD,
        queue=queue,
        outcome=outcome,
        trouble=None,
        position=0,
        told_at=None,
        then=None,
        window=None,
        wait=wait.minutes if wait else None,
        guess=round(wait.guess) if wait else None,
        offered=None,
        held=now,
    )
    said: tuple[Action, ...] = (Say(lead),) if lead else ()
    return call, (*said, Dial(queue) if dial else Enqueue(queue)), ()


def to_person(plan: Plan, call: Call, now: datetime) -> Result:
    return to_queue(plan, call, plan.queue_of(call.intent), now, prompt("person"))


def offer(plan: Plan, call: Call, trouble: Trouble, now: datetime) -> Result:
    """Say why the queue cannot take the caller, and offer to call back."""
    call = call.but(state=State.OFFER, trouble=trouble, missed=0, outcome=Outcome.HANGUP)
    return call, (question(plan, call, why(plan, call, now)),), ()


def why(plan: Plan, call: Call, now: datetime) -> Prompt:
    queue = call.queue or plan.person
    opens = plan.opens_after(queue, now)
    match call.trouble:
        case Trouble.CLOSED:
            return prompt("offer.closed", queue=queue, opens=opens) if opens else prompt("offer.never", queue=queue)
        case Trouble.CLOSING:
            return prompt("offer.closing", queue=queue, opens=opens) if opens else prompt("offer.nobody", queue=queue)
        case Trouble.LANGUAGE:
            return prompt("offer.language", queue=queue, language=call.language)
        case Trouble.NOTICE:
            return next(iter(notices.said(plan, call)), prompt("offer.nobody", queue=queue))
        case trouble:
            return prompt(f"offer.{trouble}", queue=queue)


def welcome(plan: Plan) -> tuple[Prompt, ...]:
    days = plan.keep_words_days
    kept = (prompt("welcome.kept", count=days),) if days else ()
    listened = (prompt("welcome.listened"),) if plan.listened else ()
    return (prompt("welcome"), *kept, *listened)


def greet(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    call, _, effects = ask(plan, call, State.QUESTION, now)
    news = notices.greeting(plan, call)
    call = call.but(notices=(*call.notices, *(one.id for one in news)))
    told = (prompt("notice", text=one.texts[call.language]) for one in news)
    return call, (Ask((*welcome(plan), *told, prompt("question.first"))),), effects


def announce(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """The topic is known: say it and go on, unless nobody can answer. What needs no person is answered instead."""
    if reading.topics[0] in plan.answers:
        return inform(plan, call, reading.topics[0], now)
    call = about(plan, call, reading.topics[0])
    if told := before_queue(plan, call, now, prompt("notice.topic", topic=call.candidates[0])):
        return told
    if trouble := plan.trouble(plan.queue_of(call.intent), now):
        return offer(plan, call, trouble, now)
    return ask(plan, call, State.ANNOUNCE, now)


def before_queue(plan: Plan, call: Call, now: datetime, *lead: Prompt) -> Result | None:
    """What comes before the queue of a topic, if anything does. Who had a person about it lately is asked whether it is
    about the same still, where a level above could help: asked, for a number can be forged, and told nothing."""
    earlier = next((one for one in call.answered if one.intent == call.intent), None)
    if earlier and not call.again and plan.queues[plan.queue_of(call.intent)].escalates_to:
        call = call.but(state=State.EARLIER, earlier=earlier.reference, missed=0)
        return call, (question(plan, call, *lead),), ()
    return going_on(plan, call, now, *lead)


def going_on(plan: Plan, call: Call, now: datetime, *lead: Prompt) -> Result | None:
    """What is going on about the caller's topic, before the queue, and who they are; None where there is nothing new to
    tell or to ask. Whose area is not known is asked for it first."""
    notice = notices.due(plan, call)
    if notice is None:
        return identify(plan, call, now, *lead)
    if notice.reaches(call.area):
        return tell(plan, call, notice, now, *lead)
    call = call.but(state=State.AREA, notice=notice.id, missed=0)
    return call, (question(plan, call, *lead),), ()


def identify(plan: Plan, call: Call, now: datetime, *lead: Prompt) -> Result | None:
    """Who is calling, where the topic asks for it and somebody is there to tell; each kind is asked for once a call."""
    asked = plan.asks.get(call.intent or "")
    queue = call.queue or plan.queue_of(call.intent)
    if asked is None or asked.kind in call.asked or plan.trouble(queue, now):
        return None
    call = call.but(
        state=State.IDENTITY,
        queue=queue,
        asked=(*call.asked, asked.kind),
        outcome=Outcome.HANGUP,
        missed=0,
        dictated="",
    )
    return call, (question(plan, call, *lead),), ()


def toward(plan: Plan, call: Call, queue: str, now: datetime, *lead: Prompt) -> Result:
    """Into a queue of the topic, by way of who is calling."""
    return identify(plan, call.but(queue=queue), now, *lead) or to_queue(plan, call, queue, now, *lead)


def tell(plan: Plan, call: Call, notice: Notice, now: datetime, *lead: Prompt) -> Result:
    """A closure is told instead of the queue, and a callback offered; anything else before it."""
    call = call.but(notices=(*call.notices, notice.id), notice=notice.id, missed=0)
    if notice.kind is NoticeKind.CLOSURE:
        call, _, effects = offer(plan, call, Trouble.NOTICE, now)
        return call, (question(plan, call, *lead, why(plan, call, now)),), effects
    call = call.but(state=State.NOTICE, outcome=Outcome.INFORMED, trouble=None)
    return call, (question(plan, call, *lead),), (Tell(notice.id, plan.queue_of(call.intent)),)


def proceed(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    return to_queue(plan, call, plan.queue_of(call.intent), now)


def confirm(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    return ask(plan, call.but(candidates=reading.topics[:1]), State.CONFIRM, now)


def check(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """A command was perhaps heard, and obeying it unasked could cost more than a question. Where a question about
    commands stands already, only the command changes."""
    before = call.before if call.state is State.CHECK else call.state
    call = call.but(wish=reading.command, wished=reading.language, before=before)
    if reading.topics and before is State.QUESTION:
        call = call.but(candidates=reading.topics)
    if before and STATES[before].counted:
        return ask(plan, call, State.CHECK, now)
    call = call.but(state=State.CHECK, missed=0)
    return call, (question(plan, call),), ()


def unwished(plan: Plan, call: Call, _reading: Reading, _now: datetime) -> Result:
    """No such command, nor when the same is said again: the question in which it was heard."""
    state, refused = call.before or State.QUESTION, (call.wish,) if call.wish else ()
    rejected = tuple(dict.fromkeys((*call.rejected, *refused)))
    call = call.but(state=state, rejected=rejected, wish=None, wished=None, before=None)
    return call, (question(plan, call),), ()


def confirmed(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    return connect(plan, call, call.candidates[0], now)


def about(plan: Plan, call: Call, intent: str) -> Call:
    """The call is about this, or about the topic of this answer; the other of two things that the caller named goes
    along as a note."""
    other = next((t for t in call.candidates if t != intent), None) if call.both else None
    topic = plan.topic_of(intent)
    return call.but(
        intent=topic,
        candidates=(topic,),
        both=False,
        note=other or call.note,
        queue=plan.queue_of(intent),
        outcome=Outcome.HANGUP,
        answer=None,
        reply=None,
        reply_text=None,
        texted=False,
        earlier=None,
        again=False,
    )


def inform(plan: Plan, call: Call, name: str, now: datetime) -> Result:
    """Answer what needs no person, whether anybody is there or not. An operator's service may know better, or know the
    queue for this caller."""
    call = about(plan, call, name)
    reply = plan.replies.get(name)
    if reply and reply.queue and reply.queue in plan.queues:
        return to_queue(plan, call, reply.queue, now, prompt("connecting"))
    if reply and reply.speech:
        call = call.but(reply=reply.speech, reply_text=reply.text)
    call = call.but(state=State.ANSWERED, answer=name, outcome=Outcome.INFORMED, trouble=None, missed=0)
    return call, (question(plan, call),), (Inform(name, plan.queue_of(name)),)


def connect(plan: Plan, call: Call, intent: str, now: datetime) -> Result:
    """A topic that the caller has just said yes to is not named again, and needs no window for objections."""
    if intent in plan.answers:
        return inform(plan, call, intent, now)
    call = about(plan, call, intent)
    return before_queue(plan, call, now) or to_queue(plan, call, plan.queue_of(intent), now, prompt("connecting"))


def choose(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    return ask(plan, call.but(candidates=reading.topics[:2], both=reading.both), State.CHOICE, now)


def picked(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """One of the topics that were offered, or one that was not: then it is announced, so that it can be refused."""
    intent = reading.topics[0]
    offered = call.candidates if call.state is State.CHOICE else plan.menu
    if intent not in offered:
        return announce(plan, call, reading, now)
    return connect(plan, call.but(both=call.both or reading.both), intent, now)


def other_words(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """Ask again, in other words and with examples."""
    heard = "unclear" if reading.signal is Signal.UNCLEAR else "silence"
    return ask(plan, call, State.AGAIN, now, prompt(f"sorry.{heard}"))


def briefly(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    """A greeting is answered with the question, and counts as none the first time."""
    if call.missed:
        return ask(plan, call, State.AGAIN, now)
    call = call.but(state=State.QUESTION, missed=1)
    return call, (question(plan, call),), ()


def once_more(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """A guess that was neither taken nor refused: asked once more. Who is silent then goes where the guess leads, and
    loses no topic; who is not understood gets the keys."""
    heard = "unclear" if reading.signal is Signal.UNCLEAR else "silence"
    if call.missed == 0:
        call = call.but(missed=1)
        return call, (question(plan, call, prompt(f"sorry.{heard}")),), ()
    if reading.signal is Signal.UNCLEAR:
        return menu(plan, call, reading, now)
    intent = call.candidates[0]
    call = about(plan, call, intent)
    topic = prompt("notice.topic", topic=intent)
    announced = prompt("announce", topic=intent)
    return before_queue(plan, call, now, topic) or to_queue(plan, call, plan.queue_of(intent), now, announced)


def wrong_guess(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    """The guess was wrong. It is not made again, and what was said stays: only the topic is open."""
    rejected = tuple(dict.fromkeys((*call.rejected, *call.candidates)))
    call = call.but(rejected=rejected, candidates=(), intent=None, queue=None, both=False)
    return ask(plan, call, State.AGAIN, now, prompt("sorry.wrong"))


def menu(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    lead = {
        Signal.SILENCE: ("sorry.silence",),
        Signal.NOBODY: ("sorry.silence",),
        Signal.UNCLEAR: ("sorry.unclear",),
    }.get(reading.signal, ())
    return ask(plan, call, State.MENU, now, *(prompt(key) for key in lead))


def person(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """A person, at once. Who also said what it is about gets the colleague who knows about it."""
    if reading.topics:
        call = about(plan, call, plan.topic_of(reading.topics[0]))
        return to_queue(plan, call, plan.queue_of(call.intent), now, prompt("connecting"))
    if call.state in (State.ANNOUNCE, State.OFFER) or plan.trouble(plan.queue_of(call.intent), now):
        # The topic's own people were on offer, or are not there; who asks for a person then wants another one.
        call = call.but(intent=None, note=call.intent or call.note)
    return to_person(plan, call, now)


def give_up(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    return to_person(plan, call, now)


def back(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    """Start over, as if nothing had been asked: the count of questions starts over too."""
    return start_over(plan, call, now, prompt("back"))


def declined(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    """A callback from before this call stands all the same."""
    return start_over(plan, call, now, prompt("listed.stays" if call.reference or call.beside else "declined"))


def start_over(plan: Plan, call: Call, now: datetime, lead: Prompt) -> Result:
    fresh = call.but(
        questions=0,
        intent=None,
        queue=None,
        candidates=(),
        both=False,
        rejected=(),
        trouble=None,
        number=None,
        then=None,
        window=None,
        resumes=None,
        since=None,
        agreed=None,
        first=False,
        answer=None,
        reply=None,
        reply_text=None,
        texted=False,
        outcome=Outcome.HANGUP,
    )
    return ask(plan, fresh, State.QUESTION, now, lead)


def same_question(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    lead = (why(plan, call, now),) if call.state is State.OFFER else ()
    return call, (question(plan, call, *lead),), ()


def slower(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """The same again, and everything from now on, in slower speech."""
    return same_question(plan, call.but(slow=True), reading, now)


def aside(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """What was asked of the line itself, in a sentence, and the question again."""
    lead = (why(plan, call, now),) if call.state is State.OFFER else ()
    return call, (question(plan, call, about_itself(reading), *lead),), ()


def about_itself(reading: Reading) -> Prompt:
    what = reading.wish.what if reading.wish else Arranging.MACHINE
    return prompt(f"aside.{what.value}")


def language(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """The same question in the language asked for; but whose language nobody spoke may now be put through."""
    keyed = None if reading.words or reading.language == call.language else call.language
    call = call.but(language=reading.language, keyed=keyed) if reading.language in plan.languages else call
    if reading.topics:
        return (confirm if reading.guess else announce)(plan, call, reading, now)
    if call.state is State.OFFER and call.trouble in (Trouble.LANGUAGE, Trouble.NOBODY):
        return to_queue(plan, call, call.queue or plan.person, now)
    return same_question(plan, call, reading, now)


def cut_off(plan: Plan, call: Call, _reading: Reading, _now: datetime) -> Result:
    """The line is gone before a queue was reached, and what it was about is known: written down, so that who rings
    again need not tell it again. A contact from before this call goes its own way."""
    over = call.but(state=State.OVER)
    if call.intent is None or call.reference or call.held or call.outcome is Outcome.INFORMED:
        return over, (), ()
    return over, (), (NoteDown(plan.queue_of(call.intent)),)


def hung_up(_plan: Plan, call: Call, _reading: Reading, _now: datetime) -> Result:
    return call.but(state=State.OVER), (), ()


def nothing(_plan: Plan, call: Call, _reading: Reading, _now: datetime) -> Result:
    """What comes after the end (Twilio's callbacks arrive in any order) changes nothing."""
    return call, (HangUp(),), ()
