"""Runs migrations on the connection that db.migrate hands over; there is no alembic.ini."""

from alembic import context

from db.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # one BEGIN IMMEDIATE around all of it: a killed migration never happened
)
context.run_migrations()
