"""Which columns hold a caller's words or number, and which do not; a test holds every table against this list."""

CALLERS = {
    "agreements": {"text"},
    "answers": {"twiml"},
    "audit": {"about", "detail"},
    "calls": {"caller", "record"},
    "contacts": {"number", "words", "identity"},
    "directory": {"number", "name", "account", "area"},
    "journal": {"detail"},
    "ledger": {"detail"},
    "outbox": {"result"},
    "settled": {"text"},
    "texted": {"number"},
}
"""Every column that can hold a caller's words or number. `settled` has words of no caller in particular, without
numbers, and lets them go with the words of the journal."""

NOT_CALLERS = {
    "agents": {"name", "endpoint", "queues", "languages", "pin", "contact", "not_ready"},
    "agreements": {"reference", "by"},
    "answers": {"call_sid", "key", "token"},
    "audit": {"user", "what"},
    "calls": {"sid", "state", "outcome", "language", "intent", "queue"},
    "contacts": {
        *("reference", "call_sid", "kind", "stage", "queue", "language", "dialled", "intent", "note"),
        *("leg", "agent", "agent_call", "informed", "tier", "own_agent", "earlier", "identity_kind"),
    },
    "directory": {"language", "tier", "queue", "agent"},
    "journal": {"call_sid", "what"},
    "ledger": {"reference", "what"},
    "outbox": {"reference", "job", "what", "state"},
    "notices": {"kind", "texts", "topics", "area", "by", "ended_by"},
    "marks": {"name"},
    "alarms": {"name"},
    "processes": {"machine", "what", "version"},
    "overrides": {"queue", "by", "why"},
    "pin_rings": {"agent"},
    "presence": {"agent", "state", "reason"},
    "sessions": {"token", "user", "csrf"},
    "learnt": {"language", "counts"},
    "settled": {"language", "how", "intent"},
    "users": {"name", "password", "roles", "agent", "language"},
    "file_texts": {"digest"},
    "line_versions": {"version", "files"},
    "publications": {"version", "by", "how", "changed"},
}
"""Names of the line's own, Twilio's marks, and the helpdesk's people; `note` is the second topic of a caller."""
