"""Texts to vectors, and the encoder behind the reader and the judge."""
