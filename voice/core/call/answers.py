"""Moves after a general answer: did it help? Who says no goes straight to the people of its topic, with the story."""

from dataclasses import replace
from datetime import datetime

from voice.core.call.actions import Ask, HangUp, Say
from voice.core.call.effects import SendText
from voice.core.call.questions import Result, announce, may_be_texted, prompt, same_question, toward
from voice.core.call.signals import Reading, Signal
from voice.core.call.state import Call, State
from voice.core.plan import Plan


def informed(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """Content: the call ends, unless the caller named a second thing."""
    if call.note and call.note in plan.destinations:
        return announce(plan, call.but(note=None), replace(reading, topics=(call.note,)), now)
    return goodbye(plan, call, reading, now)


def goodbye(_plan: Plan, call: Call, _reading: Reading, _now: datetime) -> Result:
    return call.but(state=State.OVER), (Say((prompt("goodbye"),)), HangUp()), ()


def not_informed(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    return toward(plan, call, plan.queue_of(call.intent), now, prompt("person"))


def texted(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """The answer goes as a text, once, and the question stays."""
    if not may_be_texted(plan, call):
        return same_question(plan, call, reading, now)
    what = call.reply_text or f"answer.{call.answer}.sms"
    return call.but(texted=True), (Ask((prompt("answered.texted"), prompt("answered"))),), (SendText(what),)


def unclear(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """Asked once more. Who then says nothing has their answer; who says something unclear needs a person."""
    if call.missed == 0:
        heard = "silence" if reading.signal is Signal.SILENCE else "unclear"
        return call.but(missed=1), (Ask((prompt(f"sorry.{heard}"), prompt("answered"))),), ()
    move = informed if reading.signal is Signal.SILENCE else not_informed
    return move(plan, call, reading, now)
