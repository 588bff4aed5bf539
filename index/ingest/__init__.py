"""Bring a library in line with folders of articles."""
