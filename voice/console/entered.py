"""What a browser sends, read once and cleaned where it enters: the store keeps no NUL, and nobody types what steers."""

from typing import Any

from flask import Flask, abort, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from voice.core.cleaning import clean_lines

MOST = 2**31 - 1
"""The largest number of a row that the store knows."""


def read_clean(app: Flask) -> None:
    @app.before_request
    def clean_all() -> None:
        request.form, request.args = _cleaned(request.form), _cleaned(request.args)
        for value in (request.view_args or {}).values():
            if isinstance(value, int) and value > MOST:
                abort(404)
            if isinstance(value, str) and clean_lines(value) != value:
                abort(404)


def _cleaned(given: MultiDict[str, str]) -> ImmutableMultiDict[str, Any]:
    """A password is kept by nobody, and is what it is."""
    read = given.items(multi=True)
    return ImmutableMultiDict([(name, value if name == "password" else clean_lines(value)) for name, value in read])
