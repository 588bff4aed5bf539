"""Ask a suite's questions and score the answers."""
