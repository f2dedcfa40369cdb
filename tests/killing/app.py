"""The line as the processes that are killed run it: everything real, with seconds where the rules have minutes.

gunicorn tests.killing.app:application      the webhooks
python -m tests.killing.app                 a worker
"""

import os
from typing import Any

from tests.killing.quick import LINE, SECOND
from voice.core.contact import moves, table
from voice.service.dispatch import worker as working
from voice.service.runtime.settings import load
from voice.store import Store, due, outbox
from voice.twilio.rest import Rest

if __name__ != "__main__":  # the webhooks: read once, before the processes fork; a worker needs none of it
    from tests.conftest import Scripted
    from voice.service.calls.turn import Switchboard
    from voice.twilio.fallback import fallback
    from voice.twilio.signature import Signatures
    from voice.web.app import create_app

table.PATIENCE.update(dict.fromkeys(table.PATIENCE, 4 * SECOND))
moves.PAUSE = SECOND / 2
due.STALE = outbox.STALE = 2 * SECOND
working.REST_SECONDS = 0.02
working.LATER = (1,)


SETTINGS = load()
_built: list[Any] = []


def application(environ: Any, start_response: Any) -> Any:
    """Built by each process for itself, at its first contact: a database connection survives no fork."""
    if not _built:
        switchboard = Switchboard(LINE, Scripted(), Store(SETTINGS.database_url))
        signatures = Signatures(SETTINGS.auth_token, SETTINGS.public_url)
        _built.append(create_app(switchboard, signatures, fallback(LINE)))
    return _built[0](environ, start_response)


if __name__ == "__main__":
    import threading

    from voice.service.runtime.logs import set_up

    set_up("error")

    public = SETTINGS.public_url or ""
    rest = Rest(SETTINGS.account_sid, SETTINGS.auth_token, public, os.environ["VOICE_TWILIO_API_URL"])
    store = Store(SETTINGS.database_url)
    working.Worker(LINE, store, rest, calls_per_second=1000).run(threading.Event())
