"""A report as one HTML page: no script, nothing fetched, its pictures drawn in it as SVG.

A bar is a rectangle, so they are drawn here: a plotting library would bring more code than all of this package.
"""

from collections.abc import Mapping
from html import escape

from voice.service.operators.report import Figures, LineReport

WIDTH, HEIGHT = 640, 22
LABEL = 150
"""Pixels: of a picture, of each bar in it, and of the names before them."""

PARTS = {
    "at once": ("at_once", "#2a7f62"),
    "after one question": ("after_one", "#7fb069"),
    "after more": ("after_more", "#e6c34a"),
    "with a person, no topic": ("person", "#5b7db1"),
    "left before": ("left", "#b8b8b8"),
}

STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse } td, th { padding: .2rem .8rem .2rem 0; text-align: right }
td:first-child, th:first-child { text-align: left }
svg { max-width: 100%; height: auto } text { font: 13px system-ui, sans-serif; fill: currentColor }
.key { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 1em }
"""


def page(report: LineReport) -> str:
    """A whole page, for a browser or a printer."""
    overall = report.overall
    title = f"{report.line}, {report.since:%d %B} – {report.until:%d %B %Y}"
    keys = "".join(
        f'<span class="key" style="background:{colour}"></span>{name}' for name, (_, colour) in PARTS.items()
    )
    waits = f"{clock(overall.wait)} in the middle, {clock(overall.wait_of_nine_in_ten)} for nine in ten"
    callbacks = f"{overall.callbacks}: {overall.kept} in time, {overall.late} late, {overall.unreached} unreached"
    until = f"{clock(overall.until_call)} in the middle, {clock(overall.until_call_of_nine_in_ten)} for nine in ten"
    body = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{overall.calls} calls. Waits: {waits}. Callbacks: {callbacks}; the time until then: {until}.</p>",
        f"<h2>How calls went</h2><p>{keys}</p>",
        _stacked({"all": overall}),
        "<h2>By topic</h2>",
        _stacked(report.topics),
        _table(report.topics),
        "<h2>By language</h2>",
        _stacked(report.languages),
        _table(report.languages),
        "<h2>By day</h2>",
        _bars(report.days),
    ]
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n' + "\n".join(body) + "\n</body></html>\n"


def clock(seconds: float | None) -> str:
    """`3:05`, minutes and seconds."""
    return "–" if seconds is None else f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _stacked(groups: Mapping[str, Figures]) -> str:
    """One bar a group, in shares of its calls."""
    rows = []
    for at, (name, figures) in enumerate(groups.items()):
        rows.append(_label(at, name))
        start = float(LABEL)
        for part, (field, colour) in PARTS.items():
            count = getattr(figures, field)
            width = (WIDTH - LABEL) * count / max(figures.calls, 1)
            told = f"<title>{part}: {count} of {figures.calls}</title>"
            rows.append(_rectangle(at, start, width, colour, told))
            start += width
    return _picture(len(groups), rows, "Shares of calls")


def _bars(counts: Mapping[str, int]) -> str:
    most = max([1, *counts.values()])
    rows = []
    for at, (name, count) in enumerate(counts.items()):
        width = (WIDTH - LABEL - 40) * count / most
        rows += [_label(at, name), _rectangle(at, LABEL, width, "#5b7db1", "")]
        rows.append(f'<text x="{LABEL + width + 6:.1f}" y="{at * HEIGHT + 15}">{count}</text>')
    return _picture(len(counts), rows, "Calls a day")


def _label(at: int, name: str) -> str:
    return f'<text x="0" y="{at * HEIGHT + 15}">{escape(name)}</text>'


def _rectangle(at: int, x: float, width: float, colour: str, inside: str) -> str:
    place = f'x="{x:.1f}" y="{at * HEIGHT + 2}" width="{width:.1f}" height="{HEIGHT - 5}"'
    return f'<rect {place} fill="{colour}">{inside}</rect>'


def _picture(rows: int, drawn: list[str], label: str) -> str:
    height = max(rows, 1) * HEIGHT
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    return f'<svg role="img" aria-label="{label}" {size}>{"".join(drawn)}</svg>'


def _table(groups: Mapping[str, Figures]) -> str:
    heads = ("", "calls", "at once", "took back", "passed on", "wait", "callbacks", "late")
    rows = []
    for name, each in groups.items():
        shares = (f"{part / max(each.calls, 1):.0%}" for part in (each.at_once, each.corrected, each.misrouted))
        cells = (escape(name), str(each.calls), *shares, clock(each.wait), str(each.callbacks), str(each.late))
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    return "<table><tr>" + "".join(f"<th>{head}</th>" for head in heads) + "</tr>" + "".join(rows) + "</table>"
