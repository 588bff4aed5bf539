"""Texts to vectors, and the encoder that the reader and the judge were made from."""
