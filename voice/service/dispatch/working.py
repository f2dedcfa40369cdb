"""A worker as a process: put together from the settings, and at work until it is asked to end."""

import os
import signal
import threading
from dataclasses import replace

from voice.content import Line
from voice.errors import SettingsError
from voice.service.dispatch.alarms import Alarms
from voice.service.dispatch.hands import Hands
from voice.service.dispatch.worker import Worker
from voice.service.live.follower import Follower
from voice.service.live.published import Published, PublishedState
from voice.service.live.publishing import line_to_serve
from voice.service.live.signing import signer
from voice.service.runtime import metrics
from voice.service.runtime.logs import log
from voice.service.runtime.settings import Settings
from voice.store import Store
from voice.twilio.rest import Rest


def build_rest(settings: Settings) -> Rest | None:
    """Twilio, as the settings say; None where it could not be asked, or could not answer."""
    if not (settings.account_sid and settings.auth_token and settings.public_url):
        return None
    return Rest(settings.account_sid, settings.auth_token, settings.public_url, settings.twilio_api_url)


def build_worker(settings: Settings) -> Worker:
    """A worker as the settings say. Raises `SettingsError` where Twilio could not be asked, or could not answer."""
    rest = build_rest(settings)
    if rest is None:
        raise SettingsError(
            "A worker rings people through Twilio, and does not know the account or its own address.",
            "Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and VOICE_PUBLIC_URL (https://… where Twilio finds this line).",
        )
    store = Store(settings.database_url)
    store.prepare()
    line = replace(line_to_serve(settings.line, store), folder=settings.line)
    return Worker(line, store, rest, calls_per_second=settings.calls_per_second)


def work(settings: Settings, parent: int = 0) -> None:
    """Work until the process is asked to end, or its parent is gone; the order in hand is carried out first."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if settings.metrics:
        metrics.begin()
    worker = build_worker(settings)
    hands = worker.hands = Hands(worker.store)
    log.info("working", line=worker.line.version)
    worker.store.contacts.resettle(worker.line.plan, worker.clock())
    shelf = Published(settings.line)

    def take(line: Line, _state: PublishedState) -> None:
        worker.line = replace(line, folder=shelf.line)
        worker.store.contacts.resettle(line.plan, worker.clock())

    Follower(shelf, "work", worker.line.version, take, signer(worker.store, lambda: worker.ticked)).start()
    Alarms(worker.store, worker.rest, settings.service_secret).start(lambda: worker.line, worker.clock)
    if parent:
        threading.Thread(target=_outlive, args=(parent, stop), name="parent", daemon=True).start()
    worker.run(stop)
    hands.close()
    worker.store.close()


def _outlive(parent: int, stop: threading.Event) -> None:
    """A process whose parent was killed has another one."""
    while os.getppid() == parent and not stop.wait(1):
        pass
    stop.set()
