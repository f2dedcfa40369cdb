"""gunicorn's worker of threads, which on its way out takes no connection that it will not answer."""

from gunicorn.workers.gthread import ThreadWorker


class RefusingWorker(ThreadWorker):  # type: ignore[misc]
    """gunicorn keeps the listening socket open until the last request is answered: who connects meanwhile is not
    accepted, waits, and is cut off at the end. Closed at once, it lets a proxy, or Twilio, try elsewhere at once."""

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                listener.close()
