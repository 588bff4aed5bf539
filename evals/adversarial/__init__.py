"""A small search for false claims that pass: true ones, changed in one place.

Nothing here imports `rag`, and a test sees to that: what plants an error must not know what finds
it.
"""
