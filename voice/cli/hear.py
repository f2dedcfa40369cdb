"""`voice hear`: what the recogniser makes of a file, or of what one says into the microphone."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from voice.cli import app
from voice.cli.options import JsonOption
from voice.errors import SettingsError
from voice.recognition.ear import Ear, EarEvent, Loudness
from voice.recognition.engine import VoskRecogniser, load_model
from voice.recognition.files import read_audio
from voice.recognition.hearing import WHOLE_FILE, Heard, NoInput, Partial
from voice.recognition.microphone import AudioSource, Microphone
from voice.recognition.models.installed import find_model
from voice.recognition.pcm import FLOOR_DBFS

METER_WIDTH = 30
METER_FLOOR_DBFS = -60.0


@app.command()
def hear(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE…", help="Audio of any format.")] = None,
    mic: bool = typer.Option(False, "--mic", help="Listen to the microphone, turn after turn, until Ctrl-C."),
    turns: int = typer.Option(0, min=0, help="With --mic: stop after so many turns; 0 is never."),
    language: str = typer.Option("", help="The language spoken; else that of --model, or nl."),
    model: str = typer.Option("", metavar="PATH", help="A model's folder or name; else that of the language."),
    phone: bool = typer.Option(False, "--phone", help="Listen through a telephone line: 300-3400 Hz, 8 kHz mu-law."),
    phrase: Annotated[list[str] | None, typer.Option(help="Listen for this phrase alone; may be repeated.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Print what was heard: each word with its times in seconds and its confidence, and the real-time factor."""
    if mic == bool(files):
        raise SettingsError("There is nothing to hear.", "Give one or more files, or --mic.")
    recogniser = VoskRecogniser(load_model(find_model(language or ("" if model else "nl"), model)))
    phrases = tuple(phrase or ())
    if mic:
        _hear_microphone(recogniser, phrases, phone, turns, as_json)
        return
    for path in files or ():
        _hear_file(path, recogniser, phrases, phone, as_json)


def _hear_file(path: Path, recogniser: VoskRecogniser, phrases: tuple[str, ...], phone: bool, as_json: bool) -> None:
    audio = read_audio(path)
    ear = Ear(AudioSource(audio), recogniser, phone)
    began = time.perf_counter()
    *_, end = ear.listen(phrases, WHOLE_FILE)
    factor = (time.perf_counter() - began) / audio.seconds
    if as_json:
        typer.echo(_json(end, recogniser, file=str(path), real_time_factor=round(factor, 3)))
        return
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"[dim]{path}[/dim]")
    console.print(_told(end, recogniser))
    console.print(f"[dim]{audio.seconds:.1f} s of audio, real-time factor {factor:.2f}[/dim]")


def _hear_microphone(
    recogniser: VoskRecogniser, phrases: tuple[str, ...], phone: bool, turns: int, as_json: bool
) -> None:
    with Microphone() as microphone:
        ear = Ear(microphone, recogniser, phone)
        if as_json:
            typer.echo(json.dumps({"event": "listening", "microphone": microphone.name, "rate": microphone.rate}))
        else:
            typer.echo(f"Listening to {microphone.name} at {microphone.rate} Hz. Ctrl-C ends.", err=True)
        count = 0
        while not turns or count < turns:
            count += 1
            events = ear.listen(phrases)
            if as_json:
                _follow_json(events, recogniser)
            else:
                Console(highlight=False, soft_wrap=True).print(_told(follow(events), recogniser))
        if microphone.overflows:
            typer.echo(f"{microphone.overflows} times audio was lost: this computer is too slow.", err=True)


def follow(events: Iterator[EarEvent]) -> EarEvent | None:
    """Show the level and the words while they come. Gives back the last event, which is the end of the turn unless
    something interrupted it."""
    loudness, words, event = FLOOR_DBFS, "", None
    with Live(_meter(loudness, words), console=Console(highlight=False), transient=True) as live:
        for event in events:
            if isinstance(event, Loudness):
                loudness = event.level.rms
            elif isinstance(event, Partial):
                words = event.text
            live.update(_meter(loudness, words))
    return event


def _follow_json(events: Iterator[EarEvent], recogniser: VoskRecogniser) -> None:
    """One object a line. The level would be twenty a second, and is left out."""
    for event in events:
        if not isinstance(event, Loudness):
            typer.echo(_json(event, recogniser))


def _meter(loudness: float, words: str) -> Text:
    filled = round(METER_WIDTH * max(0.0, min(1.0, 1 - loudness / METER_FLOOR_DBFS)))
    bar = Text("█" * filled, "green" if loudness < -6 else "red") + Text("░" * (METER_WIDTH - filled), "dim")
    return bar + Text(f" {loudness:4.0f} dBFS  ", "dim") + Text(words, "italic")


def _told(end: EarEvent | None, recogniser: VoskRecogniser) -> Group:
    left_out = [
        Text(f"not listened for: {left.phrase.text!r} (unknown: {', '.join(left.unknown)})", "yellow")
        for left in recogniser.left_out
    ]
    if not isinstance(end, Heard):
        return Group(*left_out, Text("(nobody spoke)", "dim"))
    if not end.words:
        return Group(*left_out, Text("(speech, but no word of it)", "dim"))
    table = Table("from", "to", "confidence", "word", box=None, pad_edge=False)
    for word in end.words:
        table.add_row(f"{word.start:.2f}", f"{word.end:.2f}", f"{word.confidence:.2f}", word.text)
    return Group(*left_out, Text(end.text, "bold green"), table)


def _json(event: EarEvent, recogniser: VoskRecogniser, **more: object) -> str:
    kind = {Partial: "partial", Heard: "heard", NoInput: "no-input"}[type(event)]
    values: dict[str, Any] = {"event": kind, **asdict(event), **more}
    if kind != "partial" and recogniser.left_out:
        values["left_out"] = [
            {"phrase": left.phrase.text, "unknown": list(left.unknown)} for left in recogniser.left_out
        ]
    return json.dumps(values, ensure_ascii=False)
