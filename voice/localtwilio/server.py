"""Serving a WSGI app on loopback, in threads, for as long as it is wanted."""

import logging
import threading
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class _Quiet(WSGIRequestHandler):
    """Requests are in the log of their call; on the terminal they would disturb the conversation."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        logging.getLogger(__name__).debug("%s %s %s", self.requestline, code, size)


class Server:
    """`url` is where the app listens, without a slash at the end."""

    def __init__(self, app: "WSGIApplication", port: int = 0) -> None:
        """Port 0 takes any that is free."""
        self._server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
