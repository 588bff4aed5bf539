"""How a library comes from one format to the next: Alembic's revisions, one a format."""
