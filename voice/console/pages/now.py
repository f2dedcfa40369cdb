"""`/now`: what is in force by hand, and `/report`: the figures of some days."""

from flask import Flask, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from voice.console.context import Console
from voice.console.signed_in import user
from voice.service.console.period import TABLES, PeriodReport, as_csv, period
from voice.service.console.queues import force, moment, take_back


def serve_now(app: Flask, console: Console) -> None:
    store = console.store

    @app.get("/now", endpoint="now")
    def page() -> str:
        holding = {one.queue: one for one in store.overrides.holding(console.now)}
        line = console.line
        queues = [(name, line.plan.is_open(name, console.now), holding.get(name)) for name in line.plan.queues]
        return render_template("now.html", queues=queues, latest=store.overrides.latest())

    @app.post("/now/<queue>", endpoint="now.force")
    def by_hand(queue: str) -> BaseResponse:
        form, now = request.form, console.now
        opens = form.get("what") == "open"
        until = moment(form.get("until", ""), console.line, now)
        force(console.line, store, queue, opens=opens, until=until, by=user().name, why=form.get("why", ""), now=now)
        store.audit.write(user().name, "opened" if opens else "closed", now, queue, until=until)
        return redirect("/now", 303)

    @app.post("/now/<queue>/back", endpoint="now.back")
    def back(queue: str) -> BaseResponse:
        take_back(console.line, store, queue, console.now)
        store.audit.write(user().name, "own hours", console.now, queue)
        return redirect("/now", 303)

    def asked() -> tuple[PeriodReport, int]:
        written = request.args.get("days", "")
        days = int(written) if written.isascii() and written.isdecimal() and len(written) < 4 else 7
        return period(console.line, store, days, console.now), days

    @app.get("/report", endpoint="report")
    def report() -> str:
        found, days = asked()
        return render_template("report.html", report=found, days=days)

    @app.get("/report/<table>.csv", endpoint="report.csv")
    def table(table: str) -> Response:
        if table not in TABLES:
            abort(404)
        response = Response(as_csv(asked()[0], table), mimetype="text/csv")
        response.headers["Content-Disposition"] = f'attachment; filename="{table}.csv"'
        return response
