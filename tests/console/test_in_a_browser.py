"""What people do in a real browser, with the stream that keeps a page up to date."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.conftest import Telvia

Browse = Callable[..., Page]


def test_the_board_shows_within_a_second_who_waits(telvia: Telvia, browse: Browse) -> None:
    telvia.hire("An", "+32470000001", "technical")
    page = browse("/board", "sofie", "supervisor")
    waiting = page.locator("#queue-technical td").nth(1)
    expect(waiting).to_have_text("0")
    telvia.ring().says("mijn internet ligt plat").stays_silent()
    expect(waiting).to_have_text("1", timeout=3000)
    page.screenshot(path="/tmp/board.png", full_page=True)


def test_focus_is_kept_where_a_part_is_replaced(telvia: Telvia, browse: Browse) -> None:
    page = browse("/board", "sofie", "supervisor")
    page.locator("#queue-technical a").focus()
    telvia.ring().says("mijn internet ligt plat").stays_silent()
    expect(page.locator("#queue-technical td").nth(1)).to_have_text("1", timeout=3000)
    expect(page.locator("#queue-technical a")).to_be_focused()
