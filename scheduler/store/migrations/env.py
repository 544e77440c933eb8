"""Alembic's entry: migrations run in the connection and transaction that `Database` opened."""

from alembic import context

from scheduler.store.roll_tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
