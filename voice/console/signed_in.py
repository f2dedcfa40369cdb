"""Who is asking: the session behind the cookie, signing in and out, the language, and the token of each form."""

import hmac
import time
from collections.abc import Callable
from typing import cast
from urllib.parse import quote

from flask import Flask, Response, abort, g, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from voice.console.access import may
from voice.console.texts import LANGUAGES, text
from voice.service.console.accounts import Accounts, SignInRefused
from voice.service.runtime.clock import system_clock
from voice.store.users import Session, User

COOKIE = "rechtdoor_console"
ASK_EVERY = 10.0
"""Seconds after which an open stream makes sure that whoever looks at it still may."""

OPEN = frozenset({"sign_in", "static", "healthz", "openid", "openid_back"})
"""Endpoints for who is not signed in."""


def session() -> Session | None:
    return cast("Session | None", g.get("session"))


def user() -> User:
    found = session()
    if found is None:
        abort(403)
    return found.user


def language() -> str:
    """The user's own, or the first of the browser's that the console speaks."""
    found = session()
    if found is not None and found.user.language in LANGUAGES:
        return found.user.language
    return request.accept_languages.best_match(LANGUAGES) or "en"


def say(key: str, /, **values: object) -> str:
    return text(language(), key, **values)


def guard(app: Flask, accounts: Accounts) -> None:
    """Nobody sees a page that is not theirs. An endpoint is named after its page: `board`, `board.stream`."""

    @app.before_request
    def who_is_asking() -> BaseResponse | None:
        g.session = accounts.session(request.cookies.get(COOKIE, ""), system_clock())
        endpoint = request.endpoint or ""
        if endpoint.partition(".")[0] in OPEN:
            return None
        if g.session is None:
            if request.method == "GET" and not request.headers.get("HX-Request"):
                asked_for = request.full_path.rstrip("?")
                return redirect(f"/sign-in?next={quote(asked_for, safe='/')}")
            abort(401)
        if request.method == "POST":
            _check_token(g.session)
        page = endpoint.partition(".")[0]
        if endpoint and page != "self" and not may(g.session.user, page):
            abort(403)
        return None


def _check_token(found: Session) -> None:
    given = request.form.get("csrf") or request.headers.get("X-CSRF-Token") or ""
    if not hmac.compare_digest(given.encode(), found.csrf.encode()):
        abort(400, "csrf")


def serve_sign_in(app: Flask, accounts: Accounts, *, secure: bool, openid: bool) -> None:
    @app.get("/sign-in")
    def sign_in() -> str | BaseResponse:
        if session() is not None:
            return redirect("/")
        return render_template("sign_in.html", openid=openid, next=within(request.args.get("next", "/")))

    @app.post("/sign-in", endpoint="sign_in.post")
    def sign_in_post() -> BaseResponse | tuple[str, int]:
        if not same_origin():
            abort(400, "csrf")
        name, password = request.form.get("name", "").strip(), request.form.get("password", "")
        next_ = within(request.form.get("next", "/"))
        try:
            token = accounts.sign_in(name, password, request.remote_addr or "", system_clock())
        except SignInRefused as refused:
            page = render_template("sign_in.html", openid=openid, next=next_, name=name, refused=refused.why)
            return page, 429 if refused.why == "often" else 401
        return let_in(redirect(next_, 303), token, secure=secure)

    @app.post("/sign-out", endpoint="self.sign_out")
    def sign_out() -> BaseResponse:
        accounts.sign_out(request.cookies.get(COOKIE, ""), user().name, system_clock())
        response = redirect("/sign-in", 303)
        response.delete_cookie(COOKIE)
        return response

    @app.post("/language", endpoint="self.language")
    def change_language() -> BaseResponse:
        wanted = request.form.get("language", "")
        if wanted in LANGUAGES:
            accounts.store.users.change(user().name, language=wanted)
        return redirect(within(request.form.get("next", "/")), 303)


def still_may(accounts: Accounts, page: str) -> Callable[[], bool]:
    """Of an open stream, asked again and again: may whoever opened it still see the page, and as the same agent?"""
    token, asked, answer = request.cookies.get(COOKIE, ""), time.monotonic(), True
    agent = user().agent

    def ask() -> bool:
        nonlocal asked, answer
        if time.monotonic() - asked > ASK_EVERY:
            found = accounts.session(token, system_clock())
            answer = found is not None and may(found.user, page) and found.user.agent == agent
            asked = time.monotonic()
        return answer

    return ask


def let_in(response: BaseResponse, token: str, *, secure: bool) -> BaseResponse:
    response.set_cookie(COOKIE, token, httponly=True, secure=secure, samesite="Lax")
    return response


def same_origin() -> bool:
    """Whether a form comes from a page of ours; a browser that says nothing of it is let through, for there is no
    session yet that could be misused."""
    origin = request.headers.get("Origin")
    return origin is None or origin.partition("://")[2] == request.host


def within(path: str) -> str:
    """A path of the console, and of nobody else. Browsers take a backslash for a slash, and leave out tabs."""
    ours = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if ours else "/"


def forbidden() -> Response:
    return Response(render_template("message.html", key="forbidden"), status=403)
