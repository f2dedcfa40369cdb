"""What people do in a real browser, with the stream that keeps a page up to date."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Telvia

pytestmark = pytest.mark.slow

Browse = Callable[..., Page]


def test_the_board_shows_within_a_second_who_waits(telvia: Telvia, browse: Browse) -> None:
    telvia.hire("An", "+32470000001", "technical")
    page = browse("/board", "sofie", "supervisor")
    waiting = page.locator("#queue-technical td").nth(1)
    expect(waiting).to_have_text("0")
    telvia.ring().says("mijn internet ligt plat").stays_silent()
    expect(waiting).to_have_text("1", timeout=3000)


def test_the_page_of_a_call_goes_on_with_it_and_keeps_what_is_being_written(telvia: Telvia, browse: Browse) -> None:
    an = telvia.hire("An", "+32470000001", "technical")
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    reference = telvia.contact_of(caller).reference
    page = browse(f"/calls/{reference}", "sofie", "supervisor")
    expect(page.locator("h1 .state")).to_have_text("waiting")
    page.get_by_label("Note for").fill("half a no")
    an.accepts()
    expect(page.locator("h1 .state")).to_have_text("talking", timeout=3000)
    expect(page.get_by_label("Note for")).to_be_focused()
    expect(page.get_by_label("Note for")).to_have_value("half a no")
    expect(page.get_by_role("button", name="Send on")).to_be_visible()
    assert len(telvia.store.audit.latest(about=reference)) == 1, "who looks is written down once"


def test_what_was_refused_is_not_lost_on_the_way_back(telvia: Telvia, browse: Browse) -> None:
    telvia.hire("An", "+32470000001")
    page = browse("/now", "sofie", "supervisor")
    row = page.locator("#now-technical")
    row.get_by_label("until").fill("never")
    row.get_by_label("why").fill("training of all")
    row.get_by_role("button", name="Close").click()
    page.get_by_role("link", name="Back").click()
    expect(row.get_by_label("why")).to_have_value("training of all")


def test_focus_is_kept_where_a_part_is_replaced(telvia: Telvia, browse: Browse) -> None:
    page = browse("/board", "sofie", "supervisor")
    page.locator("#queue-technical a").focus()
    telvia.ring().says("mijn internet ligt plat").stays_silent()
    expect(page.locator("#queue-technical td").nth(1)).to_have_text("1", timeout=3000)
    expect(page.locator("#queue-technical a")).to_be_focused()


def test_a_double_click_does_a_thing_once(telvia: Telvia, browse: Browse) -> None:
    an = telvia.hire("An", "+32470000001", "technical")
    page = browse("/desk", "an", "agent", agent="An")
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    telvia.passes(2)
    page.get_by_role("button", name="Accept").dblclick(timeout=3000)
    expect(page.get_by_text("Pick up your telephone")).to_be_visible()
    an.phone.picks_up(wait=False)
    until(telvia, lambda: an.speaks_with == ["+32470123456"])
    expect(page.get_by_text("You are with")).to_be_visible()
    page.get_by_role("button", name="Hold").dblclick()
    expect(page.get_by_text("The caller is on hold")).to_be_visible()
    page.get_by_label("Outcome").select_option("solved")
    page.locator("form[action='/desk/outcome'] button").dblclick()
    page.get_by_label("Note for").fill("once")
    page.get_by_role("button", name="Keep the note").dblclick()
    expect(page.get_by_text("An: once")).to_be_visible()
    expect(page.locator("#told")).to_be_empty()
    done = [entry["what"] for entry in telvia.store.contacts.ledger_of(telvia.contact_of(caller).reference)]
    assert [done.count(what) for what in ("on hold", "outcome", "note", "accepted in the page")] == [1, 1, 1, 1]


def test_what_is_unfolded_stays_so_where_a_part_is_replaced(telvia: Telvia, browse: Browse) -> None:
    an = telvia.hire("An", "+32470000001", "technical")
    telvia.ring().says("mijn internet ligt plat").stays_silent()
    an.accepts()
    page = browse("/desk", "an", "agent", agent="An")
    page.get_by_text("What was agreed").click()
    page.get_by_label("What, in a few words").fill("a new modem")
    page.get_by_role("button", name="Hold").click()
    expect(page.get_by_text("The caller is on hold")).to_be_visible()
    expect(page.get_by_role("button", name="Back to the caller")).to_be_visible()
    telvia.ring(from_="+32470123422").says("mijn internet ligt plat").says("bel me terug").says("ja")
    expect(page.locator("tr[id^=callback]")).to_be_visible(timeout=3000)
    expect(page.get_by_label("What, in a few words")).to_be_visible()
    expect(page.get_by_label("What, in a few words")).to_have_value("a new modem")


def test_an_agent_reads_the_story_accepts_and_sends_on(telvia: Telvia, browse: Browse) -> None:
    an = telvia.hire("An", "+32470000001", "technical")
    bea = telvia.hire("Bea", "+32470000002", "billing")
    page = browse("/desk", "an", "agent", agent="An")
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    telvia.passes(2)
    expect(page.locator("blockquote")).to_have_text("mijn internet ligt plat", timeout=3000)
    an.phone.picks_up(wait=False)
    telvia.passes(1)
    expect(page.get_by_text("You are with")).to_be_hidden()
    page.keyboard.press("Alt+1")
    until(telvia, lambda: an.speaks_with == ["+32470123456"])
    expect(page.get_by_text("You are with")).to_be_visible(timeout=3000)
    page.get_by_label("Note for").fill("rings from the car")
    page.get_by_label("Send on to").select_option("billing")
    page.get_by_role("button", name="Send on").click()
    until(telvia, lambda: bea.rings)
    expect(page.get_by_text("You spoke last with")).to_be_visible(timeout=3000)
    expect(page.get_by_label("Note for")).to_have_value("rings from the car")
    page.reload()
    expect(page.get_by_label("Note for")).to_have_value("rings from the car")
    assert telvia.contact_of(caller).queue == "billing"


def test_a_note_outlives_a_session_that_was_over_when_it_was_sent(telvia: Telvia, browse: Browse) -> None:
    an = telvia.hire("An", "+32470000001", "technical")
    page = browse("/desk", "an", "agent", agent="An")
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    an.accepts()
    page.get_by_label("Note for").fill("rings from the car", timeout=20_000)
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_role("button", name="Keep the note").click()
    page.wait_for_url("**/sign-in")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.goto("/desk")
    expect(page.get_by_label("Note for")).to_have_value("rings from the car")
    page.set_viewport_size({"width": 1000, "height": 300})
    page.get_by_role("button", name="Keep the note").scroll_into_view_if_needed()
    stood = page.evaluate("scrollY")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_text("An: rings from the car")).to_be_attached()
    page.wait_for_timeout(200)
    assert page.evaluate("scrollY") == stood > 0, "nothing jumps under the mouse"
    expect(page.get_by_label("Note for")).to_have_value("")
    page.reload()
    expect(page.get_by_label("Note for")).to_have_value("")
    assert caller.person.speaks_with == ["+32470000001"]


def test_a_supervisor_closes_a_queue_and_the_next_caller_hears_so(telvia: Telvia, browse: Browse) -> None:
    telvia.hire("An", "+32470000001")
    page = browse("/now", "sofie", "supervisor")
    row = page.locator("#now-technical")
    row.get_by_label("until").fill("15:00")
    row.get_by_label("why").fill("training")
    row.get_by_role("button", name="Close").click()
    expect(row.get_by_text("sofie: training")).to_be_visible()
    telvia.passes(1)
    heard = telvia.ring().says("mijn internet ligt plat").hears
    assert "gesloten" in heard
    assert "15 uur" in heard


def test_a_notice_outlives_a_session_that_was_over_when_it_was_sent(telvia: Telvia, browse: Browse) -> None:
    telvia.hire("An", "+32470000001")
    page = browse("/now", "sofie", "supervisor")
    text = page.locator("input[name='text.nl']")
    text.fill("er is een storing in Gent")
    page.locator("form[action='/now/notices'] input[name=until]").fill("2 h")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_role("button", name="Say it").click()
    expect(page.locator("h1")).to_have_text("You are signed out")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.goto("/now")
    expect(text).to_have_value("er is een storing in Gent")
    page.locator("form[action='/now/notices'] input[name=until]").fill("2 h")
    page.get_by_role("button", name="Say it").click()
    expect(page.locator("li", has_text="er is een storing in Gent")).to_be_visible()
    expect(text).to_have_value("")


def until(telvia: Telvia, holds: Callable[[], bool]) -> None:
    """Let time pass at the line until it holds, giving the browser some of its own."""
    for _ in range(60):
        if holds():
            return
        telvia.passes(1)
        time.sleep(0.05)
    assert holds()
