"""People at the console: each with a browser of their own, in front of the demo line of the other tests."""

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from tests.conftest import Telvia, needs
from voice.console.app import create_app
from voice.console.context import Console
from voice.console.signed_in import COOKIE
from voice.service.runtime.clock import system_clock
from voice.store.users import Session
from voice.twilio.softphone import Softphone

PASSWORD = "a long enough password"


@dataclass
class Visitor:
    """Somebody at a browser. `client` has their session, if they are signed in."""

    client: FlaskClient
    session: Session | None

    def sees(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.get_data(as_text=True)

    def opens(self, path: str) -> TestResponse:
        return self.client.get(path)

    def posts(self, path: str, **form: object) -> TestResponse:
        token = {"csrf": self.session.csrf} if self.session else {}
        return self.client.post(path, data=token | form)


@pytest.fixture(autouse=True)
def _time_to_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages wait for the check of the files, however busy the computer is."""
    monkeypatch.setattr("voice.service.console.words.SOON", 60.0)
    monkeypatch.setattr("voice.console.errands.SOON", 60.0)


@pytest.fixture
def softphone(telvia: Telvia) -> Iterator[Softphone]:
    """The local Twilio, where agents who answer in their page are rung."""
    world = telvia.twilio.world
    yield Softphone(world.account_sid, world.api_key, world.api_secret, telvia.twilio.serve_rest())
    telvia.twilio.close()


@pytest.fixture
def console(telvia: Telvia) -> Console:
    return Console(lambda: telvia.line, telvia.store, telvia.worker.clock, secure=False)


@pytest.fixture
def app(console: Console) -> Flask:
    return create_app(console)


@pytest.fixture
def visitor(console: Console, app: Flask) -> Callable[..., Visitor]:
    """Somebody with these roles, signed in; nobody at all without a name."""

    def come(name: str = "", *roles: str, agent: str | None = None) -> Visitor:
        client = app.test_client()
        if not name:
            return Visitor(client, None)
        if console.store.users.find(name) is None:
            console.store.users.add(name, None, roles, agent)
            console.store.users.change(name, language="en")
        token = console.accounts.begin(name, "127.0.0.1", system_clock())
        client.set_cookie(COOKIE, token)
        return Visitor(client, console.accounts.session(token, system_clock()))

    return come


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The console, served on loopback for a real browser."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="session")
def chromium(playwright_chromium: BrowserType) -> Iterator[Browser]:
    """Debian's own; none is downloaded."""
    found = shutil.which("chromium") or ""
    needs("Chromium (apt-get install chromium)", bool(found))
    browser = playwright_chromium.launch(executable_path=found, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture
def browse(chromium: Browser, address: str, visitor: Callable[..., Visitor]) -> Iterator[Callable[..., Page]]:
    """A page in a real browser, of somebody who is signed in. An error in its script fails the test."""
    broken: list[str] = []
    contexts: list[BrowserContext] = []

    def open_it(path: str, name: str, *roles: str, agent: str | None = None, **how: Any) -> Page:
        somebody = visitor(name, *roles, agent=agent)
        cookie = somebody.client.get_cookie(COOKIE)
        assert cookie is not None
        context = chromium.new_context(base_url=address, **how)
        contexts.append(context)
        context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": address}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda told: broken.append(told.text) if "Content Security Policy" in told.text else None)
        page.goto(path)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert broken == []
