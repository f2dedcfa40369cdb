"""`voice prompts`: what the line says, and what of it is recorded."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from voice.cli import app
from voice.cli.opening import open_line
from voice.cli.options import JsonOption, LineOption
from voice.errors import SettingsError

if TYPE_CHECKING:
    from voice.content import Line
    from voice.service.operators.recordings import Built

prompts = typer.Typer(name="prompts", help="What the line says: list, record, build, play.", no_args_is_help=True)
app.add_typer(prompts)

LanguageOption = Annotated[str, typer.Option("--language", "-l", help="One language; all of them by default.")]


@prompts.command("list")
def list_prompts(line: LineOption = None, language: LanguageOption = "", as_json: JsonOption = False) -> None:
    """Everything that can be recorded, and what is."""
    _show(_rows(open_line(line), language), as_json)


@prompts.command("missing")
def missing(line: LineOption = None, language: LanguageOption = "", as_json: JsonOption = False) -> None:
    """What has no recording, and so is spoken by synthesis."""
    rows = [row for row in _rows(open_line(line), language) if not row["recorded"]]
    _show(rows, as_json)


@prompts.command("script")
def script(
    line: LineOption = None,
    language: LanguageOption = "",
    only_missing: Annotated[bool, typer.Option("--missing", help="Only what is not recorded yet.")] = False,
) -> None:
    """What a voice actor has to read, in Markdown, with the name of each file and how it should sound."""
    from voice.content.acting import acting_script

    content = open_line(line)
    rows = _rows(content, language)
    for code in _languages(content, language):
        wanted = {r["name"] for r in rows if r["language"] == code and not (only_missing and r["recorded"])}
        for text in acting_script(content.prompts[code], wanted):
            typer.echo(text)
        typer.echo()


@prompts.command("add")
def add(line: LineOption = None, language: LanguageOption = "") -> None:
    """Write the prompts that are missing into prompts/<lang>.yaml, in the words that come with Rechtdoor."""
    from voice.content import load_line
    from voice.service.operators.prompts import add_missing
    from voice.service.runtime.settings import load

    content = load_line(load(line=line).line, lenient=True)
    console = Console(highlight=False, soft_wrap=True)
    for code in _languages(content, language):
        for key, text in add_missing(content.folder, code).items():
            console.print(f"added to prompts/{code}.yaml  [bold]{key}[/bold]: {escape(text)}")


@prompts.command("build")
def build(
    line: LineOption = None,
    language: LanguageOption = "",
    anew: Annotated[bool, typer.Option("--anew", help="All of them; each says what its prompt says now.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make files for the telephone of the recordings under prompts/audio/. Ends with 1 if one cannot be used."""
    from voice.service.operators.recordings import build as build_recordings

    content = open_line(line)
    done = []
    with Console(stderr=True).status("Building…"):
        for built in build_recordings(content, _languages(content, language), anew=anew):
            done.append(built)
    if as_json:
        typer.echo(json.dumps([_built_as_dict(built) for built in done], ensure_ascii=False))
    else:
        _print_built(done)
    if any(built.fault for built in done):
        raise typer.Exit(1)


@prompts.command("play")
def play(
    name: Annotated[str, typer.Argument(help="As in `voice prompts list`, or “music”.")],
    line: LineOption = None,
    language: LanguageOption = "",
    out: Annotated[Path | None, typer.Option("--out", help="Write a wave file instead of playing it.")] = None,
) -> None:
    """Let it be heard as callers hear it: the recording, or synthesis where there is none."""
    from voice.recognition.files import read_audio, write_wave
    from voice.recognition.loudspeaker import Loudspeaker, Voice, find_voice

    content = open_line(line)
    code = _languages(content, language or content.plan.default_language)[0]
    voice = find_voice(code)
    path, text = _what_is_heard(content, code, name)
    if path is None and voice is None:
        raise SettingsError(f"“{name}” is not recorded, and no voice is installed here.", "Install espeak-ng.")
    audio = read_audio(path) if path else voice.synthesise(text)  # type: ignore[union-attr]
    if out:
        write_wave(out, audio)
        typer.echo(f"{out}: {audio.seconds:.1f} s, {'recorded' if path else 'by synthesis'}.")
        return
    typer.echo(f"♪ {text}" if path else text)
    Loudspeaker(voice or Voice("none", lambda _: audio)).play(audio).wait()


