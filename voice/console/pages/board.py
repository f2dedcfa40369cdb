"""`/board`: each queue and each agent at this moment, sent anew at each change; and what an agent answers."""

import time

from flask import Flask, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from voice.console.context import Console
from voice.console.signed_in import language, still_may, user
from voice.console.streams import stream
from voice.service.console.board import MANY, Board, agents, board, day_so_far
from voice.service.console.figures import Course
from voice.service.console.team import sign_out, work

COUNT_EVERY = 5.0
"""Seconds after which the day so far is counted anew; who waits, and what agents do, is always of this moment."""


def serve_board(app: Flask, console: Console) -> None:
    counted: dict[str, tuple[float, list[Course]]] = {}

    def day() -> list[Course]:
        at, courses = counted.get("day", (0.0, []))
        if not at or time.monotonic() - at > COUNT_EVERY:
            courses = day_so_far(console.line, console.store, console.now)
            counted["day"] = (time.monotonic(), courses)
        return courses

    def now() -> Board:
        return board(console.line, console.store, day(), console.now)

    @app.get("/board", endpoint="board")
    def page() -> str:
        return render_template("board.html", board=now(), wide="wide" in request.args)

    @app.get("/board/stream", endpoint="board.stream")
    def live() -> Response:
        key = ("board", language())
        permitted = still_may(console.accounts, "board")

        def part() -> str:
            return render_template("_board.html", board=now())

        return stream(console.changes, lambda: console.changes.shared(key, part) if permitted() else None)

    @app.get("/board/agents/<name>", endpoint="board.agent")
    def agent(name: str) -> str:
        waiting = console.store.contacts.newest(open_only=True, limit=MANY)
        row = next((one for one in agents(console.store, waiting, console.now) if one.agent.name == name), None)
        if row is None:
            abort(404)
        return render_template("agent.html", row=row, agent=row.agent)

    @app.post("/board/agents/<name>", endpoint="board.work")
    def change(name: str) -> BaseResponse:
        form = request.form
        queues, languages = form.getlist("queue"), form.getlist("language")
        work(console.line, console.store, name, queues, languages, user().name, console.now)
        return redirect("/board", 303)

    @app.post("/board/agents/<name>/sign-out", endpoint="board.sign_out")
    def out(name: str) -> BaseResponse:
        sign_out(console.store, name, user().name, console.now)
        return redirect("/board", 303)
