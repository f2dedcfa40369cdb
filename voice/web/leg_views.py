"""Webhooks about those whom the line rings, and about texts. A query names the request (`r`) and the attempt (`a`)."""

from flask import Flask, Response, request

from voice.errors import RequestError
from voice.service.calls.handover import Handover
from voice.web.forms import turn_number, twiml, webhook


def serve_handover(app: Flask, handover: Handover) -> None:
    switchboard = handover.switchboard

    @app.post("/twilio/agent")
    def agent() -> Response:
        return twiml(handover.agent_picks_up(webhook(), *attempt()))

    @app.post("/twilio/agent-answer")
    def agent_answer() -> Response:
        return twiml(handover.agent_answers(webhook(), *attempt(), turn_number()))

    @app.post("/twilio/agent-status")
    def agent_status() -> Response:
        handover.agent_ended(*attempt(), request.form.get("CallStatus", ""))
        return twiml("")

    @app.post("/twilio/briefing")
    def briefing() -> Response:
        return twiml(handover.call_centre_picks_up(request.args.get("call", "")))

    @app.post("/twilio/come")
    def come() -> Response:
        return twiml(handover.caller_comes(webhook(), *attempt()))

    @app.post("/twilio/after")
    def after() -> Response:
        return twiml(switchboard.after_agent(webhook(), attempt()[1]))

    @app.post("/twilio/sent")
    def sent() -> Response:
        return twiml(switchboard.sent_on(webhook(), attempt()[1], request.args.get("queue", "")))

    @app.post("/twilio/customer")
    def customer() -> Response:
        answered_by = request.form.get("AnsweredBy", "")
        return twiml(handover.customer_picks_up(webhook(), *attempt(), answered_by))

    @app.post("/twilio/customer-answer")
    def customer_answer() -> Response:
        return twiml(handover.customer_answers(webhook(), *attempt()))

    @app.post("/twilio/customer-status")
    def customer_status() -> Response:
        handover.customer_ended(webhook(), *attempt(), request.form.get("CallStatus", ""))
        return twiml("")

    @app.post("/twilio/agent-pin")
    def agent_pin() -> Response:
        return twiml(handover.agent_gives_pin(webhook()))

    @app.post("/twilio/sms")
    def sms() -> Response:
        return twiml(handover.text_comes(request.form.get("From", ""), request.form.get("Body", "")))


def attempt() -> tuple[str, int]:
    reference, number = request.args.get("r", ""), request.args.get("a", "")
    if not (reference and number.isascii() and number.isdecimal()):
        raise RequestError("The request names no attempt.", "Twilio calls the URLs that it was given.")
    return reference, int(number)