@prompts.command("music")
def music(file: Annotated[Path, typer.Argument(help="Where to write it.")]) -> None:
    """Write the music that a line plays on hold unless it has prompts/audio/hold.* of its own."""
    from voice.recognition.files import write_wave
    from voice.recognition.music import compose

    write_wave(file, compose())


def _languages(content: "Line", wanted: str) -> tuple[str, ...]:
    if wanted and wanted not in content.prompts:
        raise SettingsError(f"This line has no language “{wanted}”.", f"It has: {', '.join(content.prompts)}.")
    return (wanted,) if wanted else tuple(content.prompts)


def _rows(content: "Line", language: str) -> list[dict[str, Any]]:
    from voice.content.recordings import read_manifest, scripts

    built = read_manifest(content.folder)
    rows = []
    for code in _languages(content, language):
        for part in scripts(content.prompts[code]):
            recorded = part.name in content.recordings[code].files
            seconds = built[code][part.name].seconds if recorded else None
            row = {"language": code, "name": part.name, "text": part.text, "recorded": recorded, "seconds": seconds}
            rows.append(row)
    return rows


def _what_is_heard(content: "Line", language: str, name: str) -> tuple[Path | None, str]:
    """(the file that is played, or None where the text is spoken; the text)"""
    from voice.content.files import nearest
    from voice.content.recordings import BUILT, MUSIC, OWN_MUSIC, texts_of

    if name == "music":
        built = content.folder / BUILT / content.hold
        return (built if built.is_file() else OWN_MUSIC / content.hold), MUSIC
    texts = texts_of(content.prompts[language])
    if name not in texts:
        raise SettingsError(f"There is no prompt “{name}” to play.", nearest(name, [*texts, "music"]))
    file = content.recordings[language].files.get(name)
    return (content.folder / BUILT / file if file else None), texts[name]


def _show(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("", "name", "recorded", "text", box=None, pad_edge=False)
    for row in rows:
        length = f"[green]{row['seconds']:.1f} s[/green]" if row["recorded"] else "[dim]no[/dim]"
        table.add_row(row["language"], f"[bold]{escape(row['name'])}[/bold]", length, escape(row["text"]))
    console = Console(highlight=False)
    console.print(table)
    recorded = sum(row["recorded"] for row in rows)
    console.print(f"{recorded} recorded, {len(rows) - recorded} spoken by synthesis.")


def _built_as_dict(built: "Built") -> dict[str, Any]:
    from voice.content.check_recordings import remarks

    said = [what for what, _ in remarks(built.recording)] if built.recording else []
    return {
        "language": built.language,
        "name": built.name,
        "source": str(built.source),
        "fresh": built.fresh,
        "fault": built.fault,
        **(asdict(built.recording) | {"remarks": said} if built.recording else {}),
    }


def _print_built(done: list["Built"]) -> None:
    from voice.content.check_recordings import remarks

    console = Console(highlight=False, soft_wrap=True)
    if not done:
        console.print("There are no recordings under prompts/audio/ yet. `voice prompts script` says what to read.")
        return
    names = ("", "recording", "seconds", "trimmed", "voice", "peak", "noise", "clipped", "")
    table = Table(*names, box=None, pad_edge=False, caption="voice, peak and noise in dBFS", caption_justify="left")
    for built in done:
        if built.recording:
            r = built.recording
            figures = (f"{r.seconds:.1f}", f"{r.trimmed:.1f}", f"{r.level:.0f}", f"{r.peak:.1f}", f"{r.noise:.0f}")
            then = "" if built.fresh else "[dim]as it was[/dim]"
            table.add_row(built.language, escape(built.name), *figures, str(r.clipped), then)
    console.print(table)
    for built in done:
        place = f"{built.language} {built.source.name}".strip()
        for what, mend in remarks(built.recording) if built.recording else ():
            console.print(f"[yellow]{escape(place)}[/yellow]: {what}. {mend}.")
        if built.fault:
            console.print(f"[red]{escape(place)}[/red]: {escape(built.fault)}")
    faults = sum(bool(built.fault) for built in done)
    fresh = sum(built.fresh for built in done)
    console.print(f"{fresh} built, {len(done) - fresh - faults} as they were, {faults} not used.")
