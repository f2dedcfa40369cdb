"""The operator's pages as people see them, of a small line."""

import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.console.test_looks import look_at, looked_at
from tests.content.conftest import starters
from tests.live.conftest import Desk, cache, desk
from voice.console.context import Console
from voice.content import load_line
from voice.content.check import check_files

pytestmark = pytest.mark.long

__all__ = ["cache", "desk", "starters"]

PAGES = {
    "words": "/words",
    "prompts": "/words/prompts",
    "inbox": "/words/inbox",
    "try": "/words/try?text=my+bill+is+wrong",
    "edit": "/words/edit?file=grammars/en/billing.yaml",
    "versions": "/words/versions",
    "version": "/words/versions/2",
    "earlier": "/words/versions/back?version={first}",
    "draft": "/words/versions/draft",
}


@pytest.fixture
def console(desk: Desk) -> Console:
    line = load_line(desk.shelf.line)
    return Console(lambda: line, desk.store, secure=False)


@pytest.fixture(autouse=True)
def _vera_saves(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the pictures, too, whoever takes them."""
    monkeypatch.setattr("voice.service.live.watcher.author", lambda _: "Vera Peeters")


@pytest.fixture
def at_work(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A check that takes as long as somebody looks."""
    free = threading.Event()
    monkeypatch.setattr("voice.console.errands.SOON", 0.0)
    monkeypatch.setattr("voice.service.console.words.SOON", 0.0)
    monkeypatch.setattr(
        "voice.service.console.words.check_files", lambda at: check_files(at) if free.wait(120) else None
    )
    yield
    free.set()


@pytest.mark.usefixtures("at_work", "desk")
def test_nothing_serious_while_it_is_at_work(browse: Callable[..., Page]) -> None:
    page = browse("/words/edit?file=grammars/en/billing.yaml&line=3", "vera", "operator")
    page.get_by_role("button", name="Check only").click()
    expect(page.locator("h1")).to_have_text("At work")
    assert looked_at(page, "at work") == []


def test_axe_finds_nothing_serious_on_any_page_of_the_words(desk: Desk, browse: Callable[..., Page]) -> None:
    desk.files.changes("grammars/en/billing.yaml", "changed banks", "changed my bank")
    desk.saved()
    first = desk.store.history.latest()[-1].version
    pages = {name: path.format(first=first) for name, path in PAGES.items()}
    draft, page = {"draft": pages.pop("draft")}, browse("/", "vera", "operator")
    found = look_at(page, pages)
    desk.files.changes("grammars/en/billing.yaml", "changed my bank", "changed banks")
    desk.files.changes("prompts/en.yaml", "Welcome to", "Good day, this is")
    found += look_at(page, draft)
    expect(page.get_by_role("alert")).to_contain_text("would be taken back")
    page.goto("/words/edit?file=grammars/en/billing.yaml")
    assert found + looked_at(page, "a file that never got a change") == []
