"""A report as one HTML page: no script, nothing fetched, its pictures drawn in it as SVG.

A bar is a rectangle, so the template draws them: a plotting library would bring more code than all of this package.
"""

from jinja2 import Environment, PackageLoader

from voice.service.operators.report import LineReport

PARTS = {
    "at once": ("at_once", "#2a7f62"),
    "after one question": ("after_one", "#7fb069"),
    "after more": ("after_more", "#e6c34a"),
    "with a person, no topic": ("person", "#5b7db1"),
    "left before": ("left", "#b8b8b8"),
}
"""What became of calls: the name of each part, its field of `Figures`, its colour."""


def page(report: LineReport) -> str:
    """A whole page, for a browser or a printer."""
    pages = Environment(loader=PackageLoader("voice.service.operators"), autoescape=True)
    pages.filters |= {"clock": clock, "share_of": lambda part, whole: f"{part / max(whole, 1):.0%}"}
    title = f"{report.line}, {report.since:%d %B} – {report.until:%d %B %Y}"
    return pages.get_template("report.html").render(report=report, all=report.overall, title=title, parts=PARTS)


def clock(seconds: float | None) -> str:
    """`3:05`, minutes and seconds."""
    return "–" if seconds is None else f"{int(seconds) // 60}:{int(seconds) % 60:02}"
