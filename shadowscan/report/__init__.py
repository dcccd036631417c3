"""Renderers of the report document: pure functions that return text and never print."""
