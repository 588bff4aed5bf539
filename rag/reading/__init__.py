"""The reader: which words of a passage answer a question, or none."""
