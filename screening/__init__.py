"""Victim-identification screening assistant."""

__version__ = "0.1.0"
