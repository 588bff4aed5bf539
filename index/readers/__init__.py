"""A file becomes a `Source`."""
