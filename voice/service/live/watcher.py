"""Watches the operator's files, checks what is saved, and publishes it: `python -m voice.service.live.watcher FOLDER`.

A process of its own, one for each line and machine, so that neither checking nor training (at low priority, in yet
another) holds up a call, and whatever a file does to it no call is harmed. What is saved goes live in two steps: at
once with its prompts, hours, queues, and its new phrases to the letter; and with the statistics as soon as they are
trained on it (`PublishedState`).

Trained models are kept by `voice.understanding`, by their content: the processes that serve only read them.
"""

import hashlib
import multiprocessing
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Container, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from watchfiles import watch

from voice.content import Line, Phrase, load_grammar, load_line
from voice.content.check import check_files
from voice.content.files import refuse
from voice.content.labelled import labelled_files, read_labelled
from voice.content.line import version_of
from voice.content.templates import Template
from voice.errors import ContentError, Problem
from voice.service.live.published import Fingerprint, Published, PublishedState, RefusedSave, files_of, fingerprint
from voice.service.live.publishing import author, behind, fetched, is_draft
from voice.service.live.waiting import in_the_way
from voice.service.runtime.logs import log, set_up
from voice.service.runtime.settings import load
from voice.store import History, Publication, Store
from voice.store.history import Files
from voice.understanding import load_understanding
from voice.understanding.normalise import normalise

SETTLED = 0.15
"""Seconds without a change after which a save is taken for done: editors write in steps."""

PATIENCE = 1.0
"""Seconds after which it is read all the same. What is half-written is refused, and read again when it is whole."""

LOOK_EVERY_MS = 1000
"""How often the files are looked at where the system tells of no change: network drives, a folder that was deleted."""

TEMPLATE_SENTENCES = 200
"""Sentences of one template that are understood to the letter until the statistics are trained."""

Phrases = Mapping[str, str]
"""What is said, as `normalise` leaves it and without its spaces → topic."""


@dataclass(frozen=True)
class Known:
    """One language's files. `key` is a hash of them and of the names they are checked against; `written` are the
    phrases and templates by their text."""

    key: str
    written: Mapping[str, Phrase | Template]


