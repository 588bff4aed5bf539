"""From a question to numbered evidence: search, fuse, cut."""
