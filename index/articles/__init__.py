"""Turn a source into articles, and articles into passages: mark everything, edit nothing."""
