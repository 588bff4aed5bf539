"""The databases that a library can live in; what they do in different ways is in here only."""
