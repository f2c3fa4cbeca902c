"""AIGC Desktop: a desktop studio for offline creative work."""

__version__ = "0.1.0"
