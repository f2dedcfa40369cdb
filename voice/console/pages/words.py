"""`/words`: the line's files with what the check finds in them, edited with a check before saving; the inbox; trying a
sentence; and the versions."""

from flask import Flask, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from voice.console.context import Console
from voice.console.signed_in import user
from voice.content import load_line
from voice.service.console.versions import changes, go_back, make_live, versions
from voice.service.console.words import Tried, Words, WordsFile, difference
from voice.service.operators.inbox import Inbox
from voice.service.operators.try_utterance import UtteranceTrial
from voice.understanding import load_understanding

LONGEST_SENTENCE = 500


def serve_words(app: Flask, console: Console) -> None:
    words = Words(console.files or console.newest().folder)
    _serve_editor(app, console, words)
    _serve_versions(app, console, words)

    def inbox() -> Inbox:
        """Of the files as they stand: a phrase that was accepted a moment ago is among them."""
        return Inbox(load_line(words.folder, lenient=True), console.store)

    @app.get("/words", endpoint="words")
    def page() -> str:
        paths, problems = words.paths(), words.problems_soon()
        counts: dict[str, list[str]] = {}
        for problem in problems or ():
            counts.setdefault(problem.path, []).append(problem.severity)
        rest = [path for path in paths if path.endswith(".tsv") or path.rpartition("/")[2].startswith("_")]
        return render_template("words.html", paths=set(paths), rest=rest, counts=counts, problems=problems)

    @app.get("/words/prompts", endpoint="words.prompts")
    def prompts() -> str:
        line = load_line(words.folder, lenient=True)
        keys = list(line.prompts[line.plan.default_language].texts)
        return render_template("prompts.html", keys=keys, prompts=line.prompts)

    @app.get("/words/inbox", endpoint="words.inbox")
    def show_inbox() -> str:
        found = inbox()
        groups = found.with_likeliest(found.groups(console.now))
        return render_template("inbox.html", groups=groups, intents=found.line.intents)

    @app.post("/words/inbox/<int:number>", endpoint="words.inbox.do")
    def settle(number: int) -> BaseResponse:
        form, now = request.form, console.now
        if form.get("do") == "dismiss":
            inbox().dismiss(number, now)
        else:
            text, anyway = form.get("text", "")[:LONGEST_SENTENCE], "anyway" in form
            words.signed(user().name)
            path = inbox().accept(number, form.get("intent", ""), now, text, anyway=anyway)
            shown = path.relative_to(words.folder).as_posix()
            console.store.audit.write(user().name, "phrase added", now, None, file=shown)
        return redirect("/words/inbox", 303)

    @app.get("/words/try", endpoint="words.try")
    def try_out() -> str:
        asked = request.args.get("text", "").strip()[:LONGEST_SENTENCE]
        line = console.line
        wanted = request.args.get("language", "")
        language = wanted if wanted in line.languages else line.plan.default_language
        trial = None
        if asked:
            trial = UtteranceTrial(line, load_understanding(line)).try_out(asked, language, console.now)
        return render_template("try.html", asked=asked, spoken_in=language, trial=trial)


def _serve_editor(app: Flask, console: Console, words: Words) -> None:
    def editor(file: WordsFile, text: str, tried: Tried | None = None) -> str:
        theirs = difference(text, tried.conflict.text) if tried and tried.conflict else ""
        found = tried.problems if tried else words.problems_soon()
        problems = [one for one in found if tried or one.path == file.path] if found is not None else None
        return render_template(
            "edit.html", file=file, text=text, tried=tried, problems=problems, theirs=theirs, rows=text.count("\n") + 3
        )

    @app.get("/words/edit", endpoint="words.edit")
    def edit() -> str:
        file = words.file(request.args.get("file", ""))
        return editor(file, file.text)

    @app.post("/words/edit", endpoint="words.save")
    def save() -> tuple[str, int] | BaseResponse:
        form = request.form
        path, text, mark = form.get("file", ""), form.get("text", "").replace("\r\n", "\n"), form.get("mark", "")
        file = words.file(path)
        if form.get("do") != "save":
            tried = words.check(path, text, phrases=form.get("do") == "phrases")
            return editor(WordsFile(path, file.text, mark), text, tried), 200
        tried = words.save(path, text, mark, user().name)
        if tried.saved:
            console.store.audit.write(user().name, "file saved", console.now, None, file=path)
            return redirect(f"/words/edit?file={path}&saved=1", 303)
        # Who was told what the other saved may save over it, knowingly, or take over what they did.
        kept = WordsFile(path, file.text, tried.conflict.mark if tried.conflict else mark)
        return editor(kept, text, tried), 409 if tried.conflict else 422


def _serve_versions(app: Flask, console: Console, words: Words) -> None:
    @app.get("/words/versions", endpoint="words.versions")
    def listed() -> str:
        return render_template("versions.html", found=versions(words.shelf, console.store))

    @app.get("/words/versions/<int:number>", endpoint="words.version")
    def one(number: int) -> str:
        publication, files = changes(console.store, number)
        live = console.store.history.newest()
        is_live = live is not None and live.version == publication.version
        return render_template("version.html", one=publication, files=files, is_live=is_live)

    @app.post("/words/versions/back", endpoint="words.back")
    def again() -> BaseResponse:
        version = request.form.get("version", "")
        done = go_back(words.shelf, console.store, version, user().name, console.now)
        console.store.audit.write(user().name, "version back", console.now, None, version=done.version)
        return redirect("/words/versions", 303)

    @app.post("/words/versions/publish", endpoint="words.publish")
    def publish() -> BaseResponse:
        if done := make_live(words.shelf, console.store, user().name, console.now):
            console.store.audit.write(user().name, "version published", console.now, None, version=done.version)
        return redirect("/words/versions", 303)
