"""A question in, a verified answer out."""
