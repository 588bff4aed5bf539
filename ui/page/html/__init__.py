"""Answers, articles and sources as HTML: pure functions, no Gradio."""
