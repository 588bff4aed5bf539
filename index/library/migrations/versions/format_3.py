"""Format 3: one vector a passage, of another encoder; `index.library.upgrade` makes them."""

import sqlalchemy as sa
from alembic import op

revision = "3"
down_revision = "2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop the old vectors, and make room for the new ones."""
    op.drop_table("embeddings")
    op.execute("DROP TABLE IF EXISTS token_vectors")
    op.execute("DELETE FROM vectors")
    op.create_table(
        "embeddings",
        sa.Column("passage_id", sa.Text, primary_key=True),
        sa.Column("vector_id", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["passage_id"], ["passages.passage_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["vector_id"], ["vectors.vector_id"]),
        sqlite_with_rowid=False,
    )
    op.create_index("embeddings_by_vector", "embeddings", ["vector_id"])
