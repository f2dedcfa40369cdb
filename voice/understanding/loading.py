"""A line's understanding: from the cache, or built by as many processes as there are cores."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from voice.content import Line, load_grammar
from voice.content.grammar import ROOMS
from voice.content.labelled import read_labelled
from voice.core.learnt import LearntDays
from voice.errors import ContentError
from voice.understanding import cache as kept
from voice.understanding.encoder import Encoder, installed
from voice.understanding.learning import learnt
from voice.understanding.model import NONE, Model, load, save
from voice.understanding.policy import judged, policy
from voice.understanding.trained import Trained

log = logging.getLogger(__name__)

LABELLED = "labelled.tsv"
Progress = Callable[[str], None]
"""Told each language whose model stands."""


def load_understanding(
    line: Line, *, cache: Path | None = None, progress: Progress | None = None, aside: bool = False
) -> Trained:
    """The models of all the line's languages; those that are not in `cache` are built, with `aside` by other processes
    even if it is one alone, so that this one goes on with its work. Raises `ContentError`."""
    encoder = installed()
    paths = _paths(line, encoder, cache)
    models = {language: model for language, path in paths.items() if (model := _kept(path)) is not None}
    for language in models:
        _tell(progress, language)
    missing = [language for language in line.languages if language not in models]
    built = build_many(line, missing, paths, encoder, progress, aside=aside)
    models = {language: models.get(language) or built[language] for language in line.languages}
    return trained(line, models, encoder)


def is_trained(line: Line, *, cache: Path | None = None) -> bool:
    """Whether its models are kept: then they are there in a moment, and else it takes as long as training does."""
    return all(path.exists() for path in _paths(line, installed(), cache).values())


def _paths(line: Line, encoder: Encoder | None, cache: Path | None) -> dict[str, Path]:
    where = cache or kept.folder()
    return {language: where / kept.name(line.folder, language, extra(line), encoder) for language in line.languages}


def trained(line: Line, models: dict[str, Model], encoder: Encoder | None) -> Trained:
    """The models with the queues that the line gives to topics, and the thresholds that follow from its risk."""
    models = {language: model.leading_to(line.plan.homes) for language, model in models.items()}
    policies = {
        language: {name: policy(judged(model, head), line.risk) for name, head in model.heads.items()}
        for language, model in models.items()
    }
    return Trained(models, policies, line.plan.default_language, encoder)


def taught(understanding: Trained, risk: float, days: Mapping[str, LearntDays]) -> Trained:
    """As callers have taught it, each language in its days."""
    policies = {}
    for language, model in understanding.models.items():
        policies[language] = {
            name: learnt(judged(model, head), days.get(language, ()), risk)[-1].policy
            for name, head in model.heads.items()
        }
    return replace(understanding, policies=policies)


def build_many(
    line: Line,
    languages: Sequence[str],
    paths: dict[str, Path],
    encoder: Encoder | None,
    progress: Progress | None,
    *,
    aside: bool = False,
) -> dict[str, Model]:
    """Each language in a process of its own, as far as there are cores; one that is alone in this one, unless
    `aside`."""
    if not languages:
        return {}

    def elsewhere(language: str) -> Model:
        command = [
            sys.executable,
            "-m",
            "voice.understanding.loading",
            str(line.folder.resolve()),
            language,
            str(paths[language].resolve()),
        ]
        subprocess.run(
            command, capture_output=True, timeout=kept.LONGEST_BUILD, check=False, cwd=Path(__file__).parents[2]
        )
        # Whatever went wrong there (a fault in the files, no place to write) is met and told here.
        model = _kept(paths[language]) or build(line, language, paths[language], encoder)
        _tell(progress, language)
        return model

    if len(languages) == 1 and not aside:
        model = build(line, languages[0], paths[languages[0]], encoder)
        _tell(progress, languages[0])
        return {languages[0]: model}
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as workers:
        return dict(zip(languages, workers.map(elsewhere, languages), strict=True))


def build(line: Line, language: str, path: Path, encoder: Encoder | None) -> Model:
    """Train one language's model and put it in its place, unless another process has by then."""
    with kept.alone(path):
        return _kept(path) or _trained(line, language, path, encoder)


def _trained(line: Line, language: str, path: Path, encoder: Encoder | None) -> Model:
    from threadpoolctl import threadpool_limits

    from voice.understanding.training import train

    grammar = load_grammar(line.folder, language, line.intents)
    # The matrices are small: threads that share the cores with another language's wait more than they work.
    with threadpool_limits(1):
        model = train(
            grammar,
            labelled_lines(line, language),
            line.plan.subjects,
            line.intents,
            encoder,
            tuple(line.plan.answers),
        )
    try:
        kept.write(path, save(model))
    except OSError as error:
        log.warning("the model cannot be kept, and is built anew each time: %s", error)
    return model


def labelled_lines(line: Line, language: str) -> list[tuple[str, str]]:
    """(label, text) pairs of the language's labelled utterances; none if there is no such file."""
    base = line.folder / "grammars" / language
    paths = [base / LABELLED, *(base / room / LABELLED for room in ROOMS if getattr(line.plan, room))]
    return [row for path in paths if path.exists() for row in labelled_file(path, line.folder, line.intents)]


def labelled_file(path: Path, folder: Path, intents: tuple[str, ...]) -> list[tuple[str, str]]:
    """(label, text) pairs of a file within `folder`. Raises `ContentError` with every fault found."""
    found, problems = read_labelled(path, folder, intents)
    if problems:
        raise ContentError(tuple(problems))
    return [(each.label, each.text) for each in found]


def extra(line: Line) -> str:
    """What of line.yaml the models depend on."""
    return f"{sorted(line.plan.subjects.items())} {sorted(line.plan.answers)} {line.intents} {NONE}"


def _kept(path: Path) -> Model | None:
    try:
        return _read(path, path.stat().st_mtime_ns) if path.exists() else None
    except ValueError as error:
        log.warning("%s; it is built anew", error)
        return None


@lru_cache(maxsize=8)
def _read(path: Path, _written: int) -> Model:
    """A file saved again has most languages as they were: a process that serves calls reads only what is new."""
    return load(path)


def _tell(progress: Progress | None, language: str) -> None:
    if progress is not None:
        progress(language)


def _main(folder: str, language: str, path: str) -> None:
    from voice.content import load_line

    build(load_line(Path(folder), lenient=True), language, Path(path), installed())


if __name__ == "__main__":
    _main(*sys.argv[1:])
