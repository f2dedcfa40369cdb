"""An agent whose telephone is their page."""

import base64
import gzip
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Agent, Telvia
from tests.console.conftest import Visitor
from tests.console.test_in_a_browser import until
from tests.console.test_looks import looked_at
from voice.console.assets import STATIC
from voice.console.context import Console
from voice.content.schema import ConsoleEntry
from voice.service.calls.room import ask
from voice.twilio.softphone import TOKEN_SECONDS, Softphone

pytestmark = pytest.mark.slow

Come = Callable[..., Visitor]
Browse = Callable[..., Page]


@pytest.fixture
def an(telvia: Telvia, console: Console, softphone: Softphone) -> Agent:
    console.softphone = softphone
    return telvia.hire("An", "client:An", "technical")


def test_the_page_answers_as_a_telephone_mutes_presses_keys_and_hangs_up(
    telvia: Telvia, an: Agent, browse: Browse
) -> None:
    page = browse("/desk", "an", "agent", agent="An")
    phone = page.get_by_role("region", name="Telephone")
    expect(phone.get_by_text("Ready")).to_be_visible()
    expect(phone.get_by_text("Mute")).to_be_hidden()
    expect(phone.get_by_label("Microphone")).to_be_hidden()
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    until(telvia, lambda: an.rings)
    expect(phone.get_by_text("It rings. Accept above")).to_be_visible()
    page.get_by_role("button", name="Accept").click()
    until(telvia, lambda: an.speaks_with == ["+32470123456"])
    assert caller.person.speaks_with == ["client:An"]
    assert "mijn internet" not in an.hears, "the story stands on the page"
    # While the page is replaced, that before it may stand beside it.
    expect(phone.get_by_text("You are connected").filter(visible=True)).to_be_visible()
    expect(phone).to_have_count(1)
    mute = phone.get_by_role("button", name="Mute")
    mute.click()
    expect(mute).to_have_attribute("aria-pressed", "true")
    phone.get_by_role("button", name="Hang up").click()
    until(telvia, lambda: an.phone.ended)
    expect(phone.get_by_text("Ready")).to_be_visible()
    caller.presses("1")


def test_a_text_is_read_and_sent_without_leaving_the_telephone(telvia: Telvia, an: Agent, browse: Browse) -> None:
    page = browse("/desk", "an", "agent", agent="An")
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    until(telvia, lambda: an.rings)
    page.get_by_role("button", name="Accept").click()
    until(telvia, lambda: an.speaks_with == ["+32470123456"])
    page.evaluate("window.same = true")
    page.get_by_text("What was agreed").click()
    page.get_by_label("What, in a few words").fill("a new modem")
    page.get_by_label("To be done by").fill("2026-02-31 10:00")
    page.get_by_role("button", name="Write down").click()
    expect(page.locator("#told")).to_contain_text("is no moment")
    page.get_by_label("To be done by").fill("2 h")
    page.get_by_role("button", name="Write down").click()
    expect(page.locator("#reading")).to_contain_text("a new modem")
    page.get_by_role("link", name="Back").click()
    expect(page.locator("#reading")).to_have_count(0)
    expect(page.get_by_label("What, in a few words")).to_have_value("a new modem")
    page.get_by_role("button", name="Write down").click()
    expect(page.get_by_role("button", name="send it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#reading")).to_have_count(0)
    expect(page.get_by_label("What, in a few words")).to_have_value("")
    until(telvia, lambda: "a new modem" in "".join(text.body for text in telvia.twilio.phone("+32470123456").texts))
    assert page.evaluate("window.same"), "the page was not left"
    assert caller.person.speaks_with == ["client:An"]


