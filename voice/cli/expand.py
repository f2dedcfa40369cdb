"""`voice expand`: every sentence that an intent's templates make, for those who write them."""

import json
from typing import Annotated

import typer
from rich.console import Console

from voice.cli import app
from voice.cli.opening import open_line
from voice.cli.options import JsonOption, LineOption
from voice.cli.understand import LanguageOption, known_language
from voice.errors import SettingsError


@app.command()
def expand(
    intent: Annotated[str, typer.Argument(help="A topic, a command, or none.")],
    language: LanguageOption = None,
    most: Annotated[int | None, typer.Option(help="Sentences of each template, drawn evenly; all by default.")] = None,
    as_json: JsonOption = False,
    line: LineOption = None,
) -> None:
    """Print every sentence of an intent: its phrases, and its templates expanded, with the place of each."""
    from voice.content import load_grammar
    from voice.content.files import nearest

    loaded = open_line(line)
    code = known_language(loaded, language)
    if intent not in loaded.intents:
        raise SettingsError(f"There is no intent “{intent}”.", nearest(intent, loaded.intents))
    console = Console(highlight=False, soft_wrap=True)
    for phrase in load_grammar(loaded.folder, code, loaded.intents).expanded(most):
        if phrase.intent != intent:
            continue
        if as_json:
            place = f"{phrase.path}:{phrase.line}"
            typer.echo(
                json.dumps({"text": phrase.text, "place": place, "template": phrase.template}, ensure_ascii=False)
            )
        else:
            console.print(f"{phrase.text}  [dim]{phrase.path}:{phrase.line}[/dim]")
