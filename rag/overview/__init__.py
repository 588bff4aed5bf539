"""Answers made of several articles: overviews, timelines, numbers of articles, the library."""
