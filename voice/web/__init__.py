"""The webhook app: Flask's side of the door, and nothing that decides anything.

app             the app put together, signatures and health
call_views      webhooks of a caller's own call
leg_views       webhooks about agents, customers and texts
fault_views     what is answered when something broke
slots           how many requests may wait for the database at once
body            what is refused before it is parsed
forms           what a request posts, read once
audio           recordings and music, for Twilio to fetch
metrics         `/metrics` for Prometheus, where it is asked for
server          gunicorn, or Flask's own server
threaded        gunicorn's worker, which refuses connections once it is to end
worker_process  the dispatcher's process beside the webhooks, on SQLite
"""
