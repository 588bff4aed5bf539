"""The client of a language model: calls, errors, replies, and the time they may take."""
