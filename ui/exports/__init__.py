"""Answers taken along: an answer or a conversation in the formats of other programs."""
