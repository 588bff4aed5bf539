"""What the HTTP API offers beside answers and articles: one module a subject."""
