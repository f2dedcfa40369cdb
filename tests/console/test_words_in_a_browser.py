"""The operator's pages in a real browser, of a small line that is served."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.content.conftest import starters
from tests.live.conftest import Desk, cache, desk
from voice.console.context import Console
from voice.content import load_line

pytestmark = pytest.mark.slow

__all__ = ["cache", "desk", "starters"]

Browse = Callable[..., Page]
BILLING = "grammars/en/billing.yaml"
PHRASE = "the flibbertigibbet on my statement is off"


@pytest.fixture
def console(desk: Desk) -> Console:
    line = load_line(desk.shelf.line)
    return Console(lambda: line, desk.store, secure=False)


def adds(page: Page, phrase: str) -> None:
    """Writes it behind what the page's file holds, and saves."""
    box = page.get_by_label("The file")
    box.fill(f'{box.input_value().rstrip()}\n  - "{phrase}"\n')
    page.get_by_role("button", name="Check and save").click()


def test_an_operator_adds_a_phrase_and_the_next_caller_who_says_it_is_understood(desk: Desk, browse: Browse) -> None:
    serving = desk.serve()
    assert serving.ring().says(PHRASE).call.intent != "billing"
    page = browse("/words", "vera", "operator")
    page.get_by_role("link", name=BILLING).click()
    adds(page, PHRASE)
    expect(page.get_by_role("status")).to_contain_text("Saved")
    desk.saved()
    assert serving.ring().says(PHRASE).call.intent == "billing"


def test_of_two_who_edit_one_file_the_second_is_told_and_loses_nothing(desk: Desk, browse: Browse) -> None:
    vera, tom = (browse(f"/words/edit?file={BILLING}", name, "operator") for name in ("vera", "tom"))
    adds(vera, PHRASE)
    expect(vera.get_by_role("status")).to_contain_text("Saved")
    adds(tom, "tom has a phrase as well")
    expect(tom.get_by_role("alert")).to_contain_text("Somebody else has saved this file")
    expect(tom.get_by_role("alert")).to_contain_text(PHRASE)
    assert "tom has a phrase as well" in tom.get_by_label("The file").input_value()
    assert "tom has" not in desk.files.reads(BILLING)


def test_what_was_written_outlives_a_session_that_was_over(desk: Desk, browse: Browse) -> None:
    assert desk
    page = browse(f"/words/edit?file={BILLING}", "vera", "operator")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    adds(page, PHRASE)
    expect(page.locator("h1")).to_have_text("You are signed out")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.get_by_role("link", name="Sign in").click()
    expect(page.get_by_label("The file")).to_have_value(re.compile(PHRASE))
    expect(page.get_by_text("stands here again")).to_be_visible()
    page.get_by_role("link", name="Begin with the file").click()
    expect(page.get_by_label("The file")).not_to_have_value(re.compile(PHRASE))
