"""`/now`: what is in force by hand, and what is told to callers."""

from flask import Flask, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from voice.console.context import Console
from voice.console.signed_in import user
from voice.service.console.queues import force, moment, take_back
from voice.service.operators import notices


def serve_now(app: Flask, console: Console) -> None:
    store = console.store

    @app.get("/now", endpoint="now")
    def page() -> str:
        holding = {one.queue: one for one in store.overrides.holding(console.now)}
        line = console.line
        queues = [(name, line.plan.is_open(name, console.now), holding.get(name)) for name in line.plan.queues]
        latest = store.notices.latest()
        said = [
            (one, notices.missing(line, one.notice.texts)) for one in latest if one.said(console.now) or one.waiting
        ]
        return render_template(
            "now.html",
            queues=queues,
            latest=store.overrides.latest(),
            said=said,
            line=line,
            at=console.now,
            newest=latest[0].notice.id if latest else 0,
        )

    @app.post("/now/notices", endpoint="now.notice")
    def tell() -> BaseResponse:
        form, now, line = request.form, console.now, console.line
        texts = {code: text for code in line.languages if (text := form.get(f"text.{code}", "").strip())}
        if not texts:
            texts = {line.plan.default_language: ""}
        area, closure = form.get("area", "").strip() or None, "closure" in form
        new = notices.NewNotice(texts, form.getlist("topics"), area, closure)
        until = moment(form.get("until", ""), line, now)
        number = notices.add(line, store, new, until, user().name, now)
        store.audit.write(user().name, "told callers", now, str(number), until=until)
        console.in_force.changed()
        return redirect("/now", 303)

    @app.post("/now/notices/<int(max=2147483647):number>/words", endpoint="now.notice.words")
    def in_other_words(number: int) -> BaseResponse:
        language, text = request.form.get("language", ""), request.form.get("text", "")
        notices.put_into_words(console.line, store, number, language, text)
        store.audit.write(user().name, "told callers", console.now, str(number), language=language)
        console.in_force.changed()
        return redirect("/now", 303)

    @app.post("/now/notices/<int(max=2147483647):number>/end", endpoint="now.notice.end")
    def over(number: int) -> BaseResponse:
        many = notices.end(console.line, store, number, user().name, console.now)
        store.audit.write(user().name, "notice over", console.now, str(number), many=many)
        console.in_force.changed()
        return redirect("/now", 303)

    @app.post("/now/<queue>", endpoint="now.force")
    def by_hand(queue: str) -> BaseResponse:
        form, now = request.form, console.now
        opens = form.get("what") == "open"
        until = moment(form.get("until", ""), console.line, now)
        force(console.line, store, queue, opens=opens, until=until, by=user().name, why=form.get("why", ""), now=now)
        store.audit.write(user().name, "opened" if opens else "closed", now, queue, until=until)
        console.in_force.changed()
        return redirect("/now", 303)

    @app.post("/now/<queue>/back", endpoint="now.back")
    def back(queue: str) -> BaseResponse:
        take_back(console.line, store, queue, console.now)
        store.audit.write(user().name, "own hours", console.now, queue)
        console.in_force.changed()
        return redirect("/now", 303)
