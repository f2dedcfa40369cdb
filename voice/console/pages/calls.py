"""`/calls`: who rang, and the story of one; `/callers/<number>`: everything kept of one number."""

import json

from flask import Flask, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from voice.console.access import may
from voice.console.context import Console
from voice.console.policy import policy
from voice.console.signed_in import language, still_may, user
from voice.console.streams import stream
from voice.console.telephone import telephone, token
from voice.console.texts.services import in_words_of
from voice.core.contact.state import Contact
from voice.errors import SettingsError
from voice.service.calls.phone_numbers import full_number
from voice.service.calls.room import RoomRole, attend
from voice.service.calls.transfer import transfer
from voice.service.console import desk, story
from voice.service.console.found import asked_in, find
from voice.store.callers import erase, everything

LIMIT = 250
"""More than wait at a time on a bad day."""


def serve_calls(app: Flask, console: Console) -> None:
    store = console.store

    @app.get("/calls", endpoint="calls")
    def page() -> str:
        asked, zone = asked_in(request.args), console.line.plan.timezone
        try:
            found, wrong = find(store, asked, zone, console.now, LIMIT), ""
        except SettingsError as error:
            found, wrong = [], " ".join(in_words_of(language(), one) for one in (error.message, error.mend))
        return render_template("calls.html", found=found, asked=request.args, limit=LIMIT, wrong=wrong)

    def story_in(template: str, reference: str, **more: object) -> str:
        contact, calls_it_all = story.find(store, reference), may(user(), "calls")
        return render_template(
            template,
            contact=contact,
            story=desk.story_of(store, contact),
            lines=story.lines(store, contact),
            supervisor=calls_it_all,
            elsewhere=desk.answerable(console.line, store, contact, console.now) if calls_it_all else {},
            audit=store.audit.latest(about=contact.reference) if calls_it_all else [],
            **more,
        )

    @app.get("/calls/<reference>", endpoint="call")
    def one(reference: str) -> Response:
        """After a deed the story alone: whoever is in the room stays on the telephone of the page."""
        _permitted(console, reference.upper())
        contact = story.find(store, reference)
        if "HX-Request" in request.headers:
            return Response(story_in("_call.html", contact.reference), mimetype="text/html")
        store.audit.write(user().name, "looked", console.now, contact.reference)
        listens = may(user(), "calls") and console.line.console.listening
        softphone = telephone(console) if listens else None
        response = Response(story_in("call.html", contact.reference, softphone=softphone), mimetype="text/html")
        response.headers["Content-Security-Policy"] = policy(softphone)
        return response

    @app.post("/calls/token", endpoint="calls.token")
    def calls_token() -> dict[str, str]:
        return token(console)

    @app.get("/calls/<reference>/stream", endpoint="call.stream")
    def live(reference: str) -> Response:
        """As long as somebody looks at it, which is written down once."""
        _permitted(console, reference.upper())
        story.find(store, reference)
        permitted = still_may(console.accounts, "call")
        return stream(console.changes, lambda: story_in("_call.html", reference) if permitted() else None)

    @app.post("/calls/<reference>/<what>", endpoint="calls.do")
    def do(reference: str, what: str) -> BaseResponse:
        reached = _do(console, story.find(store, reference), what)
        return redirect(f"/calls/{reached.reference}", 303)


def _do(console: Console, contact: Contact, what: str) -> Contact:
    """The contact in which it goes on: another one, where somebody is called back."""
    line, store, by, now, form = console.line, console.store, user().name, console.now, request.form
    match what:
        case "transfer":
            transfer(line, store, contact.reference, form.get("queue", ""), now)
        case "listen" | "coach" | "join":
            attend(line, store, RoomRole(what), contact.reference, user().agent, by, now)
            return contact  # which is written down by the room
        case "callback":
            contact = desk.ring_now(line, store, contact.reference, None, now)
        case "withdraw":
            story.withdraw(line, store, contact.reference, by, form.get("why", ""), now)
        case "misrouted":
            story.mark_misrouted(line, store, contact.reference, form.get("topic", ""), by, now)
        case "note":
            desk.take_note(store, by, contact.reference, form.get("text", ""), now)
        case _:
            abort(404)
    store.audit.write(by, what, now, contact.reference)
    return contact


def serve_callers(app: Flask, console: Console) -> None:
    store = console.store

    @app.get("/callers", endpoint="callers.find")
    def look_up() -> str | BaseResponse:
        written = request.args.get("number", "").strip()
        found = full_number(written, console.line) if written else None
        if found:
            return redirect(f"/callers/{found}", 303)
        return render_template("caller.html", which=written, kept=None)

    @app.get("/callers/<number>", endpoint="callers")
    def caller(number: str) -> str:
        store.audit.write(user().name, "looked", console.now, number[:64])
        return render_template("caller.html", which=number, kept=everything(store.source, number))

    @app.get("/callers/<number>/export", endpoint="callers.export")
    def export(number: str) -> Response:
        store.audit.write(user().name, "exported", console.now, number[:64])
        written = json.dumps(everything(store.source, number), default=str, ensure_ascii=False, indent=2)
        response = Response(written, mimetype="application/json")
        response.headers["Content-Disposition"] = 'attachment; filename="caller.json"'
        return response

    @app.post("/callers/<number>/erase", endpoint="callers.erase")
    def forget(number: str) -> str:
        many = erase(store.source, number, console.now)
        store.audit.write(user().name, "erased", console.now, None, many=many)
        return render_template("caller.html", which=number, kept=everything(store.source, number), erased=many)


def _permitted(console: Console, reference: str) -> None:
    """A supervisor may see every story, an agent their own."""
    who = user()
    if not may(who, "calls") and not (who.agent and desk.was_with(console.store.source, who.agent, reference)):
        abort(403)
