"""Suites, read strictly: what to ask of which articles, and what is right."""
