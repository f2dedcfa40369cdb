"""Recordings and music, for Twilio to fetch. Not under /twilio/: what they say every caller hears, so none is signed.

The name of a file holds the hash of what is in it, so that it may be kept for ever, by Twilio as by any proxy; a new
recording has a new name.
"""

from pathlib import Path

from flask import Flask, Response, abort, send_from_directory

from voice.content.recordings import BUILT, OWN_MUSIC, SERVED

FOR_EVER = 365 * 24 * 3600


def serve_audio(app: Flask, folder: Path) -> None:
    """`folder` is the line's; the music that it may lack is the package's own."""

    @app.get("/audio/<path:name>")
    def audio(name: str) -> Response:
        if not SERVED.fullmatch(name):
            abort(404)
        place = next((place for place in (folder / BUILT, OWN_MUSIC) if (place / name).is_file()), None)
        if place is None:
            abort(404)
        # Werkzeug resolves a relative folder against the app's own, so it is made whole.
        response = send_from_directory(place.resolve(), name, mimetype="audio/wav", max_age=FOR_EVER)
        response.cache_control.public = True
        response.cache_control.immutable = True
        return response
