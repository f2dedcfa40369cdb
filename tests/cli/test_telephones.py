"""The page on which one rings the demonstration oneself."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from twilio.rest import Client

from tests.localtwilio.conftest import NUMBER, App, app, client, twilio
from voice.cli.demo.telephone import Telephone
from voice.cli.demo.telephones import Telephones
from voice.cli.phone.turns import ListeningMoment
from voice.content import Line
from voice.core.call.actions import Listen
from voice.localtwilio import LocalTwilio, Standing
from voice.recognition.scripted import ScriptedRecogniser

__all__ = ["app", "client", "twilio"]

RATE = 8000
LOUD = (8000 * np.sin(np.arange(RATE) / 3)).astype(np.int16)
QUIET = np.zeros(2 * RATE, np.int16)


def asked(_sid: str) -> ListeningMoment:
    return ListeningMoment("nl", Listen.OPEN)


@pytest.fixture
def telephone(twilio: LocalTwilio, app: App) -> Telephone:
    app["/voice"] = (
        '<Gather input="speech" action="/turn" timeout="60" speechTimeout="1">'
        '<Say language="xx-XX">Zeg het</Say></Gather>'
    )
    app["/turn"] = "<Hangup/>"
    return Telephone(twilio, "+3246000001", asked)


def seen(told: Iterator[dict[str, Any]]) -> dict[str, Any]:
    return next(told)


def test_what_is_typed_is_said(telephone: Telephone, twilio: LocalTwilio, app: App) -> None:
    told = telephone.told()
    assert seen(told) == {"state": "ended"}
    telephone.ring(NUMBER)
    twilio.advance(2)
    telephone.does("says", "mijn internet ligt plat")
    twilio.advance(10)
    assert app.form("/turn")["SpeechResult"] == "mijn internet ligt plat"
    assert app.form("/turn")["From"] == "+3246000001"
    states = []
    while states[-1:] != ["ended"]:
        states.append(seen(told).get("state"))
    assert {"prompted", "listened_to"} <= set(states)


def test_what_the_microphone_hears_is_said_at_once(
    telephone: Telephone, twilio: LocalTwilio, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telephone, "_ear", lambda *_: ScriptedRecogniser(["ik ga verhuizen"], RATE))
    telephone.ring(NUMBER)
    twilio.advance(2)
    told = telephone.told()
    for chunk in (LOUD, QUIET):
        telephone.hears(chunk, RATE)
    while "heard" not in (row := seen(told)):
        pass
    assert row == {"heard": "ik ga verhuizen"}
    assert twilio.run_until(lambda: bool(app.forms("/turn")), 5)
    assert app.form("/turn")["SpeechResult"] == "ik ga verhuizen"
    telephone.deaf()


def test_it_can_be_called_back(telephone: Telephone, twilio: LocalTwilio, client: Client) -> None:
    told = telephone.told()
    assert seen(told) == {"state": "ended"}
    client.calls.create(to=telephone.number, from_=NUMBER, twiml="<Response><Gather/></Response>")
    twilio.advance(3)
    assert seen(told) == {"state": "rung", "queue": False}
    telephone.does("picks-up", "")
    twilio.advance(1)
    assert twilio.phone(telephone.number).standing is Standing.LISTENED_TO


def test_a_page_that_asks_anew_takes_the_place_of_the_old(telephone: Telephone) -> None:
    old, new = telephone.told(), telephone.told()
    assert seen(old) == seen(new) == {"state": "ended"}
    assert list(old) == []


@pytest.fixture
def page(twilio: LocalTwilio, app: App, line: Line) -> FlaskClient:
    number = next(iter(line.plan.numbers))
    twilio.number(number, voice_url="https://line.example/voice")
    app["/voice"] = "<Gather/>"
    return Telephones()._app(twilio, line, "http://127.0.0.1:1", asked).test_client()


def test_the_page_rings_and_hangs_up(page: FlaskClient, twilio: LocalTwilio, line: Line) -> None:
    assert "Ring the line" in page.get("/").text
    number = page.post("/telephones").get_json()["number"]
    to = next(iter(line.plan.numbers))
    assert page.post(f"/telephones/{number}/ring", data={"to": to}).status_code == 204
    twilio.advance(1)
    assert [leg.from_ for leg in twilio.calls] == [f"+{number}"]
    assert page.post(f"/telephones/{number}/hangs-up").status_code == 204
    assert twilio.calls[0].standing is Standing.ENDED


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/telephones/32470/ring", 404),
        ("/telephones/{number}/ring", 404),
        ("/telephones/{number}/sound?rate=1", 400),
        ("/telephones/{number}/dances", 204),
    ],
)
def test_what_no_telephone_does_is_refused(page: FlaskClient, path: str, code: int) -> None:
    number = page.post("/telephones").get_json()["number"]
    assert page.post(path.format(number=number)).status_code == code


def test_another_sites_page_rings_nobody(page: FlaskClient) -> None:
    assert page.post("/telephones", headers={"Origin": "https://evil.example"}).status_code == 403
    assert page.get("/", headers={"Origin": "http://localhost"}).status_code == 200
    assert "default-src 'self'" in page.get("/").headers["Content-Security-Policy"]
