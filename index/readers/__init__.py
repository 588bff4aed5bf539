"""Turn a file into a `Source`."""
