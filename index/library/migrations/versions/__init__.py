"""The revisions, oldest first; each is fixed once a library of its format exists."""
