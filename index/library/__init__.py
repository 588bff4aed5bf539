"""The system of record: sources, articles, passages and vectors in one SQLite file."""
