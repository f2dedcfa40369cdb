"""The page on which one rings the demonstration oneself, by microphone or by typing; each page that is open is a
telephone with a number of its own, which can be called back.

A server of its own on loopback, beside the console: what it does is a caller's, and nobody's of the helpdesk.
"""

import json
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, abort, render_template, request

from voice.cli.demo.telephone import Asked, Telephone
from voice.console.assets import STATIC
from voice.content import Line
from voice.errors import VoiceError
from voice.localtwilio import Leg, LocalTwilio, Server, Utterance
from voice.recognition.engine import vosk_library
from voice.recognition.models.installed import find_model
from voice.recognition.pcm import pcm_from_bytes

PAGE = Path(__file__).parent / "page"
FILES = {
    "telephone.js": (PAGE, "text/javascript"),
    "microphone.js": (PAGE, "text/javascript"),
    "console.css": (STATIC, "text/css"),
    "icon.svg": (STATIC, "image/svg+xml"),
}
RATES = range(8_000, 192_001)
POLICY = "default-src 'self'; media-src 'self' {line}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def heard_here(line: Line) -> list[str]:
    """The languages of the line that can be spoken: Vosk is installed, and there is a model."""
    found = []
    for language in line.languages:
        try:
            vosk_library()
            find_model(language)
        except VoiceError:
            continue
        found.append(language)
    return found


class Telephones:
    """All of them; also the loudspeaker of the local Twilio, which is silent for everybody else."""

    def __init__(self) -> None:
        self._all: dict[str, Telephone] = {}
        self._server: Server | None = None

    def serve(self, twilio: LocalTwilio, line: Line, audio: str, asked: Asked) -> str:
        """Until `close`; the address of the page. `audio` is where the line's recordings are."""
        self._server = Server(self._app(twilio, line, audio, asked))
        return self._server.url

    def close(self) -> None:
        for each in self._all.values():
            each.deaf()
            each.over()
        if self._server is not None:
            self._server.close()

    def speak(self, leg: Leg, utterance: Utterance) -> float | None:
        each = self._of(leg)
        return each.plays(leg.sid, utterance) if each else None

    def stop(self, leg: Leg) -> None:
        if each := self._of(leg):
            each.stops(leg.sid)

    def _of(self, leg: Leg) -> Telephone | None:
        return self._all.get((leg.from_ if leg.direction == "inbound" else leg.to).lstrip("+"))

    def _app(self, twilio: LocalTwilio, line: Line, audio: str, asked: Asked) -> Flask:
        app = Flask("telephones", static_folder=None, template_folder=str(PAGE))
        app.config["MAX_CONTENT_LENGTH"] = 4 * 1024 * 1024

        @app.before_request
        def ours_alone() -> None:
            origin = request.headers.get("Origin")
            if origin is not None and urlsplit(origin).netloc != request.host:
                abort(403)

        @app.after_request
        def headers(response: Response) -> Response:
            response.headers["Content-Security-Policy"] = POLICY.format(line=audio)
            response.headers["Cache-Control"] = "no-store"
            return response

        @app.get("/")
        def page() -> str:
            return render_template("telephone.html", line=line, hears=heard_here(line))

        @app.get("/<name>")
        def file(name: str) -> Response:
            if name not in FILES:
                abort(404)
            folder, kind = FILES[name]
            return Response((folder / name).read_bytes(), mimetype=kind)

        @app.post("/telephones")
        def plug_in() -> dict[str, str]:
            number = f"3246{secrets.randbelow(10**7):07d}"
            self._all[number] = Telephone(twilio, f"+{number}", asked)
            return {"number": number}

        self._serve_one(app, line)
        return app

    def _serve_one(self, app: Flask, line: Line) -> None:
        def one(number: str) -> Telephone:
            return self._all.get(number) or abort(404)

        @app.get("/telephones/<number>/stream")
        def stream(number: str) -> Response:
            events = (f"data: {json.dumps(what)}\n\n" for what in one(number).told())
            return Response(events, mimetype="text/event-stream")

        @app.get("/telephones/<number>/said/<int:which>.wav")
        def said(number: str, which: int) -> Response:
            return Response(one(number).voice(which) or abort(404), mimetype="audio/wav")

        @app.post("/telephones/<number>/ring")
        def ring(number: str) -> Response:
            to = request.form.get("to", "")
            if to not in line.plan.numbers:
                abort(404)
            one(number).ring(to)
            return Response(status=204)

        @app.post("/telephones/<number>/sound")
        def sound(number: str) -> Response:
            rate = request.args.get("rate", 0, int)
            if rate not in RATES:
                abort(400)
            one(number).hears(pcm_from_bytes(request.get_data()), rate)
            return Response(status=204)

        @app.post("/telephones/<number>/<deed>")
        def does(number: str, deed: str) -> Response:
            try:
                one(number).does(deed, request.form.get("what", "").strip())
            except LookupError:
                abort(404)
            return Response(status=204)
