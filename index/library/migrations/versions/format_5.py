"""Format 5: a change log, for search indexes that follow; claims, where several processes write."""

import sqlalchemy as sa
from alembic import op

revision = "5"
down_revision = "4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; the log begins with the library's present version."""
    op.create_table(
        "changes",
        sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("passage_id", sa.Text, primary_key=True),
        sa.Column("disturbed", sa.Boolean, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "claims",
        sa.Column("root_id", sa.Integer, primary_key=True),
        sa.Column("relpath", sa.Text, primary_key=True),
        sa.ForeignKeyConstraint(["root_id"], ["roots.root_id"], ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO meta (key, value) SELECT 'log_from', value FROM meta WHERE key = 'generation'"
    )
