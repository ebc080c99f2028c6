"""Scenes that can be drawn at any size from plain values: what is in them, and how they look."""