def test_a_colleague_who_is_asked_picks_up_in_the_page(telvia: Telvia, an: Agent, browse: Browse) -> None:
    bea = telvia.hire("Bea", "client:Bea", "billing")
    page = browse("/desk", "bea", "agent", agent="Bea")
    expect(page.get_by_text("Ready: callers ring")).to_be_visible()
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    until(telvia, lambda: an.rings)
    an.accepts()
    ask(telvia.store, "An", telvia.contact_of(caller).reference, "Bea", telvia.worker.clock())
    expect(page.get_by_text("An asks you about")).to_be_visible()
    until(telvia, lambda: bea.rings)
    page.get_by_role("button", name="Pick up").click()
    until(telvia, lambda: bea.speaks_with == ["client:An"])
    expect(page.get_by_role("button", name="Pick up")).to_be_hidden()


def test_a_supervisor_listens_on_the_page_of_the_call(telvia: Telvia, an: Agent, browse: Browse) -> None:
    telvia.changes(console=ConsoleEntry(listening=True), plan=replace(telvia.line.plan, listened=True))
    sofie = telvia.hire("Sofie", "client:Sofie", "billing")
    telvia.store.agents.sign_out("Sofie", telvia.worker.clock())
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    until(telvia, lambda: an.rings)
    an.accepts()
    page = browse(f"/calls/{telvia.contact_of(caller).reference}", "sofie", "supervisor", agent="Sofie")
    expect(page.get_by_role("region", name="Telephone").get_by_text("Ready")).to_be_visible()
    page.get_by_role("button", name="Listen").click()
    expect(page.get_by_text("Sofie listens, and is heard by nobody")).to_be_hidden()
    until(telvia, lambda: page.get_by_text("You are connected").is_visible())
    expect(page.get_by_text("Sofie listens, and is heard by nobody")).to_be_visible()
    assert sofie.speaks_with == []
    page.get_by_role("button", name="Coach").click()
    until(telvia, lambda: sofie.speaks_with == ["client:An"])
    page.get_by_label("Note for").fill("coached")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_text("coached", exact=False).first).to_be_visible()
    assert sofie.speaks_with == ["client:An"], "the page was not left"
    assert looked_at(page, "coaching") == []
    page.get_by_role("button", name="Hang up").click()
    until(telvia, lambda: an.speaks_with == ["+32470123456"])


def test_a_token_is_for_agents_who_answer_in_their_page_and_lasts_for_minutes(
    telvia: Telvia, an: Agent, visitor: Come, softphone: Softphone
) -> None:
    telvia.hire("Bea", "+32470000002")
    page, other = visitor("an", "agent", agent=an.name), visitor("bea", "agent", agent="Bea")
    assert other.posts("/desk/token").status_code == 404
    token = page.posts("/desk/token").get_json()["token"]
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert claims["grants"] == {"identity": "An", "voice": {"incoming": {"allow": True}}}
    assert time.time() < claims["exp"] <= time.time() + TOKEN_SECONDS
    assert softphone.local in page.opens("/desk").headers["Content-Security-Policy"]
    assert softphone.local not in other.opens("/desk").headers["Content-Security-Policy"]


@pytest.mark.parametrize("secret", ["", "another secret"])
def test_nobody_is_a_telephone_without_a_token_of_ours(softphone: Softphone, secret: str) -> None:
    token = Softphone(softphone.account_sid, softphone.key, secret).token("client:An") if secret else ""
    answer = httpx.get(f"{softphone.local}/clients/calls", params={"token": token})
    assert (answer.status_code, answer.json()["code"]) == (401, 20101)


def test_a_desk_page_is_small_with_the_softphone(an: Agent, visitor: Come, console: Console) -> None:
    """Under 200 kB compressed, with all that it loads in earnest."""
    assert console.softphone
    console.softphone = Softphone(console.softphone.account_sid, console.softphone.key, console.softphone.secret)
    shown = visitor("an", "agent", agent=an.name).sees("/desk")
    assert "twilio-voice" in shown
    loaded = [path for path in STATIC.rglob("*") if f"/static/{path.relative_to(STATIC).as_posix()}?" in shown]
    whole = len(gzip.compress(shown.encode())) + sum(len(gzip.compress(Path(path).read_bytes())) for path in loaded)
    assert len(loaded) >= 7
    assert whole < 200_000
