"""Webhooks about those whom the line rings or fetches, and about texts."""

from flask import Flask, request

from voice.service.calls.agent_leg import AgentLeg
from voice.service.calls.customer_leg import CustomerLeg
from voice.service.calls.sms import Texts
from voice.service.calls.turn import Switchboard
from voice.twilio import routes
from voice.twilio.webhook import read_text, value
from voice.web.forms import answers, webhook


def serve_legs(app: Flask, switchboard: Switchboard) -> None:
    agents = AgentLeg(switchboard)
    serve_agents(app, agents)
    serve_customers(app, CustomerLeg(switchboard))
    texts = Texts(switchboard)

    @answers(app, routes.AFTER)
    def after(contact: str, attempt: int, again: int = 0) -> str:
        return agents.caller_goes_on(webhook(), contact, attempt, again=bool(again))

    @answers(app, routes.SENT)
    def sent(contact: str, attempt: int, queue: str) -> str:  # noqa: ARG001
        return switchboard.sent_on(webhook(), attempt, queue)

    @answers(app, routes.MESSAGE_STATUS)
    def message_status(contact: str) -> str:
        sid, status, code = (value(request.form, name) for name in ("MessageSid", "MessageStatus", "ErrorCode"))
        texts.goes(contact, sid, status, code)
        return ""

    @answers(app, routes.SMS)
    def sms() -> str:
        return texts.comes(read_text(request.form))


def serve_agents(app: Flask, agents: AgentLeg) -> None:
    @answers(app, routes.AGENT)
    def picks_up(contact: str, attempt: int) -> str:
        return agents.picks_up(webhook(), contact, attempt)

    @answers(app, routes.AGENT_ANSWER)
    def answer(contact: str, attempt: int, times: int) -> str:
        return agents.answers(webhook(), contact, attempt, times)

    @answers(app, routes.AGENT_JOIN)
    def join(contact: str, attempt: int) -> str:
        return agents.joins(webhook(), contact, attempt)

    @answers(app, routes.AGENT_UP)
    def up(contact: str, attempt: int) -> str:
        return agents.goes_on(webhook(), contact, attempt)

    @answers(app, routes.AGENT_STATUS)
    def ended(contact: str, attempt: int) -> str:
        agents.ended(contact, attempt, value(request.form, "CallStatus"), value(request.form, "CallSid"))
        return ""

    @answers(app, routes.ROOM_STATUS)
    def guest_ended(contact: str, attempt: int, how: str, who: str) -> str:
        agents.guest_ended(contact, attempt, how, who, value(request.form, "CallSid"))
        return ""

    @answers(app, routes.BRIEFING)
    def briefing(call: str) -> str:
        return agents.call_centre_picks_up(call)


def serve_customers(app: Flask, customers: CustomerLeg) -> None:
    @answers(app, routes.COME)
    def come(contact: str, attempt: int) -> str:
        return customers.comes(webhook(), contact, attempt)

    @answers(app, routes.CUSTOMER)
    def picks_up(contact: str, attempt: int) -> str:
        return customers.picks_up(webhook(), contact, attempt, value(request.form, "AnsweredBy"))

    @answers(app, routes.CUSTOMER_ANSWER)
    def answer(contact: str, attempt: int, times: int, cancel: int = 0) -> str:
        return customers.answers(webhook(), contact, attempt, times, cancel=bool(cancel))

    @answers(app, routes.CUSTOMER_AGAIN)
    def again(contact: str, attempt: int) -> str:
        return customers.is_told_again(contact, attempt)

    @answers(app, routes.CUSTOMER_STATUS)
    def ended(contact: str, attempt: int) -> str:
        customers.ended(webhook(), contact, attempt, value(request.form, "CallStatus"))
        return ""
