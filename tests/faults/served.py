"""The app under gunicorn, with the options that `voice serve` has, and an understanding that knows a few sentences.

python -m tests.faults.served PORT
"""

import sys
from typing import Any

from gunicorn.app.base import BaseApplication

from tests.conftest import PROJECT, Scripted
from voice.content import load_line
from voice.service.calls.turn import Switchboard
from voice.service.runtime.logs import set_up
from voice.service.runtime.settings import load
from voice.store import Store
from voice.twilio.fallback import fallback
from voice.twilio.signature import Signatures
from voice.web.app import create_app
from voice.web.server import gunicorn_options

LINE = load_line(PROJECT)


class Server(BaseApplication):  # type: ignore[misc]
    def load_config(self) -> None:
        for name, value in gunicorn_options(f"127.0.0.1:{sys.argv[1]}", 1).items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        settings = load()
        switchboard = Switchboard(LINE, Scripted(), Store(settings.database_url))
        signatures = Signatures(settings.auth_token, settings.public_url, trust_proxy=settings.trust_proxy)
        return create_app(switchboard, signatures, fallback(LINE))


if __name__ == "__main__":
    set_up("error")
    Server().run()
