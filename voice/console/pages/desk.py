"""`/desk`: what is before an agent, and what they do about it; `/missed`: who left unanswered, to be rung again."""

from datetime import datetime, timedelta

from flask import Flask, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from voice.console.context import Console
from voice.console.policy import policy
from voice.console.signed_in import still_may, user
from voice.console.streams import stream
from voice.console.telephone import telephone, token
from voice.content import Line
from voice.core.contact.state import Contact
from voice.core.queue.status import Trouble
from voice.errors import StoreError
from voice.service.calls import room
from voice.service.calls.transfer import escalate, transfer
from voice.service.console import desk as service
from voice.service.console.queues import moment_told
from voice.service.console.story import find
from voice.service.operators.agreements import agree, checked, seen_to_from
from voice.store import Store
from voice.twilio.agent_documents import AgentDocuments

OF_A_CONTACT = frozenset({"agreed", "later", "note", "outcome", "transfer", "up"})
"""What an agent does about a contact of theirs, and of nobody else's."""


def me() -> str:
    """The agent that the user is."""
    name = user().agent
    if name is None:
        raise StoreError("You are no agent.", "An administrator ties a user to the agent they are.")
    return name


def serve_desk(app: Flask, console: Console) -> None:
    def part(template: str, **more: object) -> str:
        found = service.desk(console.store, me(), console.now)
        above: str | None = None
        elsewhere: dict[str, Trouble | None] = {}
        others: tuple[str, ...] = ()
        if found.story is not None and found.current:
            queue = console.line.plan.queues.get(found.story.contact.queue)
            above = queue.escalates_to if queue else None
            elsewhere = service.answerable(console.line, console.store, found.story.contact, console.now)
            others = service.colleagues(console.store, me(), console.now)
        return render_template(template, desk=found, elsewhere=elsewhere, above=above, others=others, **more)

    @app.get("/desk", endpoint="desk")
    def page() -> Response:
        """After a deed the desk alone. What htmx would choose of a whole page stands at the button that was pressed,
        and the stream may have taken that away meanwhile."""
        if "HX-Request" in request.headers:
            return Response(part("_desk.html"), mimetype="text/html")
        softphone = telephone(console)
        response = Response(part("desk.html", softphone=softphone), mimetype="text/html")
        response.headers["Content-Security-Policy"] = policy(softphone)
        return response

    @app.post("/desk/token", endpoint="desk.token")
    def desk_token() -> dict[str, str]:
        return token(console)

    @app.get("/desk/stream", endpoint="desk.stream")
    def live() -> Response:
        """Made for each session: it has that session's token in its forms, and numbers as its user may see them."""
        permitted = still_may(console.accounts, "desk")
        return stream(console.changes, lambda: part("_desk.html") if permitted() else None)

    @app.post("/desk/<what>", endpoint="desk.do")
    def do(what: str) -> BaseResponse:
        return _do(console, me(), what) or redirect("/desk", 303)


def serve_missed(app: Flask, console: Console) -> None:
    @app.get("/missed", endpoint="missed")
    def missed() -> str:
        agent = console.store.agents.find(me())
        found = service.missed(console.store, console.now, agent.queues if agent else ())
        return render_template("missed.html", missed=found)

    @app.post("/missed/<reference>/ring", endpoint="missed.ring")
    def ring(reference: str) -> BaseResponse:
        contact = service.ring_now(console.line, console.store, reference, me(), console.now)
        console.store.audit.write(user().name, "rang anew", console.now, reference, as_=contact.reference)
        return redirect("/desk", 303)

    @app.post("/missed/<reference>/done", endpoint="missed.done")
    def done(reference: str) -> BaseResponse:
        service.done(console.store, me(), reference, request.form.get("why", ""), console.now)
        return redirect("/missed", 303)


