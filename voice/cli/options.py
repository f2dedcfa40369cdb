"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

LineOption = Annotated[
    Path | None,
    typer.Option("--line", metavar="FOLDER", help="The folder with grammars/ and prompts/. Also VOICE_LINE."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
