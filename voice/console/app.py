"""The console's app: what holds for every page (headers, errors, what templates know), and the pages."""

from datetime import date, datetime

from babel import Locale
from babel.dates import format_date
from flask import Flask, Response, redirect, render_template, request
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from voice.console import shown
from voice.console.access import menu, sees_numbers
from voice.console.assets import serve_assets
from voice.console.context import Console
from voice.console.openid import serve_openid
from voice.console.pages.board import serve_board
from voice.console.pages.calls import serve_calls
from voice.console.pages.desk import serve_desk, serve_missed
from voice.console.pages.now import serve_now
from voice.console.pages.report import serve_report
from voice.console.pages.users import serve_users
from voice.console.pages.words import serve_words
from voice.console.policy import policy
from voice.console.signed_in import guard, language, say, serve_sign_in, session, user
from voice.console.texts import LANGUAGES
from voice.core.contact.state import Contact
from voice.core.identity import IdentityKind
from voice.errors import VoiceError
from voice.service.runtime.logs import log


def create_app(console: Console) -> Flask:
    app = Flask("voice.console", static_folder=None, template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = 1024 * 1024
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["console"] = console
    guard(app, console.accounts)
    serve_assets(app)
    serve_sign_in(app, console.accounts, secure=console.secure, openid=console.openid is not None)
    if console.openid is not None:
        serve_openid(app, console.accounts, console.openid, secure=console.secure)
    _templates(app, console)
    _answers(app)
    serve_board(app, console)
    serve_desk(app, console)
    serve_missed(app, console)
    serve_calls(app, console)
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


def _templates(app: Flask, console: Console) -> None:
    def number(written: str | None) -> str:
        found = session()
        return shown.number(written, full=found is not None and sees_numbers(found.user.roles))

    def moment(at: datetime | None) -> str:
        return shown.moment(at, console.line.plan.timezone, console.now)

    def ticking(since: datetime | None) -> Markup:
        """How long ago that is. The page's script counts on; without it, it stands as it was."""
        if since is None:
            return Markup("–")
        passed = shown.clock(console.now - since)
        return Markup('<time data-since="{}">{}</time>').format(int(since.timestamp()), passed)

    def spoken(kind: str, name: str | None, code: str | None = None) -> str:
        """What the line calls a queue, a topic or a language in the user's language, where it speaks that; else the
        name of it."""
        if kind == "language" and name:
            return str(Locale.parse(name).get_display_name(code or language()))
        prompts = console.newest().prompts.get(code or language())
        found = prompts.texts.get(f"{kind}.{name}", {}).get("other") if prompts else None
        return found or name or "–"

    def identity(contact: Contact, *, whole: bool) -> str:
        """As the caller gave it: on the desk of who speaks with them; elsewhere, for who sees no numbers, its last two
        digits."""
        found, given = session(), contact.identity or ""
        if not whole and (found is None or not sees_numbers(found.user.roles)):
            return "…" + given[-2:]
        born = contact.identity_kind == IdentityKind.BIRTH_DATE
        return format_date(date.fromisoformat(given), "long", locale=language()) if born else given

    def field() -> Markup:
        found = session()
        return Markup('<input type="hidden" name="csrf" value="{}">').format(found.csrf if found else "")

    app.jinja_env.globals |= {
        "t": say,
        "identity": identity,
        "number": number,
        "moment": moment,
        "ticking": ticking,
        "spoken": spoken,
        "csrf": field,
        "escape": escape,
        "LANGUAGES": LANGUAGES,
    }
    app.jinja_env.filters |= {"clock": shown.clock, "share": shown.share}

    @app.context_processor
    def always() -> dict[str, object]:
        found = session()
        return {
            "me": found.user if found else None,
            "token": found.csrf if found else "",
            "menu": menu(found.user) if found else [],
            "language": language(),
            "line": console.newest(),
            "now": console.now.timestamp(),
            "here": (request.endpoint or "").partition(".")[0],
        }


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
        if "HX-Request" in request.headers:
            return _aside(f"{error.message} {error.mend}")
        return render_template("message.html", key="refused", what=error.message, mend=error.mend), 422

    @app.errorhandler(HTTPException)
    def wrong(error: HTTPException) -> tuple[str, int]:
        known = {400: "expired", 401: "signed_out", 403: "forbidden", 404: "missing"}
        code = error.code or 500
        return render_template("message.html", key=known.get(code, "broke")), code

    @app.errorhandler(Exception)
    def broke(error: Exception) -> tuple[str, int]:
        log.error("broke", path=request.path, exc_info=error)
        return render_template("message.html", key="broke"), 500


def _aside(told: str) -> Response:
    """For a form that htmx has sent: beside the page, which stays as it is."""
    response = Response(Markup('<p class="bad" role="alert">{}</p>').format(told), mimetype="text/html")
    response.headers |= {"HX-Retarget": "#told", "HX-Reswap": "innerHTML", "HX-Reselect": "p"}
    return response