def _do(console: Console, name: str, what: str) -> BaseResponse | None:
    """The answer, where it is not the desk anew."""
    form, now = request.form, console.now
    line, store = console.line, console.store
    reference = form.get("reference", "")
    if what in OF_A_CONTACT:
        _own(console, name, reference)
    match what:
        case "sign-in":
            store.agents.sign_in(name, now)
        case "sign-out":
            store.agents.sign_out(name, now)
        case "ready":
            store.agents.ready(name, now)
        case "pause":
            service.pause(line, store, name, form.get("reason", ""), now)
        case "more":
            service.more_wrap_up(store, name, timedelta(minutes=_number("minutes")), now)
        case "see":
            service.see(store, name, reference, _number("attempt"), now)
            return Response(status=204)
        case "accept":
            service.accept(line, store, name, reference, _number("attempt"), now)
        case "decline":
            service.decline(line, store, name, reference, _number("attempt"), now)
        case "hold" | "back" | "ask" | "let-go" | "hand-over":
            _in_the_room(store, name, reference, what, now)
        case "agreed":
            return _agreed(console, name, reference)
        case "later":
            return _later(console, name, reference)
        case "note":
            service.take_note(store, name, reference, form.get("text", ""), now)
        case "outcome":
            service.write_off(line, store, name, reference, form.get("outcome", ""), now)
        case "up":
            sent = escalate(line, store, reference, now)
            store.audit.write(user().name, "transferred", now, reference, queue=sent.queue)
        case "transfer":
            transfer(line, store, reference, form.get("queue", ""), now)
            store.audit.write(user().name, "transferred", now, reference, queue=form.get("queue", ""))
        case _:
            abort(404)
    return None


def _in_the_room(store: Store, name: str, reference: str, what: str, now: datetime) -> None:
    match what:
        case "hold" | "back":
            room.hold(store, name, reference, now, on=what == "hold")
        case "ask":
            room.ask(store, name, reference, request.form.get("agent", ""), now)
        case "let-go":
            room.let_go(store, name, reference, now)
        case "hand-over":
            room.hand_over(store, name, reference, now)


def _agreed(console: Console, name: str, reference: str) -> BaseResponse | None:
    form, now, line, store = request.form, console.now, console.line, console.store
    text, until = form.get("text", ""), form.get("until", "")
    if "sure" not in form:
        contact, (words, due) = find(store, reference), checked(line, text, until, now)
        shown = AgentDocuments(line).agreed(contact, "sms.agreed", words, due, now)
        opens = seen_to_from(line, contact.queue, due)
        fields = {"text": words, "until": _written(line, due)}
        return _read_first(shown, contact, "agreed", opens if opens != due else None, **fields)
    agree(line, store, reference, text, until, name, now)
    return None


def _later(console: Console, name: str, reference: str) -> BaseResponse | None:
    form, now, line, store = request.form, console.now, console.line, console.store
    at = moment_told(form.get("at", ""), line, now)
    if "sure" not in form:
        contact = find(store, reference)
        service.check_later(line, store, contact, at, now)
        shown = service.later_text(line, store, contact, at, now)
        return _read_first(shown, contact, "later", at=_written(line, at))
    fresh = service.ring_later(line, store, name, reference, at, now, texted=form["sure"] == "text")
    store.audit.write(user().name, "promised", now, reference, at=at, as_=fresh.reference)
    return None


def _written(line: Line, at: datetime) -> str:
    return f"{at.astimezone(line.plan.timezone):%Y-%m-%d %H:%M}"


def _read_first(
    shown: str, contact: Contact, what: str, opens: datetime | None = None, /, **fields: str
) -> BaseResponse:
    """What the caller would be sent, before it goes; on the desk itself, which may be a telephone just then. `opens`
    where the queue is closed at the moment that is promised."""
    template = "_read_first.html" if "HX-Request" in request.headers else "read_first.html"
    page = render_template(template, text=shown, contact=contact, what=what, opens=opens, fields=fields)
    return Response(page, mimetype="text/html")


def _own(console: Console, agent: str, reference: str) -> None:
    """An agent's own contact, or nobody's business of theirs."""
    if not service.was_with(console.store.source, agent, reference):
        abort(403)


def _number(name: str) -> int:
    written = request.form.get(name, "")
    if not (written.isascii() and written.isdecimal() and len(written) < 6):
        abort(400)
    return int(written)
