"""`/words/versions`: which versions of the line were live, what each changed and by whom; a draft made live, and the
way back. Each of these two shows first what it would change, and is refused where that is not so any more."""

from flask import Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue

from voice.console.context import Console
from voice.console.errands import Errands, Progress, Shown
from voice.console.signed_in import user
from voice.service.console.versions import changes, draft, earlier, go_back, make_live, versions
from voice.service.live.published import Published
from voice.service.live.publishing import Seen


def serve_versions(app: Flask, console: Console, shelf: Published, errands: Errands) -> None:
    store = console.store

    @app.get("/words/versions", endpoint="words.versions")
    def listed() -> str:
        return render_template("versions.html", found=versions(shelf, store))

    @app.get("/words/versions/<int(max=2147483647):number>", endpoint="words.version")
    def one(number: int) -> str:
        publication, files = changes(store, number)
        live = store.history.newest()
        is_live = live is not None and live.version == publication.version
        return render_template("version.html", one=publication, files=files, is_live=is_live)

    @app.get("/words/versions/draft", endpoint="words.draft")
    def of_draft() -> str:
        return render_template("proposal.html", what="publish", found=draft(shelf, store))

    @app.get("/words/versions/back", endpoint="words.earlier")
    def of_earlier() -> str:
        """Without a version: what is live, to be taken up into the files."""
        newest = store.history.newest()
        version = request.args.get("version", newest.version if newest else "")
        return render_template("proposal.html", what="back", found=earlier(shelf, store, version))

    @app.post("/words/versions/publish", endpoint="words.publish")
    def publish() -> ResponseReturnValue:
        by, now, seen, anyway = user().name, console.now, _seen(), "anyway" in request.form

        def work(_: Progress) -> Shown:
            if done := make_live(shelf, store, seen, by, now, anyway=anyway):
                store.audit.write(by, "version published", now, None, version=done.version)
            return lambda: redirect("/words/versions", 303)

        return errands.run("publishing", work, "/words/versions")

    @app.post("/words/versions/back", endpoint="words.back")
    def again() -> ResponseReturnValue:
        by, now, seen, anyway = user().name, console.now, _seen(), "anyway" in request.form
        version = request.form.get("version", "")

        def work(_: Progress) -> Shown:
            done = go_back(shelf, store, version, seen, by, now, anyway=anyway)
            store.audit.write(by, "version back", now, None, version=done.version)
            return lambda: redirect("/words/versions", 303)

        return errands.run("publishing", work, "/words/versions")


def _seen() -> Seen:
    """What the page showed whose form this is."""
    return Seen(request.form.get("files", ""), request.form.get("live", ""))
