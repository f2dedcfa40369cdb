"""`/report`: the figures of some days, and each of its tables as CSV."""

from flask import Flask, Response, abort, render_template, request

from voice.console.context import Console
from voice.service.console.period import TABLES, PeriodReport, as_csv, period


def serve_report(app: Flask, console: Console) -> None:
    def asked() -> tuple[PeriodReport, int]:
        written = request.args.get("days", "")
        days = int(written) if written.isascii() and written.isdecimal() and len(written) < 4 else 7
        return period(console.line, console.store, days, console.now), days

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
