"""Everything that a call on one's own computer needs: the webhook app on loopback, and a local Twilio that calls it."""

import secrets
import shutil
import tempfile
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from voice.localtwilio import DrivenClock, LocalTwilio, Loudspeaker
from voice.service.runtime.settings import Settings


class QuietHandler(WSGIRequestHandler):
    """Says nothing of each request: the conversation is what is shown."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


class Scene:
    """The app and the local Twilio, for as long as the `with` lasts.

    The clock stands still while the caller thinks, and moves as they speak and listen. The database is a file of the
    moment, unless the call is made `here`, where the line is served.
    """

    def __init__(
        self,
        settings: Settings,
        moment: datetime,
        starting: Callable[[str], None],
        loudspeaker: Loudspeaker | None = None,
        *,
        here: bool = False,
    ) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="rechtdoor-"))
        url = settings.database_url if here else f"sqlite:///{self._folder / 'call.sqlite3'}"
        self._settings = settings.model_copy(
            update={"database_url": url, "auth_token": secrets.token_hex(16), "public_url": None}
        )
        self._starting = starting
        self._loudspeaker = loudspeaker
        self.clock = DrivenClock(moment)
        self._server: BaseWSGIServer | None = None

    def __enter__(self) -> Self:
        from voice.web.server import build_app, build_switchboard

        try:
            self._starting("Reading the line…")
            self.switchboard = build_switchboard(self._settings, self.now)
            app = build_app(self._settings, self.switchboard)
            self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
            threading.Thread(target=self._server.serve_forever, name="webhooks", daemon=True).start()
            self.address = f"http://127.0.0.1:{self._server.server_port}"
            self.twilio = LocalTwilio(
                auth_token=self._settings.auth_token,
                clock=self.clock,
                loudspeaker=self._loudspeaker,
                strict=False,
                seed=secrets.randbits(64),  # sids of its own: a kept database knows those of earlier calls
            )
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.twilio.close()
        self._close()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.now(), UTC)

    def _close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        if hasattr(self, "switchboard"):
            self.switchboard.store.close()
        shutil.rmtree(self._folder, ignore_errors=True)
