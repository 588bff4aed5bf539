"""Records for people: one HTML file, and tables for the terminal."""
