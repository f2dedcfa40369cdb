"""Each page as people see it: readable, in both colour schemes, at a desk and on a telephone; and its picture.

`make pictures` runs these tests and keeps the pictures for docs/console.md.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, ViewportSize

from tests.conftest import Telvia
from voice.service.console import desk
from voice.service.console.queues import force

pytestmark = pytest.mark.long

Browse = Callable[..., Page]

AXE = (Path(__file__).parent / "vendor" / "axe-4.14.1.min.js").read_text(encoding="utf-8")
"""axe-core (https://github.com/dequelabs/axe-core, MPL-2.0), for these tests alone."""

PICTURES = os.environ.get("VOICE_PICTURES")

DESK = ViewportSize(width=1280, height=800)
TELEPHONE = ViewportSize(width=375, height=740)
LOOKS: tuple[tuple[ViewportSize, Literal["light", "dark"]], ...] = (
    (DESK, "light"),
    (DESK, "dark"),
    (TELEPHONE, "light"),
    (TELEPHONE, "dark"),
)

TOO_WIDE = """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
    [...document.querySelectorAll("body *")]
        .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1
            && !one.closest(".scroll, .hidden"))
        .slice(0, 1).map((one) => one.outerHTML.slice(0, 150))"""

PAGES = {
    "desk": "/desk",
    "missed": "/missed",
    "board": "/board",
    "wide": "/board?wide=1",
    "agent": "/board/agents/An",
    "calls": "/calls",
    "call": "/calls/{reference}",
    "now": "/now",
    "report": "/report",
    "users": "/users",
    "caller": "/callers/+32470123456",
    "callers": "/callers",
    "nothing": "/nothing-here",
}


@pytest.fixture
def reference(telvia: Telvia) -> str:
    """A morning at the line: somebody has left, somebody waits for a callback, An speaks with the third."""
    an = telvia.hire("An", "+32470000001")
    now = telvia.worker.clock()
    left = telvia.ring(from_="+32470123411").says("mijn factuur klopt niet").stays_silent()
    telvia.passes(2)
    left.hangs_up()
    telvia.ring(from_="+32470123422").says("er klopt iets niet").says("mijn factuur klopt niet").stays_silent()
    telvia.passes(2)
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    until = now + timedelta(hours=3)
    force(telvia.line, telvia.store, "sales", opens=False, until=until, by="Sofie", why="training", now=now)
    for _ in range(3):
        an.is_rung()
        an.accepts()
        if an.speaks_with == ["+32470123456"]:
            break
        an.hangs_up()
        telvia.store.agents.ready("An", telvia.worker.clock())
    mine = telvia.contact_of(caller).reference
    desk.take_note(telvia.store, "An", mine, "modem replaced on the 3rd", telvia.worker.clock())
    return mine


def test_axe_finds_nothing_serious_on_any_page(browse: Browse, reference: str) -> None:
    page = browse("/desk", "an", "agent", "administrator", agent="An")
    found = look_at(page, {name: path.format(reference=reference) for name, path in PAGES.items()})
    page.context.clear_cookies()
    page.goto("/sign-in")
    assert found + serious(page) == []


def look_at(page: Page, pages: dict[str, str]) -> list[str]:
    """What is wrong on these pages, in any look; with `VOICE_PICTURES` each is kept as a picture of its name."""
    found = []
    for name, path in pages.items():
        page.set_viewport_size(DESK)
        answer = page.goto(path, timeout=120_000)
        assert answer
        assert answer.status == (404 if name == "nothing" else 200), name
        for size, scheme in LOOKS:
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            found += [f"{name}, {size['width']} wide, {scheme}: {one}" for one in serious(page)]
            if PICTURES and (size, scheme) == LOOKS[0]:
                page.screenshot(path=f"{PICTURES}/{name}.png")
    return found


def looked_at(page: Page, state: str) -> list[str]:
    found = []
    for size, scheme in LOOKS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        found += [f"{state}, {size['width']} wide, {scheme}: {one}" for one in serious(page)]
    return found


def serious(page: Page) -> list[str]:
    """What axe finds that keeps somebody out, each with the first place; and whatever is wider than the screen."""
    page.evaluate(AXE)
    violations = page.evaluate(
        "() => axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations)"
    )
    grave = [one for one in violations if one["impact"] in ("serious", "critical")]
    told = [f"{one['id']} ({one['help']}) at {one['nodes'][0]['html'][:150]}" for one in grave]
    return told + [f"wider than the screen: {html}" for html in page.evaluate(TOO_WIDE)]
