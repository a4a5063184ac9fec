"""What Alembic runs: the migrations, on the connection and in the transaction that `store.migrations` hands over."""

from alembic import context

from store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    # SQLite takes back DDL like anything else; Alembic assumes that the driver does not.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
