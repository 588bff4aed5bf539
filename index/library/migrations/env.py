"""Alembic runs this to migrate, within the transaction of `index.library.migrating`."""

from alembic import context

from index.library.tables import tables

context.configure(connection=context.config.attributes["connection"], target_metadata=tables)
with context.begin_transaction():
    context.run_migrations()