class Watcher:
    """`in_the_way` tells why the line as it stands in the store cannot do with this version. In `history` is what was
    made live on any machine: a save is added to it, and what others add is taken up."""

    def __init__(
        self,
        shelf: Published,
        in_the_way: Callable[[Line], list[Problem]] = lambda _: [],
        history: History | None = None,
    ) -> None:
        self.shelf = shelf
        self.in_the_way = in_the_way
        self._history = history
        self._number = 0
        self._unwritten: tuple[str, Mapping[str, bytes], str] | None = None
        self._name = ""
        self._seen: Fingerprint | None = None
        self._checked: dict[str, Known] = {}
        self._trained: dict[str, Known] | None = None
        self._good = PublishedState()
        self._aim = ""
        self._training: BaseProcess | None = None
        self._publishing = threading.Lock()

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self.shelf.make()
            roots = self._roots()
            self._safely()
            changes = watch(
                *roots,
                self.shelf.wishes,
                stop_event=stop,
                step=50,
                debounce=400,
                rust_timeout=LOOK_EVERY_MS,
                yield_on_timeout=True,
                raise_interrupt=False,
            )
            try:
                for _ in changes:
                    self._safely()
                    if self._roots() != roots:
                        break
            except FileNotFoundError:
                time.sleep(SETTLED)  # a folder went as the watch began
        self.stop_training()

    def look(self) -> None:
        """Take up what has changed, if anything has: in the operator's files first, then in the history."""
        self._write_down()
        wished, seen = self.shelf.wished(), fingerprint(self.shelf.line)
        asked = wished != self.shelf.state().granted
        newest = self._newest()
        if seen != self._seen or asked:
            if not asked:
                self._settle(seen)
            self._look_at_files(wished, newest)
            self._write_down()
            newest = self._newest()
        if newest is not None and newest.number != self._number:
            self._take_up(newest)

    def _look_at_files(self, wished: str, newest: Publication | None) -> None:
        first = self._seen is None
        copied, self._seen = self.shelf.copy()
        try:
            # What a process begins with was live before it, perhaps in an older version of the program.
            line = load_line(copied, lenient=first)
            news = newest is None or newest.version != line.version
            files = files_of(copied)
            if newest is not None and news and self._waits(line, files, newest, first=first):
                for language in line.plan.languages:
                    self._check(line, language)
                told = {"refused": None, "granted": wished, "draft": line.version}
                self._publish(self.shelf.state().model_copy(update=told))
                log.info("a draft", line=line.version, live=newest.version, mend="voice publish")
                return
            self._take(line, copied, {"refused": None, "granted": wished, "draft": ""})
            if self._history is not None and news:
                self._unwritten = (line.version, files, self.shelf.author() or author(self.shelf.line))
            elif newest is not None:
                self._number = newest.number
        except ContentError as error:
            # Told with whatever else is wrong, in whichever file, and of the operator's own folder.
            found = sorted({*error.problems, *check_files(copied).problems})
            here, there = str(copied), str(self.shelf.line)
            self._refuse(tuple(replace(each, path=each.path.replace(here, there)) for each in found), wished)
        finally:
            shutil.rmtree(copied, ignore_errors=True)

    def _waits(self, line: Line, files: Files, newest: Publication, *, first: bool) -> bool:
        assert self._history is not None
        live = fetched(self.shelf, self._history, newest.version)
        stale = first and bool(self._history.versions(line.version))
        return is_draft(line, live, stale=stale or behind(self.shelf, self._history, files))

    def _write_down(self) -> None:
        """In the history, what was made live here; as soon as the database can be reached."""
        if self._history is None or self._unwritten is None:
            return
        version, files, by = self._unwritten
        try:
            self._number = self._history.publish(version, files, datetime.now(UTC), by, "saved").number
        except SQLAlchemyError as error:
            log.warning("not in the history yet", line=version, cause=type(error).__name__)
        else:
            self._unwritten = None

    def _newest(self) -> Publication | None:
        """None while the database is away, too: the last good version stays."""
        try:
            return self._history.newest() if self._history is not None else None
        except SQLAlchemyError as error:
            log.warning("what is published is not known", cause=type(error).__name__)
            return None

    def _take_up(self, newest: Publication) -> None:
        """What a command, or another machine, has made live."""
        assert self._history is not None
        self._number = newest.number
        copied = self.shelf.unpack(self._history.files(newest.version))
        own = version_of(self.shelf.line)
        try:
            line = load_line(copied, lenient=True)
            if newest.how == "saved" and self._name not in ("", line.name):
                log.warning("another line is served from this database", line=newest.version, name=line.name)
                return
            self._take(line, copied, {"draft": own if own != newest.version else ""})
        except ContentError as error:
            log.error("what is published cannot be taken up", line=newest.version, cause=str(error))
        finally:
            shutil.rmtree(copied, ignore_errors=True)

    def _safely(self) -> None:
        try:
            self.look()
        except Exception as error:
            # Whatever it is, the last good version stays, and the next change is looked at again.
            log.error("the change cannot be read", exc_info=error)

    def _roots(self) -> dict[Path, int]:
        """The folders that are there to be watched, and their inodes: one made anew is another of the same name."""
        paths = (self.shelf.line / name for name in ("grammars", "prompts"))
        return {path: path.stat().st_ino for path in paths if path.is_dir()}

    def _settle(self, seen: Fingerprint) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            time.sleep(SETTLED)
            again = fingerprint(self.shelf.line)
            if again == seen:
                return
            seen = again

    # ── A change ────────────────────────────────────────────────────────────────────────────────

    def _take(self, line: Line, copied: Path, told: Mapping[str, object]) -> None:
        """Publish the line that stands in `copied`; `told` is what the state says besides. Raises `ContentError` for
        what is wrong in it."""
        started = time.monotonic()
        checked = {language: self._check(line, language) for language in line.plan.languages}
        refuse(self.in_the_way(line))
        self._checked = checked
        self._name = line.name
        before = self.shelf.state().model_copy(update=dict(told))
        if self._trained is None and before.trained and line.version == before.version:
            self._trained, self._good, self._aim = checked, before, line.version
        if line.version == self._aim:
            self._publish(before)
            return
        self.stop_training()
        self._aim = line.version
        self.shelf.keep(copied, line.version)
        added = self._added(line.plan.destinations)
        live = {"version": line.version, "at": time.time(), "trained": added == {}, "added": added or {}, "coming": ""}
        state = before.model_copy(update=live)
        if added is None:
            self._publish(before.model_copy(update={"coming": line.version}))
        else:
            self._publish(state if state.trained else state.model_copy(update={"coming": line.version}))
            log.info("live", line=line.version, trained=state.trained, seconds=round(time.monotonic() - started, 2))
        if state.trained:
            self._good = state
        else:
            self._train(state)

    def _check(self, line: Line, language: str) -> Known:
        """Checking a language takes half a second, so one whose files are as they were is not checked again."""
        key = _key(line, language)
        known = self._checked.get(language)
        if known is not None and known.key == key:
            return known
        grammar = load_grammar(line.folder, language, line.intents)
        refuse(
            problem
            for path in labelled_files(line.folder, language)
            for problem in read_labelled(path, line.folder, line.intents)[1]
        )
        written: list[Phrase | Template] = [*grammar.phrases, *grammar.templates]
        return Known(key, {each.text: each for each in written})

    def _added(self, topics: Container[str]) -> dict[str, Phrases] | None:
        """By language, the phrases that the last trained model does not know; None where it cannot stand in, because
        it knows nothing of a language at all. Empty when nothing is to be trained."""
        if self._trained is None or self._trained.keys() != self._checked.keys():
            return None
        return {
            language: {
                "".join(normalise(phrase.text, language)): phrase.intent
                for text, written in known.written.items()
                if written.intent in topics and not (text in old and old[text].intent == written.intent)
                for phrase in _phrases(written)
            }
            for language, known in self._checked.items()
            if known.key != self._trained[language].key
            for old in (self._trained[language].written,)
        }

    def _refuse(self, problems: tuple[Problem, ...], wished: str) -> None:
        errors = tuple(problem for problem in problems if problem.severity == "error")
        before = self.shelf.state()
        for problem in errors:
            place = f"{problem.path}:{problem.line}" if problem.line else problem.path
            log.warning("refused", place=place, what=problem.what, mend=problem.mend)
        self._publish(
            before.model_copy(update={"refused": RefusedSave(at=time.time(), problems=errors), "granted": wished})
        )

    def _publish(self, state: PublishedState) -> None:
        with self._publishing:
            self.shelf.make()
            self.shelf.publish(state)

    # ── Training ────────────────────────────────────────────────────────────────────────────────

    def _train(self, state: PublishedState) -> None:
        """In a process of its own: one that is overtaken by another change is ended."""
        process = multiprocessing.get_context("spawn").Process(
            target=train, args=(str(self.shelf.folder / "versions" / state.version),), daemon=True
        )
        process.start()
        self._training = process
        checked, started = self._checked, time.monotonic()

        def wait() -> None:
            process.join()
            if self._training is not process:
                return
            self._training = None
            if process.exitcode == 0:
                self._trained = checked
                self._good = state.model_copy(update={"trained": True, "added": {}, "at": time.time()})
                now = self.shelf.state()
                told = {"refused": now.refused, "granted": now.granted, "draft": now.draft}
                self._publish(self._good.model_copy(update=told))
                log.info("trained", line=state.version, seconds=round(time.monotonic() - started, 2))
            else:
                self._aim = self._good.version
                self._publish(self._good.model_copy(update={"at": time.time()}))
                what = "The statistics cannot be trained on this."
                self._refuse((Problem("grammars", 0, what, "Run voice check; the log says more."),), state.granted)

        threading.Thread(target=wait, name="training", daemon=True).start()

    def stop_training(self) -> None:
        process, self._training = self._training, None
        if process is not None:
            process.terminate()
            process.join()


def _phrases(written: Phrase | Template) -> Iterable[Phrase]:
    return written.expanded(TEMPLATE_SENTENCES) if isinstance(written, Template) else (written,)


def train(folder: str) -> None:
    """Leaves the trained models where `load_understanding` finds them."""
    with suppress(AttributeError, OSError):  # Windows knows no nice
        os.nice(15)
    load_understanding(load_line(Path(folder), lenient=True))


def _key(line: Line, language: str) -> str:
    digest = hashlib.sha256(repr((line.intents, line.plan.subjects)).encode())
    for path in sorted((line.folder / "grammars" / language).rglob("*")):
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def main(folder: str) -> None:
    """Works until its standard input ends: whoever has started it is gone then."""
    settings = load(line=Path(folder))
    set_up(settings.log_level)
    stop = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.buffer.read()
        stop.set()

    store = Store(settings.database_url)
    threading.Thread(target=wait_for_the_end, daemon=True).start()
    Watcher(Published(settings.line), lambda line: in_the_way(line, store), store.history).run(stop)
    store.close()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main(sys.argv[1])
