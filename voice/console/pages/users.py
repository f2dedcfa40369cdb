"""`/users`: who may use the console, and what was done in it."""

from flask import Flask, abort, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from voice.console.access import ADMINISTRATOR
from voice.console.context import Console
from voice.console.signed_in import user
from voice.errors import SettingsError
from voice.service.console.accounts import ROLES


def serve_users(app: Flask, console: Console) -> None:
    @app.get("/users", endpoint="users")
    def page() -> str:
        agents = [one.name for one in console.store.agents.all()]
        users, audit = console.store.users.all(), console.store.audit.latest(100)
        return render_template("users.html", users=users, agents=agents, roles=ROLES, audit=audit)

    @app.post("/users", endpoint="users.add")
    def add() -> BaseResponse:
        form = request.form
        name, agent = form.get("name", "").strip(), form.get("agent") or None
        console.accounts.add(name, form.get("password", ""), form.getlist("role"), agent)
        console.store.audit.write(user().name, "user added", console.now, name, roles=form.getlist("role"))
        return redirect("/users", 303)

    @app.post("/users/<name>", endpoint="users.change")
    def change(name: str) -> BaseResponse:
        form = request.form
        match form.get("do"):
            case "password":
                console.accounts.set_password(name, form.get("password", ""))
            case "remove":
                if name == user().name:
                    raise SettingsError("You cannot remove yourself.", "Another administrator can.")
                console.store.users.remove(name)
            case "roles":
                roles = form.getlist("role")
                if name == user().name and ADMINISTRATOR not in roles:
                    raise SettingsError("You cannot take this role from yourself.", "Another administrator can.")
                console.accounts.change(name, roles, form.get("agent") or None)
            case _:
                abort(404)
        console.store.audit.write(user().name, f"user {form['do']}", console.now, name)
        return redirect("/users", 303)
