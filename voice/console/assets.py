"""Scripts and styles: compressed once, named by what is in them, and kept by browsers for ever."""

import gzip
import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, abort, request

STATIC = Path(__file__).parent / "static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@cache
def _read(name: str) -> tuple[str, bytes, bytes]:
    """(hash, content, compressed)"""
    content = (STATIC / name).read_bytes()
    return hashlib.sha256(content).hexdigest()[:12], content, gzip.compress(content, mtime=0)


def asset(name: str) -> str:
    """The address of a file of `static/`."""
    return f"/static/{name}?v={_read(name)[0]}"


def serve_assets(app: Flask) -> None:
    known = {path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.suffix in KINDS}

    @app.get("/static/<path:name>")
    def static(name: str) -> Response:
        if name not in known:
            abort(404)
        _, content, compressed = _read(name)
        small = request.accept_encodings.quality("gzip") > 0
        response = Response(compressed if small else content, mimetype=KINDS[Path(name).suffix])
        if small:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    app.jinja_env.globals["asset"] = asset
