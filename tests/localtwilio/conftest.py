"""A small app for the stand-in to ring: pages of TwiML by path, and a log of what was asked."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from flask import Flask, Response, request
from twilio.http import HttpClient
from twilio.http.response import Response as TwilioResponse
from twilio.rest import Client

from voice.localtwilio import Caller, LocalTwilio, Pace

Page = str | Callable[[dict[str, str]], Any]

HOST = "https://line.example"
NUMBER = "+3212345670"


class App:
    """Answers each path with its page; a page is TwiML within Response, or a function of the form."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.requests: list[dict[str, Any]] = []
        self.flask = Flask("app under the stand-in")
        self.flask.add_url_rule("/<path:path>", view_func=self._answer, methods=["GET", "POST"])

    def __setitem__(self, path: str, page: Page) -> None:
        self.pages[path] = page

    def form(self, path: str) -> dict[str, str]:
        """The form of the last request to a path."""
        return self.forms(path)[-1]

    def forms(self, path: str) -> list[dict[str, str]]:
        return [form for asked, form in self.asked if asked == path]

    def _answer(self, path: str) -> Any:
        form = request.form.to_dict() | request.args.to_dict()
        self.asked.append(("/" + path, form))
        self.requests.append({"headers": dict(request.headers), "url": request.url, "form": request.form.to_dict()})
        page = self.pages["/" + path]
        answer = page(form) if callable(page) else page
        return twiml(answer) if isinstance(answer, str) else answer


def twiml(content: str) -> Response:
    return Response(f'<?xml version="1.0" encoding="UTF-8"?><Response>{content}</Response>', mimetype="text/xml")


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def twilio(app: App) -> Iterator[LocalTwilio]:
    client = httpx.Client(transport=httpx.WSGITransport(app.flask))
    twilio = LocalTwilio(transport=client, pace=Pace(line=120, person=120))
    twilio.number(NUMBER, voice_url=f"{HOST}/voice", fallback_url=f"{HOST}/fallback", status_callback=f"{HOST}/status")
    app["/status"] = ""
    yield twilio
    twilio.close()


@pytest.fixture
def ring(twilio: LocalTwilio) -> Callable[..., Caller]:
    """Somebody rings the number of the app."""
    return lambda **options: twilio.ring(to=NUMBER, from_="+32470123456", **options)


class Elsewhere(HttpClient):
    """Sends what the real client wants to send to Twilio to the stand-in instead."""

    def __init__(self, client: httpx.Client, base: str = "http://rest.example") -> None:
        super().__init__(logger=logging.getLogger(__name__), is_async=False)
        self._client, self._base = client, base

    def request(self, method, url, params=None, data=None, headers=None, auth=None, **_):
        address = self._base + url.removeprefix("https://api.twilio.com")
        answer = self._client.request(method, address, params=params, data=data, headers=headers, auth=auth)
        return TwilioResponse(answer.status_code, answer.text, answer.headers)


@pytest.fixture
def client(twilio: LocalTwilio) -> Client:
    """The real client of the twilio package, speaking with the stand-in."""
    http = httpx.Client(transport=httpx.WSGITransport(twilio.rest_app))
    return Client(twilio.world.account_sid, "local-auth-token", http_client=Elsewhere(http))
