"""Each state of a page as people see it: empty, refused, ringing, in wrap-up, read before it goes, on paper."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from werkzeug.exceptions import HTTPException

from tests.conftest import Telvia
from tests.console import test_looks, test_looks_of_words
from tests.console.test_in_a_browser import until
from tests.console.test_looks import looked_at, serious
from voice.console.context import Console
from voice.service.console.desk import take_note
from voice.twilio.softphone import Softphone

pytestmark = pytest.mark.long

Browse = Callable[..., Page]

NO_PAGE = re.compile(r"stream$|^static$|^healthz$|^self\.|csv$|export$|^openid|^sign_in$|^words.work$")
"""What a GET answers that is no page of its own; the sign-in and what is at work are looked at without being
asked for."""


def test_every_page_that_there_is_is_looked_at(app: Flask) -> None:
    seen = set()
    adapter = app.url_map.bind("console.example")
    for path in (*test_looks.PAGES.values(), *test_looks_of_words.PAGES.values()):
        try:
            seen.add(adapter.match(path.partition("?")[0], method="GET")[0])
        except HTTPException:
            assert path == "/nothing-here"
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert {one for one in pages if not NO_PAGE.search(one)} - seen == set()


@pytest.mark.usefixtures("telvia")
def test_nothing_serious_where_there_is_nothing_or_something_is_refused(browse: Browse) -> None:
    page = browse("/board", "admin", "administrator", agent=None)
    found = looked_at(page, "a board without agents")
    for state, path in {"nobody found": "/calls?text=zzz", "no calls": "/report", "no caller": "/callers/x"}.items():
        page.goto(path)
        found += looked_at(page, state)
    page.goto("/report")
    page.emulate_media(media="print")
    found += [f"on paper: {one}" for one in serious(page)]
    assert page.locator("header").is_hidden()
    page.emulate_media(media="screen")
    page.goto("/now")
    row = page.locator("#now-technical")
    row.get_by_label("until").fill("never")
    row.get_by_label("why").fill("x")
    row.get_by_role("button", name="Close").click()
    expect(page.get_by_text("That cannot be done")).to_be_visible()
    found += looked_at(page, "refused")
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.get_by_label("Name").fill("nobody")
    page.get_by_label("Password").fill("wrong password")
    page.locator("button.main").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += looked_at(page, "a wrong password")
    other = browse("/board", "an", "agent", agent=None)
    expect(other.locator("h1")).to_have_text("This page is not for you")
    assert found + looked_at(other, "forbidden") == []


def test_nothing_serious_at_a_desk_whatever_is_on_it(
    telvia: Telvia, browse: Browse, console: Console, softphone: Softphone
) -> None:
    console.softphone = softphone
    an = telvia.hire("An", "client:An", "technical")
    telvia.hire("Bea", "+32470000002", "billing")
    page = browse("/desk", "an", "agent", agent="An")
    found = looked_at(page, "nobody") if page.locator(".empty").first.is_visible() else ["no empty desk"]
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    until(telvia, lambda: an.rings)
    expect(page.get_by_text("A caller is ringing you")).to_be_visible(timeout=20_000)
    found += looked_at(page, "ringing")
    an.accepts()
    expect(page.get_by_text("You are with")).to_be_visible(timeout=20_000)
    take_note(telvia.store, "An", telvia.contact_of(caller).reference, "w" * 300, telvia.worker.clock())
    console.changes.tell()
    expect(page.get_by_text("www")).to_be_visible(timeout=20_000)
    page.get_by_text("What was agreed").click()
    found += looked_at(page, "talking")
    page.get_by_label("What, in a few words").fill("a new modem")
    page.get_by_label("To be done by").fill("never")
    page.get_by_role("button", name="Write down").click()
    found += looked_at(page, "an agreement that cannot be")
    page.goto("/desk")
    page.get_by_label("I call them back at").fill("16:00")
    page.get_by_role("button", name="Promise").click()
    expect(page.locator("#reading h2")).to_have_text("This is the text that they get")
    found += looked_at(page, "read first")
    page.get_by_role("link", name="Back").click()
    page.get_by_role("button", name="Hold").click()
    expect(page.get_by_text("The caller is on hold")).to_be_visible()
    found += looked_at(page, "on hold")
    page.goto("/desk")
    an.hangs_up()
    telvia.passes(1)
    expect(page.get_by_text("You spoke last with")).to_be_visible(timeout=20_000)
    assert found + looked_at(page, "wrap-up") == []
