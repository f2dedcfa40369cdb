"""`/words`: the line's files with what the check finds in them, edited with a check before saving; the inbox; trying a
sentence. The versions are `voice.console.pages.versions`."""

from flask import Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue

from voice.console.context import Console
from voice.console.errands import Errands, Progress, Shown, serve_errands
from voice.console.pages.versions import serve_versions
from voice.console.signed_in import user
from voice.content import Line, load_line
from voice.content.doubts import places
from voice.service.console.versions import never_got, waits
from voice.service.console.words import Tried, Words, WordsFile, difference
from voice.service.operators.inbox import Inbox
from voice.service.operators.try_utterance import UtteranceTrial
from voice.understanding import is_trained, load_understanding

LONGEST_SENTENCE = 500


def serve_words(app: Flask, console: Console) -> None:
    words, errands = Words(console.files or console.newest().folder), Errands(lambda: console.now)
    serve_errands(app, errands)
    _serve_editor(app, console, words, errands)
    _serve_inbox(app, console, words, errands)
    serve_versions(app, console, words.shelf, errands)

    @app.get("/words", endpoint="words")
    def page() -> str:
        paths, problems = words.paths(), words.problems_soon()
        counts: dict[str, list[str]] = {}
        for problem in problems or ():
            counts.setdefault(problem.path, []).append(problem.severity)
        rest = [path for path in paths if path.endswith(".tsv") or path.rpartition("/")[2].startswith("_")]
        return render_template(
            "words.html", paths=set(paths), rest=rest, counts=counts, problems=problems, path_of=words.path_of
        )

    @app.get("/words/prompts", endpoint="words.prompts")
    def prompts() -> str:
        line = load_line(words.folder, lenient=True)
        keys = list(line.prompts[line.plan.default_language].texts)
        at = {code: places(words.folder, code) for code in line.prompts}
        return render_template("prompts.html", keys=keys, prompts=line.prompts, at=at)

    @app.get("/words/try", endpoint="words.try")
    def try_out() -> ResponseReturnValue:
        asked = request.args.get("text", "").strip()[:LONGEST_SENTENCE]
        line = console.line
        wanted = request.args.get("language", "")
        language = wanted if wanted in line.languages else line.plan.default_language
        if not asked:
            return render_template("try.html", asked=asked, spoken_in=language, trial=None)
        if not is_trained(line):
            return _train_first(errands, line)
        now = console.now

        def work(_: Progress) -> Shown:
            trial = UtteranceTrial(line, load_understanding(line)).try_out(asked, language, now)
            return lambda: render_template("try.html", asked=asked, spoken_in=language, trial=trial)

        return errands.run("trying", work, request.full_path)


def _train_first(errands: Errands, line: Line) -> ResponseReturnValue:
    """And then the page that was asked for."""
    wanted = request.full_path

    def work(progress: Progress) -> Shown:
        load_understanding(line, progress=progress, aside=True)
        return lambda: redirect(wanted, 303)

    return errands.run("training", work, wanted)


def _serve_inbox(app: Flask, console: Console, words: Words, errands: Errands) -> None:
    def inbox() -> Inbox:
        """Of the files as they stand: a phrase that was accepted a moment ago is among them."""
        return Inbox(load_line(words.folder, lenient=True), console.store)

    @app.get("/words/inbox", endpoint="words.inbox")
    def show() -> ResponseReturnValue:
        found = inbox()
        groups = found.groups(console.now)
        if any(group.likely is None for group in groups) and not is_trained(found.line):
            return _train_first(errands, found.line)
        return render_template(
            "inbox.html", groups=found.with_likeliest(groups), intents=found.line.intents, last=found.last()
        )

    @app.post("/words/inbox/undo", endpoint="words.inbox.undo")
    def undo() -> ResponseReturnValue:
        words.signed(user().name)
        _, _, file = inbox().undo(request.form.get("which", "?"))
        if file is not None:
            shown = file.relative_to(words.folder).as_posix()
            console.store.audit.write(user().name, "phrase taken out", console.now, None, file=shown)
        return redirect("/words/inbox", 303)

    @app.post("/words/inbox/<int:number>", endpoint="words.inbox.do")
    def settle(number: int) -> ResponseReturnValue:
        form, now, by = request.form, console.now, user().name
        if form.get("do") == "dismiss":
            inbox().dismiss(number, now)
            return redirect("/words/inbox", 303)

        def accept(_: Progress) -> Shown:
            words.signed(by)
            text, anyway = form.get("text", "")[:LONGEST_SENTENCE], "anyway" in form
            path = inbox().accept(number, form.get("intent", ""), now, text, anyway=anyway)
            shown = path.relative_to(words.folder).as_posix()
            console.store.audit.write(by, "phrase added", now, None, file=shown)
            return lambda: redirect("/words/inbox", 303)

        return errands.run("accepting", accept, "/words/inbox")


def _serve_editor(app: Flask, console: Console, words: Words, errands: Errands) -> None:
    def editor(file: WordsFile, text: str, tried: Tried | None = None) -> str:
        theirs = difference(text, tried.conflict.text) if tried and tried.conflict else ""
        found = tried.problems if tried else words.problems_soon()
        problems = [one for one in found if tried or one.path == file.path] if found is not None else None
        behind = None if tried else never_got(console.store, file.path, text)
        return render_template(
            "edit.html",
            file=file,
            text=text,
            tried=tried,
            problems=problems,
            theirs=theirs,
            behind=behind,
            waits=waits(words.shelf, console.store) if "saved" in request.args else False,
            rows=text.count("\n") + 3,
        )

    @app.get("/words/edit", endpoint="words.edit")
    def edit() -> str:
        file = words.file(request.args.get("file", ""))
        return editor(file, file.text)

    @app.post("/words/edit", endpoint="words.save")
    def save() -> ResponseReturnValue:
        form, by, now = request.form, user().name, console.now
        path, text, mark = form.get("file", ""), form.get("text", "").replace("\r\n", "\n"), form.get("mark", "")
        file, phrases, began = words.file(path), form.get("do") == "phrases", f"/words/edit?file={path}"

        def check(progress: Progress) -> Shown:
            tried = words.check(path, text, phrases=phrases, progress=progress)
            return lambda: editor(WordsFile(path, file.text, mark), text, tried)

        def keep(_: Progress) -> Shown:
            tried = words.save(path, text, mark, by)
            if tried.saved:
                console.store.audit.write(by, "file saved", now, None, file=path)
                return lambda: redirect(f"/words/edit?file={path}&saved=1", 303)
            # Who was told what the other saved may save over it, knowingly, or take over what they did.
            kept = WordsFile(path, file.text, tried.conflict.mark if tried.conflict else mark)
            return lambda: (editor(kept, text, tried), 409 if tried.conflict else 422)

        if form.get("do") == "save":
            return errands.run("checking", keep, began)
        return errands.run("playing" if phrases else "checking", check, began)
