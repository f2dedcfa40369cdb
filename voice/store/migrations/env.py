"""How Alembic reaches the database: through the connection that `voice.store.database.migrate` hands it."""

from alembic import context

from voice.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
