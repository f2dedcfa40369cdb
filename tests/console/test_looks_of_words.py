"""The operator's pages as people see them, of a small line."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.console.test_looks import look_at
from tests.content.conftest import starters
from tests.live.conftest import Desk, cache, desk
from voice.console.context import Console
from voice.content import load_line

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
}


@pytest.fixture
def console(desk: Desk) -> Console:
    line = load_line(desk.shelf.line)
    return Console(lambda: line, desk.store, secure=False)


def test_axe_finds_nothing_serious_on_any_page_of_the_words(desk: Desk, browse: Callable[..., Page]) -> None:
    desk.files.changes("grammars/en/billing.yaml", "changed banks", "changed my bank")
    desk.saved()
    assert look_at(browse("/", "vera", "operator"), PAGES) == []
