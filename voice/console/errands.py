"""What takes longer than a page may be kept waiting: begun in a thread, told how far it is, and shown when it is done.

The page answers within a second: with what came of it, or with one that says what is being done and looks again by
itself, without JavaScript as well. Errands live in this process, and are forgotten an hour after they began; who asks
for one that is not there any more is told, and led back to where it began. What an errand writes it writes at its end.
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote

from flask import Flask, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from voice.console.signed_in import user, within

SOON = 1.0
"""Seconds for which a page may be kept waiting."""

KEPT = timedelta(hours=1)

Progress = Callable[[str], None]
"""Told what has just been done."""

Shown = Callable[[], ResponseReturnValue]


@dataclass
class Errand:
    """`what` is the key of the text that says what is being done."""

    by: str
    what: str
    began: datetime
    told: list[str] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)
    shown: Shown | None = None
    error: Exception | None = None

    def run(self, work: Callable[[Progress], Shown]) -> None:
        try:
            self.shown = work(self.told.append)
        except Exception as error:
            self.error = error
        finally:
            self.done.set()

    def outcome(self) -> ResponseReturnValue:
        """Of one that is done."""
        if self.error is not None:
            raise self.error
        assert self.shown is not None
        return self.shown()


class Errands:
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._all: dict[str, Errand] = {}
        self._lock = threading.Lock()

    def run(self, what: str, work: Callable[[Progress], Shown], back: str) -> ResponseReturnValue:
        """Begin it, and answer: `work` says what is shown when it is done, and runs without a request. `back` is the
        page from which it began."""
        now, token = self._clock(), secrets.token_urlsafe(16)
        errand = Errand(user().name, what, now)
        with self._lock:
            self._all = {key: one for key, one in self._all.items() if now - one.began < KEPT}
            self._all[token] = errand
        threading.Thread(target=errand.run, args=(work,), name=what, daemon=True).start()
        if errand.done.wait(SOON):
            return errand.outcome()
        return redirect(f"/words/work/{token}?back={quote(back, safe='/')}", 303)

    def find(self, token: str) -> Errand | None:
        with self._lock:
            return self._all.get(token)


def serve_errands(app: Flask, errands: Errands) -> None:
    @app.get("/words/work/<token>", endpoint="words.work")
    def work(token: str) -> ResponseReturnValue:
        errand = errands.find(token)
        if errand is None or errand.by != user().name:
            if "HX-Request" in request.headers:
                return Response(headers={"HX-Refresh": "true"})
            return render_template(
                "message.html", key="work_gone", back=within(request.args.get("back", "/words"))
            ), 404
        if not errand.done.is_set():
            return render_template("work.html", errand=errand)
        if "HX-Request" in request.headers:
            return Response(headers={"HX-Refresh": "true"})
        return errand.outcome()
