"""A small search for false claims that pass: true ones, changed in one place.

Nothing of `rag` is imported here, and a test keeps it so: what plants an error must not know what
finds it.
"""
