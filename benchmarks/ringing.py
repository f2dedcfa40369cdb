"""How long from an agent being rung to the story on their screen: `python -m benchmarks.ringing [RINGS]`.

A contact is given to an agent whose desk is open in Chromium, again and again; each time is counted from before the
commit until the caller's own words stand in the page. In between the agent declines.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import create_engine, insert

from benchmarks.console import PASSWORD, PORT, signed_in
from voice.content import load_line
from voice.content.shipped import PROJECT
from voice.core.contact.events import Assigned, Declined
from voice.core.contact.state import Contact, Kind, Stage
from voice.service.console.accounts import Accounts
from voice.store import Store
from voice.store.rows import as_row
from voice.store.tables import contacts

NAME, AGENT = "an", "An"
WATCH = """() => {
    window.seen = {};
    const look = () => {
        const words = document.querySelector("blockquote");
        if (words && !(words.textContent in window.seen)) window.seen[words.textContent] = Date.now();
    };
    new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


def main(rings: int) -> None:
    plan = load_line(PROJECT).plan
    queue = next(iter(plan.queues))
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/calls.sqlite3"
        store = Store(url)
        store.migrate()
        store.agents.add(AGENT, "+32470000001", (queue,), ("nl",), None)
        store.agents.sign_in(AGENT, datetime.now(UTC))
        Accounts(store).add(NAME, PASSWORD, ["agent"], AGENT)
        plain = create_engine(url)
        environment = os.environ | {"VOICE_DATABASE_URL": url, "VOICE_LINE": str(PROJECT), "VOICE_LOG_LEVEL": "error"}
        console = subprocess.Popen([sys.executable, "-m", "voice", "console", "--port", str(PORT)], env=environment)
        took: list[float] = []
        try:
            cookie, _, value = signed_in(NAME).partition("=")
            with sync_playwright() as playwright:
                chromium = shutil.which("chromium")
                browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                page = browser.new_page(base_url=f"http://127.0.0.1:{PORT}")
                page.context.add_cookies([{"name": cookie, "value": value, "url": f"http://127.0.0.1:{PORT}"}])
                page.goto("/desk")
                page.evaluate(WATCH)
                for number in range(rings):
                    time.sleep(1)
                    now, sid, said = datetime.now(UTC), f"CA{number:032d}", f"this is what caller {number} said"
                    one = Contact(
                        f"R{number}-1",
                        sid,
                        Kind.LIVE,
                        Stage.WAITING,
                        queue,
                        "nl",
                        now,
                        leg=sid,
                        place=now,
                        words=(said,),
                    )
                    with plain.begin() as connection:
                        connection.execute(insert(contacts), as_row(one))
                    began = 1000 * time.time()
                    store.contacts.happen(plan, one.reference, Assigned(AGENT), now)
                    took.append(_seen(page, said) - began)
                    store.contacts.happen(plan, one.reference, Declined("declined"), now)
                    store.agents.ready(AGENT, now + timedelta(seconds=1))
                browser.close()
        finally:
            console.terminate()
            console.wait()
    took.sort()
    p50, p95 = (took[int(len(took) * share)] for share in (0.5, 0.95))
    print(f"{rings} rings: the story is on the screen after {p50:.0f} ms (p50), {p95:.0f} ms (p95)")


def _seen(page: Page, said: str) -> float:
    """When these words stood in the page, in milliseconds."""
    page.wait_for_function("(said) => said in window.seen", arg=said)
    return float(page.evaluate("(said) => window.seen[said]", said))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
