"""Each process says to the store that it is there, for whoever asks on another machine (`voice status`, alarms)."""

import socket
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from voice.service.live.published import Process
from voice.service.runtime.logs import log
from voice.store import Store
from voice.store.processes import Serving


def signer(store: Store, ticked: Callable[[], datetime | None] = lambda: None) -> Callable[[Process], None]:
    """`ticked` is when a dispatcher last looked. While the database is away nothing is said, and nothing stops."""
    machine = socket.gethostname()[:128]

    def sign(process: Process) -> None:
        since, seen = (datetime.fromtimestamp(moment, UTC) for moment in (process.since, process.seen))
        known = (process.pid, process.what, process.version, process.trained)
        try:
            store.processes.sign(Serving(machine, *known, since, seen, ticked()))
        except SQLAlchemyError as error:
            log.warning("the database does not know that this process is there", cause=type(error).__name__)

    return sign
