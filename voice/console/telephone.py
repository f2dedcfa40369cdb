"""The telephone in a page: for whom there is one, and the token with which it is rung."""

from flask import abort

from voice.console.context import Console
from voice.console.signed_in import user
from voice.twilio.softphone import PREFIX, Softphone


def telephone(console: Console) -> Softphone | None:
    """Of who is tied to an agent that answers in the page; None for one who has another telephone, or none."""
    agent = console.store.agents.find(user().agent or "")
    return console.softphone if agent is not None and agent.endpoint.startswith(PREFIX) else None


def token(console: Console) -> dict[str, str]:
    softphone, agent = telephone(console), console.store.agents.find(user().agent or "")
    if softphone is None or agent is None:
        abort(404)
    return {"token": softphone.token(agent.endpoint)}
