"""The webhook app: Flask's side of the door, and nothing that decides anything.

app      paths, signatures, and the answer when something breaks
server   gunicorn, or Flask's own server
beside   the dispatcher's process, on SQLite
"""
