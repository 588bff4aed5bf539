"""A source becomes articles, and articles become passages: all of it is marked, none edited."""
