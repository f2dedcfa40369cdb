"""The console's app: what holds for every page (headers, errors), and the pages."""

from flask import Flask, Response, redirect, render_template, request
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from voice.console.access import menu
from voice.console.assets import serve_assets
from voice.console.context import Console
from voice.console.entered import read_clean
from voice.console.helpers import give_helpers
from voice.console.openid import serve_openid
from voice.console.pages.board import serve_board
from voice.console.pages.calls import serve_callers, serve_calls
from voice.console.pages.desk import serve_desk, serve_missed
from voice.console.pages.now import serve_now
from voice.console.pages.report import serve_report
from voice.console.pages.users import serve_users
from voice.console.pages.words import serve_words
from voice.console.policy import policy
from voice.console.signed_in import guard, language, say, serve_sign_in, user
from voice.console.texts.services import in_words_of
from voice.errors import ContentError, VoiceError
from voice.service.runtime.logs import log

LARGEST = 16 * 1024 * 1024
"""Bytes of a form: the longest of the operators' files, as a browser writes it (a letter with an accent takes six)."""


def create_app(console: Console) -> Flask:
    app = Flask("voice.console", static_folder=None, template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["console"] = console
    read_clean(app)
    guard(app, console.accounts)
    serve_assets(app)
    serve_sign_in(app, console.accounts, secure=console.secure, openid=console.openid is not None)
    if console.openid is not None:
        serve_openid(app, console.accounts, console.openid, secure=console.secure)
    give_helpers(app, console)
    _answers(app)
    serve_board(app, console)
    serve_desk(app, console)
    serve_missed(app, console)
    serve_calls(app, console)
    serve_callers(app, console)
    serve_now(app, console)
    serve_report(app, console)
    serve_words(app, console)
    serve_users(app, console)

    @app.get("/", endpoint="self.home")
    def home() -> BaseResponse | tuple[str, int]:
        led = menu(user())
        return redirect(f"/{led[0]}") if led else (render_template("message.html", key="nothing"), 200)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    return app


def _answers(app: Flask) -> None:
    @app.after_request
    def headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy())
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response

    @app.errorhandler(VoiceError)
    def told(error: VoiceError) -> Response | tuple[str, int]:
        """What a user asked for cannot be done, and how to mend that."""
        what, mend = (in_words_of(language(), sentence) for sentence in (error.message, error.mend))
        if "HX-Request" in request.headers:
            return _aside(f"{what} {mend}")
        problems = error.problems if isinstance(error, ContentError) else ()
        return render_template("message.html", key="refused", what=what, mend=mend, problems=problems), 422

    @app.errorhandler(HTTPException)
    def wrong(error: HTTPException) -> Response | tuple[str, int]:
        known = {400: "expired", 401: "signed_out", 403: "forbidden", 404: "missing", 413: "long"}
        code = error.code or 500
        return _said(known.get(code, "broke"), code)

    @app.errorhandler(Exception)
    def broke(error: Exception) -> Response | tuple[str, int]:
        log.error("broke", path=request.path, exc_info=error)
        return _said("broke", 500)


def _said(key: str, code: int) -> Response | tuple[str, int]:
    """A page that says it; for a form that htmx has sent, beside the page, or the way to sign in."""
    if "HX-Request" not in request.headers:
        return render_template("message.html", key=key), code
    if code == 401:
        return Response(status=401, headers={"HX-Redirect": "/sign-in"})
    return _aside(f"{say(f'message.{key}.title')}. {say(f'message.{key}.text')}")


def _aside(told: str) -> Response:
    """For a form that htmx has sent: beside the page, which stays as it is."""
    response = Response(Markup('<p class="bad" role="alert">{}</p>').format(told), mimetype="text/html")
    response.headers |= {"HX-Retarget": "#told", "HX-Reswap": "innerHTML", "HX-Reselect": "p"}
    return response
