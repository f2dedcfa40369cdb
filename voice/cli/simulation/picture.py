"""The day, drawn: who waited and who was called back, hour by hour. matplotlib draws; it is an extra."""

from pathlib import Path

from voice.cli.simulation.day import DayOutcome
from voice.core.contact.state import Stage
from voice.errors import SettingsError

KINDS = (".png", ".svg", ".pdf")


def check(path: Path) -> None:
    """Raises `SettingsError` before the day is played, for what could not be drawn after it."""
    if path.suffix not in KINDS:
        raise SettingsError(f"“{path.name}” is no picture.", f"Name it …{', …'.join(KINDS)}.")
    if not path.parent.is_dir():
        raise SettingsError(f"There is no folder “{path.parent}”.", "Make it first.")
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise SettingsError("Drawing needs matplotlib.", "Run: pip install 'rechtdoor[plot]'.") from None


def draw(outcome: DayOutcome, path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 6), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True)
    zone = outcome.opened.tzinfo

    def hour(moment: object) -> float:
        local = moment.astimezone(zone)  # type: ignore[attr-defined]
        return float((local - outcome.opened.replace(hour=0)).total_seconds() / 3600)

    served = [one for one in outcome.contacts if one.served]
    for called_back, label in ((False, "answered on the line"), (True, "called back")):
        mine = [one for one in served if (one.tries > 0) is called_back]
        minutes = [(one.served - one.arrived).total_seconds() / 60 for one in mine if one.served]
        above.plot([hour(one.arrived) for one in mine], minutes, ".", markersize=3, label=label)
    # Who is called back the next morning would press all others flat on an even scale.
    above.set_yscale("log")
    above.yaxis.set_major_formatter("{x:g}")
    above.set_ylabel("minutes until a person was there")
    above.legend()
    names = ("answered", "called back", "abandoned", "unreached", "withdrawn")
    ends: dict[str, list[float]] = {name: [] for name in names}
    for one in outcome.contacts:
        name = "called back" if one.stage is Stage.ANSWERED and one.tries else one.stage.value
        ends.setdefault(name, []).append(hour(one.arrived))
    below.hist(list(ends.values()), bins=range(7, 20), stacked=True, label=list(ends))
    below.set_xlabel("hour of the day")
    below.set_ylabel("calls")
    below.legend()
    figure.savefig(path, dpi=120)
