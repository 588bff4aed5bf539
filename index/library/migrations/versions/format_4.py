"""Format 4: articles that tell one story are linked; the next run of indexing finds them."""

import sqlalchemy as sa
from alembic import op

revision = "4"
down_revision = "3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of sketches and links."""
    op.create_table(
        "sketches",
        sa.Column("article_id", sa.Text, primary_key=True),
        sa.Column("sketch", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.article_id"], ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "links",
        sa.Column("article_id", sa.Text, primary_key=True),
        sa.Column("other_id", sa.Text, primary_key=True),
        sa.Column("relation", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.article_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other_id"], ["articles.article_id"], ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_index("links_by_other", "links", ["other_id"])
