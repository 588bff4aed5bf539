"""What is asked of which articles, and what is right: suites, read strictly."""
