"""Webhooks of a caller's own call."""

from flask import Flask

from voice.service.calls.sign_in import SignIn
from voice.service.calls.turn import Switchboard
from voice.twilio import routes
from voice.web.forms import answers, dialled, webhook


def serve_calls(app: Flask, switchboard: Switchboard) -> None:
    sign_in = SignIn(switchboard)

    @answers(app, routes.VOICE)
    def voice() -> str:
        if dialled() and dialled() == switchboard.line.agents_number:
            return sign_in.rings_in(webhook())
        return switchboard.ring(webhook())

    @answers(app, routes.AGENT_PIN)
    def agent_pin() -> str:
        return sign_in.gives_pin(webhook())

    @answers(app, routes.AGENT_ASKED)
    def agent_asked(agent: str, times: int) -> str:
        return sign_in.is_asked(webhook(), agent, times)

    @answers(app, routes.TURN)
    def turned(turn: int) -> str:
        return switchboard.turn(webhook(), turn)

    @answers(app, routes.HOLD)
    def hold() -> str:
        return switchboard.hold(webhook())

    @answers(app, routes.HOLD_TURN)
    def hold_turn(turn: int) -> str:
        return switchboard.turn(webhook(), turn, in_queue=True)

    @answers(app, routes.QUEUE)
    def left_queue(turn: int | None = None) -> str:
        return switchboard.left_queue(webhook(), turn)

    @answers(app, routes.DIALLED)
    def left_dial(turn: int) -> str:
        return switchboard.left_dial(webhook(), turn)

    @answers(app, routes.STATUS)
    def status() -> str:
        posted = webhook()
        if posted.ended:
            switchboard.ended(posted)
        return ""

    @answers(app, routes.FALLBACK_WAIT)
    def fallback_wait() -> str:
        return switchboard.adopt(webhook())
