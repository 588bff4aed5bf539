"""One idea a file, each a small function with its source."""
