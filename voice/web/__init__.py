"""The webhook app: Flask's side of the door, and nothing that decides anything.

app             paths, signatures, and the answer when something breaks
leg_views       webhooks about agents, customers and texts
forms           what a request posts, read once
audio           recordings and music, for Twilio to fetch
server          gunicorn, or Flask's own server
worker_process  the dispatcher's process beside the webhooks, on SQLite
"""
