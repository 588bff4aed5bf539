"""Measurements of speed and size; each file is a script with --help."""
